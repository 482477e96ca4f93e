package portal

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

func TestTopicsAreParkedRaisedAndSettled(t *testing.T) {
	s := newStage(t)
	s.school()
	recorded := s.hearsAt("dialogue", dialogueapi.Topic{}, "POST "+under(schoolID, "dialogues", "decide", "topics"))
	settled := s.hearsAt("dialogue", dialogueapi.Topic{}, "POST "+under(schoolID, "dialogues", "decide", "topics", "t1", "settle"))
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/dialogues/decide"
	room := b.get(path + "/room").body
	for _, text := range []string{"Først: det, der ikke er gjort endnu", "Mobiler i frikvarteret", "Fordi: Puljen dækker det", `id="settle-t1"`, path + "/agreements/new?replaces=asked"} {
		require.Contains(t, room, text)
	}
	form := url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "screen": {"room"}, "text": {"Tid"}, "topic_kind": {"amr"}, "source_ids": {"c1"}}
	require.Equal(t, path+"/room", b.post(path+"/topics", form).Header.Get("Location"))
	form.Set("topic_kind", "parked")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/topics", form).StatusCode)
	require.Equal(t, []string{`POST k1 {"kind":"raised","raised_as":"amr","source_ids":["c1"],"text":"Tid"}`, `POST k1 {"kind":"parked","source_ids":["c1"],"text":"Tid"}`}, recorded.sent)
	answer := url.Values{formField: {b.token()}, "etag": {`"1"`}, "screen": {"room"}, "decision": {"Nej"}, "reason": {"Elevrådet har det"}}
	require.Equal(t, path+"/room", b.post(path+"/topics/t1/settle", answer).Header.Get("Location"))
	require.Equal(t, []string{`POST "1" {"decision":"Nej","reason":"Elevrådet har det"}`}, settled.sent)
}

func TestOneClickMakesTheNextDialogue(t *testing.T) {
	s := newStage(t)
	s.school()
	made := s.hearsAt("dialogue", dialogueapi.Dialogue{DialogueID: "draft"}, "POST "+under(schoolID, "dialogues", "follow", "next"))
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/dialogues/follow"
	require.Contains(t, b.get(path).body, `id="dialogue-continue"`)
	require.Equal(t, "/schools/"+schoolID+"/dialogues/draft", b.post(path+"/next", url.Values{formField: {b.token()}, "idempotency_key": {"k1"}}).Header.Get("Location"))
	require.Equal(t, []string{`POST k1 {}`}, made.sent)
	require.NotContains(t, b.get("/schools/"+schoolID+"/dialogues/decide").body, `id="dialogue-continue"`, "it is still going on")
}
