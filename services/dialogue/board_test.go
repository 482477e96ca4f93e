package dialogue

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Whatever is done to a map, in whatever order, it stays one: relations lead from people to other people who are there,
// nothing stands on it twice, nothing goes with another's, and it never grows beyond what can be read.
func TestTheMapStaysAMap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := &Board{}
		made := 0
		fresh := func() document.Creation {
			made++
			return document.Creation{ID: strconv.Itoa(made), Request: "r"}
		}
		node := rapid.Custom(func(t *rapid.T) Node {
			n := Node{
				Kind:  rapid.SampledFrom([]NodeKind{Us, Learners, Technology, "weather"}).Draw(t, "kind"),
				Label: rapid.SampledFrom([]string{"Os", "os ", "Elever", "Aula", "عربي", "👩‍🏫", "", "<b>"}).Draw(t, "label"),
			}
			if n.Kind == Technology && rapid.Bool().Draw(t, "registered") {
				n.TechnologyID = rapid.SampledFrom([]string{"t1", "t2"}).Draw(t, "technology")
			}
			return n
		})
		id := rapid.Custom(func(t *rapid.T) string { return strconv.Itoa(rapid.IntRange(0, made+1).Draw(t, "id")) })
		relation := rapid.Custom(func(t *rapid.T) Relation {
			return Relation{
				From: id.Draw(t, "from"), To: id.Draw(t, "to"), Kind: rapid.SampledFrom([]RelationKind{Contact, Support}).Draw(t, "kind"),
				Impact:       rapid.SampledFrom([]Impact{Unmarked, Both, Unchanged}).Draw(t, "impact"),
				Technologies: rapid.SliceOfN(id, 0, 2).Draw(t, "technologies"),
			}
		})
		revision := rapid.Int64Range(1, 3)
		rt.Repeat(map[string]func(*rapid.T){
			"add node":     func(t *rapid.T) { _, _ = nodes.add(b, fresh(), "p", node.Draw(t, "node")) },
			"add relation": func(t *rapid.T) { _, _ = relations.add(b, fresh(), "p", relation.Draw(t, "relation")) },
			"change node": func(t *rapid.T) {
				_, _ = nodes.change(b, id.Draw(t, "of"), revision.Draw(t, "at"), node.Draw(t, "node"))
			},
			"change relation": func(t *rapid.T) {
				_, _ = relations.change(b, id.Draw(t, "of"), revision.Draw(t, "at"), relation.Draw(t, "to"))
			},
			"remove node":     func(t *rapid.T) { _ = nodes.remove(b, id.Draw(t, "of"), revision.Draw(t, "at")) },
			"remove relation": func(t *rapid.T) { _ = relations.remove(b, id.Draw(t, "of"), revision.Draw(t, "at")) },
			"":                func(t *rapid.T) { checkMap(t, b) },
		})
	})
}

func checkMap(t *rapid.T, b *Board) {
	for i, n := range b.Nodes {
		require.NotEmpty(t, n.Body.Label)
		for _, o := range b.Nodes[:i] {
			require.False(t, o.ID == n.ID || o.Body.Kind == n.Body.Kind && alike(o.Body.Label, n.Body.Label), "twice: %v %v", o, n)
			require.False(t, n.Body.TechnologyID != "" && o.Body.TechnologyID == n.Body.TechnologyID, "one technology twice")
		}
	}
	for i, r := range b.Relations {
		for _, end := range []string{r.Body.From, r.Body.To} {
			require.NotNil(t, b.node(end), "a relation leads nowhere")
			require.NotEqual(t, Technology, b.node(end).Kind, "a relation ends in a technology")
		}
		require.NotEqual(t, r.Body.From, r.Body.To)
		for n, cause := range r.Body.Technologies {
			require.NotNil(t, b.node(cause))
			require.Equal(t, Technology, b.node(cause).Kind)
			require.NotContains(t, r.Body.Technologies[:n], cause)
		}
		require.False(t, r.Body.Impact == Both && len(r.Body.Technologies) == 0, "affected by nothing")
		for _, o := range b.Relations[:i] {
			require.False(t, o.ID == r.ID || o.Body.Kind == r.Body.Kind && o.Body.joins(r.Body.From, r.Body.To), "twice")
		}
	}
	require.LessOrEqual(t, len(b.Gone), maxGone)
}

// put adds something that the board takes.
func put[T any](t *testing.T, b *Board, s section[T], id string, body T) Item[T] {
	t.Helper()
	added, err := s.add(b, document.Creation{ID: id, Request: "r"}, "p", body)
	require.NoError(t, err)
	return added
}

