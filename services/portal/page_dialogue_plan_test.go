package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// The file for the calendar is the meeting of the invitation, and says no more than that.
func TestADialogueIsTakenIntoTheCalendar(t *testing.T) {
	s := newStage(t)
	s.school()
	at := time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC) // the day on which the clocks go back
	d := dialogueapi.Dialogue{
		DialogueID: "dated", Title: "Om Lises sag", State: "scheduled", StartsAt: &at, VariantMinutes: 45, Place: pointer("Salen; 1. sal"), Sequence: pointer(2),
		Phases: []dialogueapi.Phase{{Kind: "checkin"}, {Kind: "decide"}},
	}
	closed := d
	closed.DialogueID, closed.PreMeeting = "dated-closed", pointer(true)
	s.on("dialogue", "GET "+under(schoolID, "dialogues", "dated"), d)
	s.on("dialogue", "GET "+under(schoolID, "dialogues", "dated-closed"), closed)
	b := s.browser()
	b.signIn("anna", "/")
	read := func(id string) (string, *ics.VEvent) {
		answer := b.get(schoolPath(schoolID, "dialogues", id, "calendar"))
		require.Equal(t, http.StatusOK, answer.StatusCode, answer.body)
		require.Equal(t, "text/calendar; charset=utf-8", answer.Header.Get("Content-Type"))
		require.Equal(t, "private, no-store", answer.Header.Get("Cache-Control"))
		c, err := ics.ParseCalendar(strings.NewReader(answer.body))
		require.NoError(t, err)
		require.NotContains(t, answer.body, "Lise")
		return answer.body, c.Events()[0]
	}
	raw, e := read("dated")
	require.Contains(t, raw, "METHOD:PUBLISH\r\n")
	require.Contains(t, raw, "DTSTART:20261025T120000Z\r\nDTEND:20261025T124500Z\r\nSUMMARY:Dialog på Egebakkeskolen\r\nLOCATION:Salen\\; 1. sal\r\n")
	require.Equal(t, "dated@guldkorn", e.Id())
	require.Equal(t, "Dagsorden\n- Tjek ind\n- Beslut", e.GetProperty(ics.ComponentPropertyDescription).Value)
	raw, e = read("dated-closed")
	require.Equal(t, "PRIVATE", e.GetProperty(ics.ComponentPropertyClass).Value)
	require.Nil(t, e.GetProperty(ics.ComponentPropertyDescription))
	require.Contains(t, raw, "SUMMARY:Møde\r\n")
	require.Equal(t, http.StatusNotFound, b.get(schoolPath(schoolID, "dialogues", "draft", "calendar")).StatusCode, "no time is known")
}

func TestAFacilitatorPlansADialogue(t *testing.T) {
	s := newStage(t)
	s.school()
	var scheduled dialogueapi.ScheduleDialogueJSONBody
	var people dialogueapi.People
	for pattern, into := range map[string]any{"POST " + under(schoolID, "dialogues", "draft", "schedule"): &scheduled, "PUT " + under(schoolID, "dialogues", "draft", "people"): &people} {
		s.services["dialogue"].HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := json.NewDecoder(r.Body).Decode(into); err != nil || r.Header.Get("If-Match") != `"3"` {
				t.Error(err, r.Header)
			}
			respond(t, w, dialogueapi.Dialogue{DialogueID: "draft"})
		})
	}
	b := s.browser()
	b.signIn("bo", "/")
	page := schoolPath(schoolID, "dialogues", "draft")
	require.Contains(t, b.get(page).body, `id="comes-`+annaID+`" value="`+annaID+`" checked`)
	post := func(path string, more url.Values) {
		form := url.Values{"form_token": {b.token()}, "etag": {`"3"`}}
		for k, v := range more {
			form[k] = v
		}
		answer := b.post(page+path, form)
		require.Equal(t, http.StatusSeeOther, answer.StatusCode, answer.body)
	}
	post("/state/schedule", url.Values{"starts_at": {"2026-12-01T14:30"}, "place": {"Salen"}})
	require.True(t, time.Date(2026, 12, 1, 13, 30, 0, 0, time.UTC).Equal(scheduled.StartsAt))
	require.Equal(t, "Salen", value(scheduled.Place))
	post("/people", url.Values{"participant_ids": {annaID}})
	require.Equal(t, dialogueapi.People{ParticipantIds: []string{annaID}, FacilitatorIds: []string{boID}}, people, "whoever leads goes on leading")
}

// From a cell, what is open about it comes first, each playbook says why it is proposed, and the forum that suits is chosen.
func TestADialogueFromACellIsPreparedFromIt(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	form := b.get(schoolPath(schoolID, "dialogues", "new") + "?release=rel1&theme=implementation&quality=meaning").body
	first, choice := strings.Index(form, `id="open-about"`), strings.Index(form, `name="playbook"`)
	require.Greater(t, first, 0)
	require.Less(t, first, choice)
	require.Contains(t, form, "Lav en plan for oplæring, nummer 1")
	require.NotContains(t, form, "nummer 6", "it worked, so there is nothing to do")
	require.Equal(t, firstShown, strings.Count(form, "Hvorfor denne?"))
	require.Contains(t, form, `id="forum-f1" value="f1" checked`)
	other := b.get(schoolPath(schoolID, "dialogues", "new") + "?release=rel1&theme=relations&quality=demands").body
	require.NotContains(t, other, `id="open-about"`)
}

func TestSuitedForums(t *testing.T) {
	book := &dialogueapi.Playbook{Forums: []string{"trio", "med"}}
	forum := func(id, kind, mandate string) tenancyapi.Forum {
		return tenancyapi.Forum{ForumID: id, Kind: tenancyapi.ForumKind(kind), Mandate: tenancyapi.Mandate(mandate)}
	}
	ordered, n := suited([]tenancyapi.Forum{forum("a", "team", "decides"), forum("b", "med", "information"), forum("c", "med", "guideline"), forum("d", "trio", "advises")}, book)
	var ids []string
	for _, f := range ordered {
		ids = append(ids, f.ForumID)
	}
	require.Equal(t, []string{"d", "c", "b", "a"}, ids)
	require.Equal(t, 3, n)
}
