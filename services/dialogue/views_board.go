package dialogue

type nodeView struct {
	NodeID   string `json:"node_id"`
	Revision int64  `json:"revision"`
	PhaseID  string `json:"phase_id"`
	Origin   string `json:"origin_id,omitempty"`
	Node
}

func viewNode(i Item[Node]) nodeView { return nodeView{i.ID, i.Revision, i.PhaseID, i.Origin, i.Body} }

type relationView struct {
	RelationID string `json:"relation_id"`
	Revision   int64  `json:"revision"`
	PhaseID    string `json:"phase_id"`
	Origin     string `json:"origin_id,omitempty"`
	Relation
}

func viewRelation(i Item[Relation]) relationView {
	return relationView{i.ID, i.Revision, i.PhaseID, i.Origin, i.Body}
}

type systemView struct {
	RowID    string `json:"row_id"`
	Revision int64  `json:"revision"`
	PhaseID  string `json:"phase_id"`
	Origin   string `json:"origin_id,omitempty"`
	System
}

func viewSystem(i Item[System]) systemView {
	return systemView{i.ID, i.Revision, i.PhaseID, i.Origin, i.Body}
}

type planRowView struct {
	RowID      string      `json:"row_id"`
	Revision   int64       `json:"revision"`
	PhaseID    string      `json:"phase_id"`
	Origin     string      `json:"origin_id,omitempty"`
	Element    PlanElement `json:"element"`
	Text       string      `json:"text"`
	OwnerID    string      `json:"owner_id,omitempty"`
	OwnerLeads bool        `json:"owner_is_leader,omitempty"`
	Minutes    int         `json:"minutes,omitempty"`
	DueOn      string      `json:"due_on,omitempty"`
	Evidence   string      `json:"evidence,omitempty"`
	State      PlanState   `json:"state"`
}

func viewPlanRow(i Item[PlanRow]) planRowView {
	b := i.Body
	return planRowView{
		i.ID, i.Revision, i.PhaseID, i.Origin, b.Element, b.Text, b.Owner.Person, b.Owner.Leader, b.Owner.Minutes, b.DueOn, b.Evidence, b.State,
	}
}

// boardView is everything on a board.
type boardView struct {
	Nodes     []nodeView     `json:"nodes"`
	Relations []relationView `json:"relations"`
	Inventory []systemView   `json:"inventory"`
	Plan      []planRowView  `json:"plan"`
	Begun     []BegunWith    `json:"begun_with,omitempty"`
	Held      []heldView     `json:"held,omitempty"` // for TR and AMR
}

// boardView renders what the room sees of a board, and beside it what it does not for those who may.
func (v viewer) boardView(b *Board) boardView {
	shown := b.shown()
	view := boardView{
		Nodes: itemViews(shown.Nodes, viewNode), Relations: itemViews(shown.Relations, viewRelation),
		Inventory: itemViews(shown.Inventory, viewSystem), Plan: itemViews(shown.Plan, viewPlanRow), Begun: shown.begunWith(),
	}
	if v.guardian {
		view.Held = b.held()
	}
	return view
}

func itemViews[T, V any](items []Item[T], view func(Item[T]) V) []V {
	all := make([]V, len(items))
	for i, item := range items {
		all[i] = view(item)
	}
	return all
}
