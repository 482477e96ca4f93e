package portal

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// Whoever is invited sees what the dialogue is about and writes in the step that is open; the page leaves no trace of who came.
func TestTheInvitedWriteOnAPageOfItsOwn(t *testing.T) {
	s := newStage(t)
	s.school()
	s.on("dialogue", "POST "+under(schoolID, "dialogues", "before", "phases", "p2", "contributions"), dialogueapi.Contribution{})
	b := s.browser()
	b.signIn("anna", "/")
	path := schoolPath(schoolID, "dialogues", "before")
	require.Contains(t, b.get(path).body, `id="go-beforehand"`)
	page := b.get(path + "/beforehand")
	require.Equal(t, http.StatusOK, page.StatusCode, page.body)
	book := shippedPlaybooks(t)
	of := book[slices.IndexFunc(book, func(p dialogueapi.Playbook) bool { return p.Playbook == "from-overview-to-measures" })]
	for _, question := range of.KeyQuestions {
		require.Contains(t, page.body, question.Da)
	}
	require.Contains(t, page.body, "Lokale 12")
	require.Contains(t, page.body, "Mere tid til at lære det", "one's own words")
	require.NotContains(t, page.body, `id="ready-form"`)
	write := b.post(path+"/phases/p2/contributions", url.Values{"form_token": {b.token()}, "idempotency_key": {"a-key-of-this-form"}, "text": {"Skrevet hjemme"}, "screen": {"beforehand"}})
	require.Equal(t, http.StatusSeeOther, write.StatusCode)
	require.Equal(t, path+"/beforehand", write.Header.Get("Location"))
	require.Contains(t, quietRoutes, beforehandRoute)

	for _, closed := range []string{"planned", "reflect", "days", "draft"} {
		answer := b.get(schoolPath(schoolID, "dialogues", closed, "beforehand"))
		require.Equal(t, http.StatusSeeOther, answer.StatusCode, closed)
		require.Equal(t, schoolPath(schoolID, "dialogues", closed), answer.Header.Get("Location"))
	}
}

// A facilitator opens and closes it on the page of the dialogue, once a time is set.
func TestAFacilitatorLetsTheInvitedWrite(t *testing.T) {
	s := newStage(t)
	s.school()
	for id, verb := range map[string]string{"planned": "start", "before": "lock"} {
		s.on("dialogue", "POST "+under(schoolID, "dialogues", id, "phases", "p2", verb), dialogueapi.Dialogue{})
	}
	b := s.browser()
	b.signIn("bo", "/")
	for id, form := range map[string]string{"planned": "start", "before": "end"} {
		path := schoolPath(schoolID, "dialogues", id)
		require.Contains(t, b.get(path).body, `id="beforehand-`+form+`"`)
		verb := map[string]string{"start": "start", "end": "lock"}[form]
		answer := b.post(path+"/phases/p2/state/"+verb, url.Values{"form_token": {b.token()}, "etag": {`"3"`}})
		require.Equal(t, http.StatusSeeOther, answer.StatusCode, answer.body)
		require.Equal(t, path, answer.Header.Get("Location"))
	}
	require.NotContains(t, b.get(schoolPath(schoolID, "dialogues", "draft")).body, `id="beforehand-start"`)
}
