package tenancy

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const providerSecret = "kanarie-secret-of-the-provider"

func providerInput() tenancyapi.NewSignInProvider {
	return tenancyapi.NewSignInProvider{
		Name: "Nordbys login", Issuer: "https://login.nordby.example", ClientID: "guldkorn", ClientSecret: ptr(providerSecret),
		LoginClaim: "uniid", RequiredClaim: ptr("aktoer_gruppe"), RequiredValue: ptr("Medarbejder"), Enabled: true,
	}
}

// provider makes a provider of a tenant.
func (w *world) provider(owner tenant.ID) tenancyapi.SignInProvider {
	w.t.Helper()
	return read[tenancyapi.SignInProvider](w.t, w.call(w.people["platform_operator"], "POST", at(owner, "/sign-in-providers"), providerInput()))
}

// keepsProviders does with a provider everything that can be done.
func (w *world) keepsProviders() {
	w.t.Helper()
	admin, p := w.people["municipal_administrator"], w.provider(w.north)
	path := at(w.north, "/sign-in-providers/"+p.ProviderID)
	require.Equal(w.t, p, read[tenancyapi.SignInProvider](w.t, w.call(admin, "GET", path, nil)))
	changed := read[tenancyapi.SignInProvider](w.t, w.call(admin, "PATCH", path, tenancyapi.SignInProviderChange{Name: ptr("Login")}, ifMatch(p.Revision)))
	require.Equal(w.t, []tenancyapi.SignInProvider{changed}, read[tenancyapi.SignInProviderList](w.t, w.call(admin, "GET", at(w.north, "/sign-in-providers"), nil)).Items)
	require.Equal(w.t, "Login", read[tenancyapi.SignInOfferList](w.t, w.call(service("portal"), "GET", "/v1/sign-in-providers", nil)).Items[0].Name)
	require.Equal(w.t, p.ClientID, read[tenancyapi.SignInClient](w.t, w.call(service("portal"), "GET", path+"/client", nil)).ClientID)
	require.Equal(w.t, http.StatusNoContent, w.call(admin, "DELETE", path, nil).status)
}

// signInAt is what the portal does with somebody whom a provider vouches for.
func (w *world) signInAt(owner tenant.ID, p tenancyapi.SignInProvider, login string) answer {
	w.t.Helper()
	return w.call(service("portal"), "POST", "/v1/sign-ins/match", tenancyapi.SignIn{
		Issuer: p.Issuer, Login: login, Provider: &tenancyapi.ProviderReference{TenantID: string(owner), ProviderID: p.ProviderID},
	})
}

func (w *world) login(home tenant.ID, person string) string {
	w.t.Helper()
	administrator := map[tenant.ID]string{w.north: "municipal_administrator", w.south: "southern administrator"}[home]
	return read[tenancyapi.Person](w.t, w.call(w.people[administrator], "GET", at(home, "/persons/"+person), nil)).Login
}

func TestAProviderSignsInItsOwnTenantsPeopleAlone(t *testing.T) {
	w := newWorld(t)
	north, south := w.provider(w.north), w.provider(w.south)
	leader, foreigner := w.people["leader"].subject.ID, w.people["southern administrator"].subject.ID
	ours, theirs := w.login(w.north, leader), w.login(w.south, foreigner)

	require.Equal(t, leader, read[tenancyapi.SignedIn](t, w.signInAt(w.north, north, ours)).PersonID)
	require.Equal(t, leader, read[tenancyapi.SignedIn](t, w.signInAt(w.north, north, strings.ToUpper(ours))).PersonID)
	require.Equal(t, foreigner, read[tenancyapi.SignedIn](t, w.signInAt(w.south, south, theirs)).PersonID)
	unknown := func(owner tenant.ID, p tenancyapi.SignInProvider, login string) {
		t.Helper()
		w.signInAt(owner, p, login).refused(t, http.StatusNotFound, failure.SignInUnknown)
	}
	unknown(w.north, north, theirs)
	unknown(w.south, south, ours)
	unknown(w.south, north, ours)    // the provider of another tenant, by its id
	unknown(w.north, south, theirs)  //
	unknown(w.platform, north, ours) // nor does one count above itself
	unknown(w.school, north, ours)   // or beneath
	unknown(w.platform, w.provider(w.platform), ours)
	elsewhere := north
	elsewhere.Issuer = "https://evil.example"
	unknown(w.north, elsewhere, ours)

	read[tenancyapi.SignInProvider](t, w.call(w.people["municipal_administrator"], "PATCH", at(w.north, "/sign-in-providers/"+north.ProviderID),
		tenancyapi.SignInProviderChange{Enabled: ptr(false)}, ifMatch(1)))
	unknown(w.north, north, ours)
}

