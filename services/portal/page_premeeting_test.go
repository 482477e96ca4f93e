package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// Who leads is shown nothing of pre-meetings, and nobody is asked about them on behalf of one who leads.
func TestPreMeetingsAreOfferedToTheStaffSide(t *testing.T) {
	s := newStage(t)
	s.school()
	leader, tr := s.browser(), s.browser()
	leader.signIn("bo", "/")
	tr.signIn("anna", "/")
	require.NotContains(t, leader.get(schoolPath(schoolID, "dialogues")).body, "pre-meeting")
	require.Equal(t, http.StatusForbidden, leader.get(schoolPath(schoolID, "dialogues", "new")+"?pre_meeting=yes").StatusCode)
	require.False(t, slices.ContainsFunc(s.calls(), func(one asked) bool { return one.call == "GET "+under(schoolID, "pre-meetings") }))

	list := tr.get(schoolPath(schoolID, "dialogues")).body
	require.Contains(t, list, "Før mødet på torsdag")
	form := tr.get(schoolPath(schoolID, "dialogues", "new") + "?pre_meeting=yes").body
	require.Contains(t, form, "Anna Lind")
	require.NotContains(t, form, "Bo Kjær", "leaders cannot be invited")
	require.NotContains(t, form, `id="forum-none"`)
}

func TestAPreMeetingIsCalledAndATopicBrought(t *testing.T) {
	s := newStage(t)
	s.school()
	var called dialogueapi.NewDialogue
	var brought dialogueapi.HandOverTopicJSONBody
	take := func(pattern string, into any, answer any) {
		s.services["dialogue"].HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := json.NewDecoder(r.Body).Decode(into); err != nil {
				t.Error(err)
			}
			respond(t, w, answer)
		})
	}
	take("POST "+under(schoolID, "pre-meetings"), &called, dialogueapi.Dialogue{DialogueID: "closed"})
	take("POST "+under(schoolID, "dialogues", "closed", "topics", "t1", "hand-over"), &brought, dialogueapi.Topic{TopicID: "t1"})
	b := s.browser()
	b.signIn("anna", "/")
	answer := b.post(schoolPath(schoolID, "dialogues"), url.Values{
		"form_token": {b.token()}, "pre_meeting": {"yes"}, "title": {"Før MED"}, "playbook": {"small-school@1"}, "variant_minutes": {"20"}, "forum_id": {"f1"}, "participant_ids": {annaID},
	})
	require.Equal(t, http.StatusSeeOther, answer.StatusCode, answer.body)
	require.Equal(t, "f1", value(called.ForumID))
	require.Equal(t, []string{annaID}, value(called.ParticipantIds), "a forum and colleagues besides")

	page := b.get(schoolPath(schoolID, "dialogues", "closed")).body
	require.Contains(t, page, "Kun medarbejdersiden ser formødet")
	require.NotContains(t, page, "go-trace")
	require.NotContains(t, page, ">Mads får ikke oplæring</textarea>", "the words of the pre-meeting are not offered to be sent")
	room := b.get(schoolPath(schoolID, "dialogues", "closed", "room")).body
	for _, commits := range []string{"action-form", "go-agreement", "escalation-form"} {
		require.NotContains(t, room, commits)
	}
	require.Contains(t, room, "topic-form")
	answer = b.post(schoolPath(schoolID, "dialogues", "closed", "topics", "t1", "hand-over"), url.Values{
		"form_token": {b.token()}, "etag": {`"4"`}, "dialogue_id": {"main"}, "raised_as": {"tr"}, "text": {"Tid til oplæring"},
	})
	require.Equal(t, http.StatusSeeOther, answer.StatusCode, answer.body)
	require.Equal(t, dialogueapi.HandOverTopicJSONBody{DialogueID: "main", RaisedAs: "tr", Text: "Tid til oplæring"}, brought)
}

// A topic that was brought to a dialogue is answered there, whatever the minutes of the pre-meeting could know of that.
func TestATopicThatWasBroughtIsNotWithoutAnAnswer(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("anna", "/")
	at := schoolPath(schoolID, "dialogues", "closed", "minutes")
	for _, path := range []string{at, at + "/files/md"} {
		minutes := b.get(path)
		require.Equal(t, http.StatusOK, minutes.StatusCode)
		open, brought, _ := strings.Cut(minutes.body, "Støj")
		require.Equal(t, 1, strings.Count(open, "Der er ikke svaret endnu."), path)
		require.NotContains(t, brought, "Der er ikke svaret endnu.", path)
		require.Contains(t, brought, "Taget med til dialogen.", path)
	}
}

// The walk through every page is that of somebody who leads; these are not for them.
func TestPagesOfPreMeetingsAreForEverybody(t *testing.T) {
	s := newStage(t)
	s.school()
	reader := browsertest.New(t).Person("a TR")
	reader.Open(s.address + "/sign-in")
	reader.Click("#sign-in")
	reader.Click(`button[value="anna"]`)
	reader.WaitAddress(s.address + "/schools/" + schoolID)
	for _, path := range []string{"dialogues", "dialogues/new?pre_meeting=yes", "dialogues/closed", "dialogues/closed/room"} {
		reader.Open(s.address + "/schools/" + schoolID + "/" + path)
		reader.WaitFor("load", "document.readyState === 'complete'")
		reader.Check()
	}
	reader.Leave()
}
