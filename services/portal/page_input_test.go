package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// inputStage is a school with somebody at the page of the scheduled dialogue, and what the dialogue service was sent there.
type inputStage struct {
	*browser
	page   string
	sent   []dialogueapi.SendInputJSONBody
	raised []dialogueapi.RaiseInputsJSONBody
	gone   int
	answer dialogueapi.AnswerInputJSONBody
	etag   string
}

func newInputStage(t *testing.T, login string) *inputStage {
	s := newStage(t)
	s.school()
	in := &inputStage{browser: s.browser(), page: schoolPath(schoolID, "dialogues", "invited")}
	into := func(r *http.Request, body any) {
		if err := json.NewDecoder(r.Body).Decode(body); err != nil {
			t.Error(err)
		}
	}
	at := func(parts ...string) string {
		return under(schoolID, append([]string{"dialogues", "invited"}, parts...)...)
	}
	s.services["dialogue"].HandleFunc("POST "+at("inputs"), func(w http.ResponseWriter, r *http.Request) {
		var body dialogueapi.SendInputJSONBody
		into(r, &body)
		in.sent = append(in.sent, body)
		respond(t, w, dialogueapi.Input{})
	})
	s.services["dialogue"].HandleFunc("POST "+at("raised-inputs"), func(w http.ResponseWriter, r *http.Request) {
		var body dialogueapi.RaiseInputsJSONBody
		into(r, &body)
		in.raised = append(in.raised, body)
		respond(t, w, dialogueapi.Topic{})
	})
	s.services["dialogue"].HandleFunc("DELETE "+at("inputs", "i1"), func(w http.ResponseWriter, _ *http.Request) {
		in.gone++
		w.WriteHeader(http.StatusNoContent)
	})
	s.services["dialogue"].HandleFunc("POST "+at("inputs", "i1", "answer"), func(w http.ResponseWriter, r *http.Request) {
		into(r, &in.answer)
		in.etag = r.Header.Get("If-Match")
		respond(t, w, dialogueapi.Input{})
	})
	in.signIn(login, "/")
	return in
}

// A colleague is told who reads it, writes, sees what came of it, and takes back what nothing has come of.
func TestAColleagueWritesToTheRepresentatives(t *testing.T) {
	in := newInputStage(t, "cille")
	page := in.get(in.page).body
	require.Contains(t, page, "at du har skrevet det: Anna Lind.")
	require.Contains(t, page, "ikke anonymt")
	require.Contains(t, page, "Aula &lt;b&gt;om&lt;/b&gt; aftenen")
	require.Contains(t, page, "Klokken 16")
	require.Contains(t, page, "Taget op")
	require.Contains(t, page, `id="withdraw-i1"`)
	for _, not := range []string{`id="withdraw-i2"`, `id="reply-i1"`, `id="raise-form"`, `id="take-i1"`} {
		require.NotContains(t, page, not)
	}
	send := func(more url.Values) int {
		values := url.Values{"form_token": {in.token()}, "idempotency_key": {"a-key-of-this-form"}, "text": {"Hvem tager referat?"}}
		for k, v := range more {
			values[k] = v
		}
		return in.post(in.page+"/inputs", values).StatusCode
	}
	require.Equal(t, http.StatusSeeOther, send(nil))
	require.Equal(t, http.StatusSeeOther, send(url.Values{"with_name": {"yes"}}))
	require.Len(t, in.sent, 2)
	require.Equal(t, "Hvem tager referat?", in.sent[0].Text)
	require.False(t, value(in.sent[0].WithName), "not by name unless one says so")
	require.True(t, value(in.sent[1].WithName))
	require.Equal(t, http.StatusSeeOther, in.post(in.page+"/inputs/i1/withdraw", url.Values{"form_token": {in.token()}}).StatusCode)
	require.Equal(t, 1, in.gone)
	require.Equal(t, http.StatusNotFound, in.post(in.page+"/inputs/i1/publish", url.Values{"form_token": {in.token()}}).StatusCode)
}

// The TR sees who wrote, answers, and takes up what was chosen in words of their own.
func TestTheTRTakesInputUp(t *testing.T) {
	in := newInputStage(t, "anna")
	page := in.get(in.page).body
	for _, there := range []string{"Cille Dam", "Tidligere kollega", "Må ikke nævnes ved navn", `id="reply-i1"`, `id="take-i1"`, `id="raise-form"`} {
		require.Contains(t, page, there)
	}
	for _, not := range []string{`id="input-form"`, `id="take-i2"`, `id="reply-i3"`, `id="withdraw-i1"`, "aftenen</textarea>"} {
		require.NotContains(t, page, not)
	}
	raise := url.Values{"form_token": {in.token()}, "idempotency_key": {"a-key-of-this-form"}, "raised_as": {"tr"}, "text": {"Ro om aftenen"}}
	refused := in.post(in.page+"/raised-inputs", raise)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, "Vælg mindst én besked.")
	require.Contains(t, refused.body, "Ro om aftenen</textarea>", "what was written is still there")
	raise["input_ids"] = []string{"i1"}
	require.Equal(t, http.StatusSeeOther, in.post(in.page+"/raised-inputs", raise).StatusCode)
	require.Equal(t, []dialogueapi.RaiseInputsJSONBody{{InputIds: []string{"i1"}, RaisedAs: "tr", Text: "Ro om aftenen"}}, in.raised)
	answer := in.post(in.page+"/inputs/i1/answer", url.Values{"form_token": {in.token()}, "etag": {`"3"`}, "answer": {"Det ser vi på"}})
	require.Equal(t, http.StatusSeeOther, answer.StatusCode)
	require.Equal(t, "Det ser vi på", in.answer.Answer)
	require.Equal(t, `"3"`, in.etag)
}

// The page of whoever leads has nothing of it, and nobody is asked about it on their behalf.
func TestALeaderIsShownNoInput(t *testing.T) {
	in := newInputStage(t, "bo")
	page := in.get(in.page)
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.NotContains(t, page.body, `id="input"`)
	require.NotContains(t, page.body, "Aula")
	for _, one := range in.calls() {
		require.NotContains(t, one.call, "/inputs")
	}
}

// The walk through every page is that of somebody who leads; these are not for them.
func TestPagesOfInputAreForEverybody(t *testing.T) {
	s := newStage(t)
	s.school()
	b := browsertest.New(t)
	for _, login := range []string{"anna", "cille"} {
		for _, language := range languages {
			reader := b.Person(login + " in " + language)
			reader.Open(s.address + "/sign-in")
			if language == "en" {
				reader.Click("#language button")
				reader.WaitFor("read English", `document.documentElement.lang === "en" && document.readyState === "complete"`)
			}
			reader.Click("#sign-in")
			reader.Click(`button[value="` + login + `"]`)
			reader.WaitAddress(s.address + "/schools/" + schoolID)
			reader.Open(s.address + schoolPath(schoolID, "dialogues", "invited"))
			reader.WaitFor("load", "document.readyState === 'complete'")
			reader.Wait("#input")
			reader.Check()
			reader.Leave()
		}
	}
}
