package tenancy

import (
	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) getProvisioning(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "provisioning.read", "provisioning", nil); err != nil {
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
	return rest.OK(c, d, showProvisioning(d))
}

func (s *Service) setProvisioning(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "provisioning.change", "provisioning", nil); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.NewProvisioning](c)
	if err != nil {
		return err
	}
	id, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	d, err := s.store.organisations.UpdateAt(ctx, string(id), revision, func(o *organisation) ([]events.Event, error) {
		return nil, o.grant(in.Roles) // of no interest to other services: they are told of each role that is given
	})
	if err != nil {
		return err
	}
	return rest.OK(c, d, showProvisioning(d))
}

func showProvisioning(d document.Document[organisation]) tenancyapi.Provisioning {
	shown := tenancyapi.Provisioning{Roles: []tenancyapi.Role{}, Grantable: []tenancyapi.Role{}, Revision: d.Revision}
	for _, role := range d.Body.ProvisionedRoles {
		shown.Roles = append(shown.Roles, tenancyapi.Role(role))
	}
	for _, role := range grantable {
		shown.Grantable = append(shown.Grantable, tenancyapi.Role(role))
	}
	return shown
}
