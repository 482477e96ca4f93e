package portal

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	// foundTime is how long what a provider says of itself is believed; its keys are looked after on their own.
	foundTime = time.Hour
	// offersTime is how old the list of providers on the sign-in page may be.
	offersTime = 30 * time.Second
	// maxFound bounds what is remembered of providers.
	maxFound = 512
)

// providerRef names a provider of a tenant. The zero value is the one that the portal is configured with.
type providerRef struct {
	Tenant tenant.ID `json:"tenant,omitempty"`
	ID     string    `json:"id,omitempty"`
}

func (r providerRef) String() string {
	if r == (providerRef{}) {
		return ""
	}
	return string(r.Tenant) + "." + r.ID
}

// parseRef reads what String wrote; anything else is no provider.
func parseRef(text string) (providerRef, error) {
	if text == "" {
		return providerRef{}, nil
	}
	owner, id, ok := strings.Cut(text, ".")
	at, err := tenant.Parse(owner)
	if !ok || err != nil || id == "" || len(id) > 64 || strings.ContainsAny(id, "/?#%") {
		return providerRef{}, failure.NotFound("sign_in_provider")
	}
	return providerRef{at, id}, nil
}

// providers knows where people sign in: at the provider that the portal is configured with, if there is one, and at
// those that tenancy keeps for each tenant. A provider that hangs holds up nobody but those who want to sign in there.
type providers struct {
	settings settings
	tenancy  *host.Peer
	self     access.Subject
	logger   *slog.Logger
	local    bool // the portal runs on its developer's machine, where providers may run as well
	now      func() time.Time

	trusted *http.Client // for the provider that whoever runs the portal has named
	guarded *http.Client // for those that tenants name

	finding singleflight.Group
	mu      sync.Mutex
	found   map[string]*provider
	offered []tenancyapi.SignInOffer
	asked   time.Time
}

func newProviders(s settings, tenancy *host.Peer, self string, logger *slog.Logger, now func() time.Time) *providers {
	p := &providers{
		settings: s, tenancy: tenancy, self: access.Service(self), logger: logger, local: isLoopback(s.origin), now: now,
		trusted: newProviderClient(nil, providerTime), guarded: newProviderClient(public, providerTime), found: map[string]*provider{},
	}
	if p.local {
		p.guarded = newProviderClient(publicOrOwn, providerTime)
	}
	return p
}

// own is the context in which the portal asks in its own name, whoever is signed in on this browser.
func (p *providers) own(ctx context.Context) context.Context { return access.WithSubject(ctx, p.self) }

// registration returns how the portal is known at a provider.
func (p *providers) registration(ctx context.Context, ref providerRef) (registration, error) {
	if ref == (providerRef{}) {
		if p.settings.Issuer == "" {
			return registration{}, failure.NotFound("sign_in_provider")
		}
		return registration{
			issuer: p.settings.Issuer, clientID: p.settings.ClientID, clientSecret: p.settings.ClientSecret,
			loginClaim: p.settings.LoginClaim, scopes: []string{"openid", "profile"}, enabled: true,
		}, nil
	}
	var c tenancyapi.SignInClient
	err := p.tenancy.Call(p.own(ctx), http.MethodGet, under(string(ref.Tenant), "sign-in-providers", ref.ID, "client"), nil, &c)
	if err != nil {
		return registration{}, err
	}
	return registration{
		providerRef: ref, issuer: c.Issuer, clientID: c.ClientID, clientSecret: value(c.ClientSecret), loginClaim: c.LoginClaim, matchedBy: string(c.MatchedBy),
		scopes: c.Scopes, requiredClaim: value(c.RequiredClaim), requiredValue: value(c.RequiredValue), enabled: c.Enabled,
	}, nil
}

// client is what a provider is called with, and whether it may be on this very machine.
func (p *providers) client(ref providerRef) (*http.Client, bool) {
	if ref == (providerRef{}) {
		return p.trusted, true // settings.Mistakes has looked at the address
	}
	return p.guarded, p.local
}

// at returns the provider of a registration. One that was found before serves on while it does not answer.
func (p *providers) at(ctx context.Context, r registration) (*provider, error) {
	client, local := p.client(r.providerRef)
	key := r.issuer
	if client == p.trusted {
		key = "trusted " + key
	}
	p.mu.Lock()
	known := p.found[key]
	p.mu.Unlock()
	if known != nil && time.Since(known.found) < foundTime {
		return known, nil
	}
	finding := p.finding.DoChan(key, func() (any, error) {
		// Not the context of whoever happens to be first: others wait for the same answer.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), providerTime)
		defer cancel()
		found, err := discover(ctx, client, r.issuer, local)
		if err != nil {
			return nil, err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.found) >= maxFound {
			clear(p.found)
		}
		p.found[key] = found
		return found, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-finding:
		if result.Err == nil {
			return result.Val.(*provider), nil
		}
		if known != nil {
			p.logger.Warn("sign-in provider not found again", "provider", r.String(), "fault", faultOf(result.Err))
			return known, nil
		}
		return nil, failure.New(failure.PortalSignInUnavailable).Because(result.Err)
	}
}

// faultOf is the name of what is wrong, "" if it is nothing of the provider's.
func faultOf(err error) string {
	var f *fault
	if errors.As(err, &f) {
		return f.name
	}
	return ""
}

// forgetOffers lets the sign-in page show at once what was changed here.
func (p *providers) forgetOffers() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = time.Time{}
}

// offers are the providers of all tenants. While tenancy does not answer, the ones known before are offered.
func (p *providers) offers(ctx context.Context) []tenancyapi.SignInOffer {
	p.mu.Lock()
	offered, asked := p.offered, p.asked
	p.mu.Unlock()
	if !asked.IsZero() && p.now().Sub(asked) < offersTime {
		return offered
	}
	read, err, _ := p.finding.Do("offers", func() (any, error) {
		ctx, cancel := context.WithTimeout(p.own(context.WithoutCancel(ctx)), providerTime)
		defer cancel()
		var all []tenancyapi.SignInOffer
		for query := (url.Values{"limit": {"200"}}); ; {
			var list tenancyapi.SignInOfferList
			if err := p.tenancy.Call(ctx, http.MethodGet, "/v1/sign-in-providers?"+query.Encode(), nil, &list); err != nil {
				return nil, err
			}
			all = append(all, list.Items...)
			if list.NextCursor == nil {
				break
			}
			query.Set("cursor", *list.NextCursor)
		}
		slices.SortFunc(all, func(a, b tenancyapi.SignInOffer) int {
			return strings.Compare(strings.ToLower(a.TenantName+"\n"+a.Name), strings.ToLower(b.TenantName+"\n"+b.Name))
		})
		p.mu.Lock()
		defer p.mu.Unlock()
		p.offered, p.asked = all, p.now()
		return all, nil
	})
	if err != nil {
		p.logger.Warn("sign-in providers not read", "code", failure.CodeOf(err))
		return offered
	}
	return read.([]tenancyapi.SignInOffer)
}
