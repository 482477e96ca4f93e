package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

const draftPath = "/schools/" + schoolID + "/adaptations/good"

// What the form says is what is kept, and a script's question keeps nothing.
func TestADraftIsCheckedAndPublished(t *testing.T) {
	s := newStage(t)
	s.school()
	at := under(schoolID, "adaptations", "good")
	h := s.hearsAt("dialogue", dialogueapi.Adaptation{AdaptationID: "good", Revision: 4}, "PUT "+at, "POST "+at+"/publish")
	b := s.browser()
	b.signIn("anna", "/")
	page := b.get(draftPath)
	require.Contains(t, page.body, `id="step-1"`)
	form := url.Values{"form_token": {b.token()}, "etag": {`"3"`}, "title.da": {"Vores egen"}, "do": {"publish"}}
	require.Equal(t, http.StatusSeeOther, b.post(draftPath, form).StatusCode)
	require.Len(t, h.sent, 2)
	require.True(t, strings.HasPrefix(h.sent[0], `PUT "3" `), h.sent[0])
	require.Contains(t, h.sent[0], `"title":{"da":"Vores egen","en":""}`)
	require.True(t, strings.HasPrefix(h.sent[1], `POST "4" `), "what was just kept is what is published: %s", h.sent[1])
	form.Del("do")
	state := b.post(draftPath, form, partHeader, "true")
	require.Contains(t, state.body, `id="no-mistakes"`)
	require.NotContains(t, state.body, "<html")
	require.Len(t, h.sent, 2)
}

// A municipality copies, changes and publishes on pages of its own, and never lands on a school's.
func TestAMunicipalityWritesPlaybooksForItsSchools(t *testing.T) {
	s := newStage(t)
	s.school()
	const place = "/operators/" + operatorID
	made := s.hearsAt("dialogue", dialogueapi.Adaptation{AdaptationID: "good", Revision: 4}, "POST "+under(operatorID, "adaptations"))
	kept := s.hearsAt("dialogue", dialogueapi.Adaptation{AdaptationID: "good", Revision: 4}, "PUT "+under(operatorID, "adaptations", "good"), "POST "+under(operatorID, "adaptations", "good", "publish"))
	b := s.browser()
	b.signIn("bo", "/")
	list := b.get(place + "/playbooks").body
	require.Contains(t, list, `href="`+place+`/playbooks/ground-rules/2"`)
	require.Contains(t, list, `href="`+place+`/adaptations/good"`)
	require.Contains(t, list, "alle jeres skoler")
	require.Contains(t, list, `href="`+place+`/playbooks" aria-current="page"`)
	one := b.get(place + "/playbooks/ground-rules/2").body
	require.Contains(t, one, `id="playbook-copy"`)
	require.NotContains(t, one, `id="playbook-use"`, "a municipality holds no dialogue")
	for _, page := range []string{list, one, b.get(place + "/adaptations/good").body} {
		require.NotContains(t, page, "follow-through/")
		require.NotContains(t, page, `href="/schools/`+operatorID)
		require.NotContains(t, page, `action="/schools/`)
	}
	form := url.Values{formField: {b.token()}, "idempotency_key": {"k1"}}
	require.Equal(t, place+"/adaptations/good", b.post(place+"/playbooks/ground-rules/2", form).Header.Get("Location"))
	require.Len(t, made.sent, 1)
	change := url.Values{formField: {b.token()}, "etag": {`"3"`}, "title.da": {"Kommunens egen"}, "do": {"publish"}}
	require.Equal(t, place+"/adaptations/good", b.post(place+"/adaptations/good", change).Header.Get("Location"))
	require.Len(t, kept.sent, 2)
}

// Whoever adapts a text with places for each school's own word is told what becomes of them; who has none is not.
func TestPlacesForOwnWordsAreExplained(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("anna", "/")
	page := b.get("/schools/" + schoolID + "/adaptations/good").body
	require.NotContains(t, page, `id="placeholders"`)
	content := shippedPlaybooks(t)[0]
	content.Why.Da = "Noget for {The_learners}."
	s.on("dialogue", "GET "+under(schoolID, "adaptations", "worded"), dialogueapi.Adaptation{AdaptationID: "worded", Content: content, Mistakes: []dialogueapi.PlaybookMistake{}, Editions: []dialogueapi.Edition{}})
	require.Contains(t, b.get("/schools/"+schoolID+"/adaptations/worded").body, `id="placeholders"`)
}

// A step of days takes nothing of the meeting, and says how long it is open.
func TestAStepOfDaysStandsOutsideTheMeeting(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	page := b.get("/schools/" + schoolID + "/playbooks/technology-forum-meeting/2").body
	require.Contains(t, page, "Åbent i 5 dage uden for mødet · Del")
	require.Contains(t, page, "Minut 0 til 8 · ")
}

func TestMistakesLeadToTheirStep(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("anna", "/")
	page := b.get("/schools/" + schoolID + "/adaptations/wrong").body
	require.Contains(t, page, `<li>20 minutter i alt; trinnene har 19</li>`)
	require.Contains(t, page, `<a href="#step-2">Trin 2</a> skriv noget her`)
}

// A step that is taken out or moved leaves nobody who builds on it behind.
func TestStepsBuildOnlyOnThoseBeforeThem(t *testing.T) {
	step := func(id string, from ...string) dialogueapi.Step { return dialogueapi.Step{Step: id, InputFrom: from} }
	steps := inOrder([]dialogueapi.Step{step("share", "reflect"), step("reflect"), step("vote", "reflect", "gone")})
	require.Empty(t, steps[0].InputFrom)
	require.Equal(t, []string{"reflect"}, steps[2].InputFrom)

	vote := newStep("prioritise", []dialogueapi.Step{{Step: "prioritise", Kind: "prioritise"}, {Step: "talk", Attribution: "none"}, {Step: "write", Attribution: "group"}})
	require.Equal(t, "prioritise_2", vote.Step)
	require.True(t, slices.Equal([]string{"write"}, vote.InputFrom))
	require.Equal(t, 3, *vote.Dots)
}
