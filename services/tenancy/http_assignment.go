package tenancy

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) createRoleAssignment(c *gin.Context) error {
	ctx := c.Request.Context()
	creation, in, err := creating[tenancyapi.NewRoleAssignment](c)
	if err != nil {
		return err
	}
	scope, err := tenant.Parse(in.Scope)
	if err != nil {
		return failure.Invalid("scope", "a tenant id")
	}
	kind, err := s.decideAbout(ctx, "role_assignment.create", scope, in.PersonID, string(in.Role))
	if err != nil {
		return err
	}
	a, err := newAssignment(creation.ID, in, kind, s.now())
	if err != nil {
		return err
	}
	if err := s.belongs(ctx, scope, a); err != nil {
		return err
	}
	d, err := s.assign(ctx, creation, scope, a)
	if err != nil {
		return err
	}
	return rest.Created(c, d, showAssignment(d))
}

// assign gives a role that was found to be in order, in the tenant where its holder lives.
func (s *Service) assign(ctx context.Context, creation document.Creation, scope tenant.ID, a assignment) (document.Document[assignment], error) {
	var none document.Document[assignment]
	if err := s.free(ctx, a, creation.ID); err != nil {
		return none, err
	}
	d, _, err := s.store.assignments.Create(ctx, creation, a, a.assigned(creation.ID))
	if failure.CodeOf(err) == failure.DocumentExists {
		return none, failure.New(failure.RoleHeld).Because(err)
	}
	if err != nil {
		return none, err
	}
	if err := s.heldBySomebody(ctx, d.ID, d.Body); err != nil {
		return none, gone(err)
	}
	if d.Body.lasting() {
		if err := s.administer(ctx, scope, func(a *administration) error { a.add(d.ID, d.Body.From); return nil }); err != nil {
			return none, err
		}
	}
	return d, s.recountFor(ctx, d.Body)
}

// decideAbout decides an action on a role in a scope, and returns what kind of organisation the scope is.
func (s *Service) decideAbout(ctx context.Context, action string, scope tenant.ID, personID, role string) (string, error) {
	kind := ""
	o, err := s.store.organisation(ctx, scope)
	switch {
	case err == nil:
		kind = o.Body.Kind
	case failure.CodeOf(err) != failure.DocumentNotFound:
		return "", err
	}
	attributes := map[string]any{"person_id": personID, "role": role, "scope_kind": kind}
	if err := s.decide(ctx, action, "role_assignment", scope, attributes); err != nil {
		return "", err
	}
	if kind == "" {
		return "", failure.New(failure.ForeignIdentifier).At("scope").Wanting("this tenant or one beneath it")
	}
	return kind, nil
}

// belongs refuses ids of other tenants: the scope lies at or beneath the context's tenant, the person lives there, the
// unit is one of the scope's.
func (s *Service) belongs(ctx context.Context, scope tenant.ID, a assignment) error {
	if err := s.beneathHere(ctx, scope); err != nil {
		return err
	}
	holder, err := s.store.persons.Get(ctx, a.PersonID)
	if err != nil {
		return gone(err)
	}
	if holder.Body.Suspended {
		return failure.New(failure.PersonSuspended).At("person_id")
	}
	if err := s.substitutes(ctx, a); err != nil {
		return err
	}
	return s.placed(ctx, scope, a.UnitID)
}

// placed refuses a unit that is not one of the scope's; "" is none.
func (s *Service) placed(ctx context.Context, scope tenant.ID, unit string) error {
	if unit == "" {
		return nil
	}
	_, err := s.store.units.Get(tenant.With(ctx, scope), unit)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return failure.New(failure.ForeignIdentifier).At("unit_id").Wanting("a unit of the scope")
	}
	return err
}

// beneathHere refuses a scope that is neither the context's tenant nor beneath it: nobody who lives here has a role there.
func (s *Service) beneathHere(ctx context.Context, scope tenant.ID) error {
	here, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	path, err := s.store.path(ctx, scope)
	if err == nil && !slices.Contains(path, here) {
		err = failure.New(failure.ForeignIdentifier).At("scope").Wanting("this tenant or one beneath it")
	}
	return err
}

