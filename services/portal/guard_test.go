package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

var queryByEnd = document.Query{Index: "by_end"}

func TestEveryAnswerSaysWhatBrowsersMayDo(t *testing.T) {
	b := newStage(t).browser()
	for _, path := range []string{"/", "/privacy", "/nowhere", "/static/" + b.portal.assets.names["app.css"]} {
		h := b.get(path).Header
		require.Equal(t, "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' http://localhost:9", h.Get("Content-Security-Policy"), path)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
	}
	require.Contains(t, b.get("/static/"+b.portal.assets.names["app.css"]).Header.Get("Cache-Control"), "immutable")
	require.Equal(t, "private, no-store", b.get("/").Header.Get("Cache-Control"))
	require.Equal(t, http.StatusNotFound, b.get("/static/..%2fportal.go").StatusCode)
}

func TestAReboundNameIsRefused(t *testing.T) {
	b := newStage(t).browser()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.address+"/", nil)
	require.NoError(t, err)
	r.Host = "rebound.example"
	require.Equal(t, http.StatusMisdirectedRequest, b.do(r).StatusCode)
}

func TestFormsAreTheSessionsOwn(t *testing.T) {
	b := newStage(t).browser()
	b.signIn("anna", "/")
	other := b.browser()
	other.signIn("bo", "/")
	path := "/sign-out"
	for name, form := range map[string]url.Values{
		"no token": {}, "an empty token": {formField: {""}}, "a made-up token": {formField: {"AAAA"}}, "another session's": {formField: {other.token()}},
	} {
		answer := b.post(path, form)
		require.Equal(t, http.StatusForbidden, answer.StatusCode, name)
		require.Contains(t, answer.body, "portal.form_stale", name)
	}
	good := url.Values{formField: {b.token()}}
	require.Equal(t, http.StatusForbidden, b.post(path, good, "Sec-Fetch-Site", "cross-site").StatusCode, "from another site")
	require.Equal(t, http.StatusForbidden, b.post(path, good, "Origin", "https://evil.example").StatusCode, "from another origin")
	require.Equal(t, http.StatusOK, b.post(path, good, "Sec-Fetch-Site", "same-origin").StatusCode)
}

func TestTheLanguageIsKept(t *testing.T) {
	b := newStage(t).browser()
	require.Contains(t, b.get("/privacy").body, `<html lang="da">`)
	answer := b.post("/language", url.Values{"language": {"en"}, "return": {"/privacy"}})
	require.Equal(t, b.address+"/privacy", answer.next(t))
	require.Contains(t, b.get("/privacy").body, `<html lang="en">`)
	b.signIn("anna", "/")
	require.Contains(t, b.get("/privacy").body, `<html lang="en">`, "the choice outlives signing in")
	b.post("/language", url.Values{"language": {"xx"}, "return": {"//evil.example"}, formField: {b.token()}})
	require.Contains(t, b.get("/privacy").body, `<html lang="da">`)
}

func TestTheAPIEntry(t *testing.T) {
	s := newStage(t)
	s.on("intake", "GET /v1/tenants/"+schoolID+"/rounds", map[string]any{"items": []any{}})
	b := s.browser()
	get := func(path string, headers ...string) page {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.address+path, nil)
		require.NoError(t, err)
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return b.do(r)
	}
	path := "/api/v1/tenants/" + schoolID + "/rounds"
	require.Equal(t, http.StatusForbidden, get(path).StatusCode, "without the header")
	require.Equal(t, http.StatusUnauthorized, get(path, apiHeader, "1").StatusCode, "without a session")
	b.signIn("anna", "/")
	answer := get(path, apiHeader, "1")
	require.Equal(t, http.StatusOK, answer.StatusCode, answer.body)
	require.Equal(t, `"3"`, answer.Header.Get("ETag"))
	last := b.calls()[len(b.calls())-1]
	require.Equal(t, asked{"intake", "GET /v1/tenants/" + schoolID + "/rounds", last.subject, last.query}, last)
	require.Equal(t, annaID, last.subject.ID)
	require.Equal(t, http.StatusNotFound, get("/api/v1/sign-ins/match", apiHeader, "1").StatusCode)
	require.Equal(t, failure.ContentType, get(path).Header.Get("Content-Type"))
}

