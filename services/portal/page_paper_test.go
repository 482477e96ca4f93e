package portal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/carlos7ags/folio/reader"
	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Who countersigns ticks those who answer on paper and chooses who enters with them; what is refused keeps the ticks.
func TestACountersignerMarksWhoAnswersOnPaper(t *testing.T) {
	s := newStage(t)
	s.school()
	path := schoolPath(schoolID, "rounds", "rcountersigning")
	var signed []intakeapi.Countersigning
	s.services["intake"].HandleFunc("POST "+under(schoolID, "rounds", "rcountersigning")+"/countersign", func(w http.ResponseWriter, r *http.Request) {
		var one intakeapi.Countersigning
		require.NoError(t, json.NewDecoder(r.Body).Decode(&one))
		if signed = append(signed, one); one.Paper != nil && one.Paper.HelperID == "" {
			failure.Write(w, failure.Invalid("paper.helper_id", "somebody"), "da")
			return
		}
		respond(t, w, intakeapi.Round{})
	})
	b := s.browser()
	b.signIn("anna", "/")
	page := b.get(path + "/roster").body
	require.Contains(t, page, "Svarer færre end fem på papir i en enhed, kan de to måske gætte, hvem der har skrevet hvad")
	require.NotContains(t, page, `id="countersign-paper" open`)
	form := url.Values{
		"roster_hash": {strings.Repeat("ab", 32)}, "key_list_hash": {strings.Repeat("cd", 32)}, "etag": {`"3"`}, "form_token": {b.token()}, "paper": {annaID},
	}
	refused := b.post(path+"/countersign", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, "Vælg nogen fra listen til at taste ind")
	require.Regexp(t, `id="paper-`+annaID+`" value="`+annaID+`" checked`, refused.body)
	form.Set("paper_helper", "cille")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/countersign", form).StatusCode)
	require.Equal(t, &intakeapi.PaperMarking{PersonIds: []string{annaID}, HelperID: "cille"}, signed[1].Paper)
	form.Del("paper")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/countersign", form).StatusCode)
	require.Nil(t, signed[2].Paper, "nobody answers on paper")
}

// Who enters papers is led to the ballot box with the unit; whoever answers on paper is told what that means, and gets no ballot here.
func TestThePagesOfARoundOnPaper(t *testing.T) {
	s := newStage(t)
	s.school()
	path := schoolPath(schoolID, "rounds", "ropen")
	answers := []*failure.Error{failure.New(failure.RoundNoTickets), nil}
	s.services["intake"].HandleFunc("POST "+under(schoolID, "rounds", "ropen")+"/paper-tickets", func(w http.ResponseWriter, r *http.Request) {
		var asked intakeapi.PaperEntering
		require.NoError(t, json.NewDecoder(r.Body).Decode(&asked))
		require.Equal(t, "u1", asked.UnitID)
		answer := answers[0]
		answers = answers[1:]
		if answer != nil {
			failure.Write(w, answer, "da")
			return
		}
		respond(t, w, intakeapi.Ticket{Ticket: "e.y.J", URL: "http://localhost:9/r/ropen#ticket=e.y.J&lang=da&unit=Indskoling+%C3%98st"})
	})
	b := s.browser()
	b.signIn("anna", "/")
	require.Contains(t, b.get(schoolPath(schoolID)).body, `href="`+path+`/paper"`, "it waits for her on the first page")
	round := b.get(path).body
	require.Contains(t, round, `href="`+path+`/paper"`)
	require.Contains(t, round, "3 svarer på papir.")
	page := b.get(path + "/paper").body
	require.Contains(t, page, "Indskoling: 2 stemmesedler")
	require.Contains(t, page, "Cille Dam eller en anden TR eller AMR, tømmer kassen")
	form := url.Values{"unit_id": {"u1"}, "form_token": {b.token()}}
	early := b.post(path+"/paper", form)
	require.Equal(t, http.StatusConflict, early.StatusCode)
	require.Contains(t, early.body, failure.RoundNoTickets.Text("da"))
	sent := b.post(path+"/paper", form)
	require.Equal(t, http.StatusSeeOther, sent.StatusCode)
	require.Equal(t, "http://localhost:9/r/ropen#lang=da&ticket=e.y.J&unit=Indskoling+%C3%98st", sent.Header.Get("Location"))

	marked := b.get(schoolPath(schoolID, "rounds", "ronpaper")).body
	require.Contains(t, marked, `id="round-on-paper"`)
	require.Contains(t, marked, "kan de to måske gætte, hvilken seddel der er din")
	require.NotContains(t, marked, `id="round-answer"`)
}

// The ballot is the same whoever prints it, has every row with its number, and names nobody but who enters it.
func TestABallotOnPaper(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("anna", "/")
	path := schoolPath(schoolID, "rounds", "ropen", "paper")
	texts := map[string]string{}
	for _, kind := range []string{paperBallot, paperCover} {
		answer := b.get(path + "/" + kind)
		require.Equal(t, http.StatusOK, answer.StatusCode, answer.body)
		require.Equal(t, paperKind, answer.Header.Get("Content-Type"))
		require.True(t, answer.body == b.get(path+"/"+kind).body, "all copies are alike")
		if dir := os.Getenv("GULDKORN_SCREENSHOTS"); dir != "" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, kind), []byte(answer.body), 0o600))
		}
		file, err := reader.Parse([]byte(answer.body))
		require.NoError(t, err)
		for n := range file.PageCount() {
			page, err := file.Page(n)
			require.NoError(t, err)
			require.Less(t, page.Width, page.Height)
			text, err := page.ExtractText()
			require.NoError(t, err)
			texts[kind] += strings.Join(strings.Fields(text), "")
		}
	}
	for n := 1; n <= 4*13+2; n++ { // four themes of twelve statements and one on the demands, and two of the school's own
		require.Contains(t, texts[paperBallot], fmt.Sprintf("%d.", n))
	}
	for _, said := range []string{"Sætétkrydsihverrække", "Kravenetilmiger", "Passertildels", "Ikkerelevant", "kandetomåskegætte", "Dinlederserdenikke"} {
		require.Contains(t, texts[paperBallot], said)
	}
	require.NotContains(t, texts[paperBallot], "AnnaLind")
	for _, said := range []string{"Indskoling2stemmesedler", "Enledereraldrigmed", "CilleDam"} {
		require.Contains(t, texts[paperCover], said)
	}
	require.Equal(t, http.StatusNotFound, b.get(path+"/list.pdf").StatusCode)
}

// A result says in a band how many answers came on paper, on its page and in its file.
func TestAResultSaysHowManyCameOnPaper(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	require.Contains(t, b.get(schoolPath(schoolID, "results", "rel1")).body, "Færre end fem svar, og måske ingen, kom på papir")
	require.NotContains(t, b.get(schoolPath(schoolID, "results", "few")).body, "på papir")
}
