package portal

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// heldBack is what TR and AMR see beside what the room does.
func heldBack(phase string) []dialogueapi.Contribution {
	return []dialogueapi.Contribution{
		{ContributionID: "c4", Revision: 2, PhaseID: phase, Attribution: "group", Text: "Det peger på <b>én</b>", Held: true, HeldReason: pointer("Alle ved hvem")},
		{ContributionID: "c5", Revision: 1, PhaseID: phase, Attribution: "sealed", Text: "Bo svarer aldrig på Aula 🙈", Held: true},
	}
}

// Whoever names a colleague is told before anything is kept, where to go with it, and what becomes of it if it stays.
func TestWhoeverNamesAColleagueIsToldAlone(t *testing.T) {
	s := newStage(t)
	s.school()
	heard := s.hearsAt("dialogue", dialogueapi.Contribution{}, "POST "+under(schoolID, "dialogues", "reflect", "phases", "p2", "contributions"),
		"POST "+under(schoolID, "dialogues", "share", "phases", "p3", "contributions"), "PATCH "+under(schoolID, "dialogues", "reflect", "phases", "p2", "contributions", "c1"))
	heard.answer = failure.New(failure.NamesColleague).At("text")
	b := s.browser()
	b.signIn("anna", "/")
	at := schoolPath(schoolID, "dialogues")
	require.NotContains(t, b.get(at+"/reflect/desk").body, `id="naming"`)
	form := url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "screen": {"desk"}, "text": {"Bo svarer aldrig"}}
	told := b.post(at+"/reflect/phases/p2/contributions", form)
	require.Equal(t, http.StatusUnprocessableEntity, told.StatusCode)
	for _, part := range []string{`id="naming"`, `id="hold-back"`, "AMR", "whistleblowerordningen", `href="` + schoolPath(schoolID, "confidential") + `"`, ">Bo svarer aldrig</textarea>"} {
		require.Contains(t, told.body, part)
	}
	require.Contains(t, b.post(at+"/reflect/phases/p2/contributions/c1/edit", form).body, `id="naming"`, "a change is no other way in")
	phone := s.browser()
	phone.signIn("bo", "/")
	table := url.Values{formField: {phone.token()}, "idempotency_key": {"k3"}, "text": {"Bo svarer aldrig"}}
	phone.lend("share", "Bord 3")
	passed := phone.post(at+"/share/phases/p3/shared", table)
	require.Contains(t, passed.body, `id="hold-back"`)
	require.NotContains(t, passed.body, "/confidential", "the phone is somebody else's")

	heard.answer, heard.sent = nil, nil
	form.Set("hold_back", "true")
	table.Set("hold_back", "true")
	require.Equal(t, http.StatusSeeOther, b.post(at+"/reflect/phases/p2/contributions", form).StatusCode)
	require.Equal(t, http.StatusSeeOther, phone.post(at+"/share/phases/p3/shared", table).StatusCode)
	require.Equal(t, []string{`POST k1 {"hold_back":true,"text":"Bo svarer aldrig"}`, `POST k3 {"hold_back":true,"table":"Bord 3","text":"Bo svarer aldrig"}`}, heard.sent)
}

// TR and AMR find what is held back beside what the room sees, and show it. The screen of the room does not have it.
func TestWhatIsHeldBackIsReleased(t *testing.T) {
	s := newStage(t)
	s.school()
	heard := s.hearsAt("dialogue", dialogueapi.Contribution{}, "POST "+under(schoolID, "dialogues", "between", "phases", "p3", "contributions", "c4", "release"))
	b := s.browser()
	b.signIn("bo", "/")
	at := schoolPath(schoolID, "dialogues", "between")
	require.NotContains(t, b.get(at+"/room").body, "Det peger på")
	for _, page := range []string{at, at + "/desk"} {
		shown := b.get(page).body
		require.Contains(t, shown, "Det peger på &lt;b&gt;én&lt;/b&gt;")
		require.Contains(t, shown, "Begrundelse: Alle ved hvem")
		require.Contains(t, shown, "Ingen andre har set det.")
	}
	require.Equal(t, http.StatusSeeOther, b.post(at+"/phases/p3/contributions/c4/release", url.Values{formField: {b.token()}, "etag": {`"2"`}, "screen": {"desk"}}).StatusCode)
	require.Equal(t, []string{`POST "2" `}, heard.sent)
}

