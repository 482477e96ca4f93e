package dialogue

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

// board writes into the minutes what stands on the board; what was never drawn is left out.
func (c *MinutesContent) board(b *Board) {
	if len(b.Nodes) > 0 {
		c.Map = &MinutesMap{
			Nodes:     itemViews(b.Nodes, func(i Item[Node]) MinutesNode { return MinutesNode{i.ID, i.Body} }),
			Relations: itemViews(b.Relations, func(i Item[Relation]) MinutesRelation { return MinutesRelation{i.ID, i.Body} }),
		}
	}
	c.Inventory = itemViews(b.Inventory, func(i Item[System]) MinutesSystem { return MinutesSystem{i.ID, i.Body} })
	c.Plan = itemViews(b.Plan, func(i Item[PlanRow]) MinutesPlanRow {
		r := i.Body
		return MinutesPlanRow{i.ID, r.Element, r.Text, r.Owner.Person, r.Owner.Minutes, r.DueOn, r.Evidence, r.State}
	})
}
