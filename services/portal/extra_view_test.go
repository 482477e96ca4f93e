package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestALeaderDeclaresQuestionsOfTheirOwn(t *testing.T) {
	s := newStage(t)
	s.school()
	var drafted intakeapi.NewRound
	refuse := true
	s.services["intake"].HandleFunc("POST /v1/tenants/"+schoolID+"/rounds", func(w http.ResponseWriter, r *http.Request) {
		drafted = intakeapi.NewRound{}
		require.NoError(t, json.NewDecoder(r.Body).Decode(&drafted))
		if refuse {
			failure.Write(w, failure.Invalid("extra_questions.1.da", "a statement"), "da")
			return
		}
		respond(t, w, intakeapi.Round{RoundID: "rdraft"})
	})
	b := s.browser()
	b.signIn("bo", "/")
	form := url.Values{
		"title": {"Aula"}, "instrument": {"full@1"}, "opens_on": {"2026-11-25"}, "closes_on": {"2026-12-04"}, "visible_to_all_on": {"2026-12-11"},
		"means": {"5"}, "distributions": {"10"}, "text_readers": {"tr", "amr"},
		"extra_da": {"", "Vi har ro", "Vi får hjælp", "", ""}, "extra_en": {"", "", "We get help", "", ""},
		"idempotency_key": {"key-of-the-form"}, "form_token": {b.token()},
	}
	wrong := b.post(schoolPath(schoolID, "rounds"), form)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	require.Contains(t, wrong.body, "Skriv højst fem forskellige udsagn")
	require.Contains(t, wrong.body, `id="extra-da-3" name="extra_da" maxlength="200" value="Vi får hjælp"`)
	refuse = false
	require.Equal(t, http.StatusSeeOther, b.post(schoolPath(schoolID, "rounds"), form).StatusCode)
	require.Equal(t, []intakeapi.NewExtraQuestion{{Da: "Vi har ro"}, {Da: "Vi får hjælp", En: pointer("We get help")}}, *drafted.ExtraQuestions)
	form.Del("extra_da")
	require.Equal(t, http.StatusSeeOther, b.post(schoolPath(schoolID, "rounds"), form).StatusCode)
	require.Nil(t, drafted.ExtraQuestions)
}

// A release's own questions stand on its page and in its files, worded as they were asked, hidden like everything else.
func TestAResultShowsTheSchoolsOwnQuestions(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	page := b.get(schoolPath(schoolID, "results", "rel1")).body
	require.Contains(t, page, `<tr><th scope="row">Vi har ro til at arbejde.</th><td class="right">68</td><td>20–49</td></tr>`)
	require.Contains(t, page, `<tr><th scope="row">Vi får hjælp.</th><td colspan="2">For få svar</td></tr>`)
	csv := b.get(schoolPath(schoolID, "results", "rel1", "files", "csv")).body
	require.Contains(t, csv, "Skolens egne spørgsmål;Vi har ro til at arbejde.;68")
}
