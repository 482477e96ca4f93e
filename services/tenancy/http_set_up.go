package tenancy

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) checkSetUp(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "set_up.use", "set_up", "", nil); err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.SetUpLink](c)
	if err != nil {
		return err
	}
	u, err := s.setUpUnderWay(ctx, in.Link)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, tenancyapi.SetUpState{Begun: u.PersonID != ""})
	return nil
}

// setUpPlatform makes the platform, its first operator and where they sign in. It may be sent again with what was wrong
// put right: everything has its id from the first time on.
func (s *Service) setUpPlatform(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "set_up.use", "set_up", "", nil); err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.SetUp](c)
	if err != nil {
		return err
	}
	if _, err := s.setUpUnderWay(ctx, in.Link); err != nil {
		return err
	}
	first, err := s.readFirst(in)
	if err != nil {
		return err
	}
	platform, err := s.thePlatform(ctx)
	if err != nil {
		return err
	}
	known := ""
	if platform != nil {
		known = string(platform.Tenant)
	}
	d, err := s.store.setUps.Update(tenant.With(ctx, installation), setUpID, func(u *setUp) ([]events.Event, error) {
		if !u.takes(in.Link, s.now()) {
			return nil, failure.New(failure.SetUpUnknown)
		}
		u.choose(known)
		return nil, nil
	})
	if err != nil {
		return err
	}
	made := tenancyapi.SetUpDone{TenantID: d.Body.PlatformID, PersonID: d.Body.PersonID}
	if first.provider != nil {
		made.ProviderID = &d.Body.ProviderID
	}
	if err := s.makeFirst(ctx, d.Body, first); err != nil {
		return err
	}
	c.JSON(http.StatusOK, made)
	return nil
}

// first is what a set-up makes, checked.
type first struct {
	platform organisation
	person   profile
	language string
	provider *signInProvider // nil when the portal has one of its own
	secret   string
}

func (s *Service) readFirst(in tenancyapi.SetUp) (first, error) {
	var f first
	var err error
	if f.platform, err = newPlatform(tenancyapi.NewPlatform{Name: in.PlatformName, Language: in.Language}); err != nil {
		return f, err
	}
	f.language = string(in.Language)
	if f.person, err = newProfile(tenancyapi.NewPerson{Name: in.Name, Email: in.Email, Login: in.Login, Language: in.Language}); err != nil {
		return f, err
	}
	if in.Issuer == nil {
		return f, nil
	}
	p, err := newSignInProvider(tenancyapi.NewSignInProvider{
		Name: in.PlatformName, Issuer: *in.Issuer, ClientID: given(in.ClientID), ClientSecret: in.ClientSecret, LoginClaim: given(in.LoginClaim), Enabled: true,
	}, s.now())
	f.provider, f.secret = &p, given(in.ClientSecret)
	return f, err
}

// makeFirst writes one thing after the other. Each may be there already.
func (s *Service) makeFirst(ctx context.Context, u setUp, f first) error {
	platform := tenant.ID(u.PlatformID)
	ctx = tenant.With(ctx, platform)
	if err := s.makePlatform(ctx, platform, f.platform); err != nil {
		return err
	}
	sealed, err := s.profiles.seal(platform, u.PersonID, f.person)
	if err != nil {
		return err
	}
	if _, err := s.store.persons.Upsert(ctx, u.PersonID, func(p *person, exists bool) ([]events.Event, error) {
		p.Language, p.LoginHash, p.Profile = f.language, s.profiles.loginHash(f.person.Login), sealed
		if exists {
			return nil, nil
		}
		p.RegisteredAt = s.now()
		return []events.Event{p.registered(u.PersonID)}, nil
	}); failure.CodeOf(err) == failure.DocumentExists {
		return failure.New(failure.LoginTaken).At("login").Because(err)
	} else if err != nil {
		return err
	}
	if err := s.makeFirstOperator(ctx, u, platform); err != nil {
		return err
	}
	return s.makeFirstProvider(ctx, u, f)
}

// makePlatform leaves a platform that something else has made as it is.
func (s *Service) makePlatform(ctx context.Context, id tenant.ID, o organisation) error {
	_, repeated, err := s.store.organisations.Create(ctx, document.Creation{ID: string(id), Request: setUpID}, o, o.created(id))
	if failure.CodeOf(err) == failure.IdempotencyConflict {
		return nil
	}
	if err != nil || !repeated {
		return err
	}
	_, err = s.store.organisations.Update(ctx, string(id), func(made *organisation) ([]events.Event, error) {
		if made.Name == o.Name && made.Language == o.Language {
			return nil, nil
		}
		made.Name, made.Language = o.Name, o.Language
		return []events.Event{made.changed(id)}, nil
	})
	return err
}

func (s *Service) makeFirstOperator(ctx context.Context, u setUp, platform tenant.ID) error {
	// Written down first: what cannot be accounted for does not happen.
	if err := s.audit.Record(ctx, access.Record{
		Tenant: platform, Subject: "service:" + access.Portal, Action: "set_up.use", ResourceType: "role_assignment",
		ResourceID: u.PersonID + "/" + access.PlatformOperator, Allowed: true,
	}); err != nil {
		return err
	}
	a, err := newAssignment(u.AssignmentID, tenancyapi.NewRoleAssignment{
		PersonID: u.PersonID, Role: access.PlatformOperator, Scope: string(platform),
	}, kindPlatform, s.now())
	if err != nil {
		return err
	}
	d, _, err := s.store.assignments.Create(ctx, document.Creation{ID: u.AssignmentID, Request: setUpID}, a, a.assigned(u.AssignmentID))
	if err != nil {
		return err
	}
	return s.administer(ctx, platform, func(list *administration) error { list.add(d.ID, d.Body.From); return nil })
}

// makeFirstProvider adds, corrects or, when the portal's own is to be used after all, turns off the provider.
func (s *Service) makeFirstProvider(ctx context.Context, u setUp, f first) error {
	if f.provider == nil {
		_, err := s.store.signInProviders.Update(ctx, u.ProviderID, func(p *signInProvider) ([]events.Event, error) {
			p.Enabled = false
			return nil, nil
		})
		if failure.CodeOf(err) == failure.DocumentNotFound {
			return nil
		}
		return err
	}
	sealed, err := s.profiles.sealSecret(tenant.ID(u.PlatformID), u.ProviderID, f.secret)
	if err != nil {
		return err
	}
	f.provider.ClientSecret = sealed
	_, err = s.store.signInProviders.Upsert(ctx, u.ProviderID, func(p *signInProvider, _ bool) ([]events.Event, error) {
		*p = *f.provider
		return nil, nil
	})
	return err
}
