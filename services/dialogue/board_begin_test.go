package dialogue

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// ofForum prepares a dialogue of a forum as at does.
func (w *world) ofForum(forum, playbook, step string) *table {
	w.t.Helper()
	return w.atStep(playbook, step, func(body map[string]any) {
		delete(body, "participant_ids")
		body["forum_id"] = forum
	})
}

// earlierBoards is what a dialogue can begin with.
func (tb *table) earlierBoards() (list []earlierBoardView) {
	tb.t.Helper()
	var all struct{ Items []earlierBoardView }
	tb.do(tb.leader, "GET", tb.path("/board/earlier"), nil).ok().into(&all)
	return all.Items
}

func (tb *table) beginWith(person, kind, from string, options ...option) answer {
	tb.t.Helper()
	return tb.do(person, "POST", tb.path("/board/beginnings"), map[string]any{"kind": kind, "from_dialogue_id": from}, options...)
}

// mapped is a map of us, the parents and Aula, between whom contact is weaker than it was.
func (tb *table) mapped() (us, parents, contact answer) {
	tb.t.Helper()
	node := func(kind, label string) answer {
		return tb.put("teacher-1", "nodes", map[string]any{"kind": kind, "label": label}).ok()
	}
	us, parents = node("us", "Teamet"), node("parents", "Forældrene")
	aula := node("technology", "Aula")
	return us, parents, tb.put("teacher-1", "relations", map[string]any{
		"from_node_id": us.text("node_id"), "to_node_id": parents.text("node_id"), "kind": "contact", "essential": true, "impact": "weakened",
		"technology_node_ids": []string{aula.text("node_id")}, "reason": "mere på skrift",
	}).ok()
}

// The next dialogue goes on with the map of the one before, as whoever leads chooses, and everybody sees what became of it.
func (w *world) aMapGoesOn() {
	t := w.t
	t.Helper()
	w.forum("forum-map", "decides", "", six())
	first := w.ofForum("forum-map", "relationship-map", "draw")
	us, _, contact := first.mapped()
	first.put("teacher-1", "nodes", map[string]any{"kind": "leaders", "label": "Ledelsen"}).ok()
	next := w.ofForum("forum-map", "relationship-map", "draw")
	require.Empty(t, next.earlierBoards(), "what is not over cannot be gone on with")
	next.beginWith("leader", "map", first.id).refused(failure.RequestInvalid)
	first.lock("draw").hold()
	require.Equal(t, []earlierBoardView{{first.id, first.view.Title, w.day(0), []playbook.Kind{playbook.Map}}}, next.earlierBoards())

	next.do("teacher-1", "GET", next.path("/board/earlier"), nil).refused(failure.AccessDenied)
	next.beginWith("teacher-1", "map", first.id).refused(failure.AccessDenied)
	next.beginWith("leader", "inventory", first.id).refused(failure.PhaseWrongState)
	next.beginWith("leader", "drawing", first.id).refused(failure.RequestInvalid)
	next.beginWith("leader", "map", next.id).refused(failure.RequestInvalid)
	elsewhere := w.at("relationship-map", "draw")
	elsewhere.beginWith("leader", "map", first.id).refused(failure.RequestInvalid)
	var empty boardView
	next.do("teacher-1", "GET", next.path("/board"), nil).ok().into(&empty)
	require.Empty(t, empty.Nodes, "never by itself")

	once := key("the-same-click")
	var board boardView
	next.beginWith("leader", "map", first.id, once).ok().into(&board)
	next.beginWith("leader", "map", first.id, once).ok()
	next.beginWith("leader", "map", first.id).refused(failure.BoardBegun)
	require.Len(t, board.Nodes, 4)
	require.Equal(t, us.text("node_id"), board.Nodes[0].Origin)
	require.NotEqual(t, us.text("node_id"), board.Nodes[0].NodeID, "a copy of its own")
	require.Equal(t, board.Nodes[0].NodeID, board.Relations[0].From)
	require.Equal(t, []string{board.Nodes[2].NodeID}, board.Relations[0].Technologies)
	require.Equal(t, []BegunWith{{Kind: playbook.Map, DialogueID: first.id, Title: first.view.Title, HeldOn: w.day(0), Added: []string{}, Changed: []string{}}}, board.Begun)

	// The contact is better, the leaders are no matter any more, and somebody new is.
	better := board.Relations[0].Relation
	better.Impact, better.Direction = Strengthened, Preserve
	next.do("teacher-2", "PUT", next.path("/board/relations/"+board.Relations[0].RelationID), better, ifMatch(`"1"`)).ok()
	next.do("teacher-2", "DELETE", next.path("/board/nodes/"+board.Nodes[3].NodeID), nil, ifMatch(`"1"`)).ok()
	added := next.put("teacher-3", "nodes", map[string]any{"kind": "professions", "label": "Pædagogerne"}).ok()
	next.do("teacher-1", "GET", next.path("/board"), nil).ok().into(&board)
	became := board.Begun[0]
	require.Equal(t, []string{added.text("node_id")}, became.Added)
	require.Equal(t, []string{board.Relations[0].RelationID}, became.Changed)
	require.Equal(t, "Ledelsen", became.Nodes[0].Label)
	var minutes struct{ Content MinutesContent }
	require.NoError(t, json.Unmarshal(next.do("leader", "GET", next.path("/minutes"), nil).ok().raw, &minutes))
	require.Equal(t, board.Begun, minutes.Content.Begun)
	var earlier struct{ Content MinutesContent }
	require.NoError(t, json.Unmarshal(next.do("leader", "GET", first.path("/minutes"), nil).ok().raw, &earlier))
	require.Equal(t, Weakened, earlier.Content.Map.Relations[0].Impact, "the earlier one stays as it was")
	require.Equal(t, contact.text("relation_id"), earlier.Content.Map.Relations[0].RelationID)
	require.Nil(t, earlier.Content.Begun)
}

