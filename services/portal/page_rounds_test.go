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

func TestALeaderRepeatsARoundAfterAChange(t *testing.T) {
	s := newStage(t)
	s.school()
	var drafted intakeapi.NewRound
	refuse := true
	s.services["intake"].HandleFunc("POST /v1/tenants/"+schoolID+"/rounds", func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, json.NewDecoder(r.Body).Decode(&drafted))
		if refuse {
			failure.Write(w, failure.New(failure.RoundPairDiffers).At("before_round_id"), "da")
			return
		}
		respond(t, w, intakeapi.Round{RoundID: "rdraft"})
	})
	b := s.browser()
	b.signIn("bo", "/")
	released := b.get(schoolPath(schoolID, "rounds", "rreleased")).body
	path := schoolPath(schoolID, "rounds", "new") + "?before=rreleased"
	require.Contains(t, released, `id="round-again" href="`+path+`"`)
	require.NotContains(t, b.get(schoolPath(schoolID, "rounds", "ropen")).body, `id="round-again"`)
	page := b.get(path).body
	require.Contains(t, page, `name="before_round_id" value="rreleased"`)
	require.Contains(t, page, `value="full@1" checked`, "the same questions")
	require.Contains(t, page, "(efter)")

	form := url.Values{
		"title": {"Aula (efter)"}, "instrument": {"full@1"}, "before_round_id": {"rreleased"},
		"opens_on": {"2026-12-07"}, "closes_on": {"2026-12-18"}, "visible_to_all_on": {"2026-12-21"},
		"means": {"5"}, "distributions": {"10"}, "text_readers": {"tr", "amr"}, "idempotency_key": {"key-of-the-form"}, "form_token": {b.token()},
	}
	wrong := b.post(schoolPath(schoolID, "rounds"), form)
	require.Contains(t, wrong.body, failure.RoundPairDiffers.Text("da"))
	require.Contains(t, wrong.body, `name="before_round_id" value="rreleased"`, "it is still a pair")
	refuse = false
	require.Equal(t, http.StatusSeeOther, b.post(schoolPath(schoolID, "rounds"), form).StatusCode)
	require.Equal(t, "rreleased", *drafted.BeforeRoundID)

	draft := b.get(schoolPath(schoolID, "rounds", "rdraft")).body
	require.Contains(t, draft, `id="round-before" href="`+schoolPath(schoolID, "rounds", "rreleased")+`"`)
	require.Contains(t, draft, "I holder en anden fuld runde inden for et år.")
}

func TestALeaderArchivesARound(t *testing.T) {
	s := newStage(t)
	s.school()
	var asked []string
	s.services["intake"].HandleFunc("POST /v1/tenants/"+schoolID+"/rounds/rreleased/archive", func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("If-Match"))
		respond(t, w, intakeapi.Round{})
	})
	b := s.browser()
	b.signIn("bo", "/")
	path := schoolPath(schoolID, "rounds", "rreleased")
	require.Contains(t, b.get(path).body, `id="round-archive"`)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/archive", url.Values{"etag": {`"7"`}, "form_token": {b.token()}}).StatusCode)
	require.Equal(t, []string{`"7"`}, asked)
	archived := b.get(schoolPath(schoolID, "rounds", "rarchived")).body
	require.NotContains(t, archived, `id="round-archive"`)
	require.Contains(t, archived, `id="round-result"`)
	require.Contains(t, b.get(schoolPath(schoolID, "rounds")).body, `href="`+schoolPath(schoolID, "rounds")+`?archived=true"`)
	require.Contains(t, b.get(schoolPath(schoolID, "rounds")+"?archived=true").body, "Arkiverede runder</h1>")
}
