package tenancy

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// recount is a school's note that its units are to be counted again. The event of each assignment leaves one, however
// many they are: a list of people makes thousands of assignments, and counting the school after each would take as
// many times as long as counting it once.
type recount struct {
	Due   bool `bson:"due"`
	Begun bool `bson:"begun"` // since it was last asked for
}

// ask notes that there is something to count. A count that has begun may have read the assignments already, so it no
// longer answers for this one: the change of the note keeps it from being struck off.
func (r *recount) ask() { r.Due, r.Begun = true, false }

// recountID is the one id in the collection, in each school's tenant.
const recountID = "headcounts"

// counted tells whether a role has a part in headcounts.
func counted(role string) bool { return role == access.Employee || role == access.Leader }

// headcounts returns for each unit how many people answer in it: employees placed there now who are not leaders of
// the school, since leaders never answer inside the unit that they lead.
func headcounts(all []document.Document[assignment], now time.Time) map[string]int {
	leaders := map[string]bool{}
	for _, d := range all {
		if d.Body.Role == access.Leader && d.Body.counts(now) {
			leaders[d.Body.PersonID] = true
		}
	}
	counts := map[string]int{}
	for _, d := range all {
		if a := d.Body; a.Role == access.Employee && a.counts(now) && !leaders[a.PersonID] {
			counts[a.UnitID]++
		}
	}
	return counts
}

// askRecount has a school counted soon, also when this process ends before it is.
func (s *Service) askRecount(ctx context.Context, school tenant.ID) error {
	_, err := s.store.recounts.Upsert(tenant.With(ctx, school), recountID, func(r *recount, _ bool) ([]events.Event, error) {
		r.ask()
		return nil, nil
	})
	if err != nil {
		return fmt.Errorf("ask for a recount of %s: %w", school, err)
	}
	select {
	case s.counting <- struct{}{}:
	default: // it has been told already
	}
	return nil
}

const (
	// recountSweep is how long the notes that another process left, or that could not be answered, wait.
	recountSweep = 5 * time.Second
	// recountRest is how many times as long as a round of counting took, the next one waits, up to recountSweep: while a
	// long list comes in, each school's people are gathered into few counts, and most of the machine is left to the list.
	recountRest = 4
	// recountWriters count schools at the same time; their writes share the store's commits.
	recountWriters = 8
)

// keepHeadcounts counts the schools that have a note, until ctx ends.
func (s *Service) keepHeadcounts(ctx context.Context) error {
	tick := time.NewTicker(recountSweep)
	defer tick.Stop()
	for {
		began := time.Now()
		if err := s.recountDue(ctx); err != nil && ctx.Err() == nil {
			s.deps.Logger.LogAttrs(ctx, slog.LevelWarn, "headcounts are brought up to date later", slog.Any("error", err))
		}
		rest := time.NewTimer(min(recountRest*time.Since(began), recountSweep))
		select {
		case <-ctx.Done():
			rest.Stop()
			return nil
		case <-rest.C:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.counting:
		case <-tick.C:
		}
	}
}

// recountDue counts each school that has a note once, and strikes the note off unless it was left anew meanwhile.
func (s *Service) recountDue(ctx context.Context) error {
	due, err := collect(s.store.uncounted.All(ctx, document.Query{Index: "by_due", Equal: []any{true}}))
	if err != nil {
		return err
	}
	var work errgroup.Group // not of ctx: a school that cannot be counted keeps no other from it
	work.SetLimit(recountWriters)
	for _, d := range due {
		work.Go(func() error {
			if err := s.answerRecount(ctx, d.Tenant); err != nil {
				return fmt.Errorf("recount %s: %w", d.Tenant, err)
			}
			return nil
		})
	}
	return work.Wait()
}

// answerRecount counts between two changes of the note. A process that ends between them leaves a note that is due.
func (s *Service) answerRecount(ctx context.Context, school tenant.ID) error {
	begun, err := s.store.recounts.Update(tenant.With(ctx, school), recountID, func(r *recount) ([]events.Event, error) {
		r.Begun = r.Due
		return nil, nil
	})
	if err != nil || !begun.Body.Due { // another process was faster
		return err
	}
	failpoint.Hit("after-note-before-count")
	if err := s.gatherLeaders(ctx, school); err != nil {
		return err
	}
	if err := s.recount(ctx, school); err != nil {
		return err
	}
	failpoint.Hit("after-count-before-note")
	_, err = s.store.recounts.UpdateAt(tenant.With(ctx, school), recountID, begun.Revision, func(r *recount) ([]events.Event, error) {
		*r = recount{}
		return nil, nil
	})
	if failure.CodeOf(err) == failure.PreconditionFailed {
		return nil // asked for anew, or answered by another process: whoever asked has told so
	}
	return err
}

// recountFor counts at once what an assignment that has just been written may have changed, so that its writer reads
// the new figures. When many write at the same time it leaves the counting to the assignment's event.
func (s *Service) recountFor(ctx context.Context, a assignment) error {
	if !counted(a.Role) {
		return nil
	}
	err := s.recount(ctx, tenant.ID(a.Scope))
	if failure.CodeOf(err) == failure.DocumentConflict {
		return nil
	}
	return err
}

// recounts is how often recount begins anew when units change beneath it.
const recounts = 8

// recount brings the headcounts of a school's units up to date and tells of each that changed. Units are read before
// assignments and written only at the revision that was read: a count that an assignment made since would change
// is not written over a newer one.
func (s *Service) recount(ctx context.Context, school tenant.ID) error {
	ctx = tenant.With(ctx, school)
	for range recounts {
		stale, err := s.recountOnce(ctx, school)
		if err != nil {
			return fmt.Errorf("recount %s: %w", school, err)
		}
		if !stale {
			return nil
		}
	}
	return failure.New(failure.DocumentConflict)
}

func (s *Service) recountOnce(ctx context.Context, school tenant.ID) (stale bool, err error) {
	units, err := collect(s.store.units.All(ctx, document.Query{Index: "by_name"}))
	if err != nil {
		return false, err
	}
	assignments, err := s.store.within(ctx, school)
	if err != nil {
		return false, err
	}
	counts := headcounts(assignments, s.now())
	for _, u := range units {
		if counts[u.ID] == u.Body.Headcount {
			continue
		}
		_, err := s.store.units.UpdateAt(ctx, u.ID, u.Revision, func(body *unit) ([]events.Event, error) {
			body.Headcount = counts[u.ID]
			return []events.Event{body.changed(u.ID)}, nil
		})
		switch {
		case failure.CodeOf(err) == failure.PreconditionFailed:
			stale = true
		case err != nil:
			return false, err
		}
	}
	return stale, nil
}
