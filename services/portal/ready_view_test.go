package portal

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

func TestWhoIsReadySaysSo(t *testing.T) {
	s := newStage(t)
	s.school()
	at := under(schoolID, "dialogues", "reflect", "phases", "p2", "ready")
	heard := s.hearsAt("dialogue", dialogueapi.OwnReady{Ready: true}, "PUT "+at)
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/dialogues/"
	require.Contains(t, b.get(path+"reflect/desk").body, "Jeg er klar")
	require.Contains(t, b.get(path+"share/desk").body, "Jeg har brug for mere tid", "who is ready already can take it back")
	require.NotContains(t, b.get(path+"checkin/desk").body, `id="ready-form"`, "the phones are down")
	room := b.get(path + "reflect/room").body
	require.Contains(t, room, "5 til 9 er klar")
	require.Contains(t, room, "Trinnet slutter, når tiden er gået.")
	require.Contains(t, b.get(path+"share/room").body, "1 af 2 er klar")
	answer := b.post(path+"reflect/phases/p2/ready", url.Values{formField: {b.token()}, "screen": {"desk"}, "ready": {"true"}})
	require.Equal(t, http.StatusSeeOther, answer.StatusCode)
	require.Equal(t, path+"reflect/desk", answer.Header.Get("Location"))
	require.Equal(t, []string{`PUT  {"ready":true}`}, heard.sent)
}
