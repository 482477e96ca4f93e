package tenancy

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

// provisionedGroup is who has a role in a place, as an identity system sees it: the leaders of a school, the employees of
// one of its units, or those who have a role that the operator lets it give (provisioning.go). There are no other groups,
// so none is stored, made or deleted; what is stored is what an identity system calls one (group_link.go).
type provisionedGroup struct {
	place    tenant.ID
	kind     string // of organisation
	unit     string // of employees; empty for all others
	granted  string // the role, where it is one that not every identity system gives
	name     string
	external string // what the identity system calls it, if it has said so
}

// leadersID stands in the id of a school's group of leaders where those of units have the unit, and others their role.
const leadersID = "leaders"

// groupNames are what those who have a role in a place are called, by its language.
var groupNames = map[string]map[string]string{
	"da": {
		access.Leader: "Ledere", access.UnionRepresentative: "Tillidsrepræsentanter", access.SafetyRepresentative: "Arbejdsmiljørepræsentanter",
		access.SchoolAdministrator: "Administratorer", access.MunicipalAdministrator: "Administratorer",
	},
	"en": {
		access.Leader: "Leaders", access.UnionRepresentative: "Union representatives", access.SafetyRepresentative: "Safety representatives",
		access.SchoolAdministrator: "Administrators", access.MunicipalAdministrator: "Administrators",
	},
}

func (g provisionedGroup) id() string {
	switch {
	case g.granted != "":
		return string(g.place) + "." + g.granted
	case g.unit == "":
		return string(g.place) + "." + leadersID
	}
	return string(g.place) + "." + g.unit
}

func (g provisionedGroup) role() string {
	switch {
	case g.granted != "":
		return g.granted
	case g.unit == "":
		return access.Leader
	}
	return access.Employee
}

// has tells whether an assignment is one of the group's.
func (g provisionedGroup) has(a assignment) bool {
	return a.Scope == string(g.place) && a.Role == g.role() && a.UnitID == g.unit
}

func (g provisionedGroup) resource(members []string) scim.Group {
	return scim.NewGroup(g.id(), g.external, g.name, members, scim.Meta{ResourceType: "Group", Location: "Groups/" + g.id()})
}

// placeName is what the groups of a school begin with: its name, and its number where it has one, since schools of one
// operator may have the same name.
func placeName(o organisation) string {
	if o.Code == "" {
		return o.Name
	}
	return o.Name + " (" + o.Code + ")"
}

func leadersOf(school document.Document[organisation]) provisionedGroup {
	return provisionedGroup{place: school.Tenant, kind: kindSchool, name: placeName(school.Body) + " – " + groupNames[school.Body.Language][access.Leader]}
}

// trustedIn returns the groups of a place whose roles the operator lets its identity system give.
func trustedIn(place document.Document[organisation], operator organisation) (all []provisionedGroup) {
	for _, role := range operator.grantedIn(place.Body.Kind) {
		name := placeName(place.Body) + " – " + groupNames[place.Body.Language][role]
		all = append(all, provisionedGroup{place: place.Tenant, kind: place.Body.Kind, granted: role, name: name})
	}
	return all
}

func staffOf(school document.Document[organisation], u document.Document[unit]) provisionedGroup {
	return provisionedGroup{place: school.Tenant, kind: kindSchool, unit: u.ID, name: placeName(school.Body) + " – " + u.Body.Name}
}

