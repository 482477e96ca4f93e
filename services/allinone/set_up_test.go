package allinone

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/services/allinone/devidp"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// TestAFreshDeploymentIsSetUpInABrowser goes from an empty data directory to a municipality that signs in at a provider of
// its own: the link, the first operator, the municipality, its administrator, and where they sign in.
func TestAFreshDeploymentIsSetUpInABrowser(t *testing.T) {
	operators := provider(t, devidp.Persona{Login: "pia", Name: "Pia Drift", Role: "Drift"})
	towns := provider(t, devidp.Persona{Login: "karla", Name: "Karla Kommune", Role: "Administrator"}, devidp.Persona{Login: "pia", Name: "Falsk Pia", Role: "?"})
	dir := t.TempDir()
	first, stop := start(t, Options{DataDir: dir})
	require.NotEmpty(t, first.addresses.SetUp)
	require.NotContains(t, first.log.String(), linkOf(t, first), "the link is in no log")
	stop()

	j, stop := start(t, Options{DataDir: dir})
	t.Cleanup(stop)
	require.NotEqual(t, linkOf(t, first), linkOf(t, j), "a start makes another link")
	j.browser = browsertest.New(t)
	pia := j.browser.Person("Pia")
	pia.Open(j.addresses.Portal + "/sign-in")
	pia.Wait("#no-sign-in")
	pia.Open(j.addresses.SetUp)
	j.look(pia, "set-up")
	for field, text := range map[string]string{
		"platform_name": "Skoledrift", "name": "Pia Drift", "email": "pia@drift.example", "login": "pia",
		"issuer": strings.Replace(operators.Issuer(), "http:", "https:", 1), "client_id": "somebody-else", "login_claim": "preferred_username",
	} {
		pia.Fill("#"+field, text)
	}
	pia.Click("#set-up-do")
	pia.Wait("#findings") // nothing answers there over https: the page says so, and takes a correction
	pia.Click("summary")
	pia.Fill("#issuer", operators.Issuer())
	pia.Click("#set-up-do")
	pia.WaitText("#findings", "kender ikke klient-id eller adressen")
	j.look(pia, "set-up-wrong")
	pia.Click("summary")
	pia.Fill("#client_id", devidp.ClientID)
	pia.Click("#set-up-do")
	pia.WaitFor("a provider that works", `document.querySelectorAll("#findings h3").length === 6 && !document.querySelector("#findings").textContent.includes("Galt")`)
	pia.Click("#set-up-sign-in")
	pia.Click(`button[value="pia"]`)
	pia.WaitAddress(j.addresses.Portal + "/platforms/")
	j.look(pia, "set-up-done")

	late := j.browser.Person("somebody with the same link")
	late.Open(j.addresses.SetUp)
	late.WaitText("#problem", "tenancy.set_up_unknown")

	pia.Click("#kind-municipality")
	pia.Fill("#name", "Nordby Kommune")
	pia.Fill("#code", "101")
	pia.Click("#organisation-create")
	pia.Wait("#appoint-form")
	pia.Fill("#name", "Karla Kommune")
	pia.Fill("#email", "karla@nordby.example")
	pia.Fill("#login", "karla")
	pia.Click("#appoint-person")
	pia.Wait("#appointed")
	pia.Click("#go-sign-in")
	pia.Click("#provider-add")
	pia.Fill("#name", "Nordbys login")
	pia.Fill("#issuer", towns.Issuer())
	pia.Fill("#client_id", devidp.ClientID)
	pia.Click("#provider-save")
	pia.Wait("#saved")
	pia.Click("#provider-test")
	pia.Wait("#tested")
	j.look(pia, "provider-tested")
	pia.Click("#provider-try")
	pia.Click(`button[value="karla"]`)
	pia.WaitText("#trial", "Karla Kommune")
	j.look(pia, "provider-trial")
	require.True(t, pia.Has("#sign-out"))

	karla := j.browser.Person("Karla")
	karla.Open(j.addresses.Portal + "/sign-in")
	karla.Wait("#ways")
	j.look(karla, "choose-provider")
	karla.ClickText("Nordby Kommune · Nordbys login")
	karla.Click(`button[value="karla"]`)
	karla.WaitAddress(j.addresses.Portal + "/operators/")
	karla.Wait("#menu")

	// Who runs the municipality's provider can name anybody there, and gets no further than the municipality's own list.
	impostor := j.browser.Person("a false Pia")
	impostor.Open(j.addresses.Portal + "/sign-in")
	impostor.ClickText("Nordby Kommune · Nordbys login")
	impostor.Click(`button[value="pia"]`)
	impostor.WaitText("main", "pia")
	require.False(t, impostor.Has("#sign-out"))

	// Long after, a key needs another sign-in, which leads back.
	j.world.clock.Stand(time.Now().Add(access.RecentTime))
	karla.Open(strings.Replace(karla.Address(), "/follow-through", "/keys", 1))
	karla.Click("#confirm-again")
	karla.Click(`button[value="karla"]`)
	karla.WaitAddress("/keys")
	karla.WaitGone("#confirm")
}

// provider is a provider that is no part of the deployment.
func provider(t *testing.T, personas ...devidp.Persona) *devidp.Provider {
	t.Helper()
	p, err := devidp.Start(t.Context(), "127.0.0.1:0", personas, quiet())
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func linkOf(t *testing.T, j *journey) string {
	t.Helper()
	u, err := url.Parse(j.addresses.SetUp)
	require.NoError(t, err)
	return u.Query().Get("link")
}
