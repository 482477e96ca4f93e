package tenancy

import (
	"context"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// heldBySomebody ends a role that was written just now if its holder is gone: erased or suspended between the look at the
// person and the write, which are two documents. An erasure removes the person first and looks for roles last, and a
// suspension likewise; so a role that they do not find was written after the person went, and this finds nobody. Whoever
// writes a role asks this next, and roleAssigned asks again, should the process end in between. The two reads are some 0.2 ms
// of computing for each role; a list of 20,000 people takes a tenth longer with them.
func (s *Service) heldBySomebody(ctx context.Context, id string, a assignment) error {
	holder, err := s.store.persons.Get(ctx, a.PersonID)
	if err == nil && !holder.Body.Suspended {
		return nil
	}
	if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
		return err
	}
	if ended := s.abandon(ctx, id); ended != nil {
		return ended
	}
	if err != nil {
		return err
	}
	return failure.New(failure.PersonSuspended).At("person_id")
}

// abandon ends a role without a holder. It does not ask whether that was the last administrator: nobody administers by it.
func (s *Service) abandon(ctx context.Context, id string) error {
	d, err := s.store.assignments.Update(ctx, id, func(a *assignment) ([]events.Event, error) {
		if err := a.end(id, nil, s.now()); err != nil {
			return nil, err
		}
		return []events.Event{a.ended(id)}, nil
	})
	switch failure.CodeOf(err) {
	case failure.AssignmentEnded, failure.DocumentNotFound: // by whoever was faster, or erased with its organisation
		return nil
	}
	if err != nil {
		return err
	}
	return s.endSubstitutes(ctx, d)
}

// abandonAll ends the roles that somebody who is gone was given meanwhile.
func (s *Service) abandonAll(ctx context.Context, personID string) error {
	for d, err := range s.store.assignments.All(ctx, document.Query{Index: "by_person", Equal: []any{personID}}) {
		if err != nil {
			return err
		}
		if d.Body.over(s.now()) {
			continue
		}
		if err := s.abandon(ctx, d.ID); err != nil {
			return err
		}
	}
	return nil
}

// gone is what whoever gives a role is told of a holder that heldBySomebody did not find.
func gone(err error) error {
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return failure.New(failure.ForeignIdentifier).At("person_id").Wanting("a person of this tenant")
	}
	return err
}