// groups returns the groups of an operator that a filter asks for, in the order of the schools' and units' names. It
// reads the operator's schools and, of those that can be meant, the units: one query for each school.
func (s *Service) groups(ctx context.Context, operator tenant.ID, conditions []scim.Condition) ([]provisionedGroup, error) {
	meant := func(g provisionedGroup) bool { return true }
	begins := ""
	for _, c := range conditions {
		value, _ := c.Value.(string)
		before := meant
		switch c.Attribute {
		case "id":
			return s.groupsAmong(ctx, operator, []string{value}, conditions)
		case "externalid":
			ids, err := s.groupsCalled(ctx, value)
			if err != nil {
				return nil, err
			}
			return s.groupsAmong(ctx, operator, ids, conditions)
		case "members.value":
			ids, err := s.groupsWith(ctx, operator, value)
			if err != nil {
				return nil, err
			}
			return s.groupsAmong(ctx, operator, ids, conditions)
		case "displayname":
			begins = value
			meant = func(g provisionedGroup) bool { return before(g) && strings.EqualFold(g.name, value) }
		}
	}
	own, err := s.store.organisation(ctx, operator)
	if err != nil {
		return nil, err
	}
	var all []provisionedGroup
	add := func(groups ...provisionedGroup) {
		all = append(all, slices.DeleteFunc(groups, func(g provisionedGroup) bool { return !meant(g) })...)
	}
	add(trustedIn(own, own.Body)...)
	for school, err := range s.store.children.All(ctx, document.Query{Index: "by_parent", Equal: []any{string(operator)}}) {
		if err != nil {
			return nil, err
		}
		if begins != "" && !strings.HasPrefix(strings.ToLower(begins), strings.ToLower(placeName(school.Body))) {
			continue
		}
		add(leadersOf(school))
		add(trustedIn(school, own.Body)...)
		for u, err := range s.store.units.All(tenant.With(ctx, school.Tenant), document.Query{Index: "by_name"}) {
			if err != nil {
				return nil, err
			}
			add(staffOf(school, u))
		}
	}
	return all, nil
}

// groupsAmong returns those of some groups that a filter asks for.
func (s *Service) groupsAmong(ctx context.Context, operator tenant.ID, ids []string, conditions []scim.Condition) ([]provisionedGroup, error) {
	var found []provisionedGroup
	for _, id := range ids {
		g, err := s.group(ctx, operator, id)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		var members []string
		if slices.ContainsFunc(conditions, func(c scim.Condition) bool { return c.Attribute == "members.value" }) {
			if members, err = s.membersOf(ctx, g); err != nil {
				return nil, err
			}
		}
		if g.meets(members, conditions) {
			found = append(found, g)
		}
	}
	return found, nil
}

// meets tells whether a group is one of those that a filter asks for.
func (g provisionedGroup) meets(members []string, conditions []scim.Condition) bool {
	return !slices.ContainsFunc(conditions, func(c scim.Condition) bool {
		value, _ := c.Value.(string)
		switch c.Attribute {
		case "id":
			return value != g.id()
		case "externalid":
			return value != g.external
		case "members.value":
			return !slices.Contains(members, value)
		}
		return !strings.EqualFold(value, g.name) // displayName
	})
}

// groupsWith returns the ids of the groups that a person is in.
func (s *Service) groupsWith(ctx context.Context, operator tenant.ID, person string) ([]string, error) {
	own, err := s.store.organisation(ctx, operator)
	if err != nil {
		return nil, err
	}
	held, err := s.store.held(ctx, person)
	var ids []string
	for _, d := range held {
		if d.Tenant != operator || !d.Body.counts(s.now()) || !own.Body.provisions(d.Body.Role) {
			continue
		}
		g := provisionedGroup{place: tenant.ID(d.Body.Scope), unit: d.Body.UnitID}
		if !slices.Contains(provisionedRoles, d.Body.Role) {
			g.granted = d.Body.Role
		}
		ids = append(ids, g.id())
	}
	return ids, err
}

// group returns a group of the operator's, or the failure document.not_found.
func (s *Service) group(ctx context.Context, operator tenant.ID, id string) (provisionedGroup, error) {
	owner, part, _ := strings.Cut(id, ".")
	place, err := tenant.Parse(owner)
	if err != nil || part == "" {
		return provisionedGroup{}, failure.NotFound("group")
	}
	own, err := s.store.organisation(ctx, operator)
	if err != nil {
		return provisionedGroup{}, err
	}
	at, err := s.store.organisation(ctx, place)
	if err != nil {
		return provisionedGroup{}, err
	}
	if place != operator && (at.Body.Kind != kindSchool || at.Body.ParentID != string(operator)) {
		return provisionedGroup{}, failure.NotFound("group")
	}
	for _, g := range trustedIn(at, own.Body) {
		if g.granted == part {
			return s.linked(ctx, g)
		}
	}
	switch {
	case place == operator:
		return provisionedGroup{}, failure.NotFound("group")
	case part == leadersID:
		return s.linked(ctx, leadersOf(at))
	}
	u, err := s.store.units.Get(tenant.With(ctx, place), part)
	if err != nil {
		return provisionedGroup{}, err
	}
	return s.linked(ctx, staffOf(at, u))
}