func TestNobodyIsLoggedWhenFetchingABallot(t *testing.T) {
	s := newStage(t)
	s.on("intake", "POST /v1/tenants/"+schoolID+"/rounds/r1/tickets", map[string]string{"ticket": "t", "url": "http://localhost:9/r/r1#ticket=t&lang=da"})
	b := s.browser()
	b.signIn("anna", "/")
	before := s.log.String()
	token := b.token()
	after := s.log.String()
	answer := b.post("/schools/"+schoolID+"/rounds/r1/answer", url.Values{formField: {token}})
	require.Equal(t, http.StatusSeeOther, answer.StatusCode, answer.body)
	require.Equal(t, "http://localhost:9/r/r1#lang=da&ticket=t", answer.Header.Get("Location"))
	require.Equal(t, "no-referrer", answer.Header.Get("Referrer-Policy"))
	require.NotEqual(t, before, after, "other requests are logged")
	require.Equal(t, after, s.log.String(), "this one is not")
}

func TestATicketThatLeadsElsewhereIsNotFollowed(t *testing.T) {
	s := newStage(t)
	s.on("intake", "POST /v1/tenants/"+schoolID+"/rounds/r1/tickets", map[string]string{"ticket": "t", "url": "https://evil.example/r/r1#ticket=t"})
	b := s.browser()
	b.signIn("anna", "/")
	answer := b.post("/schools/"+schoolID+"/rounds/r1/answer", url.Values{formField: {b.token()}})
	require.Equal(t, http.StatusInternalServerError, answer.StatusCode)
}

func TestARefusalStandsBesideItsInput(t *testing.T) {
	s := newStage(t)
	s.on("intake", "GET /v1/tenants/"+schoolID+"/technologies", map[string]any{"items": []any{}})
	s.on("intake", "POST /v1/tenants/"+schoolID+"/technologies", failure.Together(failure.Invalid("name", "1 to 80 characters"), failure.Invalid("kind", "one")))
	b := s.browser()
	b.signIn("bo", "/")
	answer := b.post("/schools/"+schoolID+"/technologies", url.Values{formField: {b.token()}, "name": {"<b>x</b>"}, "idempotency_key": {"the-same-key"}})
	require.Equal(t, http.StatusUnprocessableEntity, answer.StatusCode)
	require.Contains(t, answer.body, "Skriv 1 til 80 tegn.")
	require.Contains(t, answer.body, `aria-invalid="true"`)
	require.Contains(t, answer.body, `value="&lt;b&gt;x&lt;/b&gt;"`, "what was written is still there")
	require.Contains(t, answer.body, `value="the-same-key"`, "a corrected form is still the same attempt")
	require.Contains(t, answer.body, "Ret 2 felter")
}

func TestErrorsSayWhatToDo(t *testing.T) {
	s := newStage(t)
	s.on("intake", "GET /v1/tenants/"+schoolID+"/rounds", failure.New(failure.AccessDenied))
	s.on("reporting", "GET /v1/tenants/"+schoolID+"/releases", failure.New(failure.InternalError))
	b := s.browser()
	b.signIn("anna", "/")
	denied := b.get("/schools/" + schoolID + "/rounds")
	require.Equal(t, http.StatusForbidden, denied.StatusCode)
	require.Contains(t, denied.body, "spørg skolens administrator")
	broken := b.get("/schools/" + schoolID + "/results")
	require.Equal(t, http.StatusInternalServerError, broken.StatusCode)
	require.Contains(t, broken.body, "Prøv igen")
	require.Equal(t, http.StatusNotFound, b.get("/nowhere").StatusCode)
	require.Equal(t, http.StatusBadRequest, b.get("/schools/NOT-A-TENANT/rounds").StatusCode)
}

func TestSettingsNameEveryMistake(t *testing.T) {
	err := host.Settings(map[string]string{
		"PORTAL_PUBLIC_URL": "http://portal.example", "BALLOTBOX_PUBLIC_URL": "https://portal.example:444", "OIDC_ISSUER": "nonsense",
		"BALLOTBOX_TRUST": "split",
	}, &settings{})
	require.ErrorContains(t, err, "OIDC_CLIENT_ID")
	for _, part := range []string{"PORTAL_PUBLIC_URL", "neither https nor on this machine", "host name of its own", "OIDC_ISSUER", "BALLOTBOX_TRUST"} {
		require.True(t, strings.Contains(err.Error(), part), "%s in %s", part, err)
	}
}
