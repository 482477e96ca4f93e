package tenancy

import (
	"net/http"
	"reflect"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) signInProviderRoutes(v1, t *gin.RouterGroup) {
	v1.GET("/sign-in-providers", host.Handle(s.offerSignInProviders))
	t.POST("/sign-in-providers", host.Handle(s.createSignInProvider))
	t.GET("/sign-in-providers", host.Handle(s.listSignInProviders))
	t.GET("/sign-in-providers/:provider_id", host.Handle(s.getSignInProvider))
	t.PATCH("/sign-in-providers/:provider_id", host.Handle(s.changeSignInProvider))
	t.DELETE("/sign-in-providers/:provider_id", host.Handle(s.deleteSignInProvider))
	t.GET("/sign-in-providers/:provider_id/client", host.Handle(s.getSignInClient))
}

func (s *Service) createSignInProvider(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "sign_in_provider.create", "sign_in_provider", map[string]any{"provider_id": rest.CreatedID(c)}); err != nil {
		return err
	}
	creation, in, err := creating[tenancyapi.NewSignInProvider](c)
	if err != nil {
		return err
	}
	if err := s.inside(ctx, kindPlatform, kindMunicipality, kindOperator, kindUnion); err != nil { // where people live
		return err
	}
	p, err := newSignInProvider(in, s.now())
	if err != nil {
		return err
	}
	owner, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	if p.ClientSecret, err = s.profiles.sealSecret(owner, creation.ID, given(in.ClientSecret)); err != nil {
		return err
	}
	d, _, err := s.store.signInProviders.Create(ctx, creation, p)
	if err != nil {
		return err
	}
	return rest.Created(c, d, showSignInProvider(d))
}

func (s *Service) listSignInProviders(c *gin.Context) error {
	return showAll(c, s, "sign_in_provider.read", "sign_in_provider", s.store.signInProviders, document.Query{Index: "by_name"}, showSignInProvider)
}

func (s *Service) getSignInProvider(c *gin.Context) error {
	return showOne(c, s, "sign_in_provider.read", "sign_in_provider", c.Param("provider_id"), s.store.signInProviders, showSignInProvider)
}

func (s *Service) changeSignInProvider(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("provider_id")
	if err := s.decideHere(ctx, "sign_in_provider.change", "sign_in_provider", map[string]any{"provider_id": id}); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.SignInProviderChange](c)
	if err != nil {
		return err
	}
	found, err := s.store.signInProviders.Get(ctx, id)
	if err != nil {
		return err
	}
	sealed := found.Body.ClientSecret
	if in.ClientSecret != nil && secret(in.ClientSecret) == nil {
		if sealed, err = s.profiles.sealSecret(found.Tenant, id, *in.ClientSecret); err != nil {
			return err
		}
	}
	d, err := s.store.signInProviders.UpdateAt(ctx, id, revision, func(p *signInProvider) ([]events.Event, error) {
		was := *p
		p.ClientSecret = sealed
		if err := p.change(in); err != nil || reflect.DeepEqual(*p, was) {
			return nil, err
		}
		return nil, nil
	})
	if err != nil {
		return err
	}
	return rest.OK(c, d, showSignInProvider(d))
}

// deleteSignInProvider destroys the secret first, so that a deletion that was cut off can be repeated.
func (s *Service) deleteSignInProvider(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("provider_id")
	if err := s.decideHere(ctx, "sign_in_provider.delete", "sign_in_provider", map[string]any{"provider_id": id}); err != nil {
		return err
	}
	if _, err := s.store.signInProviders.Get(ctx, id); err != nil {
		return err
	}
	if err := s.profiles.forgetSecret(id); err != nil {
		return err
	}
	if err := s.store.signInProviders.Delete(ctx, id); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// offerSignInProviders tells the portal where people can sign in, for those who have yet to say who they are.
func (s *Service) offerSignInProviders(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "sign_in_provider.offer", "sign_in_provider", "", nil); err != nil {
		return err
	}
	list, err := listing(c, s.store.offers.Find, document.Query{Index: "by_offer", Equal: []any{true}},
		func(d document.Document[signInProvider]) (tenancyapi.SignInOffer, bool, error) {
			o, err := s.store.organisation(ctx, d.Tenant)
			return tenancyapi.SignInOffer{
				ProviderID: d.ID, TenantID: string(d.Tenant), TenantName: o.Body.Name, Name: d.Body.Name,
			}, true, err
		})
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// getSignInClient tells the portal what it needs to speak to a provider, the secret included.
func (s *Service) getSignInClient(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("provider_id")
	if err := s.decideHere(ctx, "sign_in_provider.use", "sign_in_provider", nil); err != nil {
		return err
	}
	d, err := s.store.signInProviders.Get(ctx, id)
	if err != nil {
		return err
	}
	plain, err := s.profiles.openSecret(d.Tenant, id, d.Body.ClientSecret)
	if err != nil {
		return err
	}
	p := d.Body
	return rest.OK(c, d, tenancyapi.SignInClient{
		Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: optional(plain), LoginClaim: p.LoginClaim, MatchedBy: p.identifier(), Scopes: p.Scopes,
		RequiredClaim: optional(p.RequiredClaim), RequiredValue: optional(p.RequiredValue), Enabled: p.Enabled, Revision: d.Revision,
	})
}

// showSignInProvider tells that there is a secret, and never which.
func showSignInProvider(d document.Document[signInProvider]) tenancyapi.SignInProvider {
	p := d.Body
	return tenancyapi.SignInProvider{
		ProviderID: d.ID, Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, HasClientSecret: len(p.ClientSecret) > 0,
		LoginClaim: p.LoginClaim, MatchedBy: p.identifier(), Scopes: p.Scopes, RequiredClaim: optional(p.RequiredClaim), RequiredValue: optional(p.RequiredValue),
		Enabled: p.Enabled, Revision: d.Revision,
	}
}