// Whoever types paper is told how many lines were held back.
func TestLinesOfPaperAreHeldBack(t *testing.T) {
	s := newStage(t)
	s.school()
	s.hearsAt("dialogue", dialogueapi.Transcription{Lines: 3, Held: 2}, "POST "+under(schoolID, "dialogues", "concluding", "phases", "p3", "transcriptions"))
	b := s.browser()
	b.signIn("bo", "/")
	at := schoolPath(schoolID, "dialogues", "concluding", "phases", "p3", "paper")
	b.get(at)
	back := b.post(at, url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "lines": {"a\nb\nc"}}).Header.Get("Location")
	require.Equal(t, at+"?held=2", back)
	require.Contains(t, b.get(back).body, "2 linjer nævner en kollega")
}

// TestTheNoteToWhoeverNamesAColleague meets the note in a browser, on a phone too, and lets the stream tell of a change.
func TestTheNoteToWhoeverNamesAColleague(t *testing.T) {
	s := newStage(t)
	s.school()
	heard := s.hearsAt("dialogue", dialogueapi.Contribution{}, "POST "+under(schoolID, "dialogues", "reflect", "phases", "p2", "contributions"),
		"POST "+under(schoolID, "dialogues", "share", "phases", "p3", "contributions"))
	writer := browsertest.New(t).Person("a writer")
	s.arrives(writer)
	at := s.address + schoolPath(schoolID, "dialogues")
	send := func(page, field, button string) {
		heard.answer = failure.New(failure.NamesColleague).At("text")
		writer.Open(at + page)
		writer.Fill(field, "Bo svarer aldrig")
		writer.Click(button)
		writer.Wait("#naming")
		heard.answer, heard.sent = nil, nil
	}
	send("/reflect/desk", "#contribution-text", "#contribution-form button")
	writer.Check()
	writer.Screenshot("naming-desk")
	writer.Dark(true)
	send("/reflect/desk", "#contribution-text", "#contribution-form button")
	writer.Check()
	writer.Screenshot("naming-desk-dark")
	browsertest.Evaluate[bool](writer, `(() => { document.querySelector("#part-desk").dataset.stamp = "older"; document.querySelector("#contribution-text").value += " igen"; dispatchEvent(new Event("online")); return true })()`)
	writer.WaitFor("be told of a change", `document.querySelector("#part-desk").dataset.stamp !== "older"`)
	writer.WaitFor("keep the note", `document.querySelector("#naming") && document.querySelector("#contribution-text").value === "Bo svarer aldrig igen"`)
	writer.Click("#hold-back")
	writer.WaitFor("be done", `!document.querySelector("#naming") && document.readyState === "complete"`)
	require.Len(t, heard.sent, 1)
	require.Contains(t, heard.sent[0], `{"hold_back":true,"text":"Bo svarer aldrig igen"}`)

	writer.Dark(false)
	for _, page := range []string{"/between", "/between/desk", "/concluding/phases/p3/paper?held=2"} {
		writer.Open(at + page)
		writer.Wait("#held, #paper-held")
		writer.Check()
		writer.Screenshot("held" + page[1:8])
	}
	writer.Open(at + "/share/shared")
	writer.Fill("#table", "Bord 3")
	writer.Click("#table-form button")
	writer.Wait("#shared-form")
	send("/share/shared", "#shared-p3", "#shared-form button")
	writer.Check()
	writer.Screenshot("naming-shared")
	writer.Click("#hold-back")
	writer.Wait("#shared-next")
	require.Len(t, heard.sent, 1)
	require.Contains(t, heard.sent[0], `"hold_back":true`)
}
