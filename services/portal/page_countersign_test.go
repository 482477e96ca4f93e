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

// A representative sees names, signs exactly what was shown, and cannot sign a list with somebody unknown on it.
func TestARepresentativeCountersigns(t *testing.T) {
	s := newStage(t)
	s.school()
	path := schoolPath(schoolID, "rounds", "rcountersigning")
	at := under(schoolID, "rounds", "rcountersigning")
	var signed []intakeapi.Countersigning
	answers := []*failure.Error{failure.New(failure.RoundOwnAnnouncement), failure.New(failure.RoundHashesDiffer), nil}
	s.services["intake"].HandleFunc("POST "+at+"/countersign", func(w http.ResponseWriter, r *http.Request) {
		var one intakeapi.Countersigning
		require.NoError(t, json.NewDecoder(r.Body).Decode(&one))
		signed = append(signed, one)
		answer := answers[0]
		answers = answers[1:]
		if answer != nil {
			failure.Write(w, answer, "da")
			return
		}
		respond(t, w, intakeapi.Round{})
	})
	b := s.browser()
	b.signIn("anna", "/")
	home := b.get(schoolPath(schoolID)).body
	require.Contains(t, home, path+"/roster", "it waits for her on the first page")
	page := b.get(path + "/roster").body
	require.Contains(t, page, "<li>Anna Lind</li>")
	require.Contains(t, page, `id="countersign"`)
	for _, promised := range []string{"Leder, TR og AMR i samme minut", "5 svar for tal, 10 for fordelinger", "Enhed og ikke andet", "Egeby Kommune, som også driver resten af Guldkorn", "MED-udvalget"} {
		require.Contains(t, page, promised, "the contract that she vouches for")
	}
	form := url.Values{"roster_hash": {strings.Repeat("ab", 32)}, "key_list_hash": {strings.Repeat("cd", 32)}, "etag": {`"3"`}, "form_token": {b.token()}}
	for _, field := range []string{"roster_hash", "key_list_hash"} {
		require.Contains(t, page, `name="`+field+`" value="`+form.Get(field)+`"`)
	}
	own := b.post(path+"/countersign", form)
	require.Equal(t, http.StatusForbidden, own.StatusCode)
	require.Contains(t, own.body, failure.RoundOwnAnnouncement.Text("da"))
	stale := b.post(path+"/countersign", form)
	require.Equal(t, http.StatusUnprocessableEntity, stale.StatusCode)
	require.Contains(t, stale.body, failure.RoundHashesDiffer.Text("da"))
	require.Equal(t, http.StatusSeeOther, b.post(path+"/countersign", form).StatusCode)
	for _, one := range signed {
		require.Equal(t, intakeapi.Countersigning{RosterHash: form.Get("roster_hash"), KeyListHash: form.Get("key_list_hash")}, one)
	}

	stuffed := b.get(schoolPath(schoolID, "rounds", "rstuffed", "roster")).body
	require.Contains(t, stuffed, `id="roster-unknown"`)
	require.Contains(t, stuffed, "3 på listen", "two whom intake does not know and one without a name")
	require.NotContains(t, stuffed, `id="countersign"`)
	require.Contains(t, stuffed, `id="refuse"`)
}

func TestARepresentativeRefuses(t *testing.T) {
	s := newStage(t)
	s.school()
	path := schoolPath(schoolID, "rounds", "rcountersigning")
	var reasons []intakeapi.RefusalReason
	s.services["intake"].HandleFunc("POST "+under(schoolID, "rounds", "rcountersigning")+"/refuse", func(w http.ResponseWriter, r *http.Request) {
		var one intakeapi.Refusal
		require.NoError(t, json.NewDecoder(r.Body).Decode(&one))
		if reasons = append(reasons, one.Reason); one.Reason == "" {
			failure.Write(w, failure.Invalid("reason", "one of the list"), "da")
			return
		}
		respond(t, w, intakeapi.Round{})
	})
	b := s.browser()
	b.signIn("anna", "/")
	b.get(path + "/roster")
	form := url.Values{"etag": {`"3"`}, "form_token": {b.token()}}
	empty := b.post(path+"/refuse", form)
	require.Equal(t, http.StatusUnprocessableEntity, empty.StatusCode)
	require.Contains(t, empty.body, "Vælg, hvad der er galt.")
	form.Set("reason", "person_foreign")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/refuse", form).StatusCode)
	require.Equal(t, []intakeapi.RefusalReason{"", "person_foreign"}, reasons)
	require.Contains(t, b.get(schoolPath(schoolID, "rounds", "rrefused")).body, "Der står nogen, som ikke arbejder her")
}

// What is promised depends on who runs the ballot box, and the way to one's own checksum stands on a closed round's page.
func TestThePromiseFollowsWhoRunsTheBallotBox(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	require.Contains(t, b.get("/privacy").body, "ser ikke, hvad du svarer, og systemet er bygget til ikke at vide det")
	s.portal.settings.BallotBoxTrust, s.portal.settings.BallotBoxHost = "split", "Fagforeningen"
	split := b.get("/privacy").body
	require.Contains(t, split, "kan ikke finde ud af, hvad du svarer")
	require.Contains(t, split, "Stemmeboksen drives af Fagforeningen")
	b.signIn("anna", "/")
	require.Contains(t, b.get(schoolPath(schoolID, "rounds", "rreleased")).body, `href="http://localhost:9/r/rreleased#lang=da"`)
	require.NotContains(t, b.get(schoolPath(schoolID, "rounds", "ropen")).body, `id="round-bulletin"`)
}
