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

// An employee goes to the ballot box, of which no log tells, and comes back to an answer by its link.
func TestGoingToTellAnonymously(t *testing.T) {
	s := newStage(t)
	s.school()
	s.on("intake", "POST "+under(schoolID, "experiences", "months", "november", "tickets"), map[string]string{"ticket": "t", "url": "http://localhost:9/r/november#ticket=t&lang=da"})
	b := s.browser()
	b.signIn("anna", "/")
	require.Contains(t, b.get(schoolPath(schoolID)).body, `id="go-anonymous"`, "the home page has the way in")
	token := b.token()
	before := s.log.String()
	page := b.get(schoolPath(schoolID, "anonymous"))
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, page.body, "Åben nu: november 2026")
	require.Contains(t, page.body, "TR har set listen og skrevet under.")
	require.Contains(t, page.body, `href="http://localhost:9/r/october#lang=da"`)
	answer := b.post(schoolPath(schoolID, "anonymous", "months", "november", "slips"), url.Values{formField: {token}})
	require.Equal(t, http.StatusSeeOther, answer.StatusCode, answer.body)
	require.Equal(t, "http://localhost:9/r/november#lang=da&ticket=t", answer.Header.Get("Location"))
	require.Equal(t, "no-referrer", answer.Header.Get("Referrer-Policy"))
	require.Equal(t, before, s.log.String(), "who looks and who goes there is in no log")
}

func TestARefusedTellerIsToldWhy(t *testing.T) {
	s := newStage(t)
	s.school()
	s.on("intake", "POST "+under(schoolID, "experiences", "months", "november", "tickets"), failure.New(failure.MonthNotOnRoster))
	b := s.browser()
	b.signIn("anna", "/")
	answer := b.post(schoolPath(schoolID, "anonymous", "months", "november", "slips"), url.Values{formField: {b.token()}})
	require.Equal(t, http.StatusForbidden, answer.StatusCode)
	require.Contains(t, answer.body, "ledere er ikke på den")
}

// A representative reads a month that is over, answers once, and is told what is wrong with an answer. A reader of one month
// sees in it neither who wrote nor when.
func TestReadingAndAnsweringWhatWasTold(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("anna", "/")
	page := b.get(schoolPath(schoolID, "anonymous", "months", "october"))
	require.Equal(t, http.StatusOK, page.StatusCode, page.body)
	require.Contains(t, page.body, "Beskederne kommer sent om aftenen.")
	require.Contains(t, page.body, "Besvaret af Anna Lind, 3. november 2026")
	require.Contains(t, page.body, `id="few"`)
	require.Contains(t, b.get(schoolPath(schoolID, "anonymous", "months", "september")).body, `id="none-told"`)
	require.Equal(t, http.StatusNotFound, b.get(schoolPath(schoolID, "anonymous", "months", "nowhere")).StatusCode)

	var said intakeapi.ExperienceAnswering
	call := "POST " + under(schoolID, "experiences", "told", "e1", "answer")
	s.services["intake"].HandleFunc(call, func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&said); err != nil {
			t.Error(err)
		}
		if said.Text == "" {
			failure.Write(w, failure.Invalid("text", "1 to 1000 characters"), "da")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		respond(t, w, intakeapi.Experience{ExperienceID: "e1", Cells: []string{}})
	})
	path := schoolPath(schoolID, "anonymous", "months", "october", "told", "e1")
	answer := b.post(path, url.Values{formField: {b.token()}, "text": {"Tak, vi tager det op."}})
	require.Equal(t, http.StatusSeeOther, answer.StatusCode, answer.body)
	require.Equal(t, "Tak, vi tager det op.", said.Text)
	answer = b.post(path, url.Values{formField: {b.token()}, "text": {""}})
	require.Equal(t, http.StatusUnprocessableEntity, answer.StatusCode)
	require.Contains(t, answer.body, "form-error-message")
}

// Whoever represents nobody finds neither the way to read nor the switch.
func TestOnlyRepresentativesReadAndSwitch(t *testing.T) {
	s := newStage(t)
	s.school()
	for login, represents := range map[string]bool{"anna": true, "bo": false} {
		b := s.browser()
		b.signIn(login, "/")
		b.get(schoolPath(schoolID)) // where the session learns of roles: a quiet page writes nothing
		body := b.get(schoolPath(schoolID, "anonymous")).body
		if represents {
			require.Contains(t, body, `id="setting-do"`, login)
			require.Contains(t, body, "/anonymous/months/october", login)
		} else {
			require.NotContains(t, body, `id="setting-do"`, login)
			require.NotContains(t, body, "/anonymous/months/october", login)
		}
	}
}

func TestSwitchingTellingOn(t *testing.T) {
	s := newStage(t)
	s.school()
	var asked intakeapi.VoiceSetting
	s.services["intake"].HandleFunc("PUT "+under(schoolID, "experiences"), func(w http.ResponseWriter, r *http.Request) {
		asked = intakeapi.VoiceSetting{}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		if asked.On {
			failure.Write(w, failure.New(failure.VoiceTooFew), "da")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		respond(t, w, intakeapi.Voice{Months: []intakeapi.Month{}})
	})
	b := s.browser()
	b.signIn("anna", "/")
	setting := schoolPath(schoolID, "anonymous", "setting")
	answer := b.post(setting, url.Values{formField: {b.token()}, "on": {"yes"}, "readers": {"tr", "amr"}})
	require.Equal(t, http.StatusConflict, answer.StatusCode)
	require.Contains(t, answer.body, "mindst fem medarbejdere")
	require.Equal(t, &[]intakeapi.ReaderRole{"tr", "amr"}, asked.Readers)
	answer = b.post(setting, url.Values{formField: {b.token()}, "on": {"no"}})
	require.Equal(t, http.StatusSeeOther, answer.StatusCode, answer.body)
	require.Nil(t, asked.Readers)
}
