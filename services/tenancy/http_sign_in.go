package tenancy

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) matchSignIn(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "sign_in.match", "sign_in", "", nil); err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.SignIn](c)
	if err != nil {
		return err
	}
	if err := failure.Together(line("issuer", in.Issuer, maxIssuer), line("login", in.Login, maxLogin)); err != nil {
		return err
	}
	candidates, err := s.behind(ctx, in)
	if err != nil {
		return err
	}
	candidates = slices.DeleteFunc(candidates, func(d document.Document[person]) bool { return d.Body.Suspended })
	if len(candidates) != 1 { // two operators that accept one issuer and know the same login: nobody can tell who it is
		return failure.New(failure.SignInUnknown)
	}
	d := candidates[0]
	plain, err := s.profiles.open(d)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return failure.New(failure.SignInUnknown)
	}
	if err != nil {
		return err
	}
	if err := s.signedInFirst(ctx, d); err != nil {
		return err
	}
	c.JSON(http.StatusOK, tenancyapi.SignedIn{
		PersonID: d.ID, TenantID: string(d.Tenant), Name: plain.Name, Language: tenancyapi.Language(d.Body.Language),
	})
	return nil
}

// behind returns who may be behind a login: of a tenant's own provider the tenant's own people, by the identifier that the
// provider is set to, of a provider that the portal is configured with those whose operators accept it.
func (s *Service) behind(ctx context.Context, in tenancyapi.SignIn) ([]document.Document[person], error) {
	if in.Provider == nil {
		return s.candidates(ctx, in)
	}
	owner, err := tenant.Parse(in.Provider.TenantID)
	if err != nil {
		return nil, failure.Invalid("provider.tenant_id", "a tenant id")
	}
	ctx = tenant.With(ctx, owner)
	p, err := s.store.signInProviders.Get(ctx, in.Provider.ProviderID)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil, nil
	}
	if err != nil || !p.Body.Enabled || p.Body.Issuer != in.Issuer {
		return nil, err
	}
	return s.identified(ctx, owner, p.Body.MatchedBy, in.Login)
}

// candidates returns the people with a login whose operators accept the issuer.
func (s *Service) candidates(ctx context.Context, in tenancyapi.SignIn) ([]document.Document[person], error) {
	var candidates []document.Document[person]
	query := document.Query{Index: "by_login_anywhere", Equal: []any{s.profiles.loginHash(in.Login)}}
	for d, err := range s.store.logins.All(ctx, query) {
		if err != nil {
			return nil, err
		}
		accepted, err := s.accepts(ctx, d.Tenant, in.Issuer)
		if err != nil {
			return nil, err
		}
		if accepted {
			candidates = append(candidates, d)
		}
	}
	return candidates, nil
}

// accepts tells whether an issuer's logins count for a tenant's people. The nearest organisation that names issuers
// decides; where none does, each issuer that the portal lets sign in counts.
func (s *Service) accepts(ctx context.Context, home tenant.ID, issuer string) (bool, error) {
	path, err := s.store.path(ctx, home)
	if err != nil {
		return false, err
	}
	for _, at := range slices.Backward(path) {
		o, err := s.store.organisation(ctx, at)
		if err != nil {
			return false, err
		}
		if len(o.Body.Issuers) > 0 {
			return slices.Contains(o.Body.Issuers, issuer), nil
		}
	}
	return true, nil
}

func (s *Service) getMe(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "me.read", "person", "", nil); err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	d, plain, err := s.profileOf(tenant.With(ctx, subject.Tenant), nil, subject.ID)
	if err != nil {
		return err
	}
	if d.Body.Suspended { // since they signed in
		return failure.NotFound("person")
	}
	me := tenancyapi.Me{
		PersonID: d.ID, TenantID: string(d.Tenant), Name: plain.Name, Language: tenancyapi.Language(d.Body.Language),
		Assignments: []tenancyapi.MyAssignment{},
	}
	for _, a := range subject.Assignments {
		mine, err := s.showMine(ctx, a)
		if err != nil {
			return err
		}
		me.Assignments = append(me.Assignments, mine)
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, me)
	return nil
}

func (s *Service) showMine(ctx context.Context, a access.Assignment) (tenancyapi.MyAssignment, error) {
	o, err := s.store.organisation(ctx, a.Scope)
	if err != nil {
		return tenancyapi.MyAssignment{}, err
	}
	mine := tenancyapi.MyAssignment{
		Role: tenancyapi.Role(a.Role), Scope: string(a.Scope), ScopeName: o.Body.Name,
		ScopeKind: tenancyapi.OrganisationKind(o.Body.Kind), ParentID: optional(o.Body.ParentID),
	}
	if a.Unit != "" {
		u, err := s.store.units.Get(tenant.With(ctx, a.Scope), a.Unit)
		if err != nil {
			return mine, err
		}
		mine.UnitID, mine.UnitName = &a.Unit, &u.Body.Name
	}
	return mine, nil
}