// membersOf returns who is in a group now.
func (s *Service) membersOf(ctx context.Context, g provisionedGroup) ([]string, error) {
	var members []string
	for d, err := range s.store.assignments.All(ctx, document.Query{Index: "by_scope", Equal: []any{string(g.place)}}) {
		if err != nil {
			return nil, err
		}
		if g.has(d.Body) && d.Body.counts(s.now()) {
			members = append(members, d.Body.PersonID)
		}
	}
	slices.Sort(members)
	return slices.Compact(members), nil
}

// regroup makes a group have these members: who is new is given the role from now on, and whose time is over loses it
// now. Everything that can be refused is refused before anything is written; doing it again changes nothing. Those who come
// come first, so that one administrator can follow another.
func (s *Service) regroup(ctx context.Context, g provisionedGroup, before, after []string) error {
	joining := without(after, before)
	leaving := without(before, after)
	for _, person := range joining {
		if err := s.joinable(ctx, person); err != nil {
			return err
		}
	}
	if len(leaving) > 0 && len(after) == 0 && slices.Contains(administrators, g.role()) {
		return failure.New(failure.LastAdministrator)
	}
	for action, people := range map[string][]string{"scim.assign": joining, "scim.unassign": leaving} {
		for _, person := range people {
			attributes := map[string]any{"person_id": person, "role": g.role(), "granted": g.granted != ""}
			if err := s.decide(ctx, action, "role_assignment", g.place, attributes); err != nil {
				return err
			}
		}
	}
	for _, person := range joining {
		if err := s.join(ctx, person, g); err != nil {
			return err
		}
	}
	for _, person := range leaving {
		if err := s.leave(ctx, person, g.has); err != nil {
			return err
		}
	}
	if len(joining)+len(leaving) == 0 {
		return nil
	}
	return s.recountFor(ctx, assignment{Role: g.role(), Scope: string(g.place)})
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(one string) bool { return slices.Contains(some, one) })
}

// joinable refuses a member who is nobody that the identity system knows as active.
func (s *Service) joinable(ctx context.Context, person string) error {
	p, err := s.provisionedPerson(ctx, person)
	code := failure.CodeOf(err)
	if err != nil && code != failure.DocumentNotFound && code != failure.RequestInvalid {
		return err
	}
	if err != nil || p.Body.Suspended {
		return notActive()
	}
	return nil
}

func notActive() error {
	return &scim.Error{Status: http.StatusBadRequest, Type: scim.InvalidValue, Detail: "members: somebody who is no active user here"}
}

// join gives a person the group's role. Whoever is placed in another unit of the school moves: systems that move
// somebody from one group to another do it in either order.
func (s *Service) join(ctx context.Context, person string, g provisionedGroup) error {
	var group *tenancyapi.StaffGroup
	elsewhere := func(a assignment) bool {
		meant := a.Scope == string(g.place) && a.Role == g.role()
		if meant && a.counts(s.now()) {
			group = optional(tenancyapi.StaffGroup(a.StaffGroup)) // it is the employment's, which goes on
		}
		return meant
	}
	if err := s.leave(ctx, person, elsewhere); err != nil {
		return err
	}
	id := uuid.NewString()
	a, err := newAssignment(id, tenancyapi.NewRoleAssignment{
		PersonID: person, Role: tenancyapi.Role(g.role()), Scope: string(g.place), UnitID: optional(g.unit), StaffGroup: group,
	}, g.kind, s.now())
	if err != nil {
		return err
	}
	_, err = s.store.assignments.Insert(ctx, id, a, a.assigned(id))
	if failure.CodeOf(err) == failure.DocumentExists { // the same request came twice, at the same time
		return nil
	}
	if err != nil {
		return err
	}
	switch err := s.heldBySomebody(ctx, id, a); failure.CodeOf(err) {
	case "":
	case failure.DocumentNotFound, failure.PersonSuspended:
		return notActive()
	default:
		return err
	}
	if !a.lasting() {
		return nil
	}
	return s.administer(ctx, g.place, func(all *administration) error { all.add(id, a.From); return nil })
}

// leave ends those of a person's roles that are meant and have not ended.
func (s *Service) leave(ctx context.Context, person string, meant func(assignment) bool) error {
	held, err := s.store.held(ctx, person)
	if err != nil {
		return err
	}
	for _, d := range held {
		if !meant(d.Body) {
			continue
		}
		if err := s.endNow(ctx, d); err != nil {
			return err
		}
	}
	return nil
}