func TestAProvidersSecretIsForThePortalAlone(t *testing.T) {
	w := newWorld(t)
	admin := w.people["municipal_administrator"]
	made := w.call(admin, "POST", at(w.north, "/sign-in-providers"), providerInput(), key("the-same-key"))
	again := w.call(admin, "POST", at(w.north, "/sign-in-providers"), providerInput(), key("the-same-key"))
	require.JSONEq(t, string(made.body), string(again.body))
	p := read[tenancyapi.SignInProvider](t, made)
	require.True(t, p.HasClientSecret)
	require.Equal(t, []string{"openid", "profile"}, p.Scopes)
	path := at(w.north, "/sign-in-providers/"+p.ProviderID)
	client := func() tenancyapi.SignInClient {
		t.Helper()
		return read[tenancyapi.SignInClient](t, w.call(service("portal"), "GET", path+"/client", nil))
	}
	require.Equal(t, providerSecret, *client().ClientSecret)
	require.Equal(t, "uniid", client().LoginClaim)

	change := func(in tenancyapi.SignInProviderChange, revision int64) answer {
		t.Helper()
		return w.call(admin, "PATCH", path, in, ifMatch(revision))
	}
	renamed := change(tenancyapi.SignInProviderChange{Name: ptr("Nyt navn")}, 1)
	require.Equal(t, providerSecret, *client().ClientSecret, "what is left out stays")
	change(tenancyapi.SignInProviderChange{Name: ptr("x")}, 1).refused(t, http.StatusPreconditionFailed, failure.PreconditionFailed)
	listed := w.call(admin, "GET", at(w.north, "/sign-in-providers"), nil)
	for _, a := range []answer{made, renamed, listed, w.call(admin, "GET", path, nil)} {
		require.NotContains(t, string(a.body), "kanarie")
	}
	d, err := w.service.store.signInProviders.Get(tenant.With(t.Context(), w.north), p.ProviderID)
	require.NoError(t, err)
	require.NotContains(t, string(d.Body.ClientSecret), "kanarie")
	_, err = w.service.profiles.openSecret(w.south, p.ProviderID, d.Body.ClientSecret)
	require.Error(t, err, "nor can it be passed off as another tenant's")

	read[tenancyapi.SignInProvider](t, change(tenancyapi.SignInProviderChange{ClientSecret: ptr("another")}, 2))
	require.Equal(t, "another", *client().ClientSecret)
	require.False(t, read[tenancyapi.SignInProvider](t, change(tenancyapi.SignInProviderChange{ClientSecret: ptr("")}, 3)).HasClientSecret)
	require.Nil(t, client().ClientSecret)
}

func TestARemovedProvidersSecretIsDestroyed(t *testing.T) {
	w := newWorld(t)
	p := w.provider(w.north)
	ctx := tenant.With(t.Context(), w.north)
	d, err := w.service.store.signInProviders.Get(ctx, p.ProviderID)
	require.NoError(t, err)
	path := at(w.north, "/sign-in-providers/"+p.ProviderID)
	require.Equal(t, http.StatusNoContent, w.call(w.people["municipal_administrator"], "DELETE", path, nil).status)
	_, err = w.service.profiles.openSecret(w.north, p.ProviderID, d.Body.ClientSecret)
	require.Error(t, err, "a copy in a backup opens no more")
	for method, in := range map[string]any{"GET": nil, "DELETE": nil} {
		w.call(w.people["municipal_administrator"], method, path, in).refused(t, http.StatusNotFound, failure.DocumentNotFound)
	}
	w.signInAt(w.north, p, "anybody").refused(t, http.StatusNotFound, failure.SignInUnknown)
}

