package portal

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestPaperIsPrintedAndTypedIn(t *testing.T) {
	s := newStage(t)
	s.school()
	at := under(schoolID, "dialogues", "concluding", "phases", "p3", "transcriptions")
	typed := s.hearsAt("dialogue", dialogueapi.Transcription{Lines: 2}, "POST "+at, "DELETE "+at+"/c3")
	chosen := s.hearsAt("dialogue", dialogueapi.Dialogue{}, "PUT "+under(schoolID, "dialogues", "concluding", "scribe"))
	few := s.hearsAt("dialogue", nil, "POST "+under(schoolID, "dialogues", "concluding", "phases", "p2", "transcriptions"))
	few.answer = failure.New(failure.PaperTooFew).At("writers")
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/dialogues/concluding"
	page := b.get(path).body
	for _, text := range []string{`id="scribe-form"`, path + "/phases/p2/paper", path + "/phases/p3/sheet"} {
		require.Contains(t, page, text)
	}
	require.NotContains(t, page, "/phases/p4/sheet", "dots are not placed on paper")
	require.NotContains(t, b.get("/schools/"+schoolID+"/dialogues/follow").body, `id="paper"`, "nothing comes of it any more")
	require.Equal(t, http.StatusNotFound, b.get(path+"/phases/p4/paper").StatusCode)
	require.Contains(t, b.get(path+"/phases/p3/paper").body, "Skrevet med blyant")
	require.Contains(t, b.get("/schools/"+schoolID+"/dialogues/prioritise/room").body, "(fra papir)")
	require.Contains(t, b.get(path+"/minutes").body, "7 linjer kom fra papir")

	form := url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "lines": {"  Første \r\n\r\nAnden\n"}, "writers": {"4"}}
	require.Equal(t, path+"/phases/p3/paper", b.post(path+"/phases/p3/paper", form).Header.Get("Location"))
	b.post(path+"/phases/p3/paper/c3/withdraw", url.Values{formField: {b.token()}})
	require.Equal(t, []string{`POST k1 {"lines":["Første","Anden"],"writers":4}`, `DELETE  `}, typed.sent)
	refused := b.post(path+"/phases/p2/paper", form)
	require.Equal(t, http.StatusConflict, refused.StatusCode)
	require.Contains(t, refused.body, "Første", "nobody types it twice")
	require.Contains(t, refused.body, "mindst fem")
	form.Set("writers", "mange")
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path+"/phases/p2/paper", form).StatusCode)
	b.post(path+"/scribe", url.Values{formField: {b.token()}, "etag": {`"3"`}, "person_id": {annaID}})
	require.Equal(t, []string{`PUT "3" {"person_id":"` + annaID + `"}`}, chosen.sent)
}
