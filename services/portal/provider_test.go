package portal

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func (s *stage) outcomes(outcome string) float64 {
	return testutil.ToFloat64(s.portal.signIn.outcomes.WithLabelValues(outcome))
}

func TestPeopleSignInAtTheirTenantsProvider(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	b := s.browser()
	asked := b.begin(l, "/inbox")
	require.Equal(t, b.address+"/sign-in/callback/"+operatorID, asked.Get("redirect_uri"))
	require.Equal(t, b.address+"/inbox", b.end(asked).next(t))
	require.True(t, b.signedIn())
	require.Equal(t, []tenancyapi.SignIn{{
		Issuer: l.server.URL, Login: "anna", Provider: &tenancyapi.ProviderReference{TenantID: operatorID, ProviderID: liarID},
	}}, s.matched, "looked for among that tenant's people")
	require.Equal(t, 1.0, s.outcomes("signed_in"))

	other := s.browser()
	require.Contains(t, other.get("/sign-in").body, "Havnelund Kommune")
	other.client.Jar = b.client.Jar
	b.post("/sign-out", url.Values{formField: {b.token()}})
	require.Contains(t, b.get("/sign-in").body, `id="sign-in" href="/sign-in/start?provider=`+operatorID+"."+liarID, "the one used before comes first")

	l.client.Enabled = false
	require.Equal(t, http.StatusNotFound, s.browser().get("/sign-in/start?provider="+operatorID+"."+liarID).StatusCode)
	for _, wrong := range []string{"x", operatorID + ".", operatorID + ".../..", "." + liarID, operatorID + ".nobody"} {
		require.Equal(t, http.StatusNotFound, s.browser().get("/sign-in/start?"+url.Values{"provider": {wrong}}.Encode()).StatusCode, wrong)
	}
}

// TestLiesAreRefused lets a provider lie in one point each, and expects that nobody is signed in.
func TestLiesAreRefused(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	past, future := time.Now().Add(-time.Hour).Unix(), time.Now().Add(time.Hour).Unix()
	claim := func(name string, value any) func(*liar) {
		return func(l *liar) { l.claims = func(claims map[string]any) { claims[name] = value } }
	}
	for name, lie := range map[string]func(*liar){
		"wrong issuer":               claim("iss", "https://elsewhere.example"),
		"wrong audience":             claim("aud", "somebody-else"),
		"made for another party":     claim("azp", "somebody-else"),
		"two audiences and no party": claim("aud", []string{"guldkorn", "somebody-else"}),
		"wrong nonce":                claim("nonce", "another"),
		"no nonce":                   func(l *liar) { l.claims = func(claims map[string]any) { delete(claims, "nonce") } },
		"expired":                    claim("exp", past),
		"never expires":              func(l *liar) { l.claims = func(claims map[string]any) { delete(claims, "exp") } },
		"not yet valid":              claim("nbf", future),
		"issued in time to come":     claim("iat", future),
		"no login":                   claim("uniid", ""),
		"a login that is no text":    claim("uniid", 7),
		"no signature":               func(l *liar) { l.sign = func(claims []byte) string { return l.signed("none", l.kid, claims) } },
		"public key as the secret":   func(l *liar) { l.sign = func(claims []byte) string { return l.signed("HS256", l.kid, claims) } },
		"signed with an unlisted key": func(l *liar) {
			l.sign = func(claims []byte) string { return l.signed("RS256", "unheard-of", claims) }
		},
		"changed after signing": func(l *liar) {
			l.sign = func(claims []byte) string {
				parts := strings.Split(l.signed("RS256", l.kid, claims), ".")
				return parts[0] + "." + encoded([]byte(strings.Replace(string(claims), "anna", "bo", 1))) + "." + parts[2]
			}
		},
		"no token": func(l *liar) { l.sign = func([]byte) string { return "" } },
		"what is told more is about somebody else": func(l *liar) {
			l.claims = func(claims map[string]any) { delete(claims, "uniid") }
			l.userInfo = map[string]any{"sub": "b", "uniid": "anna"}
		},
		"an endless answer": func(l *liar) {
			l.instead["/token"] = func(w http.ResponseWriter, _ *http.Request) {
				for r := 0; r < 3; r++ {
					_, _ = w.Write([]byte(strings.Repeat(" ", providerBytes)))
				}
				_, _ = w.Write([]byte(`{"access_token":"a","id_token":"` + l.token() + `"}`))
			}
		},
		"code sent on elsewhere": func(l *liar) {
			l.instead["/token"] = func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://127.0.0.1:1/token", http.StatusTemporaryRedirect)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			l.honest()
			lie(l)
			before := s.outcomes("refused")
			b := s.browser()
			refusedAttempt(t, b, b.end(b.begin(l, "/")))
			require.Equal(t, before+1, s.outcomes("refused"))
		})
	}
	require.Empty(t, s.matched, "nobody was looked for")
	require.NotContains(t, s.log.String(), "anna")
	l.honest()
	b := s.browser()
	require.Equal(t, http.StatusSeeOther, b.end(b.begin(l, "/")).StatusCode, "the truth is taken")
}

