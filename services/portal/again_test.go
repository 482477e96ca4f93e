package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// recent tells whether services take the browser's person for somebody who has just signed in.
func (b *browser) recent() bool {
	b.t.Helper()
	before := len(b.calls())
	b.get("/operators/" + operatorID + "/keys")
	for _, one := range b.calls()[before:] {
		if strings.HasSuffix(one.call, "/api-keys") {
			return one.subject.Recent
		}
	}
	b.t.Fatal("tenancy was not asked")
	return false
}

func TestServicesAreToldWhenSomebodySignedIn(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	require.True(t, b.recent())
	s.pass(access.RecentTime - 2*time.Second)
	require.True(t, b.recent())
	s.pass(4 * time.Second)
	require.False(t, b.recent())
}

func TestSigningInAgain(t *testing.T) {
	s := newStage(t)
	s.school()
	const keys = "/operators/" + operatorID + "/keys"
	s.on("tenancy", "POST "+under(operatorID, "api-keys"), failure.New(failure.AccessStale))
	b := s.browser()
	b.signIn("bo", "/")
	require.NotContains(t, b.get(keys).body, `id="confirm"`)
	s.pass(access.RecentTime)
	again := "/sign-in/again?return=" + url.QueryEscape(keys)
	require.Contains(t, b.get(keys).body, `href="`+strings.ReplaceAll(again, "%2F", "%2f")+`"`, "said before somebody fills in the form")
	refused := b.post(keys, url.Values{formField: {b.token()}}, "Referer", b.address+keys)
	require.Equal(t, http.StatusUnauthorized, refused.StatusCode)
	require.Contains(t, refused.body, `href="`+strings.ReplaceAll(again, "%2F", "%2f")+`"`)
	require.Contains(t, refused.body, "access.sign_in_again")

	first := b.cookie(sessionCookie)
	authorize := b.get(again).next(t)
	require.Contains(t, authorize, "prompt=login")
	require.Contains(t, authorize, "max_age=0")
	require.Equal(t, b.address+keys, b.get(b.walk(authorize, "bo")).next(t), "back to where one was")
	require.True(t, b.recent())
	require.NotEqual(t, first, b.cookie(sessionCookie))
	found, err := b.portal.sessions.find(t.Context(), first)
	require.NoError(t, err)
	require.Nil(t, found, "the earlier session has ended")

	require.Equal(t, b.address+"/", b.get(b.walk(b.get("/sign-in/again?return=//evil.example").next(t), "bo")).next(t))
	require.Equal(t, b.address+"/sign-in?return="+url.QueryEscape(again), s.browser().get(again).next(t), "for those who are signed in")
}

// TestAProviderThatDoesNotAskAgain: a step-up that a provider answers from its own memory proves nothing.
func TestAProviderThatDoesNotAskAgain(t *testing.T) {
	s := newStage(t)
	s.school()
	l := s.liar()
	at := func(ago time.Duration) func(map[string]any) {
		return func(claims map[string]any) {
			claims["uniid"], claims["auth_time"] = "bo", time.Now().Add(-ago).Unix()
		}
	}
	l.claims = at(time.Hour)
	b := s.browser()
	require.Equal(t, http.StatusSeeOther, b.end(b.begin(l, "/")).StatusCode, "good for signing in")
	require.False(t, b.recent(), "and no more: it was an hour ago")
	again := func() page {
		t.Helper()
		authorize, err := url.Parse(b.get("/sign-in/again").next(t))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(authorize.String(), l.server.URL), "where one signed in before")
		asked := authorize.Query()
		l.challenge, l.nonce = asked.Get("code_challenge"), asked.Get("nonce")
		return b.end(asked)
	}
	before := b.cookie(sessionCookie)
	answer := again()
	require.Equal(t, http.StatusForbidden, answer.StatusCode)
	require.Contains(t, answer.body, "portal.sign_in_refused")
	require.Equal(t, before, b.cookie(sessionCookie), "the session goes on as it was")
	l.claims = at(0)
	require.Equal(t, http.StatusSeeOther, again().StatusCode)
	require.True(t, b.recent())

	untold := func(claims map[string]any) { claims["uniid"] = "bo"; delete(claims, "auth_time") }
	l.claims = untold
	other := s.browser()
	require.Equal(t, http.StatusSeeOther, other.end(other.begin(l, "/")).StatusCode)
	require.False(t, other.recent(), "nobody knows when")
	b = other
	require.Equal(t, http.StatusSeeOther, again().StatusCode)
	require.True(t, other.recent(), "it was asked to ask again")
}
