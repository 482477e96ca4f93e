package tenancy

import (
	"net/http"

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

// createAPIKey shows the key, this once. A repeated request cannot show it again, since nobody has it, and says so.
func (s *Service) createAPIKey(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "api_key.create", "api_key", map[string]any{"key_id": rest.CreatedID(c)}); err != nil {
		return err
	}
	creation, in, err := creating[tenancyapi.NewAPIKey](c)
	if err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	owner, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	o, err := s.store.organisation(ctx, owner)
	if err != nil {
		return err
	}
	made := access.NewKey(owner)
	k, err := newAPIKey(in, made, o.Body.Kind, subject.ID, s.now())
	if err != nil {
		return err
	}
	d, repeated, err := s.store.apiKeys.Create(ctx, creation, k)
	if err != nil {
		return err
	}
	if repeated {
		return failure.New(failure.KeyShown)
	}
	return rest.Created(c, d, tenancyapi.CreatedAPIKey{Secret: made.Token(), Key: showAPIKey(d)})
}

func (s *Service) listAPIKeys(c *gin.Context) error {
	if err := s.decideHere(c.Request.Context(), "api_key.list", "api_key", nil); err != nil {
		return err
	}
	list, err := listing(c, s.store.apiKeys.Find, document.Query{Index: "by_creation", Descending: true},
		func(d document.Document[apiKey]) (tenancyapi.APIKey, bool, error) { return showAPIKey(d), true, nil })
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// revokeAPIKey asks for no If-Match: a key that may be in wrong hands is revoked even while it is being used.
func (s *Service) revokeAPIKey(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "api_key.revoke", "api_key", map[string]any{"key_id": c.Param("key_id")}); err != nil {
		return err
	}
	d, err := s.store.apiKeys.Update(ctx, c.Param("key_id"), func(k *apiKey) ([]events.Event, error) {
		k.revoke(s.now())
		return nil, nil
	})
	if err != nil {
		return err
	}
	return rest.OK(c, d, showAPIKey(d))
}

// matchAPIKey tells the portal what a key that was sent to it opens. Every reason why one does not is the same answer.
func (s *Service) matchAPIKey(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "api_key.match", "api_key", "", nil); err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.SentAPIKey](c)
	if err != nil {
		return err
	}
	sent, err := access.ParseKey(in.Secret)
	if err != nil {
		return failure.New(failure.KeyUnknown).Because(err)
	}
	ctx = tenant.With(ctx, sent.Tenant)
	for d, err := range s.store.apiKeys.All(ctx, document.Query{Index: "by_prefix", Equal: []any{sent.Prefix()}}) {
		if err != nil {
			return err
		}
		if !d.Body.opens(sent, s.now()) {
			continue
		}
		if _, err := s.store.apiKeys.Update(ctx, d.ID, func(k *apiKey) ([]events.Event, error) {
			k.used(s.now())
			return nil, nil
		}); err != nil {
			return err
		}
		c.JSON(http.StatusOK, tenancyapi.MatchedAPIKey{KeyID: d.ID, TenantID: string(d.Tenant), Scopes: d.Body.scopes(), ExpiresAt: d.Body.ExpiresAt})
		return nil
	}
	return failure.New(failure.KeyUnknown)
}

func showAPIKey(d document.Document[apiKey]) tenancyapi.APIKey {
	k := d.Body
	return tenancyapi.APIKey{
		KeyID: d.ID, Name: k.Name, Scopes: k.scopes(), Prefix: k.Prefix, CreatedAt: k.CreatedAt, CreatedBy: k.CreatedBy,
		ExpiresAt: k.ExpiresAt, LastUsedOn: optional(k.LastUsedOn), RevokedAt: k.RevokedAt, Revision: d.Revision,
	}
}
