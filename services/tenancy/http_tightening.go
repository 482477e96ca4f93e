package tenancy

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) getTightening(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "tightening.read", "tightening", nil); err != nil {
		return err
	}
	id, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	d, err := s.store.organisation(ctx, id)
	if err != nil {
		return err
	}
	shown, err := s.showTightening(ctx, d)
	if err != nil {
		return err
	}
	return rest.OK(c, d, shown)
}

func (s *Service) setTightening(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "tightening.change", "tightening", nil); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.NewTightening](c)
	if err != nil {
		return err
	}
	id, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	d, err := s.store.organisations.UpdateAt(ctx, string(id), revision, func(o *organisation) ([]events.Event, error) {
		if err := o.tighten(in.TakenAway); err != nil {
			return nil, err
		}
		return []events.Event{o.changed(id)}, nil
	})
	if err != nil {
		return err
	}
	shown, err := s.showTightening(ctx, d)
	if err != nil {
		return err
	}
	return rest.OK(c, d, shown)
}

func (s *Service) showTightening(ctx context.Context, d document.Document[organisation]) (tenancyapi.Tightening, error) {
	shown := tenancyapi.Tightening{
		TakenAway: showTaken(d.Body.tightening()), Inherited: tenancyapi.TakenRoles{},
		Tightenable: showTaken(access.Tightenable()), Revision: d.Revision,
	}
	if d.Body.ParentID == "" {
		return shown, nil
	}
	above, err := s.store.tightened(ctx, tenant.ID(d.Body.ParentID))
	if err != nil {
		return shown, err
	}
	shown.Inherited = showTaken(above)
	return shown, nil
}
