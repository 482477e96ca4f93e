package tenancy

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// A leader never answers inside what they lead, and a school has too few leaders for a unit of their own. So an operator
// may have a group of leaders: an organisation beneath it like a school, in which the leaders of all its schools are employed,
// in one unit. There they have everything that a school's people have: rounds with a roster and keys of their own, representatives, a
// release. Nobody places them: who leads a school is in the group for as long as they do.

// leadersGroup is the institution type of such a group. An operator has at most one; see organisation.identity.
const leadersGroup = string(tenancyapi.Leaders)

// leadersUnits are what the group's one unit is called at first.
var leadersUnits = map[string]string{"da": "Ledere", "en": "Leaders"}

func (o organisation) isLeadersGroup() bool { return o.InstitutionType == leadersGroup }

// groupAbove returns the group of leaders that the leaders of a school belong to, nil if there is none.
func (s *Service) groupAbove(ctx context.Context, school organisation) (*document.Document[organisation], error) {
	if school.Kind != kindSchool || school.isLeadersGroup() {
		return nil, nil
	}
	for found, err := range s.store.children.All(ctx, document.Query{Index: "by_identity", Equal: []any{leadersIdentity(school.ParentID)}}) {
		return &found, err
	}
	return nil, nil
}

// leadershipMoved has the group of leaders brought up to date when somebody came to lead a school, or no longer does.
func (s *Service) leadershipMoved(ctx context.Context, role string, scope tenant.ID) error {
	if role != access.Leader {
		return nil
	}
	ctx = access.WithSubject(ctx, access.Service(Name))
	school, err := s.store.organisation(ctx, scope)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	group, err := s.groupAbove(ctx, school.Body)
	if err != nil || group == nil {
		return err
	}
	return s.askRecount(ctx, group.Tenant)
}

// gatherLeaders places in a group of leaders who leads a school of its operator, and ends the place of who does so no more. Anything
// but a group of leaders it leaves alone. It is done before the group is counted, whenever that is asked for.
func (s *Service) gatherLeaders(ctx context.Context, id tenant.ID) error {
	ctx = access.WithSubject(ctx, access.Service(Name))
	group, err := s.store.organisation(ctx, id)
	if failure.CodeOf(err) == failure.DocumentNotFound || err == nil && !group.Body.isLeadersGroup() {
		return nil
	}
	if err != nil {
		return err
	}
	leaders, err := s.leadersBeneath(ctx, tenant.ID(group.Body.ParentID))
	if err != nil {
		return err
	}
	unit, err := s.leadersUnit(ctx, group)
	if err != nil {
		return err
	}
	held, err := s.store.within(ctx, id)
	if err != nil {
		return err
	}
	home := tenant.With(ctx, tenant.ID(group.Body.ParentID)) // where its people live
	for _, d := range held {
		if d.Body.Role != access.Employee || d.Body.over(s.now()) {
			continue
		}
		if i := slices.Index(leaders, d.Body.PersonID); i >= 0 {
			leaders = slices.Delete(leaders, i, i+1)
			continue
		}
		if _, err := s.store.assignments.Update(home, d.ID, func(a *assignment) ([]events.Event, error) {
			if err := a.end(d.ID, nil, s.now()); err != nil {
				return nil, err
			}
			return []events.Event{a.ended(d.ID)}, nil
		}); err != nil && failure.CodeOf(err) != failure.AssignmentEnded {
			return err
		}
	}
	for _, person := range leaders {
		a := assignment{PersonID: person, Role: access.Employee, Scope: string(id), UnitID: unit, From: s.now().Truncate(time.Millisecond), StaffGroup: string(tenancyapi.StaffGroupLeader)}
		assigned := uuid.NewString()
		a.Holding = a.holding(assigned)
		if _, err := s.store.assignments.Insert(home, assigned, a, a.assigned(assigned)); err != nil && failure.CodeOf(err) != failure.DocumentExists {
			return err
		}
	}
	return nil
}

// leadersBeneath returns who leads a school of an operator now, each once, by id.
func (s *Service) leadersBeneath(ctx context.Context, operator tenant.ID) ([]string, error) {
	schools, err := collect(s.store.children.All(ctx, document.Query{Index: "by_parent", Equal: []any{string(operator)}}))
	if err != nil {
		return nil, err
	}
	var leaders []string
	for _, school := range schools {
		if school.Body.Kind != kindSchool || school.Body.isLeadersGroup() {
			continue
		}
		held, err := s.store.within(ctx, school.Tenant)
		if err != nil {
			return nil, err
		}
		for _, d := range held {
			if d.Body.Role == access.Leader && d.Body.counts(s.now()) {
				leaders = append(leaders, d.Body.PersonID)
			}
		}
	}
	slices.Sort(leaders)
	return slices.Compact(leaders), nil
}

// leadersUnit returns the unit that leaders are placed in, and makes it first if the group has none.
func (s *Service) leadersUnit(ctx context.Context, group document.Document[organisation]) (string, error) {
	within := tenant.With(ctx, group.Tenant)
	for found, err := range s.store.units.All(within, document.Query{Index: "by_name"}) {
		return found.ID, err
	}
	u := unit{Name: leadersUnits[group.Body.Language]}
	id := s.profiles.importedID(group.Tenant, "unit", leadersGroup) // one, however often it is tried
	_, err := s.store.units.Insert(within, id, u, u.created(id))
	if failure.CodeOf(err) == failure.DocumentExists {
		err = nil
	}
	return id, err
}

// leadersIdentity is what no two groups of leaders of an operator can share.
func leadersIdentity(operator string) string { return leadersGroup + ":" + operator }
