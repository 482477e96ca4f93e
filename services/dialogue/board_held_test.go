package dialogue

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// holds and releases something on the board.
func (tb *table) setItem(person, id, verb, etag string) answer {
	tb.t.Helper()
	var body any
	if verb == "hold" {
		body = map[string]any{"reason": "Peger på én"}
	}
	return tb.do(person, "POST", tb.path("/board/items/"+id+"/"+verb), body, ifMatch(etag))
}

func (tb *table) boardOf(person string) (board boardView, raw string) {
	tb.t.Helper()
	a := tb.do(person, "GET", tb.path("/board"), nil).ok()
	a.into(&board)
	return board, string(a.raw)
}

// What names a colleague on the board is refused or left held back, in a change too; TR alone sees it and shows it.
func TestTheBoardNamesNobody(t *testing.T) {
	w := newWorld(t)
	w.names.are("Aase Ærø Madsen")
	tb := w.at("relationship-map", "draw")
	us := tb.put("teacher-1", "nodes", map[string]any{"kind": "us", "label": "Teamet"}).ok()
	tb.put("teacher-1", "nodes", map[string]any{"kind": "colleagues", "label": "Aase"}).refused(failure.NamesColleague)
	left := tb.put("teacher-1", "nodes", map[string]any{"kind": "colleagues", "label": "Aase", "hold_back": true}, key("one-and-the-same")).ok()
	require.NotContains(t, string(left.raw), "hold_back")
	parents := tb.put("teacher-1", "nodes", map[string]any{"kind": "parents", "label": "Forældre"}).ok()
	between := map[string]any{"from_node_id": us.text("node_id"), "to_node_id": parents.text("node_id"), "kind": "contact", "essential": true, "reason": "det går gennem åse"}
	tb.put("teacher-2", "relations", between).refused(failure.NamesColleague)
	between["reason"] = "det går langsomt"
	relation := tb.put("teacher-2", "relations", between).ok()
	between["reason"], between["hold_back"] = "det går gennem åse", true
	path := tb.path("/board/relations/" + relation.text("relation_id"))
	tb.do("teacher-3", "PUT", path, between, ifMatch(relation.etag)).ok()
	tb.do("teacher-3", "PUT", path, between, ifMatch(`"2"`)).refused(failure.DocumentNotFound)
	tb.do("teacher-3", "DELETE", path, nil, ifMatch(`"2"`)).refused(failure.DocumentNotFound)
	for _, person := range []string{"teacher-1", "leader"} {
		board, raw := tb.boardOf(person)
		require.Len(t, board.Nodes, 2)
		require.Empty(t, board.Relations)
		require.NotContains(t, raw, "Aase")
		require.NotContains(t, raw, `"held"`)
		require.NotContains(t, string(tb.do(person, "GET", tb.path("/live?wait=0"), nil).ok().raw), "Aase")
	}
	board, _ := tb.boardOf("tr")
	require.Equal(t, []heldView{
		{left.text("node_id"), 1, "Aase", ""}, {relation.text("relation_id"), 2, "Teamet – Forældre · det går gennem åse", ""},
	}, board.Held)

	tb.setItem("leader", left.text("node_id"), "release", `"1"`).refused(failure.AccessDenied)
	tb.setItem("tr", left.text("node_id"), "release", `"7"`).refused(failure.PreconditionFailed)
	tb.setItem("tr", "none", "release", `"1"`).refused(failure.DocumentNotFound)
	tb.setItem("tr", left.text("node_id"), "release", `"1"`).ok()
	_, raw := tb.boardOf("teacher-1")
	require.Contains(t, raw, "Aase")
	tb.put("teacher-1", "nodes", map[string]any{"kind": "colleagues", "label": "Aase", "hold_back": true}, key("one-and-the-same")).ok()
	_, raw = tb.boardOf("teacher-1")
	require.Contains(t, raw, "Aase", "a late repeat holds nothing back again")
}

// What TR holds back is shown nowhere, is cited by nothing, and takes along what leads to it; something else may stand in its
// place, and then has to make room.
func TestTheRepresentativesHoldBackOnTheBoard(t *testing.T) {
	w := newWorld(t)
	tb := w.at("relationship-map", "draw")
	node := func(kind, label string) string {
		return tb.put("teacher-1", "nodes", map[string]any{"kind": kind, "label": label}).ok().text("node_id")
	}
	us, boss, aula := node("us", "Teamet"), node("leaders", "Hende på kontoret"), node("technology", "Aula")
	parents := node("parents", "Forældre")
	relate := func(to string) string {
		return tb.put("teacher-1", "relations", map[string]any{"from_node_id": us, "to_node_id": to, "kind": "contact", "essential": true, "technology_node_ids": []string{aula}}).ok().text("relation_id")
	}
	toBoss, toParents := relate(boss), relate(parents)
	for _, person := range []string{"leader", "teacher-1"} {
		tb.setItem(person, boss, "hold", `"1"`).refused(failure.AccessDenied)
	}
	screen := tb.follow("leader", "")
	screen.next()
	tb.setItem("tr", boss, "hold", `"1"`).ok()
	seen := screen.until(func(d deltaView) bool { return d.Board != nil })
	require.NotContains(t, seen.data, "kontoret")
	tb.setItem("tr", aula, "hold", `"1"`).ok()
	board, _ := tb.boardOf("teacher-2")
	require.Len(t, board.Nodes, 2)
	require.Len(t, board.Relations, 1)
	require.Empty(t, board.Relations[0].Technologies)
	again := node("leaders", "hende på kontoret")
	tb.setItem("tr", boss, "release", `"2"`).refused(failure.BoardDuplicate)
	tb.do("teacher-2", "DELETE", tb.path("/board/nodes/"+again), nil, ifMatch(`"1"`)).ok()

	tb.lock("draw")
	for _, step := range []string{"mark", "gallery", "strengthen"} {
		tb.run(step, "/skip", nil)
	}
	tb.begin("decide")
	cites := func(id string) answer {
		return tb.do("leader", "POST", tb.path("/decisions"), map[string]any{"text": "Vi ringer", "source_ids": []string{id}})
	}
	cites(toBoss).refused(failure.RequestInvalid)
	cites(toParents).ok()
	for _, person := range six() {
		minutes := string(tb.do(person, "GET", tb.path("/minutes"), nil).ok().raw)
		require.NotContains(t, minutes, "kontoret")
		require.Contains(t, minutes, "Forældre")
	}
	tb.setItem("tr", boss, "release", `"2"`).ok()
	require.True(t, strings.Contains(string(tb.do("leader", "GET", tb.path("/minutes"), nil).ok().raw), "kontoret"), "released after the step, too")
}
