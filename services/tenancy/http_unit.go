package tenancy

import (
	"context"
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

func (s *Service) createUnit(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "unit.create", "unit", nil); err != nil {
		return err
	}
	creation, in, err := creating[tenancyapi.NewUnit](c)
	if err != nil {
		return err
	}
	if err := s.inside(ctx, kindSchool); err != nil {
		return err
	}
	u, err := newUnit(in)
	if err != nil {
		return err
	}
	if err := s.unitTree().climb(ctx, creation.ID, u.ParentID); err != nil {
		return err
	}
	if err := s.leads(ctx, u.LeaderID); err != nil {
		return err
	}
	d, _, err := s.store.units.Create(ctx, creation, u, u.created(creation.ID))
	if err != nil {
		return err
	}
	return rest.Created(c, d, showUnit(d))
}

func (s *Service) listUnits(c *gin.Context) error {
	return showAll(c, s, "unit.read", "unit", s.store.units, document.Query{Index: "by_name"}, showUnit)
}

func (s *Service) getUnit(c *gin.Context) error {
	return showOne(c, s, "unit.read", "unit", c.Param("unit_id"), s.store.units, showUnit)
}

func (s *Service) changeUnit(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("unit_id")
	if err := s.decideHere(ctx, "unit.change", "unit", nil); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.UnitChange](c)
	if err != nil {
		return err
	}
	before, err := s.store.units.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.unitTree().climb(ctx, id, given(in.ParentID)); err != nil {
		return err
	}
	if err := s.leads(ctx, given(in.LeaderID)); err != nil {
		return err
	}
	d, err := s.store.units.UpdateAt(ctx, id, revision, func(u *unit) ([]events.Event, error) {
		was := *u
		if err := u.change(in); err != nil || *u == was {
			return nil, err
		}
		return []events.Event{u.changed(id)}, nil
	})
	if err != nil {
		return err
	}
	if err := s.undoUnitCycle(ctx, d, before.Body.ParentID); err != nil {
		return err
	}
	return rest.OK(c, d, showUnit(d))
}

// undoUnitCycle is undoCycle for a unit that was moved away from beneath parentID.
func (s *Service) undoUnitCycle(ctx context.Context, d document.Document[unit], parentID string) error {
	return undoCycle(ctx, s.unitTree(), s.store.units, d, d.Body.ParentID, func(u *unit) ([]events.Event, error) {
		u.ParentID = parentID
		return []events.Event{u.changed(d.ID)}, nil
	})
}

// leads refuses a unit's leader who is no leader of the context's school.
func (s *Service) leads(ctx context.Context, person string) error {
	if person == "" {
		return nil
	}
	school, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	all, err := s.store.within(ctx, school)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(d document.Document[assignment]) bool {
		return d.Body.PersonID == person && d.Body.Role == access.Leader && d.Body.counts(s.now())
	}) {
		return failure.New(failure.PersonWithoutAccess).At("leader_id").Wanting("somebody with the role of leader at this school")
	}
	return nil
}

func (s *Service) unitTree() tree {
	return tree{
		parentOf: func(ctx context.Context, id string) (string, error) {
			d, err := s.store.units.Get(ctx, id)
			return d.Body.ParentID, err
		},
		cycle:   failure.New(failure.UnitCycle).At("parent_id").Wanting("a unit that does not lie beneath this one, at most 16 levels deep"),
		foreign: failure.New(failure.ForeignIdentifier).At("parent_id").Wanting("a unit of this school"),
	}
}

func showUnit(d document.Document[unit]) tenancyapi.Unit {
	return tenancyapi.Unit{
		UnitID: d.ID, ParentID: optional(d.Body.ParentID), Name: d.Body.Name, LeaderID: optional(d.Body.LeaderID), Headcount: d.Body.Headcount, Revision: d.Revision,
	}
}