// drawn is a board with us, the learners and a technology, and a relation that it weakens.
func drawn(t *testing.T) *Board {
	b := &Board{}
	put(t, b, nodes, "us", Node{Kind: Us, Label: "Teamet"})
	put(t, b, nodes, "learners", Node{Kind: Learners, Label: "Eleverne"})
	put(t, b, nodes, "aula", Node{Kind: Technology, Label: "Aula", TechnologyID: "t"})
	put(t, b, relations, "r", Relation{From: "us", To: "learners", Kind: Contact, Impact: Weakened, Technologies: []string{"aula"}, Direction: Strengthen, Reason: "vi ses sjældnere"})
	return b
}

func TestARelationIsRefusedWith(t *testing.T) {
	good := Relation{From: "us", To: "learners", Kind: Cooperation, Technologies: []string{}}
	for name, c := range map[string]struct {
		change func(*Relation)
		code   failure.Code
		field  string
	}{
		"itself":             {func(r *Relation) { r.To = r.From }, failure.RequestInvalid, "to_node_id"},
		"a technology":       {func(r *Relation) { r.To = "aula" }, failure.RequestInvalid, "to_node_id"},
		"nobody":             {func(r *Relation) { r.From = "" }, failure.RequestInvalid, "from_node_id"},
		"no kind":            {func(r *Relation) { r.Kind = "" }, failure.RequestInvalid, "kind"},
		"unknown impact":     {func(r *Relation) { r.Impact = "worse" }, failure.RequestInvalid, "impact"},
		"unknown way":        {func(r *Relation) { r.Direction = "up" }, failure.RequestInvalid, "direction"},
		"no cause":           {func(r *Relation) { r.Impact = Both }, failure.RequestInvalid, "technology_node_ids"},
		"people as cause":    {func(r *Relation) { r.Technologies = []string{"us"} }, failure.RequestInvalid, "technology_node_ids.0"},
		"a cause twice":      {func(r *Relation) { r.Technologies = []string{"aula", "aula"} }, failure.RequestInvalid, "technology_node_ids.1"},
		"six causes":         {func(r *Relation) { r.Technologies = slices.Repeat([]string{"aula"}, 6) }, failure.RequestInvalid, "technology_node_ids"},
		"long reason":        {func(r *Relation) { r.Reason = strings.Repeat("æ", 501) }, failure.RequestInvalid, "reason"},
		"control characters": {func(r *Relation) { r.Reason = "a\u0007b" }, failure.RequestInvalid, "reason"},
		"the same back":      {func(r *Relation) { r.From, r.To, r.Kind = r.To, r.From, Contact }, failure.BoardDuplicate, "kind"},
	} {
		r := good
		c.change(&r)
		_, err := relations.add(drawn(t), document.Creation{ID: "n"}, "p", r)
		require.Equal(t, c.code, failure.CodeOf(err), name)
		require.Equal(t, c.field, failure.From(err).Field, name)
	}
	_, err := relations.add(drawn(t), document.Creation{ID: "n"}, "p", good)
	require.NoError(t, err)
}

func TestWhatIsUsedStays(t *testing.T) {
	b := drawn(t)
	for _, id := range []string{"us", "learners", "aula"} {
		require.Equal(t, failure.BoardItemUsed, failure.CodeOf(nodes.remove(b, id, 1)), id)
	}
	_, err := nodes.change(b, "aula", 1, Node{Kind: Parents, Label: "Forældre"})
	require.Equal(t, failure.BoardItemUsed, failure.CodeOf(err), "what affects a relation does not become people")
	require.NoError(t, relations.remove(b, "r", 1))
	require.NoError(t, nodes.remove(b, "aula", 1))
	_, err = nodes.add(b, document.Creation{ID: "aula", Request: "r"}, "p", Node{Kind: Technology, Label: "Aula"})
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err), "a late repeat does not bring it back")

	put(t, b, inventory, "a", System{Name: "Aula", State: InUse})
	put(t, b, inventory, "b", System{Name: "Den fælles chat", State: Parallel, ParallelWith: "a"})
	require.Equal(t, failure.BoardItemUsed, failure.CodeOf(inventory.remove(b, "a", 1)))
	require.NoError(t, inventory.remove(b, "b", 1))
	require.NoError(t, inventory.remove(b, "a", 1))
}

