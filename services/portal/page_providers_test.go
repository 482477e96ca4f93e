package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// lookedAfter is the page of the liar as its municipality's administrator sees it.
func (l *liar) lookedAfter(s *stage) string {
	s.on("tenancy", "GET "+under(operatorID, "sign-in-providers", liarID), tenancyapi.SignInProvider{
		ProviderID: liarID, Name: "Skolelogin", Issuer: l.client.Issuer, ClientID: l.client.ClientID, LoginClaim: l.client.LoginClaim,
		Scopes: l.client.Scopes, Enabled: true, Revision: 3,
	})
	return "/operators/" + operatorID + "/sign-in/providers/" + liarID
}

func TestTheTestOfAProviderNamesWhatIsWrong(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	page := l.lookedAfter(s)
	b := s.browser()
	b.signIn("bo", "/")
	test := func() string {
		t.Helper()
		answer := b.post(page+"/test", url.Values{formField: {b.token()}})
		require.Equal(t, http.StatusOK, answer.StatusCode, answer.body)
		return answer.body
	}
	shown := b.get(page).body
	require.Contains(t, shown, "<code id=\"redirect\">"+b.address+"/sign-in/callback/"+operatorID+"</code>", "what has to be entered at the provider")
	require.Contains(t, shown, b.address+"/signed-out")

	body := test()
	require.Contains(t, body, "Udbyderen svarer, som den skal")
	require.Equal(t, 5, strings.Count(body, ": I orden</h3>"), body)
	require.Contains(t, body, "Udbyderen nævner ikke denne oplysning", "uniid is not listed")

	for name, c := range map[string]struct {
		text string
		lie  func()
	}{
		"another issuer": {"Udbyderen kalder sig noget andet", func() {
			l.discovery = func(says map[string]any) { says["issuer"] = "https://elsewhere.example" }
		}},
		"no PKCE": {"kan ikke sikre svaret med PKCE", func() {
			l.discovery = func(says map[string]any) { says["code_challenge_methods_supported"] = []string{"plain"} }
		}},
		"no token endpoint": {"token_endpoint", func() { l.discovery = func(says map[string]any) { delete(says, "token_endpoint") } }},
		"no key": {"viser ingen nøgle", func() {
			l.instead["/keys"] = func(w http.ResponseWriter, _ *http.Request) { respond(t, w, map[string]any{"keys": []any{}}) }
		}},
		"address to send back to unknown": {"eller adressen, den skal sende tilbage til", func() {
			l.instead["/authorize"] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }
		}},
		"client not entitled": {"unauthorized_client", func() {
			l.instead["/authorize"] = func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, r.URL.Query().Get("redirect_uri")+"?error=unauthorized_client", http.StatusFound)
			}
		}},
		"client unknown": {"kender ikke klient-id", func() {
			l.instead["/token"] = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusUnauthorized)
				respond(t, w, map[string]any{"error": "invalid_client"})
			}
		}},
		"moved": {"sender videre", func() {
			l.instead["/.well-known/openid-configuration"] = http.RedirectHandler("https://elsewhere.example", http.StatusFound).ServeHTTP
		}},
		"no provider": {"Adressen er nok forkert", func() { l.instead["/.well-known/openid-configuration"] = http.NotFound }},
	} {
		l.honest()
		c.lie()
		body := test()
		require.Contains(t, body, c.text, name)
		require.Contains(t, body, "Noget er galt", name)
	}
}

func TestATrialSignsNobodyIn(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	page := l.lookedAfter(s)
	b := s.browser()
	b.signIn("bo", "/")
	secret := b.cookie(sessionCookie)
	try := func() string {
		t.Helper()
		authorize, err := url.Parse(b.get(page + "/try").next(t))
		require.NoError(t, err)
		asked := authorize.Query()
		l.challenge, l.nonce = asked.Get("code_challenge"), asked.Get("nonce")
		answer := b.end(asked)
		require.Equal(t, http.StatusOK, answer.StatusCode, answer.body)
		require.Equal(t, secret, b.cookie(sessionCookie), "who was signed in stays so")
		return answer.body
	}
	body := try()
	require.Contains(t, body, "kommer Anna Lind ind")
	require.NotContains(t, body, "matched-by")
	l.client.MatchedBy = "unilogin"
	require.Contains(t, try(), "Vi sammenlignede anna med: Unilogin på jeres liste.")
	require.Contains(t, body, "<code>auth_time</code>")
	l.claims = func(claims map[string]any) { claims["uniid"] = "stranger" }
	require.Contains(t, try(), "ingen på jeres liste har login stranger")
	l.claims = func(claims map[string]any) { delete(claims, "uniid"); claims["navn"] = "Kanarie" }
	l.userInfo = map[string]any{"sub": "a"}
	body = try()
	require.Contains(t, body, "fortalte ikke den oplysning")
	require.Contains(t, body, "<code>navn</code>", "which ones there are helps to choose")
	require.NotContains(t, body, "Kanarie")
	l.claims = func(claims map[string]any) { claims["aud"] = "<script>" }
	require.NotContains(t, try(), "<script>alert")
	l.honest()
	l.client.Enabled = false
	require.Contains(t, try(), "Den er slået fra")

	stranger := s.browser()
	require.Equal(t, b.address+"/sign-in?return="+url.QueryEscape(page+"/try"), stranger.get(page+"/try").next(t))
}

