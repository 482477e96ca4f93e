package dialogue

import (
	"reflect"
	"slices"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// Beginning is what a map, an inventory or a plan began with: a copy of an earlier dialogue's, as it was then and under the
// ids that it has here. What has become of it is seen against this copy, so that nobody can change it behind a reader's back.
type Beginning struct {
	Kind       playbook.Kind    `bson:"kind"`
	Made       string           `bson:"made"` // the id of the request that made it, and its hash
	Request    string           `bson:"request"`
	DialogueID string           `bson:"dialogue_id"` // the earlier one
	Title      string           `bson:"title"`
	HeldOn     string           `bson:"held_on"` // local date
	Nodes      []Item[Node]     `bson:"nodes,omitempty"`
	Relations  []Item[Relation] `bson:"relations,omitempty"`
	Inventory  []Item[System]   `bson:"inventory,omitempty"`
	Plan       []Item[PlanRow]  `bson:"plan,omitempty"`
}

// Has tells whether there is something of a kind on the board.
func (b *Board) Has(kind playbook.Kind) bool {
	switch kind {
	case playbook.Map:
		return len(b.Nodes) > 0
	case playbook.Inventory:
		return len(b.Inventory) > 0
	case playbook.Plan:
		return len(b.Plan) > 0
	}
	return false
}

// beginning is what a section of this kind began with, nil if it began empty.
func (b *Board) beginning(kind playbook.Kind) *Beginning {
	i := slices.IndexFunc(b.Begun, func(one Beginning) bool { return one.Kind == kind })
	if i < 0 {
		return nil
	}
	return &b.Begun[i]
}

// begin puts a copy of what an earlier board has of a kind on the board, as long as nothing of the kind is there. The same
// request again changes nothing. Where an item was copied from stands with it.
func (b *Board) begin(creation document.Creation, start Beginning, from *Board, phase string) error {
	if was := b.beginning(start.Kind); was != nil && was.Made == creation.ID {
		if was.Request != creation.Request {
			return failure.New(failure.IdempotencyConflict)
		}
		return nil
	}
	if b.beginning(start.Kind) != nil || b.Has(start.Kind) {
		return failure.New(failure.BoardBegun).At("kind")
	}
	here := func(id string) string {
		if id == "" {
			return ""
		}
		return derivedID(creation.ID, id)
	}
	start.Made, start.Request = creation.ID, creation.Request
	switch start.Kind {
	case playbook.Map:
		start.Nodes = copied(from.Nodes, here, phase, func(*Node) {})
		start.Relations = copied(from.Relations, here, phase, func(r *Relation) {
			r.From, r.To = here(r.From), here(r.To)
			technologies := make([]string, len(r.Technologies))
			for i, id := range r.Technologies {
				technologies[i] = here(id)
			}
			r.Technologies = technologies
		})
		b.Nodes, b.Relations = slices.Clone(start.Nodes), slices.Clone(start.Relations)
	case playbook.Inventory:
		start.Inventory = copied(from.Inventory, here, phase, func(s *System) { s.ParallelWith = here(s.ParallelWith) })
		b.Inventory = slices.Clone(start.Inventory)
	case playbook.Plan:
		start.Plan = copied(from.Plan, here, phase, func(*PlanRow) {})
		b.Plan = slices.Clone(start.Plan)
	}
	b.Begun = append(b.Begun, start)
	return nil
}

// copied are items of an earlier board under ids of this one.
func copied[T any](items []Item[T], here func(string) string, phase string, adapt func(*T)) []Item[T] {
	all := make([]Item[T], len(items))
	for i, item := range items {
		all[i] = Item[T]{ID: here(item.ID), Revision: 1, PhaseID: phase, Origin: item.ID, Body: item.Body}
		adapt(&all[i].Body)
	}
	return all
}

// difference is what has become of something that began with an earlier dialogue's.
type difference struct {
	added, changed []string // ids of what is on the board
	removed        Board    // what was taken off, as it was
}

// since is the difference between a beginning and the board.
func (b *Board) since(start *Beginning) difference {
	var d difference
	switch start.Kind {
	case playbook.Map:
		d.removed.Nodes = against(&d, start.Nodes, b.Nodes)
		d.removed.Relations = against(&d, start.Relations, b.Relations)
	case playbook.Inventory:
		d.removed.Inventory = against(&d, start.Inventory, b.Inventory)
	case playbook.Plan:
		d.removed.Plan = against(&d, start.Plan, b.Plan)
	}
	return d
}

// against notes what is new and what is changed, and returns what is gone.
func against[T any](d *difference, before, now []Item[T]) (gone []Item[T]) {
	for _, item := range now {
		switch i := indexOf(before, item.ID); {
		case i < 0:
			d.added = append(d.added, item.ID)
		case !reflect.DeepEqual(before[i].Body, item.Body):
			d.changed = append(d.changed, item.ID)
		}
	}
	for _, item := range before {
		if indexOf(now, item.ID) < 0 {
			gone = append(gone, item)
		}
	}
	return gone
}