func TestAnswersThatBelongElsewhere(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	for name, more := range map[string][]string{
		"another state": {"state", "another"}, "another code": {"code", "bad"}, "another issuer": {"iss", "https://elsewhere.example"},
		"an error": {"error", "access_denied"},
	} {
		t.Run(name, func(t *testing.T) {
			b := s.browser()
			refusedAttempt(t, b, b.end(b.begin(l, "/"), more...))
		})
	}
	t.Run("another tenant's address", func(t *testing.T) {
		b := s.browser()
		asked := b.begin(l, "/")
		asked.Set("redirect_uri", b.address+"/sign-in/callback/"+schoolID)
		refusedAttempt(t, b, b.end(asked))
	})
	t.Run("the configured provider's address", func(t *testing.T) {
		b := s.browser()
		asked := b.begin(l, "/")
		asked.Set("redirect_uri", b.address+"/sign-in/callback")
		refusedAttempt(t, b, b.end(asked))
	})
	t.Run("without the issuer that the provider promises to say", func(t *testing.T) {
		s := newStage(t)
		l := s.liar()
		l.discovery = func(says map[string]any) { says["authorization_response_iss_parameter_supported"] = true }
		b := s.browser()
		refusedAttempt(t, b, b.end(b.begin(l, "/")))
		require.Equal(t, http.StatusSeeOther, b.end(b.begin(l, "/"), "iss", l.server.URL).StatusCode)
	})
	t.Run("turned off meanwhile", func(t *testing.T) {
		b := s.browser()
		asked := b.begin(l, "/")
		l.client.Enabled = false
		refusedAttempt(t, b, b.end(asked))
	})
}

func TestAProviderChangesItsKeys(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	signIn := func() page {
		b := s.browser()
		return b.end(b.begin(l, "/"))
	}
	require.Equal(t, http.StatusSeeOther, signIn().StatusCode)
	require.Equal(t, http.StatusSeeOther, signIn().StatusCode)
	require.Equal(t, 1, l.keysRead, "keys are kept")
	l.newKey("second")
	require.Equal(t, http.StatusSeeOther, signIn().StatusCode)
	require.Equal(t, 2, l.keysRead, "and read again when one is unknown")
}

func TestSparseClaims(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	l.client.RequiredClaim, l.client.RequiredValue = pointer("aktoer_gruppe"), pointer("Medarbejder")
	signIn := func() page {
		b := s.browser()
		return b.end(b.begin(l, "/"))
	}
	for name, group := range map[string]any{"a pupil": "Elev", "nothing": nil, "no text": 7, "several others": []string{"Elev", "Kontakt"}} {
		l.claims = func(claims map[string]any) { claims["aktoer_gruppe"] = group }
		answer := signIn()
		require.Equal(t, http.StatusForbidden, answer.StatusCode, name)
		require.Contains(t, answer.body, string(failure.PortalSignInNotForYou), name)
	}
	for name, group := range map[string]any{"one": "Medarbejder", "among others": []string{"Kontakt", "Medarbejder"}} {
		l.claims = func(claims map[string]any) { claims["aktoer_gruppe"] = group }
		require.Equal(t, http.StatusSeeOther, signIn().StatusCode, name)
	}
	l.claims = func(claims map[string]any) { delete(claims, "uniid") }
	l.userInfo = map[string]any{"sub": "a", "uniid": "anna", "aktoer_gruppe": "Medarbejder"}
	require.Equal(t, http.StatusSeeOther, signIn().StatusCode, "what the token lacks is asked for")
}