func TestProvidersAreKept(t *testing.T) {
	s := newStage(t)
	s.signInProviders()
	b := s.browser()
	b.signIn("bo", "/")
	base := "/operators/" + operatorID + "/sign-in"
	require.Contains(t, b.get(base).body, "Unilogin")
	preset := b.get(base + "/new?preset=unilogin").body
	for _, text := range []string{"https://broker.unilogin.dk/auth/realms/broker", "uniid", "aktoer_gruppe", "Medarbejder"} {
		require.Contains(t, preset, `value="`+text+`"`)
	}
	require.Contains(t, preset, `value="unilogin" checked`)
	require.Contains(t, b.get(base+"/new").body, `value="login" checked`)

	sent := map[string]any{}
	take := func(method, path string, answer any) {
		s.services["tenancy"].HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
			clear(sent)
			if err := json.NewDecoder(r.Body).Decode(&sent); err != nil && method != http.MethodDelete {
				t.Error(err)
			}
			sent["If-Match"] = r.Header.Get("If-Match")
			if err, ok := answer.(error); ok {
				failure.Write(w, err, "da")
				return
			}
			w.WriteHeader(http.StatusOK)
			respond(t, w, answer)
		})
	}
	one := under(operatorID, "sign-in-providers", "2f")
	take("POST", under(operatorID, "sign-in-providers"), failure.Together(failure.Invalid("issuer", "https"), failure.Invalid("client_id", "1 to 200")))
	take("PATCH", one, tenancyapi.SignInProvider{ProviderID: "2f"})
	take("DELETE", one, nil)

	in := url.Values{formField: {b.token()}, "name": {"Login"}, "issuer": {"http://x"}, "client_secret": {"kanarie"}, "scopes": {"openid  email"}, "enabled": {"yes"}, "matched_by": {"external_id"}}
	refused := b.post(base, in)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, "Skriv en adresse, der begynder med https://")
	require.NotContains(t, refused.body, "kanarie", "a secret is not shown again")
	require.Equal(t, "kanarie", sent["client_secret"])
	require.Equal(t, []any{"openid", "email"}, sent["scopes"])
	require.Equal(t, "external_id", sent["matched_by"])
	require.Contains(t, refused.body, `value="external_id" checked`, "what was chosen stays")

	in.Del("client_secret")
	in.Set("etag", `"3"`)
	require.Equal(t, b.address+base+"/providers/2f?saved=yes", b.post(base+"/providers/2f", in).next(t))
	require.NotContains(t, sent, "client_secret", "an empty one leaves what there is")
	require.Equal(t, `"3"`, sent["If-Match"])
	require.Equal(t, "external_id", sent["matched_by"])
	in.Set("forget_secret", "yes")
	in.Del("enabled")
	b.post(base+"/providers/2f", in)
	require.Equal(t, "", sent["client_secret"])
	require.Equal(t, false, sent["enabled"])
	require.Equal(t, b.address+base, b.post(base+"/providers/2f/delete", url.Values{formField: {b.token()}}).next(t))
}

// signInProviders gives operator and platform a provider each, which nothing answers for.
func (s *stage) signInProviders() {
	p := tenancyapi.SignInProvider{
		ProviderID: "2f", Name: "Unilogin", Issuer: "https://login.example", ClientID: "guldkorn", HasClientSecret: true, LoginClaim: "uniid", MatchedBy: "unilogin",
		Scopes: []string{"openid"}, RequiredClaim: pointer("aktoer_gruppe"), RequiredValue: pointer("Medarbejder"), Enabled: true, Revision: 3,
	}
	for _, owner := range []string{operatorID, platformID} {
		s.on("tenancy", "GET "+under(owner, "sign-in-providers"), tenancyapi.SignInProviderList{Items: []tenancyapi.SignInProvider{p}})
		s.on("tenancy", "GET "+under(owner, "sign-in-providers", p.ProviderID), p)
	}
}