// substitutes refuses a substitute for something that is no duty of somebody else in the same scope.
func (s *Service) substitutes(ctx context.Context, a assignment) error {
	if a.SubstituteFor == "" {
		return nil
	}
	d, err := s.store.assignments.Get(ctx, a.SubstituteFor)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return failure.New(failure.ForeignIdentifier).At("substitute_for").Wanting("an assignment of this tenant")
	}
	if err != nil {
		return err
	}
	return a.standsInFor(d.Body)
}

// free refuses a role that the person has already for some of the time, other than by some assignments. The unique index of holdings stands behind it.
func (s *Service) free(ctx context.Context, a assignment, except ...string) error {
	held, err := s.store.held(ctx, a.PersonID)
	if err != nil {
		return err
	}
	for _, d := range held {
		if !slices.Contains(except, d.ID) && d.Body.overlaps(a) {
			return failure.New(failure.RoleHeld)
		}
	}
	return nil
}

// administer changes the administration of a scope.
func (s *Service) administer(ctx context.Context, scope tenant.ID, change func(*administration) error) error {
	_, err := s.store.administrations.Upsert(tenant.With(ctx, scope), administrationID, func(a *administration, _ bool) ([]events.Event, error) {
		return nil, change(a)
	})
	return err
}

func (s *Service) listRoleAssignments(c *gin.Context) error {
	ctx := c.Request.Context()
	person, scope := c.Query("person_id"), c.Query("scope")
	if (person == "") == (scope == "") {
		return failure.Invalid("person_id", "either person_id or scope")
	}
	query, sees := document.Query{Index: "by_person", Equal: []any{person}}, s.seesPerson
	if scope != "" {
		query, sees = document.Query{Index: "by_scope", Equal: []any{scope}}, s.seesScope
	}
	visible, err := sees(ctx, scope)
	if err != nil {
		return err
	}
	visibleTR, err := s.reaches(ctx, "role_assignment.read_tr")
	if err != nil {
		return err
	}
	list, err := listing(c, s.store.assignments.Find, query,
		func(d document.Document[assignment]) (tenancyapi.RoleAssignment, bool, error) {
			shown, err := visible(tenant.ID(d.Body.Scope))
			if shown && err == nil && d.Body.Role == access.UnionRepresentative {
				shown, err = visibleTR(tenant.ID(d.Body.Scope))
			}
			return showAssignment(d), shown, err
		})
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// reaches returns where the subject's own roles permit an action.
func (s *Service) reaches(ctx context.Context, action string) (func(tenant.ID) (bool, error), error) {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return nil, err
	}
	scopes, err := s.authorizer.VisibleScopes(ctx, subject, action)
	return func(at tenant.ID) (bool, error) {
		path, err := s.store.path(ctx, at)
		return slices.ContainsFunc(scopes, func(scope tenant.ID) bool { return slices.Contains(path, scope) }), err
	}, err
}

// seesScope decides whether the subject may see who has roles in a scope: all of them or none.
func (s *Service) seesScope(ctx context.Context, given string) (func(tenant.ID) (bool, error), error) {
	scope, err := tenant.Parse(given)
	if err != nil {
		return nil, failure.Invalid("scope", "a tenant id")
	}
	if err := s.decide(ctx, "role_assignment.read", "role_assignment", scope, nil); err != nil {
		return nil, err
	}
	if err := s.beneathHere(ctx, scope); err != nil {
		return nil, err
	}
	return func(tenant.ID) (bool, error) { return true, nil }, nil
}

// seesPerson returns which of a person's roles the subject may see: those in scopes that the subject administers. It
// refuses a subject who administers nothing at, above or beneath the context's tenant.
func (s *Service) seesPerson(ctx context.Context, _ string) (func(tenant.ID) (bool, error), error) {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return nil, err
	}
	here, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	scopes, err := s.authorizer.VisibleScopes(ctx, subject, "role_assignment.read")
	if err != nil {
		return nil, err
	}
	covers := func(at tenant.ID) (bool, error) {
		path, err := s.store.path(ctx, at)
		return slices.ContainsFunc(scopes, func(scope tenant.ID) bool { return slices.Contains(path, scope) }), err
	}
	related, err := covers(here)
	if err != nil {
		return nil, err
	}
	for _, scope := range scopes {
		path, err := s.store.path(ctx, scope)
		if err != nil {
			return nil, err
		}
		related = related || slices.Contains(path, here)
	}
	if !related { // the policy says so too, and writes it down
		return nil, s.decide(ctx, "role_assignment.read", "role_assignment", here, nil)
	}
	return covers, nil
}

