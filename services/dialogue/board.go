package dialogue

import (
	"slices"
	"strconv"
	"strings"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// Board is what a dialogue draws and lists together: its relationship map (map.go), its inventory (inventory.go) and its
// plan (plan.go). A dialogue has one, which its steps of these kinds fill one after the other; its id is the dialogue's.
// It is one document, so that a rule about several of its items holds also when two people change it at once. Each item
// has a revision of its own: who changes one thing is in nobody's way who changes another. Nobody's name is kept with an
// item, as with everything that is written openly.
type Board struct {
	DialogueID string           `bson:"dialogue_id"`
	Nodes      []Item[Node]     `bson:"nodes"`
	Relations  []Item[Relation] `bson:"relations"`
	Inventory  []Item[System]   `bson:"inventory"`
	Plan       []Item[PlanRow]  `bson:"plan"`
	Begun      []Beginning      `bson:"begun,omitempty"` // what of it began with an earlier dialogue's
	Gone       []string         `bson:"gone"`            // ids of what was removed last, so that a late repeat does not bring it back
}

// Item is one thing on a board.
type Item[T any] struct {
	ID       string `bson:"id"`
	Request  string `bson:"request"` // the hash of what made it
	Revision int64  `bson:"revision"`
	PhaseID  string `bson:"phase_id"`         // the step in which it was added
	Origin   string `bson:"origin,omitempty"` // the id of what it was copied from, on an earlier board
	Body     T      `bson:"body"`

	// Held back from everybody but TR and AMR, as a contribution is; without a reason where it never was shown.
	Held       bool   `bson:"held,omitempty"`
	HeldReason string `bson:"held_reason,omitempty"`
}

const (
	maxGone     = 200
	maxLabel    = 80  // characters of what a node or a row is called
	maxRemark   = 500 // characters of why, for what, what helps
	maxPlanText = 1_000
)

// section is one kind of item on a board and its rules, without I/O.
type section[T any] struct {
	name  string
	items func(*Board) *[]Item[T]
	most  int
	// clean brings an item into the form in which it is kept, or says everything that is wrong with it where it stands.
	clean func(b *Board, id string, body *T) error
	// says is what a reader reads of an item in somebody's own words.
	says func(b *Board, body *T) []string
	// used tells whether something else on the board needs the item of this id.
	used func(b *Board, id string) bool
}

// add puts an item on the board. The same request again finds what the first one made, as it is now.
func (s section[T]) add(b *Board, creation document.Creation, phase string, body T) (Item[T], error) {
	items := s.items(b)
	if i := indexOf(*items, creation.ID); i >= 0 {
		if (*items)[i].Request != creation.Request {
			return Item[T]{}, failure.New(failure.IdempotencyConflict)
		}
		return (*items)[i], nil
	}
	if slices.Contains(b.Gone, creation.ID) {
		return Item[T]{}, failure.NotFound(s.name)
	}
	if len(*items) >= s.most {
		return Item[T]{}, failure.New(failure.BoardFull).Wanting("at most " + strconv.Itoa(s.most))
	}
	if err := s.clean(b, creation.ID, &body); err != nil {
		return Item[T]{}, err
	}
	added := Item[T]{ID: creation.ID, Request: creation.Request, Revision: 1, PhaseID: phase, Body: body}
	*items = append(*items, added)
	return added, nil
}

// change replaces what an item says, at the revision that was seen.
func (s section[T]) change(b *Board, id string, revision int64, body T) (Item[T], error) {
	item, err := s.at(b, id, revision)
	if err != nil {
		return Item[T]{}, err
	}
	if err := s.clean(b, id, &body); err != nil {
		return Item[T]{}, err
	}
	item.Body = body
	item.Revision++
	return *item, nil
}

// remove takes an item off the board, at the revision that was seen. What something else needs stays: nobody's work goes
// with another's.
func (s section[T]) remove(b *Board, id string, revision int64) error {
	if _, err := s.at(b, id, revision); err != nil {
		return err
	}
	if s.used != nil && s.used(b, id) {
		return failure.New(failure.BoardItemUsed)
	}
	items := s.items(b)
	*items = slices.Delete(*items, indexOf(*items, id), indexOf(*items, id)+1)
	b.Gone = append(b.Gone, id)
	if len(b.Gone) > maxGone {
		b.Gone = slices.Delete(b.Gone, 0, len(b.Gone)-maxGone)
	}
	return nil
}

func (s section[T]) at(b *Board, id string, revision int64) (*Item[T], error) {
	items := *s.items(b)
	i := indexOf(items, id)
	if i < 0 {
		return nil, failure.NotFound(s.name)
	}
	if items[i].Revision != revision {
		return nil, failure.New(failure.PreconditionFailed)
	}
	return &items[i], nil
}

func indexOf[T any](items []Item[T], id string) int {
	return slices.IndexFunc(items, func(i Item[T]) bool { return i.ID == id })
}

// boardText is cleanText for what is read without its author's name, so that it must not carry anybody else's number or
// address (privacy.md 5).
func boardText(field, text string, most int) (string, *failure.Error) {
	return cleanText(field, personal.Mask(text), most)
}

// boardRemark is boardText for a text that may be absent.
func boardRemark(field, text string, most int) (string, *failure.Error) {
	return optionalText(field, personal.Mask(text), most)
}

// oneOf says whether a value is one of those that there are; an empty one only if that is among them.
func oneOf[S ~string](field string, value S, among ...S) *failure.Error {
	if slices.Contains(among, value) {
		return nil
	}
	named := slices.DeleteFunc(slices.Clone(among), func(s S) bool { return s == "" })
	return failure.Invalid(field, either(named))
}

// alike tells whether two names are the same to a reader.
func alike(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// checkTechnology says whether an id can be one of the technology register.
func checkTechnology(id string) *failure.Error {
	if len(id) > maxIDLength {
		return failure.Invalid("technology_id", "the id of a technology, at most "+strconv.Itoa(maxIDLength)+" characters")
	}
	return nil
}

// duplicate says that the same stands on the board already.
func duplicate(field string) error { return failure.New(failure.BoardDuplicate).At(field) }

// citable are the ids of what an outcome can rest on and a vote can be about, of these kinds of step: how a relation is
// affected, and what a row says.
func (b *Board) citable(kinds ...playbook.Kind) map[string]bool {
	known := map[string]bool{}
	for id, text := range b.shown().texts() {
		if slices.Contains(kinds, text.of) {
			known[id] = true
		}
	}
	return known
}

// boardKinds are the kinds of step that fill a board.
var boardKinds = []playbook.Kind{playbook.Map, playbook.Inventory, playbook.Plan}

// citedItem is how an item reads where something cites it.
type citedItem struct {
	of   playbook.Kind
	kind string
	text string
}

// texts returns what can be cited, by id.
func (b *Board) texts() map[string]citedItem {
	texts := map[string]citedItem{}
	for _, i := range b.Relations {
		text := b.label(i.Body.From) + " – " + b.label(i.Body.To)
		if i.Body.Reason != "" {
			text += ": " + i.Body.Reason
		}
		texts[i.ID] = citedItem{playbook.Map, "relation", text}
	}
	for _, i := range b.Inventory {
		text := i.Body.Name
		if i.Body.UsedFor != "" {
			text += ": " + i.Body.UsedFor
		}
		texts[i.ID] = citedItem{playbook.Inventory, "inventory_row", text}
	}
	for _, i := range b.Plan {
		texts[i.ID] = citedItem{playbook.Plan, "plan_row", i.Body.Text}
	}
	return texts
}

// label is what a node is called.
func (b *Board) label(id string) string {
	if n := b.node(id); n != nil {
		return n.Label
	}
	return ""
}
