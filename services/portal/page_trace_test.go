package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// toldID is an experience of the fixtures from which one of their dialogues began.
const toldID = "e1"

// From a cell to what came of it and back.
func TestTheTraceLeadsBothWays(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	school := "/schools/" + schoolID
	require.Contains(t, b.get(school+"/results/rel1/cells/implementation/meaning").body, school+"/dialogues/decide/trace")
	require.NotContains(t, b.get(school+"/results/rel1/cells/relations/meaning").body, `id="cell-dialogues"`)
	trace := b.get(school + "/dialogues/decide/trace").body
	for _, text := range []string{school + "/results/rel1/cells/implementation/meaning", "Vi sætter tid af", school + "/agreements/force", school + "/escalations/answered", school + "/actions#action-a1"} {
		require.Contains(t, trace, text)
	}
	require.Contains(t, b.get(school+"/actions").body, "/dialogues/decide/trace")
	require.Contains(t, b.get(school+"/agreements/force").body, "/dialogues/decide/trace")
	require.Contains(t, trace, school+"/trace/cells/rel1/implementation/meaning")
	all := b.get(school + "/trace/cells/rel1/implementation/meaning").body
	for _, text := range []string{school + "/results/rel1/cells/implementation/meaning", "Vi sætter tid af", school + "/agreements/force", school + "/actions#action-a1", school + "/dialogues/decide/trace"} {
		require.Contains(t, all, text)
	}
	require.Contains(t, s.queries(under(schoolID, "dialogues")), "limit=10&source=cell%3Arel1%3Aimplementation%3Ameaning", "the service looks, and not the page through the newest")
	require.Contains(t, b.get(school+"/trace/cells/rel1/relations/meaning").body, `id="none-traced"`)
	require.Equal(t, http.StatusNotFound, b.get(school+"/trace/cells/rel1/weather/meaning").StatusCode)
}

// From what was told anonymously, for those who read it and for nobody else.
func TestATraceBeginsWithWhatWasTold(t *testing.T) {
	s := newStage(t)
	s.school()
	made := s.hearsAt("dialogue", dialogueapi.Dialogue{DialogueID: "new"}, "POST "+under(schoolID, "dialogues"))
	const school = "/schools/" + schoolID
	leader := s.browser()
	leader.signIn("bo", "/")
	require.Equal(t, http.StatusForbidden, leader.get(school+"/trace/experiences/october/"+toldID).StatusCode)
	tr := s.browser()
	tr.signIn("anna", "/")
	require.Contains(t, tr.get(school+"/anonymous/months/october").body, school+"/dialogues/new?month_id=october&amp;experience_id="+toldID)
	form := tr.get(school + "/dialogues/new?month_id=october&experience_id=" + toldID).body
	require.Contains(t, form, `name="experience_id" value="`+toldID+`"`)
	require.Contains(t, form, "Kun TR og AMR kan se, at det begyndte der.")
	tr.post(school+"/dialogues", url.Values{
		formField: {tr.token()}, "idempotency_key": {"k1"}, "title": {"Ro"}, "playbook": {"small-school@1"}, "variant_minutes": {"20"}, "forum_id": {"f1"},
		"month_id": {"october"}, "experience_id": {toldID},
	})
	require.Len(t, made.sent, 1)
	require.Contains(t, made.sent[0], `"experience":{"experience_id":"`+toldID+`","month_id":"october"}`)
	require.Contains(t, tr.get(school+"/trace/experiences/october/"+toldID).body, school+"/dialogues/between/trace")
	require.Contains(t, tr.get(school+"/dialogues/between/trace").body, school+"/anonymous/months/october#"+toldID)
}

// The board and the list of agreements are narrowed by the services, and stay so on the next page.
func TestTheBoardIsNarrowedByTheService(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	const school = "/schools/" + schoolID
	board := b.get(school + "/actions?status=done&owner=me&forum_id=f1").body
	for _, text := range []string{`<option value="done" selected>`, `<option value="me" selected>`, `<option value="f1" selected>`, `<option value="` + annaID + `">`} {
		require.Contains(t, board, text)
	}
	require.Contains(t, s.queries(under(schoolID, "actions")), "forum_id=f1&owner=me&status=done")
	b.get(school + "/agreements?status=in_force&forum_id=f1")
	require.Contains(t, s.queries(under(schoolID, "agreements")), "forum_id=f1&status=in_force")
	paged := newStage(t)
	paged.on("dialogue", "GET "+under(schoolID, "actions"), dialogueapi.ActionList{Items: []dialogueapi.Action{}, NextCursor: pointer("c/2")})
	paged.on("tenancy", "GET "+under(schoolID, "forums"), map[string]any{"items": []any{}})
	paged.on("tenancy", "GET "+under(schoolID, "staff"), map[string]any{"items": []any{}})
	paged.on("tenancy", "POST "+under(schoolID, "persons", "lookup"), map[string]any{"items": []any{}})
	c := paged.browser()
	c.signIn("bo", "/")
	require.Contains(t, c.get(school+"/actions?owner=me").body, `href="?cursor=c%2F2&amp;owner=me"`)
}

// Whoever sits in a forum that owes answers finds them on one page, the soonest first, and on the first page.
func TestQuestionsOwedAreFound(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	page := b.get("/schools/" + schoolID + "/escalations").body
	late, soon := strings.Index(page, "4 dage for sent"), strings.Index(page, "1 dag tilbage")
	require.Positive(t, late)
	require.Less(t, late, soon, "what is late comes first")
	require.Contains(t, page, "MED-udvalget")
	home := b.get("/schools/" + schoolID).body
	require.Contains(t, home, "4 dage for sent")
	require.Contains(t, home, "/schools/"+schoolID+"/escalations/asked")
	municipal := b.get("/operators/" + operatorID + "/escalations").body
	require.Contains(t, municipal, "escalations/answered")
	require.NotContains(t, municipal, "escalations/soon", "a school's own stay with the school")
}
