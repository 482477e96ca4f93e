package portal

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

const agreementsPath = "/schools/" + schoolID + "/agreements"

func TestAnAgreementIsProposedWithItsChannels(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hearsAt("dialogue", dialogueapi.Agreement{AgreementID: "new"}, "POST "+under(schoolID, "dialogues", "decide", "agreements"))
	b := s.browser()
	b.signIn("bo", "/")
	dialogue := "/schools/" + schoolID + "/dialogues/decide"
	require.Contains(t, b.get(dialogue+"/room").body, dialogue+"/agreements/new")
	page := b.get(dialogue + "/agreements/new?replaces=force")
	require.Contains(t, page.body, `<option value="force" selected>`)
	require.Contains(t, page.body, `value="Næste hverdag"`, "the next version begins with what the last one says")

	form := url.Values{
		formField: {b.token()}, "idempotency_key": {"k1"}, "kind": {"ground_rules"}, "title": {"Beskeder"}, "text": {"Ét sted"}, "scope": {"unit"}, "unit_id": {"u1"},
		"from_on": {"2026-11-24"}, "review_on": {"2027-02-24"}, "source_ids": {"c1"}, "replaces_id": {"force"},
		"channel_name": {"Aula", "", "Telefon"}, "channel_used_for": {"Forældre", "", "Det, der haster"}, "channel_answer_time": {"Næste dag", "", ""}, "channel_quiet_hours": {"", "", ""},
	}
	require.Equal(t, agreementsPath+"/new", b.post(dialogue+"/agreements", form).Header.Get("Location"))
	require.JSONEq(t, `{"kind":"ground_rules","title":"Beskeder","text":"Ét sted","scope":"unit","unit_id":"u1","from_on":"2026-11-24","review_on":"2027-02-24",
		"source_ids":["c1"],"replaces_id":"force","channels":[{"name":"Aula","used_for":"Forældre","answer_time":"Næste dag"},{"name":"Telefon","used_for":"Det, der haster"}]}`, h.sent[0][len("POST k1 "):])

	h.answer = failure.Together(failure.Invalid("review_on", "later"), failure.Invalid("channels.1.used_for", "words"))
	refused := b.post(dialogue+"/agreements", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, `id="review_on-error"`)
	require.Contains(t, refused.body, `id="channels-error"`)
	require.Contains(t, refused.body, `value="Telefon"`, "what was written stays")
}

func TestAnAgreementIsAdoptedCheckedAndEnded(t *testing.T) {
	s := newStage(t)
	s.school()
	adopted := s.hearsAt("dialogue", dialogueapi.Agreement{}, "POST "+under(schoolID, "agreements", "proposed", "adopt"))
	ended := s.hearsAt("dialogue", dialogueapi.Agreement{}, "POST "+under(schoolID, "agreements", "force", "end"))
	answered := s.hearsAt("dialogue", dialogueapi.OwnBallot{Cast: true}, "POST "+under(schoolID, "agreements", "asked", "adherence"))
	closed := s.hearsAt("dialogue", dialogueapi.Agreement{}, "POST "+under(schoolID, "agreements", "asked", "adherence", "close"))
	b := s.browser()
	b.signIn("bo", "/")
	require.Contains(t, b.get(agreementsPath).body, "Du er spurgt")
	require.Contains(t, b.get(agreementsPath+"/counted").body, "<dt>Delvist</dt><dd>2</dd>")
	require.Contains(t, b.get(agreementsPath+"/few").body, "I er under fem.")
	form := func(more ...string) url.Values {
		values := url.Values{formField: {b.token()}, "etag": {`"3"`}, "idempotency_key": {"k1"}}
		for i := 0; i < len(more); i += 2 {
			values.Set(more[i], more[i+1])
		}
		return values
	}
	require.Equal(t, agreementsPath+"/proposed", b.post(agreementsPath+"/proposed/state/adopt", form()).Header.Get("Location"))
	require.Equal(t, []string{`POST "3" `}, adopted.sent)
	require.Equal(t, agreementsPath+"/force", b.post(agreementsPath+"/force/state/end", form("reason", "Systemet skiftes")).Header.Get("Location"))
	require.Equal(t, []string{`POST "3" {"reason":"Systemet skiftes"}`}, ended.sent)
	require.Equal(t, agreementsPath+"/asked", b.post(agreementsPath+"/asked/adherence", form("answer", "partly")).Header.Get("Location"))
	require.Equal(t, []string{`POST k1 {"answer":"partly"}`}, answered.sent)
	require.Equal(t, http.StatusSeeOther, b.post(agreementsPath+"/asked/state/close-check", form()).StatusCode)
	require.Len(t, closed.sent, 1)

	adopted.answer = failure.New(failure.AgreementBeyondMandate).At("kind")
	refused := b.post(agreementsPath+"/proposed/state/adopt", form())
	require.Contains(t, refused.body, "Det rækker forummets opgave ikke til.")
	require.Equal(t, http.StatusNotFound, b.post(agreementsPath+"/force/state/burn", form()).StatusCode)
}
