package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestALeaderDraftsAndTightensAContract(t *testing.T) {
	s := newStage(t)
	s.school()
	var drafted intakeapi.NewRound
	s.services["intake"].HandleFunc("POST /v1/tenants/"+schoolID+"/rounds", func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, json.NewDecoder(r.Body).Decode(&drafted))
		if drafted.Contract.Agreed.ForumID == "" {
			failure.Write(w, failure.Invalid("contract.agreed.forum_id", "a forum"), "da")
			return
		}
		respond(t, w, intakeapi.Round{RoundID: "rdraft"})
	})
	var sent intakeapi.TightenedContract
	s.services["intake"].HandleFunc("PUT /v1/tenants/"+schoolID+"/rounds/rannounced/contract", func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, json.NewDecoder(r.Body).Decode(&sent))
		if sent.Thresholds.Means < 5 {
			failure.Write(w, failure.Invalid("thresholds.means", "more"), "da")
			return
		}
		respond(t, w, intakeapi.Round{})
	})
	b := s.browser()
	b.signIn("bo", "/")

	form := url.Values{
		"title": {"Aula"}, "instrument": {"full@1"}, "opens_on": {"2026-11-25"}, "closes_on": {"2026-12-04"}, "visible_to_all_on": {"2026-12-11"},
		"means": {"8"}, "distributions": {"16"}, "agreed_on": {"2026-11-10"}, "text_readers": {"amr"},
		"idempotency_key": {"key-of-the-form"}, "form_token": {b.token()},
	}
	wrong := b.post(schoolPath(schoolID, "rounds"), form)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	require.Contains(t, wrong.body, "Vælg både et udvalg og en dag")
	form.Set("agreed_forum", "f1")
	require.Equal(t, http.StatusSeeOther, b.post(schoolPath(schoolID, "rounds"), form).StatusCode)
	require.Equal(t, intakeapi.Thresholds{Means: 8, Distributions: 16}, *drafted.Thresholds)
	require.Equal(t, []intakeapi.TextReader{"amr"}, *drafted.Contract.TextReaders)
	require.Equal(t, "f1", drafted.Contract.Agreed.ForumID)
	form.Set("means", "mange")
	require.Contains(t, b.post(schoolPath(schoolID, "rounds"), form).body, "Skriv to tal")

	page := b.get(schoolPath(schoolID, "rounds", "rannounced")).body
	require.Contains(t, page, strings.Repeat("0a", 32))
	require.Contains(t, page, "MED-udvalget, 10. november 2026")
	require.Contains(t, page, "Egeby Kommune, som også driver resten af Guldkorn")
	require.Contains(t, page, `id="round-tighten"`)
	require.NotContains(t, b.get(schoolPath(schoolID, "rounds", "ropen")).body, `id="round-tighten"`)
	tighten := url.Values{"means": {"4"}, "distributions": {"16"}, "etag": {`"7"`}, "form_token": {b.token()}}
	wrong = b.post(schoolPath(schoolID, "rounds", "rannounced", "contract"), tighten)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	require.Contains(t, wrong.body, "Skriv to tal")
	tighten.Set("means", "7")
	require.Equal(t, http.StatusSeeOther, b.post(schoolPath(schoolID, "rounds", "rannounced", "contract"), tighten).StatusCode)
	require.Equal(t, intakeapi.TightenedContract{Thresholds: intakeapi.Thresholds{Means: 7, Distributions: 16}, TextReaders: []intakeapi.TextReader{}}, sent)
}