func TestAProviderThatHangsHoldsUpNobodyElse(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	hanging, release := make(chan struct{}), make(chan struct{})
	l.instead["/.well-known/openid-configuration"] = func(_ http.ResponseWriter, r *http.Request) {
		close(hanging)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
	answered := make(chan page, 1)
	waiting := s.browser()
	go func() { answered <- waiting.get("/sign-in/start?provider=" + operatorID + "." + liarID) }()
	<-hanging
	require.Equal(t, http.StatusSeeOther, s.browser().signIn("anna", "/").StatusCode)
	close(release) // an empty answer
	require.Equal(t, http.StatusServiceUnavailable, (<-answered).StatusCode)
}

// TestWhatIsWrongWithAProvider finds each fault by its name.
func TestWhatIsWrongWithAProvider(t *testing.T) {
	const document = "/.well-known/openid-configuration"
	called := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer elsewhere.Close()
	says := func(name string, value any) func(*liar) {
		return func(l *liar) { l.discovery = func(all map[string]any) { all[name] = value } }
	}
	answers := func(handler http.HandlerFunc) func(*liar) {
		return func(l *liar) { l.instead[document] = handler }
	}
	for name, c := range map[string]struct {
		fault, detail string
		lie           func(*liar)
	}{
		"another issuer":         {"issuer", "https://elsewhere.example", says("issuer", "https://elsewhere.example")},
		"no token endpoint":      {"lacks", "token_endpoint", says("token_endpoint", "")},
		"no keys":                {"lacks", "jwks_uri", says("jwks_uri", "")},
		"plain http":             {"endpoint", "token_endpoint", says("token_endpoint", "http://elsewhere.example/token")},
		"a script":               {"endpoint", "authorization_endpoint", says("authorization_endpoint", "javascript:alert(1)")},
		"a file":                 {"endpoint", "jwks_uri", says("jwks_uri", "file:///etc/passwd")},
		"no S256":                {"challenge", "", says("code_challenge_methods_supported", []string{"plain"})},
		"no code":                {"response_type", "", says("response_types_supported", []string{"id_token"})},
		"not there":              {"status", "404", answers(http.NotFound)},
		"no JSON":                {"unreadable", "", answers(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) })},
		"a page":                 {"unreadable", "", answers(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/html") })},
		"sent elsewhere":         {"moved", "", answers(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) })},
		"an answer without end":  {"oversized", "", answers(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, providerBytes+1)) })},
		"an answer that lingers": {"slow", "", answers(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })},
		"gone":                   {"unreachable", "", func(l *liar) { l.server.Close() }},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLiar(t)
			c.lie(l)
			patience := providerTime
			if c.fault == "slow" {
				patience = 50 * time.Millisecond
			}
			_, err := discover(t.Context(), newProviderClient(publicOrOwn, patience), l.server.URL, true)
			var f *fault
			require.ErrorAs(t, err, &f)
			require.Equal(t, c.fault, f.name, err)
			require.Equal(t, c.detail, f.detail)
			require.Contains(t, providerFaults, f.name)
		})
	}
	require.False(t, called, "no redirect was followed")
}

// TestNothingInsideIsReached: in production no tenant makes the portal call a machine in its own network.
func TestNothingInsideIsReached(t *testing.T) {
	reached := false
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	client := newProviderClient(public, providerTime)
	_, port, _ := strings.Cut(strings.TrimPrefix(inside.URL, "https://"), ":")
	for _, name := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"} {
		_, err := discover(t.Context(), client, "https://"+name+":"+port, false)
		require.Equal(t, "inside", faultOf(err), "%s: %v", name, err)
	}
	_, err := discover(t.Context(), client, "http://127.0.0.1:"+port, false)
	require.Equal(t, "address", faultOf(err))
	require.False(t, reached)

	for _, address := range []string{
		"127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1",
		"::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::", "fec0::1", "::7f00:1",
	} {
		require.False(t, public(netip.MustParseAddr(address)), address)
	}
	for _, address := range []string{"8.8.8.8", "130.225.1.1", "2a00:1450:400f:80c::200e", "::ffff:8.8.8.8"} {
		require.True(t, public(netip.MustParseAddr(address)), address)
	}
}

func TestKnownProvidersServeOnWhileTheyDoNotAnswer(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	r, err := s.portal.signIn.registration(t.Context(), providerRef{operatorID, liarID})
	require.NoError(t, err)
	first, err := s.portal.signIn.at(t.Context(), r)
	require.NoError(t, err)
	first.found = first.found.Add(-foundTime)
	l.server.Close()
	again, err := s.portal.signIn.at(t.Context(), r)
	require.NoError(t, err)
	require.Same(t, first, again)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.portal.signIn.at(ended, registration{issuer: "https://never.example"})
	require.Error(t, err)
}

func TestOffersAreKeptForAWhile(t *testing.T) {
	s := newStage(t)
	s.liar()
	b := s.browser()
	offered := func() int { return strings.Count(b.get("/sign-in").body, "Havnelund Kommune") }
	require.Equal(t, 1, offered())
	s.offers = nil
	require.Equal(t, 1, offered())
	s.pass(offersTime)
	require.Zero(t, offered())
}

func TestManyPlacesAreSearched(t *testing.T) {
	s := newStage(t)
	for _, place := range []string{"Aarhus", "Billund", "Egedal", "Faxe", "Greve", "Halsnæs", "Ishøj", "Kolding", "Læsø", "Ærø"} {
		s.offers = append(s.offers, tenancyapi.SignInOffer{ProviderID: "1", TenantID: operatorID, TenantName: place + " Kommune", Name: "Login"})
	}
	b := s.browser()
	require.Contains(t, b.get("/sign-in").body, `id="search"`)
	found := b.get("/sign-in?search=læs").body
	require.Contains(t, found, "Læsø Kommune")
	require.NotContains(t, found, "Kolding")
	require.Contains(t, b.get("/sign-in?search=%3Cscript%3E").body, "&lt;script&gt;")
}
