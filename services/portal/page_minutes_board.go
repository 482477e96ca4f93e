package portal

import (
	"slices"
	"strings"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/manuscript"
)

// minutesBoards are what minutes hold of a map, an inventory and a plan, as pages show them.
func (v *visit) minutesBoards(c *dialogueapi.MinutesContent) ([]boardShown, error) {
	board := dialogueapi.Board{BegunWith: c.BegunWith}
	if c.Map != nil {
		for _, n := range c.Map.Nodes {
			board.Nodes = append(board.Nodes, mapNode(n))
		}
		for _, r := range c.Map.Relations {
			board.Relations = append(board.Relations, mapRelation(r))
		}
	}
	for _, r := range value(c.Inventory) {
		board.Inventory = append(board.Inventory, inventoryRow(r))
	}
	for _, r := range value(c.Plan) {
		board.Plan = append(board.Plan, planRow(r))
	}
	var shown []boardShown
	for _, kind := range boardKinds {
		one, err := v.showBoard(kind, &board)
		if err != nil {
			return nil, err
		}
		if !one.Empty() {
			shown = append(shown, one)
		}
	}
	return shown, nil
}

// What minutes hold of a thing on a board, as a board has it.

func mapNode(n dialogueapi.MinutesMapNode) dialogueapi.MapNode {
	return dialogueapi.MapNode{NodeID: n.NodeID, Kind: n.Kind, Label: n.Label, TechnologyID: n.TechnologyID}
}

func mapRelation(r dialogueapi.MinutesMapRelation) dialogueapi.MapRelation {
	return dialogueapi.MapRelation{
		RelationID: r.RelationID, FromNodeID: r.FromNodeID, ToNodeID: r.ToNodeID, Kind: r.Kind, Essential: r.Essential, Impact: r.Impact,
		TechnologyNodeIds: r.TechnologyNodeIds, Direction: r.Direction, Reason: r.Reason,
	}
}

func inventoryRow(r dialogueapi.MinutesInventoryRow) dialogueapi.InventoryRow {
	return dialogueapi.InventoryRow{
		RowID: r.RowID, Name: r.Name, TechnologyID: r.TechnologyID, UsedFor: r.UsedFor, UsedBy: r.UsedBy, State: r.State,
		ParallelRowID: r.ParallelRowID, Helps: r.Helps, Wears: r.Wears, Verdict: r.Verdict,
	}
}

func planRow(r dialogueapi.MinutesPlanRow) dialogueapi.PlanRow {
	return dialogueapi.PlanRow{
		RowID: r.RowID, Element: r.Element, Text: r.Text, OwnerID: r.OwnerID, Minutes: r.Minutes, DueOn: r.DueOn, Evidence: r.Evidence, State: r.State,
	}
}

// boards writes the map, the inventory and the plan as tables.
func (t *minutesWriter) boards() {
	for _, b := range t.page.Boards {
		t.add(manuscript.Heading(2, t.words.of("board_title", b.Kind)))
		if b.Begun != nil {
			t.add(manuscript.Paragraph(t.words.text("board.begun_with", "title", b.Begun.Title, "date", t.day(b.Begun.HeldOn))))
		}
		var head []string
		var rows [][]string
		switch b.Kind {
		case "map":
			head = append(head, t.words.text("board.between"))
			for _, name := range []string{"kind", "impact", "technology_node_ids", "direction", "reason"} {
				head = append(head, t.words.of("board_field", "relations."+name))
			}
			for _, r := range b.Map.Relations {
				rows = append(rows, t.marked(b, r.RelationID, t.relation(r)))
			}
			if len(rows) == 0 {
				t.add(manuscript.Paragraph(t.words.text("board.no_relations")))
				continue
			}
		case "inventory":
			for _, r := range b.Inventory {
				rows = append(rows, t.marked(b, r.RowID, t.system(b, r)))
			}
		case "plan":
			for _, r := range b.Plan {
				rows = append(rows, t.marked(b, r.RowID, t.planRow(b, r)))
			}
		}
		if head == nil {
			for _, name := range b.Columns() {
				head = append(head, t.words.of("board_field", name))
			}
		}
		if b.Begun != nil {
			head = slices.Insert(head, 1, t.words.text("board.since"))
		}
		t.add(manuscript.Table(head, rows...))
	}
}

// marked adds to a row what has become of it since the dialogue that it began with, if with one.
func (t *minutesWriter) marked(b boardShown, id string, row []string) []string {
	if b.Begun == nil {
		return row
	}
	return slices.Insert(row, 1, t.words.of("board_mark", b.Begun.Mark(id)))
}

func (t *minutesWriter) relation(r drawnRelation) []string {
	between, impact, direction := r.From+" – "+r.To, t.words.text("board.unmarked"), ""
	if r.Essential {
		between += " (" + t.words.text("board.essential") + ")"
	}
	if r.Impact != nil {
		impact = t.words.of("relation_impact", *r.Impact)
	}
	if r.Direction != nil {
		direction = t.words.of("relation_direction", *r.Direction)
	}
	return []string{between, t.words.of("relation_kind", r.Kind), impact, strings.Join(r.Technologies, ", "), direction, value(r.Reason)}
}

func (t *minutesWriter) system(b boardShown, r dialogueapi.InventoryRow) []string {
	var users []string
	for _, user := range r.UsedBy {
		users = append(users, t.words.of("system_user", user))
	}
	state, verdict := t.words.of("system_state", r.State), t.words.text("board.not_yet")
	if other := b.Row(r.ParallelRowID); other != "" {
		state += ": " + other
	}
	if r.Verdict != nil {
		verdict = t.words.of("system_verdict", *r.Verdict)
	}
	return []string{r.Name, value(r.UsedFor), strings.Join(users, ", "), state, value(r.Helps), value(r.Wears), verdict}
}

func (t *minutesWriter) planRow(b boardShown, r dialogueapi.PlanRow) []string {
	missing := t.words.text("board.missing")
	owner, due, evidence := missing, missing, missing
	if r.OwnerID != nil {
		if owner = b.Names[*r.OwnerID]; owner == "" {
			owner = t.words.text("dialogue.somebody")
		}
	}
	if r.DueOn != nil {
		due = t.day(r.DueOn)
	}
	if r.Evidence != nil {
		evidence = *r.Evidence
	}
	return []string{t.words.of("plan_element", r.Element), r.Text, owner, due, evidence, t.words.of("plan_state", r.State)}
}
