package tenancy

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func firstOperator(link string) tenancyapi.SetUp {
	return tenancyapi.SetUp{
		Link: link, PlatformName: "Skoledrift", Name: "Pia Drift", Email: "pia@drift.example", Login: "pia", Language: "da",
		Issuer: ptr("https://login.drift.example"), ClientID: ptr("guldkorn"), ClientSecret: ptr("kanarie"), LoginClaim: ptr("preferred_username"),
	}
}

func (b *bench) setUpLink() string {
	b.t.Helper()
	link, err := b.service.SetUpLink(b.t.Context())
	require.NoError(b.t, err)
	return link
}

func (b *bench) setUp(in tenancyapi.SetUp) answer {
	b.t.Helper()
	return b.call(service("portal"), "PUT", "/v1/set-up", in)
}

// firstSignIn is the operator who was made coming back from their provider.
func (b *bench) firstSignIn(made tenancyapi.SetUpDone, login string) answer {
	b.t.Helper()
	return b.call(service("portal"), "POST", "/v1/sign-ins/match", tenancyapi.SignIn{
		Issuer: "https://login.drift.example", Login: login, Provider: &tenancyapi.ProviderReference{TenantID: made.TenantID, ProviderID: *made.ProviderID},
	})
}

func TestAFreshDeploymentGetsItsFirstOperator(t *testing.T) {
	b := newBench(t)
	link := b.setUpLink()
	require.GreaterOrEqual(t, len(link), 26, "128 random bits or more")
	check := func(link string) answer {
		t.Helper()
		return b.call(service("portal"), "POST", "/v1/set-up/check", tenancyapi.SetUpLink{Link: link})
	}
	require.False(t, read[tenancyapi.SetUpState](t, check(link)).Begun)
	stored, err := b.service.store.setUps.Get(tenant.With(t.Context(), installation), setUpID)
	require.NoError(t, err)
	require.NotContains(t, stored.Body.Links[0].Hash, link)

	made := read[tenancyapi.SetUpDone](t, b.setUp(firstOperator(link)))
	operator := actor{"operator", access.Subject{ID: made.PersonID, Tenant: tenant.ID(made.TenantID), Recent: true}}
	me := read[tenancyapi.Me](t, b.call(operator, "GET", "/v1/me", nil))
	require.Equal(t, "Pia Drift", me.Name)
	require.Equal(t, []tenancyapi.MyAssignment{{Role: access.PlatformOperator, Scope: made.TenantID, ScopeName: "Skoledrift", ScopeKind: kindPlatform}}, me.Assignments)
	require.True(t, read[tenancyapi.SetUpState](t, check(link)).Begun, "until somebody is in, mistakes can be put right")

	corrected := firstOperator(link)
	corrected.Login, corrected.PlatformName, corrected.ClientSecret = "pia.drift", "Skoledrift Nord", ptr("another")
	require.Equal(t, made, read[tenancyapi.SetUpDone](t, b.setUp(corrected)), "the same things")
	b.firstSignIn(made, "pia").refused(t, http.StatusNotFound, failure.SignInUnknown)
	require.Equal(t, "Skoledrift Nord", read[tenancyapi.Organisation](t, b.call(operator, "GET", at(operator.subject.Tenant, "/organisation"), nil)).Name)

	require.Equal(t, made.PersonID, read[tenancyapi.SignedIn](t, b.firstSignIn(made, "pia.drift")).PersonID)
	for _, answer := range []answer{check(link), b.setUp(firstOperator(link))} {
		answer.refused(t, http.StatusNotFound, failure.SetUpUnknown)
	}
	require.Empty(t, b.setUpLink(), "a start later makes none")
	read[tenancyapi.SignedIn](t, b.firstSignIn(made, "pia.drift"))

	town := read[tenancyapi.Organisation](t, b.call(operator, "POST", at(operator.subject.Tenant, "/organisations"),
		tenancyapi.NewOrganisation{Kind: kindMunicipality, Name: "Nordby", Language: "da", Code: ptr("101")}))
	require.Equal(t, made.TenantID, *town.ParentID)
	log := read[tenancyapi.AuditEntryList](t, b.call(operator, "GET", at(operator.subject.Tenant, "/audit-entries?action=set_up.use"), nil))
	require.Equal(t, made.PersonID+"/platform_operator", log.Items[0].ResourceID)
}

func TestSetUpLinksThatAreNoGood(t *testing.T) {
	b := newBench(t)
	refused := func(link string) {
		t.Helper()
		b.setUp(firstOperator(link)).refused(t, http.StatusNotFound, failure.SetUpUnknown)
	}
	refused("before there is any")
	first := b.setUpLink()
	second := b.setUpLink()
	require.NotEqual(t, first, second)
	refused(first + "x")
	b.clock.pass(setUpTime)
	refused(first)
	refused(second)
	third := b.setUpLink()
	wrong := firstOperator(third)
	wrong.Issuer, wrong.Email = ptr("http://login.example"), "nobody"
	require.Equal(t, http.StatusUnprocessableEntity, b.setUp(wrong).status)
	platform, err := b.service.thePlatform(t.Context())
	require.NoError(t, err)
	require.Nil(t, platform, "what is wrong leaves nothing behind")
	for range maxSetUpLinks {
		b.setUpLink()
	}
	refused(third)

	last := b.setUpLink()
	own := firstOperator(last)
	own.Issuer, own.ClientID, own.ClientSecret, own.LoginClaim = nil, nil, nil, nil
	require.Nil(t, read[tenancyapi.SetUpDone](t, b.setUp(own)).ProviderID, "the portal's own provider is enough")
	made := read[tenancyapi.SetUpDone](t, b.setUp(firstOperator(last)))
	require.NotNil(t, made.ProviderID)
	read[tenancyapi.SetUpDone](t, b.setUp(own))
	b.firstSignIn(made, "pia").refused(t, http.StatusNotFound, failure.SignInUnknown)
}

func TestNoLinkWhereThereIsAnOperator(t *testing.T) {
	b := newBench(t)
	link := b.setUpLink()
	w := &world{bench: b, people: map[string]actor{}, assignments: map[string]tenancyapi.RoleAssignment{}}
	w.platform = tenant.ID(read[tenancyapi.Organisation](t, w.call(service("setup"), "POST", "/v1/platform",
		tenancyapi.NewPlatform{Name: "Guldkorn", Language: "da"})).OrganisationID)
	require.NotEmpty(t, b.setUpLink(), "a platform without an operator")
	w.hire("platform_operator", w.platform, w.platform, "")
	require.Empty(t, b.setUpLink())
	b.setUp(firstOperator(link)).refused(t, http.StatusNotFound, failure.SetUpUnknown)
}

// setsUp goes through a set-up once its operator has gone.
func (w *world) setsUp() {
	w.t.Helper()
	_, err := w.service.store.assignments.Update(tenant.With(w.t.Context(), w.platform), w.assignments["platform_operator"].AssignmentID, func(a *assignment) ([]events.Event, error) {
		past := w.clock.now()
		a.To = &past
		return nil, nil
	})
	require.NoError(w.t, err)
	link := w.setUpLink()
	require.False(w.t, read[tenancyapi.SetUpState](w.t, w.call(service("portal"), "POST", "/v1/set-up/check", tenancyapi.SetUpLink{Link: link})).Begun)
	require.Equal(w.t, string(w.platform), read[tenancyapi.SetUpDone](w.t, w.setUp(firstOperator(link))).TenantID)
}
