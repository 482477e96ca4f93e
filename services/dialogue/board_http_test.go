package dialogue

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// put puts something on the board.
func (tb *table) put(person, where string, body map[string]any, options ...option) answer {
	tb.t.Helper()
	return tb.do(person, "POST", tb.path("/board/"+where), body, options...)
}

// at prepares an open dialogue of a playbook whose steps before this one are left out, and starts it.
func (w *world) at(playbook, step string) *table {
	w.t.Helper()
	return w.atStep(playbook, step, func(map[string]any) {})
}

// atStep is at for a dialogue that is changed before it is prepared.
func (w *world) atStep(playbook, step string, change func(map[string]any)) *table {
	w.t.Helper()
	tb := w.prepare(six(), func(body map[string]any) {
		body["playbook"], body["variant_minutes"] = playbook, 90
		change(body)
	}).lead("/open", nil)
	for _, p := range tb.view.Phases {
		if p.Step == step {
			return tb.begin(step)
		}
		tb.run(p.Step, "/skip", nil)
	}
	w.t.Fatalf("no step %s", step)
	return nil
}

func TestAMapIsDrawnTogether(t *testing.T) {
	w := newWorld(t)
	tb := w.at("relationship-map", "draw")
	us := tb.put("teacher-1", "nodes", map[string]any{"kind": "us", "label": "Teamet"}, key("the-same-key")).ok()
	require.JSONEq(t, string(us.raw), string(tb.put("teacher-1", "nodes", map[string]any{"kind": "us", "label": "Teamet"}, key("the-same-key")).ok().raw))
	tb.put("teacher-1", "nodes", map[string]any{"kind": "us", "label": "Andre"}, key("the-same-key")).refused(failure.IdempotencyConflict)
	tb.put("teacher-2", "nodes", map[string]any{"kind": "us", "label": "TEAMET"}).refused(failure.BoardDuplicate)
	tb.put("teacher-2", "nodes", map[string]any{"kind": "parents", "label": "x", "colour": "red"}).refused(failure.RequestUnknownField)
	tb.put("teacher-2", "inventory", map[string]any{"name": "Aula", "state": "in_use"}).refused(failure.PhaseWrongState)
	label := "אבא <script>alert(1)</script> 👩‍👩‍👧 e\u0301"
	parents := tb.put("leader", "nodes", map[string]any{"kind": "parents", "label": label}).ok()
	require.Equal(t, "אבא <script>alert(1)</script> 👩‍👩‍👧 é", parents.text("label"), "as it was written, composed")
	require.Equal(t, "Ring til [tlf.]", tb.put("tr", "nodes", map[string]any{"kind": "other", "label": "Ring til 40 40 40 40"}).ok().text("label"))
	relation := tb.put("teacher-3", "relations", map[string]any{"from_node_id": us.text("node_id"), "to_node_id": parents.text("node_id"), "kind": "contact", "essential": true}).ok()
	tb.lock("draw")
	tb.put("teacher-1", "nodes", map[string]any{"kind": "leaders", "label": "Ledelsen"}).refused(failure.PhaseWrongState)

	// The next step goes on with the same map. Two who change two things are in nobody's way, two who change one are.
	tb.begin("mark")
	one, other := "/board/relations/"+relation.text("relation_id"), "/board/nodes/"+us.text("node_id")
	aula := tb.put("teacher-1", "nodes", map[string]any{"kind": "technology", "label": "Aula", "technology_id": "technology-1"}).ok()
	marked := map[string]any{
		"from_node_id": us.text("node_id"), "to_node_id": parents.text("node_id"), "kind": "contact", "essential": true, "impact": "weakened",
		"technology_node_ids": []string{aula.text("node_id")}, "direction": "strengthen", "reason": "mere på skrift",
	}
	tb.do("teacher-1", "PUT", tb.path(other), map[string]any{"kind": "us", "label": "Team 5"}, ifMatch(us.etag)).ok()
	changed := tb.do("teacher-2", "PUT", tb.path(one), marked, ifMatch(relation.etag)).ok()
	tb.do("teacher-4", "PUT", tb.path(one), marked, ifMatch(relation.etag)).refused(failure.PreconditionFailed)
	tb.do("teacher-4", "PUT", tb.path(one), marked).refused(failure.PreconditionMissing)
	tb.do("teacher-4", "DELETE", tb.path(other), nil, ifMatch(`"2"`)).refused(failure.BoardItemUsed)
	require.Equal(t, `"2"`, changed.etag)

	var board boardView
	tb.do("teacher-3", "GET", tb.path("/board"), nil).ok().into(&board)
	require.Len(t, board.Nodes, 4)
	require.Equal(t, Weakened, board.Relations[0].Impact)
	tb.do("teacher-7", "GET", tb.path("/board"), nil).refused(failure.AccessDenied)

	// The room sees it, an outcome rests on it, and the minutes tell of it.
	var live struct{ Snapshot snapshotView }
	tb.do("teacher-3", "GET", tb.path("/live?wait=0"), nil).ok().into(&live)
	require.Equal(t, board, live.Snapshot.Board)
	tb.lock("mark").run("gallery", "/skip", nil).run("strengthen", "/skip", nil).begin("decide")
	tb.do("teacher-1", "PUT", tb.path(one), marked, ifMatch(`"2"`)).refused(failure.PhaseWrongState)
	tb.do("leader", "POST", tb.path("/decisions"), map[string]any{"text": "Vi ringer", "source_ids": []string{relation.text("relation_id")}}).ok()
	var minutes struct{ Content MinutesContent }
	require.NoError(t, json.Unmarshal(tb.do("leader", "GET", tb.path("/minutes"), nil).ok().raw, &minutes))
	require.Equal(t, board.Relations[0].Relation, minutes.Content.Map.Relations[0].Relation)
	require.Equal(t, []MinutesSource{{Kind: "relation", Text: "Team 5 – " + parents.text("label") + ": mere på skrift"}}, minutes.Content.Decisions[0].Sources)
	require.NotContains(t, w.log.String(), "/board/", "who draws what, and when, is in no log")
}

