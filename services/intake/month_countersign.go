package intake

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// A month's list is countersigned as a round's is (countersign.go), by one of those who will read what is told: somebody added
// to it could fill the month with experiences that nobody had. It comes back every month, so its reader is shown what is
// different from the list that was countersigned last.

func (m *Month) countersignatureAsked(id string) events.MonthCountersignatureAsked {
	return events.MonthCountersignatureAsked{
		MonthID: id, ClosesOn: string(m.Frozen.ClosesOn), Readers: m.Frozen.Readers,
		RosterHash: m.Frozen.RosterHash, KeyListHash: m.KeyListHash,
	}
}

// waiting refuses what can be done only while the list waits to be countersigned.
func (m *Month) waiting() error {
	if m.Status != MonthCountersigning {
		return failure.New(failure.MonthNotWaiting)
	}
	return nil
}

// Countersign has the ballot box open the month for these people. What is signed must be what is frozen.
func (m *Month) Countersign(by Countersignature, rosterHash, keyListHash string, persons []string) error {
	switch err := m.waiting(); {
	case err != nil:
		return err
	case !by.At.Before(m.NextAt):
		return failure.New(failure.MonthNotWaiting)
	case rosterHash != m.Frozen.RosterHash:
		return failure.New(failure.RoundHashesDiffer).At("roster_hash")
	case keyListHash != m.KeyListHash:
		return failure.New(failure.RoundHashesDiffer).At("key_list_hash")
	}
	m.Status, m.NextAt = MonthOpening, time.Time{}
	m.Countersigned, m.Persons = by, persons
	return nil
}

// Refuse drops a list that nobody vouches for.
func (m *Month) Refuse(why Reason) error {
	if err := m.waiting(); err != nil {
		return err
	}
	m.Status, m.NextAt, m.RefusedFor = MonthRefused, time.Time{}, why
	return nil
}

// Expire drops a list that nobody has countersigned by the end of the month.
func (m *Month) Expire(now time.Time) {
	if m.Status == MonthCountersigning && !now.Before(m.NextAt) {
		m.Status, m.NextAt, m.RefusedFor = MonthRefused, time.Time{}, Expired
	}
}

// FinishRefusing records that roster and keys are destroyed. Until the month is over it says that this list was refused. A
// repeat changes nothing.
func (m *Month) FinishRefusing() {
	if m.Status == MonthRefused {
		m.NextAt = m.Frozen.ClosesOn.End()
	}
}

// refusedLists is how many lists of a month were refused at the context's school.
func (s *Intake) refusedLists(ctx context.Context, name string) (refused int, err error) {
	for doc, err := range s.months.All(ctx, document.Query{Index: "by_name", Equal: []any{name}}) {
		if err != nil {
			return 0, err
		}
		if doc.Body.Status == MonthRefused {
			refused++
		}
	}
	return refused, nil
}

// dropMonth destroys what a refused month was frozen with: the secret of its roster and the key to its batch here, and the
// keys at the ballot box, which closes without having taken anything.
func (s *Intake) dropMonth(ctx context.Context, id string) error {
	if err := s.forget(id); err != nil {
		return err
	}
	if err := s.keys.Destroy(batchKeyName(id)); err != nil {
		return err
	}
	failpoint.Hit("after-refusal-before-ballot-box")
	if err := s.ballotBox.Call(ctx, http.MethodPost, ballotPath(id, "/close"), nil, nil); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return s.changeMonth(ctx, id, (*Month).FinishRefusing)
}

// finishOpeningMonth has the ballot box take what is told. The next list is held against this one, so no other is kept.
func (s *Intake) finishOpeningMonth(ctx context.Context, doc document.Document[Month]) error {
	failpoint.Hit("after-signature-before-ballot-box")
	if err := s.ballotBox.Call(ctx, http.MethodPost, ballotPath(doc.ID, "/open"), nil, nil); err != nil {
		return fmt.Errorf("open: %w", err)
	}
	failpoint.Hit("after-opening-before-record")
	months, err := collect(s.months.All(ctx, document.Query{Index: "by_name"}))
	if err != nil {
		return err
	}
	for _, other := range months {
		if other.ID == doc.ID || len(other.Body.Persons) == 0 {
			continue
		}
		if err := s.changeMonth(ctx, other.ID, func(m *Month) { m.Persons = nil }); err != nil {
			return err
		}
	}
	return s.changeMonth(ctx, doc.ID, (*Month).FinishOpening)
}

// monthList is who can tell in a month, beside the list that was countersigned last.
type monthList struct {
	Persons      []string
	Unknown      int    // pseudonyms of nobody who works here
	ComparedWith string // the month of the other list, "" if none is kept
	Joined, Left []string
}

// monthList resolves the frozen roster of a month for whoever is to vouch for it.
func (s *Intake) monthList(ctx context.Context, doc document.Document[Month]) (monthList, error) {
	frozen := []FrozenUnit{{UnitID: monthUnit, Headcount: doc.Body.Frozen.Staff}}
	units, err := s.namedRoster(ctx, doc.ID, doc.Body.Frozen.RosterHash, frozen, []directory.Unit{{ID: monthUnit}})
	if err != nil {
		return monthList{}, err
	}
	list := monthList{Persons: units[0].Persons, Unknown: units[0].Unknown}
	for other, err := range s.months.All(ctx, document.Query{Index: "by_name", Descending: true}) {
		if err != nil {
			return list, err
		}
		if before := other.Body.Persons; len(before) > 0 {
			list.ComparedWith = other.Body.Name
			list.Joined, list.Left = without(list.Persons, before), without(before, list.Persons)
			break
		}
	}
	return list, nil
}

// without are those of some who are not among others.
func without(some, others []string) []string {
	return slices.DeleteFunc(slices.Clone(some), func(one string) bool { return slices.Contains(others, one) })
}

// readsAs is the role in which somebody reads a month, "" for whoever does not.
func (m *Month) readsAs(subject access.Subject, school tenant.ID) string {
	for _, role := range m.Frozen.Readers {
		if subject.Has(role, school) {
			return role
		}
	}
	return ""
}
