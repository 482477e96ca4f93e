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

const goodLink = "GOODLINKGOODLINKGOODLINK22"

// fresh lets tenancy take one set-up link, and returns what it is told with it.
func (s *stage) fresh(answer any) *tenancyapi.SetUp {
	told := &tenancyapi.SetUp{}
	s.services["tenancy"].HandleFunc("POST /v1/set-up/check", func(w http.ResponseWriter, r *http.Request) {
		var in tenancyapi.SetUpLink
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Link != goodLink {
			failure.Write(w, failure.New(failure.SetUpUnknown), "da")
			return
		}
		respond(s.t, w, tenancyapi.SetUpState{})
	})
	s.services["tenancy"].HandleFunc("PUT /v1/set-up", func(w http.ResponseWriter, r *http.Request) {
		*told = tenancyapi.SetUp{}
		if err := json.NewDecoder(r.Body).Decode(told); err != nil {
			s.t.Error(err)
		}
		if err, ok := answer.(error); ok {
			failure.Write(w, err, "da")
			return
		}
		respond(s.t, w, answer)
	})
	return told
}

func TestASetUpLinkLeadsToItsPage(t *testing.T) {
	s := newStage(t)
	s.fresh(nil)
	b := s.browser()
	for _, path := range []string{"/set-up", "/set-up?link=wrong"} {
		answer := b.get(path)
		require.Equal(t, http.StatusNotFound, answer.StatusCode)
		require.Contains(t, answer.body, "tenancy.set_up_unknown")
	}
	opened := b.get("/set-up?link=" + goodLink)
	require.Equal(t, b.address+"/set-up", opened.next(t), "the secret stays in no history")
	require.Len(t, opened.Cookies(), 1)
	cookie := opened.Cookies()[0]
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.Equal(t, "/set-up", cookie.Path)
	require.Contains(t, b.get("/set-up").body, `id="set-up-form"`)
	require.NotContains(t, s.log.String(), goodLink)

	stranger := s.browser()
	require.Equal(t, http.StatusNotFound, stranger.post("/set-up", url.Values{}).StatusCode)
	require.Equal(t, http.StatusForbidden, b.post("/set-up", url.Values{}, "Sec-Fetch-Site", "cross-site").StatusCode)
	for _, one := range s.calls() {
		require.Equal(t, "portal", one.subject.Service, "asked in the portal's own name")
	}
}

func TestTheFirstOperatorIsMade(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	told := s.fresh(tenancyapi.SetUpDone{TenantID: operatorID, PersonID: annaID, ProviderID: pointer(liarID)})
	b := s.browser()
	b.get("/set-up?link=" + goodLink)
	in := url.Values{
		"platform_name": {"Skoledrift"}, "name": {"Pia Drift"}, "email": {"pia@drift.example"}, "login": {"pia"},
		"issuer": {l.server.URL}, "client_id": {"guldkorn"}, "client_secret": {"kanarie"}, "login_claim": {"uniid"},
	}
	done := b.post("/set-up", in)
	require.Equal(t, http.StatusOK, done.StatusCode, done.body)
	require.Equal(t, tenancyapi.SetUp{
		Link: goodLink, PlatformName: "Skoledrift", Name: "Pia Drift", Email: "pia@drift.example", Login: "pia", Language: "da",
		Issuer: &l.server.URL, ClientID: pointer("guldkorn"), ClientSecret: pointer("kanarie"), LoginClaim: pointer("uniid"),
	}, *told)
	require.Contains(t, done.body, "/sign-in/callback/"+operatorID, "what has to be entered at the provider")
	require.Contains(t, done.body, `id="findings"`, "whether the provider works is said at once")
	require.Contains(t, done.body, "provider="+operatorID+"."+liarID)
	require.NotContains(t, done.body, "kanarie")
	require.NotContains(t, done.body, goodLink)

	l.discovery = func(says map[string]any) { delete(says, "token_endpoint") }
	require.Contains(t, b.post("/set-up", in).body, "token_endpoint")

	in.Set("provider", "shared")
	b.post("/set-up", in)
	require.Nil(t, told.Issuer, "the provider that the portal is configured with")
	require.Nil(t, told.ClientSecret)
}

func TestAMistakeInTheSetUpIsShown(t *testing.T) {
	s := newStage(t)
	s.fresh(failure.Together(failure.Invalid("issuer", "https"), failure.Invalid("platform_name", "1 to 120")))
	b := s.browser()
	b.get("/set-up?link=" + goodLink)
	refused := b.post("/set-up", url.Values{"issuer": {"http://x"}, "client_secret": {"kanarie"}, "name": {"Pia"}})
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Equal(t, 2, strings.Count(refused.body, "form-error-message"))
	require.Contains(t, refused.body, `value="Pia"`)
	require.NotContains(t, refused.body, "kanarie")
}
