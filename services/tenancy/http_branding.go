package tenancy

import (
	"context"
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) brandingRoutes(t *gin.RouterGroup) {
	t.GET("/branding", host.Handle(s.getBranding))
	t.PUT("/branding", host.Handle(s.setBranding))
	t.PUT("/branding/logo", host.Handle(s.setLogo))
	t.DELETE("/branding/logo", host.Handle(s.removeLogo))
	t.GET("/logos/:logo_id", host.Handle(s.getLogo))
}

func (s *Service) getBranding(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "organisation.read", "organisation", nil); err != nil {
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
	return rest.OK(c, d, showBranding(d.Body, d.Revision))
}

func (s *Service) setBranding(c *gin.Context) error {
	if err := s.mayBrand(c.Request.Context()); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.NewBranding](c)
	if err != nil {
		return err
	}
	return s.brand(c, revision, func(o *organisation) error { return o.brand(in) })
}

// setLogo stores the picture before the organisation names it, so that nobody is sent to one that is not there.
func (s *Service) setLogo(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.mayBrand(ctx); err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "image/png" {
		return failure.New(failure.RequestMediaType).Wanting("image/png")
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	raw, err := host.Body(c)
	if err != nil {
		return err
	}
	id, l, err := newLogo(raw, s.now())
	if err != nil {
		return err
	}
	_, err = s.store.logos.Upsert(ctx, id, func(stored *logo, _ bool) ([]events.Event, error) {
		*stored = l
		return nil, nil
	})
	if err != nil {
		return err
	}
	return s.brand(c, revision, func(o *organisation) error {
		o.Branding.Logo, o.Branding.LogoWidth = id, l.Width
		return nil
	})
}

func (s *Service) removeLogo(c *gin.Context) error {
	if err := s.mayBrand(c.Request.Context()); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	return s.brand(c, revision, func(o *organisation) error {
		o.Branding.Logo, o.Branding.LogoWidth = "", 0
		return nil
	})
}

// mayBrand refuses those who may not, and tenants that have no schools to show anything at.
func (s *Service) mayBrand(ctx context.Context) error {
	if err := s.decideHere(ctx, "branding.change", "organisation", nil); err != nil {
		return err
	}
	return s.inside(ctx, kindMunicipality, kindOperator)
}

// brand changes what the context's tenant shows, and answers with it.
func (s *Service) brand(c *gin.Context, revision int64, change func(*organisation) error) error {
	ctx := c.Request.Context()
	id, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	d, err := s.store.organisations.UpdateAt(ctx, string(id), revision, func(o *organisation) ([]events.Event, error) {
		if err := change(o); err != nil {
			return nil, err
		}
		return []events.Event{o.changed(id)}, nil
	})
	if err != nil {
		return err
	}
	if err := s.dropLogos(ctx, d.Body.Branding.Logo); err != nil {
		return err
	}
	return rest.OK(c, d, showBranding(d.Body, d.Revision))
}

func (s *Service) getLogo(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "organisation.read", "organisation", nil); err != nil {
		return err
	}
	d, err := s.store.logos.Get(ctx, c.Param("logo_id"))
	if err != nil {
		return err
	}
	c.Header("X-Content-Type-Options", "nosniff")
	c.Data(http.StatusOK, "image/png", d.Body.PNG)
	return nil
}
