package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSigningOutAtTheProviderToo(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	b := s.browser()
	b.end(b.begin(l, "/"))
	secret := b.cookie(sessionCookie)
	found, err := s.portal.sessions.find(t.Context(), secret)
	require.NoError(t, err)
	answer := b.post("/sign-out", url.Values{formField: {b.token()}})
	require.Equal(t, http.StatusOK, answer.StatusCode, "a form leads to no other host")
	after, ok := strings.CutPrefix(answer.Header.Get("Refresh"), "0; url=")
	require.True(t, ok)
	ending, err := url.Parse(after)
	require.NoError(t, err)
	require.Equal(t, l.server.URL+"/end", ending.Scheme+"://"+ending.Host+ending.Path)
	require.Equal(t, "guldkorn", ending.Query().Get("client_id"))
	require.Equal(t, b.address+"/signed-out", ending.Query().Get("post_logout_redirect_uri"), "fixed, whatever anybody asks for")
	require.Len(t, strings.Split(ending.Query().Get("id_token_hint"), "."), 3)
	require.NotContains(t, string(found.IDToken), strings.Split(ending.Query().Get("id_token_hint"), ".")[1], "the store alone tells nothing of the person")
	require.Contains(t, answer.body, "/end?", "a link for browsers that do not go on by themselves")
	require.Empty(t, b.cookie(sessionCookie))
	gone, err := s.portal.sessions.find(t.Context(), secret)
	require.NoError(t, err)
	require.Nil(t, gone)
	require.Equal(t, b.address+"/sign-in", b.get("/signed-out?post_logout_redirect_uri=https://evil.example&return=//evil.example").next(t))
}

func TestSigningOutWithoutTheProvider(t *testing.T) {
	s := newStage(t)
	l := s.liar()
	l.discovery = func(says map[string]any) { delete(says, "end_session_endpoint") }
	out := func(b *browser) {
		t.Helper()
		b.end(b.begin(l, "/"))
		require.Equal(t, b.address+"/sign-in", b.post("/sign-out", url.Values{formField: {b.token()}}).next(t))
		require.False(t, b.signedIn())
	}
	out(s.browser())
	b := s.browser()
	b.end(b.begin(l, "/"))
	clear(s.portal.signIn.found)
	l.server.Close()
	require.Equal(t, b.address+"/sign-in", b.post("/sign-out", url.Values{formField: {b.token()}}).next(t), "nor does a provider that is gone keep anybody in")
	require.False(t, b.signedIn())
}

func TestTheDevelopmentProviderSendsBack(t *testing.T) {
	b := newStage(t).browser()
	b.signIn("anna", "/")
	answer := b.post("/sign-out", url.Values{formField: {b.token()}})
	back := b.get(strings.TrimPrefix(answer.Header.Get("Refresh"), "0; url="))
	require.Equal(t, http.StatusFound, back.StatusCode, back.body)
	require.Equal(t, b.address+"/signed-out", back.next(t))
}

func TestASealNeedsItsSession(t *testing.T) {
	sealed, err := sealUnder("one", "text")
	require.NoError(t, err)
	text, err := openUnder("one", sealed)
	require.NoError(t, err)
	require.Equal(t, "text", text)
	_, err = openUnder("another", sealed)
	require.Error(t, err)
	none, err := sealUnder("one", "")
	require.NoError(t, err)
	require.Empty(t, none)
}
