package portal

import (
	"slices"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// What has become of something on a board that began with an earlier dialogue's.
const (
	markKept    = "kept"
	markChanged = "changed"
	markAdded   = "added"
	markRemoved = "removed"
)

var boardMarks = []string{markKept, markChanged, markAdded, markRemoved}

// boardBegun is the earlier dialogue that something on a board began with, and what has become of it.
type boardBegun struct {
	dialogueapi.BegunWith
	removed []string // ids
}

// begun is what this kind of a board began with, nil if it began empty.
func begun(board *dialogueapi.Board, kind string) *boardBegun {
	for _, one := range value(board.BegunWith) {
		if string(one.Kind) != kind {
			continue
		}
		b := &boardBegun{BegunWith: one}
		for _, n := range value(one.RemovedNodes) {
			b.removed = append(b.removed, n.NodeID)
		}
		for _, r := range value(one.RemovedRelations) {
			b.removed = append(b.removed, r.RelationID)
		}
		for _, r := range value(one.RemovedInventory) {
			b.removed = append(b.removed, r.RowID)
		}
		for _, r := range value(one.RemovedPlan) {
			b.removed = append(b.removed, r.RowID)
		}
		return b
	}
	return nil
}

// Mark says what has become of something, "" where nothing was there before.
func (b *boardBegun) Mark(id string) string {
	switch {
	case b == nil:
		return ""
	case slices.Contains(b.removed, id):
		return markRemoved
	case slices.Contains(b.AddedIds, id):
		return markAdded
	case slices.Contains(b.ChangedIds, id):
		return markChanged
	}
	return markKept
}

// nodes are those of the map with what was taken off.
func (b *boardBegun) nodes(of []dialogueapi.MapNode) []dialogueapi.MapNode {
	all := slices.Clone(of)
	if b != nil {
		for _, n := range value(b.RemovedNodes) {
			all = append(all, mapNode(n))
		}
	}
	return all
}

func (b *boardBegun) relations(of []dialogueapi.MapRelation) []dialogueapi.MapRelation {
	all := slices.Clone(of)
	if b != nil {
		for _, r := range value(b.RemovedRelations) {
			all = append(all, mapRelation(r))
		}
	}
	return all
}

func (b *boardBegun) inventory(of []dialogueapi.InventoryRow) []dialogueapi.InventoryRow {
	all := slices.Clone(of)
	if b != nil {
		for _, r := range value(b.RemovedInventory) {
			all = append(all, inventoryRow(r))
		}
	}
	return all
}

func (b *boardBegun) plan(of []dialogueapi.PlanRow) []dialogueapi.PlanRow {
	all := slices.Clone(of)
	if b != nil {
		for _, r := range value(b.RemovedPlan) {
			all = append(all, planRow(r))
		}
	}
	return all
}
