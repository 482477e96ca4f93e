package dialogue

import "github.com/guldkorn/guldkorn/libs/playbook"

// MinutesMap is the relationship map in minutes. Ids lead from a relation to its ends and to nothing else.
type MinutesMap struct {
	Nodes     []MinutesNode     `json:"nodes"`
	Relations []MinutesRelation `json:"relations"`
}

// MinutesNode is somebody on the map, or a technology.
type MinutesNode struct {
	NodeID string `json:"node_id"`
	Node
}

// MinutesRelation is a relation on the map.
type MinutesRelation struct {
	RelationID string `json:"relation_id"`
	Relation
}

// MinutesSystem is a row of the inventory in minutes.
type MinutesSystem struct {
	RowID string `json:"row_id"`
	System
}

// MinutesPlanRow is a row of the plan in minutes.
type MinutesPlanRow struct {
	RowID    string      `json:"row_id"`
	Element  PlanElement `json:"element"`
	Text     string      `json:"text"`
	OwnerID  string      `json:"owner_id,omitempty"`
	Minutes  int         `json:"minutes,omitempty"`
	DueOn    string      `json:"due_on,omitempty"`
	Evidence string      `json:"evidence,omitempty"`
	State    PlanState   `json:"state"`
}

// BegunWith is the earlier dialogue that a map, an inventory or a plan began with, and what has become of it: what is new,
// what was changed, and what was taken off, as it was.
type BegunWith struct {
	Kind       playbook.Kind     `json:"kind"`
	DialogueID string            `json:"dialogue_id"`
	Title      string            `json:"title"`
	HeldOn     string            `json:"held_on,omitempty"`
	Added      []string          `json:"added_ids"`
	Changed    []string          `json:"changed_ids"`
	Nodes      []MinutesNode     `json:"removed_nodes,omitempty"`
	Relations  []MinutesRelation `json:"removed_relations,omitempty"`
	Inventory  []MinutesSystem   `json:"removed_inventory,omitempty"`
	Plan       []MinutesPlanRow  `json:"removed_plan,omitempty"`
}

// begunWith says of every kind that began with an earlier dialogue's what has become of it.
func (b *Board) begunWith() []BegunWith {
	var all []BegunWith
	for i := range b.Begun {
		start := &b.Begun[i]
		d := b.since(start)
		all = append(all, BegunWith{
			Kind: start.Kind, DialogueID: start.DialogueID, Title: start.Title, HeldOn: start.HeldOn,
			Added: append([]string{}, d.added...), Changed: append([]string{}, d.changed...),
			Nodes: itemViews(d.removed.Nodes, minutesNode), Relations: itemViews(d.removed.Relations, minutesRelation),
			Inventory: itemViews(d.removed.Inventory, minutesSystem), Plan: itemViews(d.removed.Plan, minutesPlanRow),
		})
	}
	return all
}

func minutesNode(i Item[Node]) MinutesNode { return MinutesNode{i.ID, i.Body} }

func minutesRelation(i Item[Relation]) MinutesRelation { return MinutesRelation{i.ID, i.Body} }

func minutesSystem(i Item[System]) MinutesSystem { return MinutesSystem{i.ID, i.Body} }

func minutesPlanRow(i Item[PlanRow]) MinutesPlanRow {
	r := i.Body
	return MinutesPlanRow{i.ID, r.Element, r.Text, r.Owner.Person, r.Owner.Minutes, r.DueOn, r.Evidence, r.State}
}

// board writes into the minutes what stands on the board; what was never drawn is left out.
func (c *MinutesContent) board(b *Board) {
	if len(b.Nodes) > 0 {
		c.Map = &MinutesMap{Nodes: itemViews(b.Nodes, minutesNode), Relations: itemViews(b.Relations, minutesRelation)}
	}
	c.Inventory, c.Plan = itemViews(b.Inventory, minutesSystem), itemViews(b.Plan, minutesPlanRow)
	c.Begun = b.begunWith()
}
