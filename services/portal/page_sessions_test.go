package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// signedIn tells whether a browser's session still holds.
func (b *browser) signedIn() bool { return b.get("/sessions").StatusCode == http.StatusOK }

// sessionID is the id of the browser's session, as forms name it.
func (b *browser) sessionID() string {
	_, secret, _ := strings.Cut(b.cookie(sessionCookie), ".")
	return sessionID(secret)
}

func TestPeopleSeeAndEndTheirOwnSessions(t *testing.T) {
	s := newStage(t)
	here, phone, library, stranger := s.browser(), s.browser(), s.browser(), s.browser()
	for _, b := range []*browser{here, phone, library} {
		b.signIn("anna", "/")
		s.pass(7 * time.Minute)
	}
	stranger.signIn("bo", "/")

	shown := here.get("/sessions").body
	require.Equal(t, 2, strings.Count(shown, `action="/sessions/end"`), "this one is ended by signing out")
	require.Equal(t, 1, strings.Count(shown, `id="this-session"`))
	require.Contains(t, shown, phone.sessionID())
	require.NotContains(t, shown, stranger.sessionID())
	for _, b := range []*browser{here, phone, library} {
		_, secret, _ := strings.Cut(b.cookie(sessionCookie), ".")
		require.NotContains(t, shown, secret, "what is shown signs nobody in")
	}

	end := func(b *browser, id string) {
		answer := b.post("/sessions/end", url.Values{formField: {b.token()}, "session_id": {id}})
		require.Equal(t, b.address+"/sessions", answer.next(t))
	}
	end(here, phone.sessionID())
	require.False(t, phone.signedIn())
	require.True(t, library.signedIn())
	end(stranger, library.sessionID())
	require.True(t, library.signedIn(), "somebody else's stays")

	require.Equal(t, http.StatusForbidden, here.post("/sessions/end-others", url.Values{}).StatusCode, "without the form's token")
	require.True(t, library.signedIn())
	here.post("/sessions/end-others", url.Values{formField: {here.token()}})
	require.False(t, library.signedIn())
	require.True(t, here.signedIn())
	require.True(t, stranger.signedIn())
	require.Contains(t, here.get("/sessions").body, `id="no-others"`)
}

func TestEndedSessionsAreNotListed(t *testing.T) {
	s := newStage(t)
	here, phone := s.browser(), s.browser()
	phone.signIn("anna", "/")
	s.pass(idleTime)
	here.signIn("anna", "/")
	require.NotContains(t, here.get("/sessions").body, phone.sessionID(), "before the sweep has come by")
}

// TestASessionIsNotFixed plants a known cookie before somebody signs in: theirs has another secret, and the planted one
// opens nothing.
func TestASessionIsNotFixed(t *testing.T) {
	b := newStage(t).browser()
	at, err := url.Parse(b.address)
	require.NoError(t, err)
	planted := operatorID + "." + strings.Repeat("A", 43)
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: sessionCookie, Value: planted, Path: "/"}})
	b.signIn("anna", "/")
	require.NotEqual(t, planted, b.cookie(sessionCookie))
	found, err := b.portal.sessions.find(t.Context(), planted)
	require.NoError(t, err)
	require.Nil(t, found)
	require.True(t, b.signedIn())

	before := b.cookie(sessionCookie)
	b.signIn("anna", "/")
	require.NotEqual(t, before, b.cookie(sessionCookie), "a new secret at each sign-in, of the same person too")
	found, err = b.portal.sessions.find(t.Context(), before)
	require.NoError(t, err)
	require.Nil(t, found)
}