// assignmentToEnd returns an assignment that the subject may end.
func (s *Service) assignmentToEnd(ctx context.Context, id string) (document.Document[assignment], error) {
	found, err := s.store.assignments.Get(ctx, id)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		// Only who administers the tenant is told that it has no such assignment.
		if denied := s.decideHere(ctx, "role_assignment.end", "role_assignment", nil); denied != nil {
			return found, denied
		}
	}
	if err != nil {
		return found, err
	}
	_, err = s.decideAbout(ctx, "role_assignment.end", tenant.ID(found.Body.Scope), found.Body.PersonID, found.Body.Role)
	return found, err
}

func (s *Service) endRoleAssignment(c *gin.Context) error {
	ctx := c.Request.Context()
	found, err := s.assignmentToEnd(ctx, c.Param("assignment_id"))
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.RoleEnd](c)
	if err != nil {
		return err
	}
	if revision != found.Revision {
		return failure.New(failure.PreconditionFailed)
	}
	d, err := s.end(ctx, found, in)
	if err != nil {
		return err
	}
	if err := s.settle(ctx, tenant.ID(d.Body.Scope), d.Body.PersonID, *d.Body.To); err != nil {
		return err
	}
	if err := s.recountFor(ctx, d.Body); err != nil {
		return err
	}
	return rest.OK(c, d, showAssignment(d))
}

// end ends an assignment as it was read. An administrator leaves the administration first: in between there are
// fewer than there could be, never none.
func (s *Service) end(ctx context.Context, found document.Document[assignment], in tenancyapi.RoleEnd) (document.Document[assignment], error) {
	scope, now := tenant.ID(found.Body.Scope), s.now()
	if found.Body.lasting() {
		all, err := s.store.within(ctx, scope)
		if err != nil {
			return found, err
		}
		lasting := map[string]bool{}
		for _, d := range all {
			lasting[d.ID] = d.Body.lasting()
		}
		if err := s.administer(ctx, scope, func(a *administration) error { return a.remove(found.ID, lasting, now) }); err != nil {
			return found, err
		}
	}
	d, err := s.store.assignments.UpdateAt(ctx, found.ID, found.Revision, func(a *assignment) ([]events.Event, error) {
		if err := a.end(found.ID, in.To, now); err != nil {
			return nil, err
		}
		return []events.Event{a.ended(found.ID)}, nil
	})
	if err != nil {
		return d, err
	}
	return d, s.endSubstitutes(ctx, d)
}

// endSubstitutes lets nobody stand in for longer than there is somebody to stand in for. The event of the end comes to the
// same, should the process end between the two.
func (s *Service) endSubstitutes(ctx context.Context, ended document.Document[assignment]) error {
	all, err := s.store.within(ctx, tenant.ID(ended.Body.Scope))
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Body.SubstituteFor != ended.ID || d.Body.To != nil && !d.Body.To.After(*ended.Body.To) {
			continue
		}
		_, err := s.store.assignments.Update(ctx, d.ID, func(a *assignment) ([]events.Event, error) {
			if err := a.end(d.ID, ended.Body.To, s.now()); err != nil {
				return nil, err
			}
			return []events.Event{a.ended(d.ID)}, nil
		})
		if err != nil && failure.CodeOf(err) != failure.AssignmentEnded {
			return err
		}
	}
	return nil
}

func showAssignment(d document.Document[assignment]) tenancyapi.RoleAssignment {
	a := d.Body
	return tenancyapi.RoleAssignment{
		AssignmentID: d.ID, PersonID: a.PersonID, Role: tenancyapi.Role(a.Role), Scope: a.Scope, UnitID: optional(a.UnitID),
		StaffGroup: optional(tenancyapi.StaffGroup(a.StaffGroup)), SubstituteFor: optional(a.SubstituteFor),
		From: a.From, To: a.To, Revision: d.Revision,
	}
}