func TestARowCanBeVotedForAndBecomeAnAction(t *testing.T) {
	w := newWorld(t)
	tb := w.at("digital-status", "collect")
	row := tb.put("teacher-1", "inventory", map[string]any{"name": "Regnearket på drevet", "state": "in_use", "used_by": []string{"teachers"}}).ok()
	tb.lock("collect").run("judge", "/skip", nil).run("together", "/skip", nil).run("prioritise", "/start", map[string]any{})
	for _, person := range six() {
		tb.vote(person, "prioritise", []Choice{{row.text("row_id"), 1}}).ok()
	}
	tb.lock("prioritise").lead("/conclude", nil)
	var minutes struct{ Content MinutesContent }
	tb.do("leader", "GET", tb.path("/minutes"), nil).ok().into(&minutes)
	require.Equal(t, "Regnearket på drevet", minutes.Content.Inventory[0].Name)
	voted := 0
	for _, s := range minutes.Content.Steps {
		if s.Result != nil {
			require.Equal(t, []MinutesChoice{{"Regnearket på drevet", 6}}, s.Result.Choices)
			voted++
		}
	}
	require.Equal(t, 1, voted)

	tb = w.at("implementation-plan", "rows")
	tb.put("leader", "plan", map[string]any{"element": "training", "text": "Kursus", "state": "planned", "owner_id": "stranger"}).refused(failure.ActionOwnerUnknown)
	tb.put("leader", "plan", map[string]any{"element": "training", "text": "Kursus", "state": "planned", "owner_id": "teacher-8"}).refused(failure.ActionOwnerNeedsMinutes)
	planned := tb.put("leader", "plan", map[string]any{
		"element": "training", "text": "Kursus i en rigtig time", "state": "planned", "owner_id": "teacher-8", "minutes": 90, "due_on": "2026-12-01", "evidence": "Alle har prøvet det",
	}).ok()
	var mine records
	w.do("teacher-8", "GET", "/v1/me/records", nil).ok().into(&mine)
	require.Equal(t, []recordedRow{{w.school, tb.id, planned.text("row_id"), "Kursus i en rigtig time", "2026-12-01", Planned}}, mine.PlanRows)
	today := w.service.today()
	tb.do("leader", "POST", tb.path("/actions"), map[string]any{
		"text": "Hold kurset", "owner_id": "leader", "due_on": today, "follow_up_on": time.Now().AddDate(0, 1, 0).Format(time.DateOnly), "source_ids": []string{planned.text("row_id")},
	}).ok()
	removed := tb.do("leader", "DELETE", tb.path("/board/plan/"+planned.text("row_id")), nil, ifMatch(planned.etag))
	require.Equal(t, http.StatusNoContent, removed.status)
	tb.do("leader", "DELETE", tb.path("/board/plan/"+planned.text("row_id")), nil, ifMatch(planned.etag)).refused(failure.DocumentNotFound)
}

// aBoardIsFilled adds, changes and removes something of every kind, after TestWholeDialogue's dialogue.
func (w *world) aBoardIsFilled() {
	w.t.Helper()
	var tb *table
	through := func(where, id string, body map[string]any) {
		added := tb.put("teacher-1", where, body).ok()
		path := tb.path("/board/" + where + "/" + added.text(id))
		changed := tb.do("teacher-2", "PUT", path, body, ifMatch(added.etag)).ok()
		tb.do("teacher-1", "GET", tb.path("/board"), nil).ok()
		tb.do("teacher-1", "GET", tb.path("/minutes"), nil).ok()
		tb.setItem("tr", added.text(id), "hold", changed.etag).ok()
		tb.do("tr", "GET", tb.path("/board"), nil).ok()
		tb.setItem("tr", added.text(id), "release", `"3"`).ok()
		tb.do("teacher-1", "DELETE", path, nil, ifMatch(`"4"`)).ok()
	}
	tb = w.at("relationship-map", "draw")
	node := func(kind string) string {
		return tb.put("teacher-1", "nodes", map[string]any{"kind": kind, "label": kind}).ok().text("node_id")
	}
	through("nodes", "node_id", map[string]any{"kind": "technology", "label": "Aula", "technology_id": "technology-1"})
	through("relations", "relation_id", map[string]any{
		"from_node_id": node("us"), "to_node_id": node("learners"), "kind": "contact", "essential": true, "impact": "both",
		"technology_node_ids": []string{node("technology")}, "direction": "preserve", "reason": "vi ses sjældnere",
	})
	tb = w.at("digital-status", "collect")
	through("inventory", "row_id", map[string]any{"name": "Aula", "technology_id": "technology-1", "used_for": "Beskeder", "used_by": []string{"teachers"}, "state": "in_use", "helps": "Ét sted", "wears": "Mange", "verdict": "keep"})
	tb = w.at("implementation-plan", "rows")
	through("plan", "row_id", map[string]any{"element": "pilot", "text": "Prøv i 5. klasse", "owner_id": "teacher-1", "minutes": 60, "due_on": "2026-12-24", "evidence": "Alle er med", "state": "under_way"})
}
