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

func TestAStepOfDaysSaysUntilWhen(t *testing.T) {
	s := newStage(t)
	s.school()
	heard := s.hearsAt("dialogue", dialogueapi.Dialogue{}, "POST "+under(schoolID, "dialogues", "days", "phases", "p2", "extend"))
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/dialogues/days"
	page := b.get(path).body
	require.Contains(t, page, "Åbent til og med")
	require.Contains(t, page, "3 dage")
	desk := b.get(path + "/desk").body
	require.Contains(t, desk, `id="contribution-form"`, "one writes between two meetings")
	require.NotContains(t, desk, "data-deadline", "no clock ticks for days")
	b.post(path+"/phases/p2/state/extend", url.Values{formField: {b.token()}, "etag": {`"3"`}, "days": {"1"}})
	require.Equal(t, []string{`POST "3" {"days":1}`}, heard.sent)
}
