package tenancy

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// moveEmployee ends one placement and begins the next at the same moment. The end names what follows, so that a repeat of
// the request, whose first attempt got no further, goes on from there.
func (s *Service) moveEmployee(c *gin.Context) error {
	ctx := c.Request.Context()
	found, err := s.assignmentToEnd(ctx, c.Param("assignment_id"))
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	creation, in, err := creating[tenancyapi.EmployeeMove](c)
	if err != nil {
		return err
	}
	scope, err := tenant.Parse(cmp.Or(given(in.Scope), found.Body.Scope))
	if err != nil {
		return failure.Invalid("scope", "a tenant id")
	}
	kind, err := s.decideAbout(ctx, "role_assignment.create", scope, found.Body.PersonID, access.Employee)
	if err != nil {
		return err
	}
	now := s.now() // one moment for the end and the beginning
	next, err := found.Body.next(creation.ID, scope, kind, in, now)
	if err != nil {
		return err
	}
	if found.Body.MovedTo != creation.ID {
		if revision != found.Revision {
			return failure.New(failure.PreconditionFailed)
		}
		if err := s.belongs(ctx, scope, next); err != nil {
			return err
		}
		if err := s.free(ctx, next, creation.ID, found.ID); err != nil {
			return err
		}
		if found, err = s.leavePlacement(ctx, found, next.From, creation.ID, now); err != nil {
			return err
		}
		failpoint.Hit("after-leaving-before-placing")
	}
	d, _, err := s.store.assignments.Create(ctx, creation, next, next.assigned(creation.ID))
	if err != nil {
		return errors.Join(err, s.returnToPlacement(ctx, found))
	}
	if err := s.heldBySomebody(ctx, d.ID, d.Body); err != nil {
		return gone(err)
	}
	if err := errors.Join(s.recountFor(ctx, found.Body), s.recountFor(ctx, d.Body)); err != nil {
		return err
	}
	return rest.Created(c, d, showAssignment(d))
}

// leavePlacement ends a placement that another one follows.
func (s *Service) leavePlacement(ctx context.Context, found document.Document[assignment], at time.Time, next string, now time.Time) (document.Document[assignment], error) {
	return s.store.assignments.UpdateAt(ctx, found.ID, found.Revision, func(a *assignment) ([]events.Event, error) {
		was := a.To
		if err := a.end(found.ID, &at, now); err != nil {
			return nil, err
		}
		a.MovedTo, a.MovedFrom = next, was
		return []events.Event{a.ended(found.ID)}, nil
	})
}

// returnToPlacement takes back what leavePlacement did, when the next placement turned out to be taken.
func (s *Service) returnToPlacement(ctx context.Context, left document.Document[assignment]) error {
	_, err := s.store.assignments.UpdateAt(ctx, left.ID, left.Revision, func(a *assignment) ([]events.Event, error) {
		a.To, a.MovedTo, a.MovedFrom = a.MovedFrom, "", nil
		a.Holding = a.holding(left.ID)
		return []events.Event{a.assigned(left.ID)}, nil
	})
	return err
}

// leaveScope ends every role that a person has in a scope, and with them what hangs on the roles: see settle. Whatever
// the last administrator would leave is refused before anything is done.
func (s *Service) leaveScope(c *gin.Context) error {
	ctx, person := c.Request.Context(), c.Param("person_id")
	in, err := host.Decode[tenancyapi.Leaving](c)
	if err != nil {
		return err
	}
	scope, err := tenant.Parse(in.Scope)
	if err != nil {
		return failure.Invalid("scope", "a tenant id")
	}
	if _, err := s.decideAbout(ctx, "role_assignment.end", scope, person, ""); err != nil {
		return err
	}
	held, err := s.heldHere(ctx, person, scope)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return failure.NotFound("person")
	}
	at := s.now().Truncate(time.Millisecond)
	if in.At != nil && in.At.After(at) {
		at = *instant(in.At)
	}
	if err := s.erasable(ctx, person, scope); err != nil {
		return err
	}
	// Administrators first: should another one go at this moment, it is the only end that can be refused.
	slices.SortStableFunc(held, func(a, b document.Document[assignment]) int {
		return cmp.Compare(rank(a.Body), rank(b.Body))
	})
	list := rest.List[tenancyapi.RoleAssignment]{Items: []tenancyapi.RoleAssignment{}}
	for _, d := range held {
		if d.Body.To == nil || d.Body.To.After(at) {
			if d, err = s.end(ctx, d, tenancyapi.RoleEnd{To: &at}); err != nil {
				return err
			}
		}
		list.Items = append(list.Items, showAssignment(d))
	}
	if err := errors.Join(s.settle(ctx, scope, person, at), s.recountFor(ctx, assignment{Role: access.Employee, Scope: in.Scope})); err != nil {
		return err
	}
	c.JSON(http.StatusOK, list)
	return nil
}

func rank(a assignment) int {
	if a.lasting() {
		return 0
	}
	return 1
}

// heldHere returns what a person of the context's tenant has in a scope, ended and coming ones too.
func (s *Service) heldHere(ctx context.Context, person string, scope tenant.ID) ([]document.Document[assignment], error) {
	all, err := collect(s.store.assignments.All(ctx, document.Query{Index: "by_person", Equal: []any{person}}))
	return slices.DeleteFunc(all, func(d document.Document[assignment]) bool { return d.Body.Scope != string(scope) }), err
}
