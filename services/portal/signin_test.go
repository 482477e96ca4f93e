package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSigningInBeginsASession(t *testing.T) {
	b := newStage(t).browser()
	require.Equal(t, b.address+"/sign-in?return=%2Fschools%2Fbbbbbbbbbbbb%2Frounds%3Fx%3D1", b.get("/schools/bbbbbbbbbbbb/rounds?x=1").next(t))
	answer := b.signIn("anna", "/schools/bbbbbbbbbbbb/rounds?x=1")
	require.Equal(t, b.address+"/schools/bbbbbbbbbbbb/rounds?x=1", answer.next(t), "back to where the visit began")
	var cookie *http.Cookie
	for _, one := range answer.Cookies() {
		if one.Name == sessionCookie {
			cookie = one
		}
	}
	require.NotNil(t, cookie)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	require.False(t, cookie.Secure, "on this machine the portal has no https")
	require.Zero(t, cookie.MaxAge, "it ends with the browser")
	require.Empty(t, b.cookie(attemptCookie), "the attempt is used up")
	require.Contains(t, b.get("/privacy").body, "Anna Lind")
	for _, one := range b.calls() {
		if one.call == "POST /v1/sign-ins/match" || strings.HasSuffix(one.call, "/branding") {
			require.Equal(t, "portal", one.subject.Service, "asked in the portal's own name")
		} else {
			require.Equal(t, annaID, one.subject.ID)
			require.Empty(t, one.subject.Service)
		}
	}
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	for _, evil := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"} {
		b := newStage(t).browser()
		require.Equal(t, b.address+"/", b.signIn("anna", evil).next(t), evil)
	}
}

// refusedAttempt asserts that a callback was refused and no session began.
func refusedAttempt(t *testing.T, b *browser, answer page) {
	t.Helper()
	require.Equal(t, http.StatusForbidden, answer.StatusCode, answer.body)
	require.Contains(t, answer.body, "portal.sign_in_refused")
	require.Empty(t, b.cookie(sessionCookie))
	require.Empty(t, b.cookie(attemptCookie), "an attempt is good once, whatever comes of it")
}

func TestAttacksOnSignIn(t *testing.T) {
	start := func(t *testing.T) (*browser, *url.URL) {
		b := newStage(t).browser()
		authorize, err := url.Parse(b.get("/sign-in/start").next(t))
		require.NoError(t, err)
		query := authorize.Query()
		require.Equal(t, "S256", query.Get("code_challenge_method"))
		require.NotEmpty(t, query.Get("nonce"))
		require.GreaterOrEqual(t, len(query.Get("state")), 26)
		return b, authorize
	}
	with := func(u *url.URL, name, value string) string {
		changed, query := *u, u.Query()
		query.Set(name, value)
		changed.RawQuery = query.Encode()
		return changed.String()
	}
	t.Run("wrong state", func(t *testing.T) {
		b, authorize := start(t)
		refusedAttempt(t, b, b.get(b.walk(with(authorize, "state", "another"), "anna")))
	})
	t.Run("no state", func(t *testing.T) {
		b, authorize := start(t)
		callback, err := url.Parse(b.walk(authorize.String(), "anna"))
		require.NoError(t, err)
		refusedAttempt(t, b, b.get(callback.Path+"?code="+callback.Query().Get("code")))
	})
	t.Run("wrong nonce", func(t *testing.T) {
		b, authorize := start(t)
		refusedAttempt(t, b, b.get(b.walk(with(authorize, "nonce", "another"), "anna")))
	})
	t.Run("a code of another attempt", func(t *testing.T) {
		b, authorize := start(t)
		stolen, err := url.Parse(b.walk(authorize.String(), "anna"))
		require.NoError(t, err)
		victim := b.browser()
		own, err := url.Parse(victim.get("/sign-in/start").next(t))
		require.NoError(t, err)
		refusedAttempt(t, victim, victim.get("/sign-in/callback?"+url.Values{"code": {stolen.Query().Get("code")}, "state": {own.Query().Get("state")}}.Encode()))
	})
	t.Run("the attempt of another browser", func(t *testing.T) {
		b, authorize := start(t)
		callback := b.walk(authorize.String(), "anna")
		victim := b.browser()
		answer := victim.get(callback)
		require.Equal(t, http.StatusForbidden, answer.StatusCode)
		require.Empty(t, victim.cookie(sessionCookie))
	})
	t.Run("a replayed code", func(t *testing.T) {
		b, authorize := start(t)
		attempt := b.cookie(attemptCookie)
		callback := b.walk(authorize.String(), "anna")
		require.Equal(t, http.StatusSeeOther, b.get(callback).StatusCode)
		thief := b.browser()
		at, err := url.Parse(b.address + "/sign-in/callback")
		require.NoError(t, err)
		thief.client.Jar.SetCookies(at, []*http.Cookie{{Name: attemptCookie, Value: attempt, Path: "/sign-in"}})
		refusedAttempt(t, thief, thief.get(callback))
	})
	t.Run("too late", func(t *testing.T) {
		b, authorize := start(t)
		callback := b.walk(authorize.String(), "anna")
		b.pass(attemptTime)
		refusedAttempt(t, b, b.get(callback))
	})
	t.Run("a forged attempt", func(t *testing.T) {
		b, authorize := start(t)
		callback := b.walk(authorize.String(), "anna")
		at, err := url.Parse(callback)
		require.NoError(t, err)
		sealed := b.cookie(attemptCookie)
		b.client.Jar.SetCookies(at, []*http.Cookie{{Name: attemptCookie, Value: sealed[:len(sealed)-4] + "AAAA", Path: "/sign-in"}})
		refusedAttempt(t, b, b.get(callback))
	})
	t.Run("the provider says no", func(t *testing.T) {
		b, authorize := start(t)
		refusedAttempt(t, b, b.get("/sign-in/callback?error=access_denied&state="+authorize.Query().Get("state")))
	})
	t.Run("an unknown person", func(t *testing.T) {
		b := newStage(t).browser()
		answer := b.signIn("stranger", "/")
		require.Equal(t, http.StatusForbidden, answer.StatusCode)
		require.Contains(t, answer.body, "stranger")
		require.Contains(t, answer.body, "Guldkorn opretter ikke nogen af sig selv")
		require.Empty(t, b.cookie(sessionCookie))
	})
}