func TestProvidersThatAreRefused(t *testing.T) {
	w := newWorld(t)
	admin := w.people["municipal_administrator"]
	for name, c := range map[string]struct {
		field string
		wrong func(*tenancyapi.NewSignInProvider)
	}{
		"plain http":           {"issuer", func(p *tenancyapi.NewSignInProvider) { p.Issuer = "http://login.example.dk" }},
		"no address":           {"issuer", func(p *tenancyapi.NewSignInProvider) { p.Issuer = "login.example.dk" }},
		"another scheme":       {"issuer", func(p *tenancyapi.NewSignInProvider) { p.Issuer = "file:///etc/passwd" }},
		"a user in it":         {"issuer", func(p *tenancyapi.NewSignInProvider) { p.Issuer = "https://a:b@login.example.dk" }},
		"a query":              {"issuer", func(p *tenancyapi.NewSignInProvider) { p.Issuer = "https://login.example.dk/?a" }},
		"a fragment":           {"issuer", func(p *tenancyapi.NewSignInProvider) { p.Issuer = "https://login.example.dk/#a" }},
		"no client":            {"client_id", func(p *tenancyapi.NewSignInProvider) { p.ClientID = "" }},
		"a secret of lines":    {"client_secret", func(p *tenancyapi.NewSignInProvider) { p.ClientSecret = ptr("a\nb") }},
		"no claim":             {"login_claim", func(p *tenancyapi.NewSignInProvider) { p.LoginClaim = "" }},
		"a claim of two words": {"login_claim", func(p *tenancyapi.NewSignInProvider) { p.LoginClaim = "a b" }},
		"a scope of two words": {"scopes", func(p *tenancyapi.NewSignInProvider) { p.Scopes = &[]string{"a b"} }},
		"a value without name": {"required_value", func(p *tenancyapi.NewSignInProvider) { p.RequiredClaim = nil }},
		"a name without value": {"required_value", func(p *tenancyapi.NewSignInProvider) { p.RequiredValue = nil }},
	} {
		in := providerInput()
		c.wrong(&in)
		a := w.call(admin, "POST", at(w.north, "/sign-in-providers"), in)
		require.Equal(t, http.StatusUnprocessableEntity, a.status, "%s: %s", name, a.body)
		require.Contains(t, string(a.body), `"`+c.field+`"`, name)
	}
	require.Empty(t, read[tenancyapi.SignInProviderList](t, w.call(admin, "GET", at(w.north, "/sign-in-providers"), nil)).Items)
	local := providerInput()
	local.Issuer = "http://127.0.0.1:9000"
	read[tenancyapi.SignInProvider](t, w.call(admin, "POST", at(w.north, "/sign-in-providers"), local))
	w.call(admin, "POST", at(w.school, "/sign-in-providers"), providerInput()).refused(t, http.StatusUnprocessableEntity, failure.KindMisplaced)
}

func TestOffersAreOfEveryTenantAndEnabled(t *testing.T) {
	w := newWorld(t)
	north, south := w.provider(w.north), w.provider(w.south)
	w.provider(w.platform)
	hidden := providerInput()
	hidden.Enabled = false
	read[tenancyapi.SignInProvider](t, w.call(w.people["municipal_administrator"], "POST", at(w.north, "/sign-in-providers"), hidden))
	offered := read[tenancyapi.SignInOfferList](t, w.call(service("portal"), "GET", "/v1/sign-in-providers", nil))
	require.Len(t, offered.Items, 3)
	require.Contains(t, offered.Items, tenancyapi.SignInOffer{ProviderID: north.ProviderID, TenantID: string(w.north), TenantName: "Nordby", Name: "Nordbys login"})
	require.Contains(t, offered.Items, tenancyapi.SignInOffer{ProviderID: south.ProviderID, TenantID: string(w.south), TenantName: "Sydby", Name: "Nordbys login"})
}
