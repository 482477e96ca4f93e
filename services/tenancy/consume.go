package tenancy

import (
	"context"
	"errors"
	"time"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// roleAssigned ends a role that nobody holds, and has the school's units counted again, now and when the assignment begins
// and ends; see settle for what else the end brings about.
func (s *Service) roleAssigned(ctx context.Context, envelope events.Envelope, e events.RoleAssigned) error {
	err := s.heldBySomebody(ctx, e.AssignmentID, assignment{PersonID: e.PersonID})
	if code := failure.CodeOf(err); err != nil && code != failure.DocumentNotFound && code != failure.PersonSuspended {
		return err
	}
	if counted(e.Role) {
		if err := errors.Join(s.askRecount(ctx, tenant.ID(e.Scope)), s.leadershipMoved(ctx, e.Role, tenant.ID(e.Scope))); err != nil {
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

// roleEnded has the school's units counted again and settles what hangs on the role, now and when the end has come.
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
		if err := errors.Join(s.askRecount(ctx, scope), s.leadershipMoved(ctx, found.Body.Role, scope)); err != nil {
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

// countAt has the event come back at a time that is still to come.
func (s *Service) countAt(ctx context.Context, id string, at time.Time, envelope events.Envelope) error {
	if !at.After(s.now()) {
		return nil
	}
	return s.deps.Bus.Schedule(ctx, id, at, envelope)
}