// What was held back, or written and not drawn, goes nowhere; whoever has left the school owns nothing of what goes on.
func TestAPlanGoesOnWithoutWhoHasLeft(t *testing.T) {
	w := newWorld(t)
	w.forum("forum", "decides", "", six())
	first := w.ofForum("forum", "implementation-plan", "trial")
	held := first.write("teacher-2", "trial", "Mads kan ikke finde ud af det").ok()
	first.lock("trial")
	first.do("tr", "POST", first.phasePath("trial", "/contributions/"+held.text("contribution_id")+"/hold"), map[string]any{"reason": "Den peger på en person"}, ifMatch(held.etag)).ok()
	first.begin("rows")
	row := func(owner string) map[string]any {
		return map[string]any{"element": "pilot", "text": "Prøv med " + owner, "owner_id": owner, "minutes": 60, "state": "planned"}
	}
	first.put("leader", "plan", row("teacher-1")).ok()
	first.put("leader", "plan", row("leader")).ok()
	first.lock("rows").hold()
	_, err := w.service.boards.Update(w.schoolContext(), first.id, func(b *Board) ([]events.Event, error) {
		b.Plan[0].Body.Owner.Person = "somebody who left"
		return nil, nil
	})
	require.NoError(t, err)
	next := w.ofForum("forum", "implementation-plan", "rows")
	var board boardView
	next.beginWith("leader", "plan", first.id).ok().into(&board)
	require.Equal(t, []string{"", "leader"}, []string{board.Plan[0].OwnerID, board.Plan[1].OwnerID})
	require.Zero(t, board.Plan[0].Minutes)
	require.NotContains(t, string(next.do("leader", "GET", next.path("/live?wait=0"), nil).ok().raw), "Mads")
}

// What is on a board at the same time as what it began with is told apart whatever was done to it.
func TestWhatBecameOfABeginning(t *testing.T) {
	from := Board{
		Inventory: []Item[System]{{ID: "a", Body: System{Name: "Aula"}}, {ID: "b", Body: System{Name: "Chat", State: Parallel, ParallelWith: "a"}}, {ID: "c", Body: System{Name: "Ark"}}},
	}
	var b Board
	made := document.Creation{ID: "made", Request: "r"}
	require.NoError(t, b.begin(made, Beginning{Kind: playbook.Inventory}, &from, "phase"))
	require.NoError(t, b.begin(made, Beginning{Kind: playbook.Inventory}, &from, "phase"), "the same request again")
	require.Equal(t, failure.IdempotencyConflict, failure.CodeOf(b.begin(document.Creation{ID: "made", Request: "other"}, Beginning{Kind: playbook.Inventory}, &from, "phase")))
	require.Equal(t, b.Inventory[0].ID, b.Inventory[1].Body.ParallelWith)
	require.Equal(t, difference{}, b.since(&b.Begun[0]))

	b.Inventory[1].Body.Helps = "Hurtigt svar"
	b.Inventory = slices.Delete(b.Inventory, 2, 3)
	b.Inventory = append(b.Inventory, Item[System]{ID: "new", Body: System{Name: "Ark"}})
	d := b.since(&b.Begun[0])
	require.Equal(t, []string{"new"}, d.added)
	require.Equal(t, []string{b.Inventory[1].ID}, d.changed)
	require.Equal(t, "Ark", d.removed.Inventory[0].Body.Name)
	b.Inventory = nil
	require.Len(t, b.since(&b.Begun[0]).removed.Inventory, 3)
	require.Equal(t, failure.BoardBegun, failure.CodeOf(b.begin(document.Creation{ID: "again"}, Beginning{Kind: playbook.Inventory}, &from, "phase")), "what was taken off does not come back")
}
