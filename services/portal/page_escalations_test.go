package portal

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestAQuestionIsPassedOnAnsweredAndWithdrawn(t *testing.T) {
	s := newStage(t)
	s.school()
	raised := s.hearsAt("dialogue", dialogueapi.Escalation{}, "POST "+under(schoolID, "dialogues", "decide", "escalations"))
	answered := s.hearsAt("dialogue", dialogueapi.Escalation{}, "POST "+under(schoolID, "escalations", "asked", "answer"))
	withdrawn := s.hearsAt("dialogue", dialogueapi.Escalation{}, "POST "+under(schoolID, "escalations", "late", "withdraw"))
	b := s.browser()
	b.signIn("bo", "/")
	school := "/schools/" + schoolID
	require.Contains(t, b.get(school+"/dialogues/decide/room").body, "Kommunen betaler", "the answer is back in the dialogue")
	form := func(more ...string) url.Values {
		values := url.Values{formField: {b.token()}, "etag": {`"1"`}, "idempotency_key": {"k1"}, "screen": {"room"}, "source_ids": {"c1"}}
		for i := 0; i < len(more); i += 2 {
			values.Set(more[i], more[i+1])
		}
		return values
	}
	require.Equal(t, school+"/dialogues/decide/room", b.post(school+"/dialogues/decide/escalations", form("question", "Hvem betaler?", "answer_by_on", "2026-12-20")).Header.Get("Location"))
	require.Equal(t, []string{`POST k1 {"answer_by_on":"2026-12-20","question":"Hvem betaler?","source_ids":["c1"]}`}, raised.sent)

	asked := b.get(school + "/escalations/asked").body
	require.Contains(t, asked, `id="escalation-answer"`)
	require.NotContains(t, asked, "/dialogues/elsewhere", "who is asked sees nothing else of the school")
	require.Contains(t, asked, "Svaret er forsinket")
	require.Equal(t, school+"/escalations/asked", b.post(school+"/escalations/asked/answer", form("answer", "Kommunen", "reason", "Budgettet")).Header.Get("Location"))
	require.Equal(t, []string{`POST "1" {"answer":"Kommunen","reason":"Budgettet"}`}, answered.sent)
	answered.answer = failure.Invalid("reason", "words")
	require.Contains(t, b.post(school+"/escalations/asked/answer", form("answer", "Kommunen")).body, `id="reason-error"`)

	asking := b.get(school + "/escalations/late").body
	require.NotContains(t, asking, `id="escalation-answer"`, "who asks does not answer")
	require.Equal(t, http.StatusSeeOther, b.post(school+"/escalations/late/withdraw", form("reason", "Løst")).StatusCode)
	require.Equal(t, []string{`POST "1" {"reason":"Løst"}`}, withdrawn.sent)
	require.Equal(t, http.StatusNotFound, b.post(school+"/escalations/late/burn", form()).StatusCode)
}