func TestABoardHasRoomForSoMuch(t *testing.T) {
	b := &Board{}
	for i := range maxNodes {
		put(t, b, nodes, "n"+strconv.Itoa(i), Node{Kind: Colleagues, Label: "Team " + strconv.Itoa(i)})
	}
	_, err := nodes.add(b, document.Creation{ID: "more"}, "p", Node{Kind: Us, Label: "Os"})
	require.Equal(t, failure.BoardFull, failure.CodeOf(err))
	for i := range maxRelations {
		put(t, b, relations, "r"+strconv.Itoa(i), Relation{From: "n" + strconv.Itoa(i%8), To: "n" + strconv.Itoa(8+i/8), Kind: Contact})
	}
	_, err = relations.add(b, document.Creation{ID: "more"}, "p", Relation{From: "n0", To: "n39", Kind: Contact})
	require.Equal(t, failure.BoardFull, failure.CodeOf(err))
	for i := range maxSystems {
		put(t, b, inventory, "s"+strconv.Itoa(i), System{Name: "System " + strconv.Itoa(i), State: InUse})
		put(t, b, plan, "p"+strconv.Itoa(i), PlanRow{Element: Trial, Text: "Prøv", State: Planned})
	}
	_, err = inventory.add(b, document.Creation{ID: "more"}, "p", System{Name: "Mere", State: InUse})
	require.Equal(t, failure.BoardFull, failure.CodeOf(err))
	_, err = plan.add(b, document.Creation{ID: "more"}, "p", PlanRow{Element: Trial, Text: "Prøv", State: Planned})
	require.Equal(t, failure.BoardFull, failure.CodeOf(err))
}

func TestARowIsRefusedWith(t *testing.T) {
	b := &Board{}
	put(t, b, inventory, "a", System{Name: "Aula", TechnologyID: "t", State: InUse})
	for name, c := range map[string]struct {
		row   System
		code  failure.Code
		field string
	}{
		"no name":                  {System{State: InUse}, failure.RequestInvalid, "name"},
		"no state":                 {System{Name: "B"}, failure.RequestInvalid, "state"},
		"unknown user":             {System{Name: "B", State: InUse, Users: []SystemUser{"cats"}}, failure.RequestInvalid, "used_by.0"},
		"a user twice":             {System{Name: "B", State: InUse, Users: []SystemUser{UsedByIT, UsedByIT}}, failure.RequestInvalid, "used_by.1"},
		"unknown verdict":          {System{Name: "B", State: InUse, Verdict: "burn"}, failure.RequestInvalid, "verdict"},
		"with nothing":             {System{Name: "B", State: Parallel, ParallelWith: "none"}, failure.RequestInvalid, "parallel_row_id"},
		"not parallel":             {System{Name: "B", State: InUse, ParallelWith: "a"}, failure.RequestInvalid, "parallel_row_id"},
		"long":                     {System{Name: "B", State: InUse, Wears: strings.Repeat("x", 501)}, failure.RequestInvalid, "wears"},
		"the same name":            {System{Name: " aula", State: InUse}, failure.BoardDuplicate, "name"},
		"the same of the register": {System{Name: "B", TechnologyID: "t", State: InUse}, failure.BoardDuplicate, "technology_id"},
	} {
		_, err := inventory.add(b, document.Creation{ID: "n"}, "p", c.row)
		require.Equal(t, c.code, failure.CodeOf(err), name)
		require.Equal(t, c.field, failure.From(err).Field, name)
	}
	for name, c := range map[string]struct {
		row   PlanRow
		code  failure.Code
		field string
	}{
		"no text":               {PlanRow{Element: Pilot, State: Planned}, failure.RequestInvalid, "text"},
		"no element":            {PlanRow{Text: "x", State: Planned}, failure.RequestInvalid, "element"},
		"no day":                {PlanRow{Element: Pilot, Text: "x", DueOn: "31. maj", State: Planned}, failure.RequestInvalid, "due_on"},
		"time for nobody":       {PlanRow{Element: Pilot, Text: "x", Owner: Owner{Minutes: 5}, State: Planned}, failure.RequestInvalid, "minutes"},
		"an employee, no hours": {PlanRow{Element: Pilot, Text: "x", Owner: Owner{Person: "p"}, State: Planned}, failure.ActionOwnerNeedsMinutes, "minutes"},
	} {
		_, err := plan.add(b, document.Creation{ID: "n"}, "p", c.row)
		require.Equal(t, c.code, failure.CodeOf(err), name)
		require.Equal(t, c.field, failure.From(err).Field, name)
	}
}
