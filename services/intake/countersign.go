package intake

import (
	"context"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Between the freezing of the roster and the first ticket stands a representative of the staff. Whoever runs the school's
// list of people could add some who do not exist and answer for them, or a unit of one; nobody but a colleague notices.
// So a TR, an AMR or a substitute of theirs sees by name who is asked, and signs that together with the keys.

// Countersignature is who vouched for a round's roster and keys, and when.
type Countersignature struct {
	PersonID string    `bson:"person_id"`
	Role     string    `bson:"role"`
	At       time.Time `bson:"at"`
}

// Reason says why a round was refused. It is a word of ours and not the representative's own: what is wrong with a list
// of people can hardly be told without naming somebody, and that belongs in a conversation.
type Reason string

// The reasons. Expired is nobody's: the round's last day passed before anybody countersigned.
const (
	PersonForeign Reason = "person_foreign" // somebody on the list does not work here
	PersonMissing Reason = "person_missing"
	UnitsWrong    Reason = "units_wrong"
	ContractWrong Reason = "contract_wrong" // not what was agreed
	OtherReason   Reason = "other"
	Expired       Reason = "expired"
)

// representatives are whose word counts, the foremost first.
var representatives = []string{access.UnionRepresentative, access.SafetyRepresentative}

func (r *Round) countersignatureAsked(id string) events.RoundCountersignatureAsked {
	return events.RoundCountersignatureAsked{
		RoundID: id, Title: r.Title, OpensOn: string(r.OpensOn), ClosesOn: string(r.ClosesOn),
		RosterHash: r.Frozen.RosterHash, KeyListHash: r.KeyListHash,
	}
}

// Countersign announces the round: from now on tickets are issued. What is signed must be what is frozen.
func (r *Round) Countersign(id string, by Countersignature, rosterHash, keyListHash string) ([]events.Event, error) {
	switch err := r.at(Countersigning); {
	case err != nil:
		return nil, err
	case by.PersonID == r.AnnouncedBy:
		return nil, failure.New(failure.RoundOwnAnnouncement)
	case rosterHash != r.Frozen.RosterHash:
		return nil, failure.New(failure.RoundHashesDiffer).At("roster_hash")
	case keyListHash != r.KeyListHash:
		return nil, failure.New(failure.RoundHashesDiffer).At("key_list_hash")
	case r.ClosesOn < DateOf(by.At):
		return nil, failure.New(failure.RoundExpired).At("closes_on").Wanting("a round whose last day has not passed")
	}
	r.Status, r.Published = Announced, true
	r.Countersigned, r.AnnouncedAt = by, by.At
	// A round that is announced on its first day or later opens by hand, or at the next midnight: so people can fetch
	// their token at some other moment than the one at which they answer.
	if r.OpensAt = r.OpensOn.Begin(); !r.OpensAt.After(by.At) {
		r.OpensAt = DateOf(by.At).End()
	}
	return []events.Event{
		events.RoundCountersigned{RoundID: id, RosterHash: rosterHash, KeyListHash: keyListHash, Role: by.Role},
		events.RoundAnnounced(r.frame(id)),
	}, nil
}

// Refuse ends a round that nobody vouches for.
func (r *Round) Refuse(why Reason) error {
	if err := r.at(Countersigning); err != nil {
		return err
	}
	r.Status, r.Unfinished, r.RefusedFor = Refused, true, why
	return nil
}

// FinishRefusing records that roster and keys are destroyed. A repeat changes nothing.
func (r *Round) FinishRefusing(id string) ([]events.Event, error) {
	if err := r.at(Refused); err != nil || !r.Unfinished {
		return nil, err
	}
	r.Unfinished = false
	return []events.Event{events.RoundRefused{RoundID: id, Reason: string(r.RefusedFor)}}, nil
}

// namedUnit is a unit of a frozen roster with the people whom its pseudonyms stand for.
type namedUnit struct {
	FrozenUnit
	Persons []string
	Unknown int // pseudonyms of nobody who works here, or all of a unit that the school does not have
}

// roundRoster is the frozen roster of a round by name.
func (s *Intake) roundRoster(ctx context.Context, doc document.Document[Round]) ([]namedUnit, error) {
	units, err := s.directory.Units(ctx)
	if err != nil {
		return nil, err
	}
	return s.namedRoster(ctx, doc.ID, doc.Body.Frozen.RosterHash, doc.Body.Frozen.Units, units)
}

// namedRoster resolves the frozen roster of a round or a month for the person who is to vouch for it. It says which pseudonyms
// the school can put no name to, and refuses a roster that is not the one that was frozen.
func (s *Intake) namedRoster(ctx context.Context, id, frozenHash string, frozen []FrozenUnit, units []directory.Unit) ([]namedUnit, error) {
	secret, err := s.keys.Get(secretName(id))
	if err != nil {
		return nil, err
	}
	roster, err := s.rosters.Get(ctx, frozenHash)
	if err != nil {
		return nil, err
	}
	if hash, err := roster.Body.Hash(); err != nil || hash != frozenHash {
		return nil, failure.New(failure.RoundRosterDiffers).Because(err)
	}
	members, err := s.directory.Members(ctx, "")
	if err != nil {
		return nil, err
	}
	people := map[string]string{}
	for _, m := range members {
		people[Pseudonym(secret, m.PersonID)] = m.PersonID
	}
	return resolve(frozen, roster.Body, people, units)
}

// resolve holds a roster against the frozen units and puts names to its pseudonyms, each of which may stand there once.
func resolve(frozen []FrozenUnit, roster Roster, people map[string]string, units []directory.Unit) ([]namedUnit, error) {
	if len(frozen) != len(roster.Units) {
		return nil, failure.New(failure.RoundRosterDiffers)
	}
	seen := map[string]bool{}
	named := []namedUnit{}
	for n, entry := range roster.Units {
		one := namedUnit{FrozenUnit: frozen[n], Persons: []string{}}
		if entry.UnitID != one.UnitID || len(entry.Pseudonyms) != one.Headcount {
			return nil, failure.New(failure.RoundRosterDiffers)
		}
		_, known := access.StaffGroupOfUnit(one.UnitID)
		known = known || slices.ContainsFunc(units, func(u directory.Unit) bool { return u.ID == one.UnitID })
		for _, pseudonym := range entry.Pseudonyms {
			if seen[pseudonym] {
				return nil, failure.New(failure.RoundRosterDiffers)
			}
			seen[pseudonym] = true
			if person, found := people[pseudonym]; found && known {
				one.Persons = append(one.Persons, person)
			} else {
				one.Unknown++
			}
		}
		named = append(named, one)
	}
	return named, nil
}

// unrepresented tells whether the context's school has nobody to countersign, so that the municipality's representatives
// do it.
func (s *Intake) unrepresented(ctx context.Context) (bool, error) {
	for _, role := range representatives {
		members, err := s.directory.Members(ctx, role)
		if err != nil || len(members) > 0 {
			return false, err
		}
	}
	return true, nil
}

// representing is the role in which somebody countersigns at a school: theirs there, or else further up.
func representing(subject access.Subject, school tenant.ID, path []tenant.ID) string {
	for _, role := range representatives {
		if subject.Has(role, school) {
			return role
		}
	}
	for _, role := range representatives {
		for _, above := range path {
			if subject.Has(role, above) {
				return role
			}
		}
	}
	return ""
}
