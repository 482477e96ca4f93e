package dialogue

import (
	"slices"
	"strings"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/personal"
)

// hold holds an item back that its author wants held back, and refuses one that names a colleague and is not to be.
func (s section[T]) hold(b *Board, id string, holdBack bool, colleagues personal.Names) error {
	item := &(*s.items(b))[indexOf(*s.items(b), id)]
	if !holdBack && slices.ContainsFunc(s.says(b, &item.Body), colleagues.Named) {
		return failure.New(failure.NamesColleague)
	}
	item.Held = item.Held || holdBack
	return nil
}

// setHeld changes whether the room sees an item, at the revision that was seen; found is false where it is of another section.
// What has come to stand there in its place meanwhile has to make room first.
func (s section[T]) setHeld(b *Board, id string, revision int64, held bool, reason string) (found bool, err error) {
	if indexOf(*s.items(b), id) < 0 {
		return false, nil
	}
	item, err := s.at(b, id, revision)
	if err != nil {
		return true, err
	}
	item.Held, item.HeldReason = held, reason
	item.Revision++
	if held {
		return true, nil
	}
	body := item.Body
	return true, s.clean(b, id, &body)
}

// setHeld changes whether the room sees something on the board.
func (b *Board) setHeld(id string, revision int64, held bool, reason string) error {
	for _, set := range []func(*Board, string, int64, bool, string) (bool, error){nodes.setHeld, relations.setHeld, inventory.setHeld, plan.setHeld} {
		if found, err := set(b, id, revision, held, reason); found || err != nil {
			return err
		}
	}
	return failure.NotFound("board item")
}

// shown is the board without what is held back and what would point to it.
func (b *Board) shown() *Board {
	s := &Board{DialogueID: b.DialogueID, Nodes: visible(b.Nodes), Relations: visible(b.Relations), Inventory: visible(b.Inventory), Plan: visible(b.Plan)}
	there := func(id string) bool { return indexOf(s.Nodes, id) >= 0 }
	s.Relations = slices.DeleteFunc(s.Relations, func(i Item[Relation]) bool { return !there(i.Body.From) || !there(i.Body.To) })
	for i := range s.Relations {
		causes := &s.Relations[i].Body.Technologies
		*causes = slices.DeleteFunc(append([]string{}, *causes...), func(id string) bool { return !there(id) })
	}
	for i := range s.Inventory {
		if beside := &s.Inventory[i].Body.ParallelWith; indexOf(s.Inventory, *beside) < 0 {
			*beside = ""
		}
	}
	for _, start := range b.Begun {
		start.Nodes, start.Relations = unless(start.Nodes, b.Nodes, s.Nodes), unless(start.Relations, b.Relations, s.Relations)
		start.Inventory, start.Plan = unless(start.Inventory, b.Inventory, s.Inventory), unless(start.Plan, b.Plan, s.Plan)
		s.Begun = append(s.Begun, start)
	}
	return s
}

// unless is what a section began with, without what is there and not shown: it does not pass for what was taken off.
func unless[T any](began, there, shown []Item[T]) []Item[T] {
	return slices.DeleteFunc(slices.Clone(began), func(i Item[T]) bool {
		return indexOf(there, i.ID) >= 0 && indexOf(shown, i.ID) < 0
	})
}

func visible[T any](items []Item[T]) []Item[T] {
	return slices.DeleteFunc(append([]Item[T]{}, items...), func(i Item[T]) bool { return i.Held })
}

// heldView is something on the board that is held back, for TR and AMR.
type heldView struct {
	ItemID   string `json:"item_id"`
	Revision int64  `json:"revision"`
	Text     string `json:"text"`
	Reason   string `json:"held_reason,omitempty"`
}

func (b *Board) held() []heldView {
	return slices.Concat(heldOf(b, nodes), heldOf(b, relations), heldOf(b, inventory), heldOf(b, plan))
}

func heldOf[T any](b *Board, s section[T]) (held []heldView) {
	for _, i := range *s.items(b) {
		if i.Held {
			said := slices.DeleteFunc(s.says(b, &i.Body), func(text string) bool { return text == "" })
			held = append(held, heldView{i.ID, i.Revision, strings.Join(said, " · "), i.HeldReason})
		}
	}
	return held
}
