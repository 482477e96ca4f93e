package devidp_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/guldkorn/guldkorn/services/allinone/devidp"
)

var personas = []devidp.Persona{
	{Login: "anna@egebakken.example", Name: "Anna Lind", Role: "Lærer"},
	{Login: "bo@egebakken.example", Name: "Bo Kjær", Role: "Leder"},
}

const callback = "http://127.0.0.1:1/sign-in/callback"

func start(t *testing.T) *devidp.Provider {
	t.Helper()
	p, err := devidp.Start(t.Context(), "127.0.0.1:0", personas, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

type flow struct {
	t        *testing.T
	config   oauth2.Config
	provider *oidc.Provider
	browser  *http.Client
}

func newFlow(t *testing.T) *flow {
	p := start(t)
	provider, err := oidc.NewProvider(t.Context(), p.Issuer())
	require.NoError(t, err)
	return &flow{
		t: t, provider: provider,
		config:  oauth2.Config{ClientID: p.ClientID(), Endpoint: provider.Endpoint(), RedirectURL: callback, Scopes: []string{"openid", "profile"}},
		browser: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

func (f *flow) get(address string) *http.Response {
	response, err := f.browser.Get(address)
	require.NoError(f.t, err)
	f.t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// follow returns where an answer leads, resolved against where it came from.
func (f *flow) follow(response *http.Response) string {
	location, err := response.Location()
	require.NoError(f.t, err, response.Status)
	return location.String()
}

func (f *flow) authorize(options ...oauth2.AuthCodeOption) *http.Response {
	return f.get(f.config.AuthCodeURL("state", options...))
}

// signIn walks to the authorization code as one persona.
func (f *flow) signIn(verifier, login string) url.Values {
	page := f.get(f.follow(f.authorize(oauth2.S256ChallengeOption(verifier), oidc.Nonce("nonce"))))
	require.Equal(f.t, http.StatusOK, page.StatusCode)
	html, err := io.ReadAll(page.Body)
	require.NoError(f.t, err)
	require.Contains(f.t, string(html), "Anna Lind")
	id := regexp.MustCompile(`name="request" value="([^"]+)"`).FindStringSubmatch(string(html))[1]
	chosen, err := f.browser.PostForm(page.Request.URL.ResolveReference(&url.URL{Path: "/personas"}).String(), url.Values{"request": {id}, "login": {login}})
	require.NoError(f.t, err)
	f.t.Cleanup(func() { _ = chosen.Body.Close() })
	if chosen.StatusCode != http.StatusSeeOther {
		return nil
	}
	back, err := url.Parse(f.follow(f.get(f.follow(chosen))))
	require.NoError(f.t, err)
	require.True(f.t, strings.HasPrefix(back.String(), callback), back)
	return back.Query()
}

func TestOneClickYieldsAVerifiedIdentity(t *testing.T) {
	f := newFlow(t)
	verifier := oauth2.GenerateVerifier()
	answer := f.signIn(verifier, "bo@egebakken.example")
	require.Equal(t, "state", answer.Get("state"))
	token, err := f.config.Exchange(t.Context(), answer.Get("code"), oauth2.VerifierOption(verifier))
	require.NoError(t, err)
	raw, _ := token.Extra("id_token").(string)
	identity, err := f.provider.Verifier(&oidc.Config{ClientID: devidp.ClientID}).Verify(t.Context(), raw)
	require.NoError(t, err)
	require.Equal(t, "nonce", identity.Nonce)
	var claims struct {
		Login string `json:"preferred_username"`
		Name  string `json:"name"`
	}
	require.NoError(t, identity.Claims(&claims))
	require.Equal(t, "bo@egebakken.example", claims.Login)
	require.Equal(t, "Bo Kjær", claims.Name)

	_, err = f.config.Exchange(t.Context(), answer.Get("code"), oauth2.VerifierOption(verifier))
	require.Error(t, err, "a code is good once")
}

func TestItTellsWhenSomebodyClicked(t *testing.T) {
	f := newFlow(t)
	before := time.Now().Truncate(time.Second)
	verifier := oauth2.GenerateVerifier()
	answer := f.signIn(verifier, "bo@egebakken.example")
	token, err := f.config.Exchange(t.Context(), answer.Get("code"), oauth2.VerifierOption(verifier))
	require.NoError(t, err)
	raw, _ := token.Extra("id_token").(string)
	identity, err := f.provider.Verifier(&oidc.Config{ClientID: devidp.ClientID}).Verify(t.Context(), raw)
	require.NoError(t, err)
	var claims struct {
		AuthTime int64 `json:"auth_time"`
	}
	require.NoError(t, identity.Claims(&claims))
	require.GreaterOrEqual(t, claims.AuthTime, before.Unix())

	challenge := oauth2.S256ChallengeOption(oauth2.GenerateVerifier())
	silent := f.authorize(challenge, oauth2.SetAuthURLParam("prompt", "none"))
	require.Contains(t, f.follow(silent), "error=login_required", "nobody is signed in without a click")
	page := f.get(f.follow(f.authorize(challenge, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))))
	require.Equal(t, http.StatusOK, page.StatusCode, "and with one as often as wanted")
}

func TestRedirectsStayOnThisMachine(t *testing.T) {
	f := newFlow(t)
	challenge := oauth2.S256ChallengeOption(oauth2.GenerateVerifier())
	f.config.RedirectURL = "http://127.0.0.1:1234/sign-in/callback/aaaaaaaaaaaa"
	require.Equal(t, http.StatusOK, f.get(f.follow(f.authorize(challenge))).StatusCode, "a tenant's own address")
	for _, wrong := range []string{
		"http://127.0.0.1:1234/sign-in/callback/aaaaaaaaaaaa/more", "http://127.0.0.1.evil.example:80/sign-in/callback/a",
		"http://evil.example:80/sign-in/callback/a", "http://127.0.0.1:80@evil.example/sign-in/callback/a",
	} {
		f.config.RedirectURL = wrong
		require.Equal(t, http.StatusBadRequest, f.authorize(challenge).StatusCode, wrong)
	}
}

func TestACodeNeedsItsVerifier(t *testing.T) {
	f := newFlow(t)
	answer := f.signIn(oauth2.GenerateVerifier(), "anna@egebakken.example")
	_, err := f.config.Exchange(t.Context(), answer.Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier()))
	require.Error(t, err)
}

func TestRefusals(t *testing.T) {
	f := newFlow(t)
	challenge := oauth2.S256ChallengeOption(oauth2.GenerateVerifier())
	require.Nil(t, f.signIn(oauth2.GenerateVerifier(), "nobody@example"), "unknown persona")

	without := f.authorize()
	require.Contains(t, f.follow(without), "error=invalid_request", "without PKCE")

	f.config.RedirectURL = "https://elsewhere.example/sign-in/callback"
	require.Equal(t, http.StatusBadRequest, f.authorize(challenge).StatusCode, "foreign redirect address")
	f.config.RedirectURL = "http://127.0.0.1:1/elsewhere"
	require.Equal(t, http.StatusBadRequest, f.authorize(challenge).StatusCode, "foreign redirect path")
	f.config.RedirectURL, f.config.ClientID = callback, "somebody-else"
	require.Equal(t, http.StatusBadRequest, f.authorize(challenge).StatusCode, "foreign client")
}

func TestAnswersOnlyItsOwnHost(t *testing.T) {
	p := start(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Issuer()+"/.well-known/openid-configuration", nil)
	require.NoError(t, err)
	request.Host = "rebound.example"
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusMisdirectedRequest, response.StatusCode)
}

func TestListensOnLoopbackOnly(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "localhost", "idp.example:443"} {
		_, err := devidp.Start(t.Context(), addr, personas, slog.New(slog.DiscardHandler))
		require.Error(t, err, addr)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	p := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, p.Run(ctx))
}
