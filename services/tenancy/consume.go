package tenancy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// roleAssigned counts the school's units again, now and when the assignment begins and ends; see settle for what else the
// end brings about.
func (s *Service) roleAssigned(ctx context.Context, envelope events.Envelope, e events.RoleAssigned) error {
	if counted(e.Role) {
		if err := s.recount(ctx, tenant.ID(e.Scope)); err != nil {
			return err
		}
		if err := s.countAt(ctx, "begin-"+e.AssignmentID, e.From, envelope); err != nil {
			return err
		}
	}
	if e.To == nil {
		return nil
	}
	if err := s.settle(ctx, tenant.ID(e.Scope), e.PersonID, *e.To); err != nil {
		return err
	}
	return s.countAt(ctx, "end-"+e.AssignmentID, *e.To, envelope)
}

// roleEnded counts the school's units again and settles what hangs on the role, now and when the end has come.
func (s *Service) roleEnded(ctx context.Context, envelope events.Envelope, e events.RoleEnded) error {
	found, err := s.store.assignments.Get(ctx, e.AssignmentID)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil // it was erased with the organisation that it was in
	}
	if err != nil {
		return err
	}
	scope := tenant.ID(found.Body.Scope)
	if counted(found.Body.Role) {
		if err := s.recount(ctx, scope); err != nil {
			return err
		}
	}
	if found.Body.To == nil { // taken back since
		return nil
	}
	if err := errors.Join(s.endSubstitutes(ctx, found), s.settle(ctx, scope, e.PersonID, e.To)); err != nil {
		return err
	}
	return s.countAt(ctx, "end-"+e.AssignmentID, e.To, envelope)
}

// counted tells whether a role has a part in headcounts.
func counted(role string) bool { return role == access.Employee || role == access.Leader }

// countAt has the event come back at a time that is still to come.
func (s *Service) countAt(ctx context.Context, id string, at time.Time, envelope events.Envelope) error {
	if !at.After(s.now()) {
		return nil
	}
	return s.deps.Bus.Schedule(ctx, id, at, envelope)
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