func TestASessionIsNotTakenOver(t *testing.T) {
	b := newStage(t).browser()
	b.signIn("anna", "/")
	first := b.cookie(sessionCookie)
	b.signIn("bo", "/")
	require.NotEqual(t, first, b.cookie(sessionCookie))
	found, err := b.portal.sessions.find(t.Context(), first)
	require.NoError(t, err)
	require.Nil(t, found, "the earlier session has ended")
}

func TestSessionsEnd(t *testing.T) {
	b := newStage(t).browser()
	signedIn := func() bool { return strings.Contains(b.get("/privacy").body, "Anna Lind") }
	b.signIn("anna", "/")
	for range 12 {
		b.pass(45 * time.Minute)
		require.True(t, signedIn(), "in use within the hour")
	}
	b.pass(idleTime)
	require.False(t, signedIn(), "after an idle hour")

	b.signIn("anna", "/")
	for range 19 {
		b.pass(30 * time.Minute)
		require.True(t, signedIn())
	}
	b.pass(30 * time.Minute)
	require.False(t, signedIn(), "after ten hours in any case")

	b.signIn("anna", "/")
	secret := b.cookie(sessionCookie)
	require.Equal(t, http.StatusOK, b.post("/sign-out", url.Values{formField: {b.token()}}).StatusCode)
	require.Empty(t, b.cookie(sessionCookie))
	found, err := b.portal.sessions.find(t.Context(), secret)
	require.NoError(t, err)
	require.Nil(t, found, "signing out ends the session, not only the cookie")
}

func TestTheStoreHoldsNoSecret(t *testing.T) {
	b := newStage(t).browser()
	b.signIn("anna", "/")
	_, secret, _ := strings.Cut(b.cookie(sessionCookie), ".")
	require.Len(t, secret, 43, "256 random bits")
	found, err := b.portal.sessions.find(t.Context(), b.cookie(sessionCookie))
	require.NoError(t, err)
	require.NotContains(t, found.id, secret)
	for _, cookie := range []string{found.id, operatorID + "." + found.id, schoolID + "." + secret, secret, "." + secret, operatorID + ".", ""} {
		other, err := b.portal.sessions.find(t.Context(), cookie)
		require.NoError(t, err)
		require.Nil(t, other, cookie)
	}
}

func TestTheSweepRemovesWhatHasEnded(t *testing.T) {
	b := newStage(t).browser()
	b.signIn("anna", "/")
	other := b.browser()
	b.pass(idleTime - time.Minute)
	other.signIn("bo", "/")
	b.pass(2 * time.Minute)
	require.NoError(t, b.portal.sessions.removeEnded(t.Context()))
	left := 0
	for _, err := range b.portal.sessions.across.All(t.Context(), queryByEnd) {
		require.NoError(t, err)
		left++
	}
	require.Equal(t, 1, left)
}
