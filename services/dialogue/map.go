package dialogue

import (
	"slices"
	"strconv"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// NodeKind is whom a node of the relationship map stands for: roles and groups, never persons; or a technology.
type NodeKind string

// The kinds of node. Us are those who draw.
const (
	Us          NodeKind = "us"
	Learners    NodeKind = "learners"
	Colleagues  NodeKind = "colleagues"
	Professions NodeKind = "professions"
	Leaders     NodeKind = "leaders"
	Parents     NodeKind = "parents"
	Partners    NodeKind = "partners"
	OtherPeople NodeKind = "other"
	Technology  NodeKind = "technology"
)

// Node is somebody on the map, or a technology, which may be one of the register.
type Node struct {
	Kind         NodeKind `bson:"kind" json:"kind"`
	Label        string   `bson:"label" json:"label"`
	TechnologyID string   `bson:"technology_id" json:"technology_id,omitempty"`
	HoldBack     bool     `bson:"-" json:"hold_back,omitempty"` // of a request
}

// RelationKind is what a relation carries.
type RelationKind string

// The kinds of relation.
const (
	Contact          RelationKind = "contact"
	Cooperation      RelationKind = "cooperation"
	KnowledgeSharing RelationKind = "knowledge_sharing"
	Support          RelationKind = "social_support"
	Steering         RelationKind = "steering"
)

// Impact is how a relation is affected by technology now. Nobody has said yet while it is empty.
type Impact string

// The impacts. The same technology can strengthen one relation and weaken another, or do both to one.
const (
	Unmarked     Impact = ""
	Strengthened Impact = "strengthened"
	Weakened     Impact = "weakened"
	Both         Impact = "both"
	Unchanged    Impact = "unchanged"
)

// Direction is where a relation should go. Nobody has said yet while it is empty.
type Direction string

// The directions.
const (
	Undirected   Direction = ""
	Strengthen   Direction = "strengthen"
	Preserve     Direction = "preserve"
	TakeLessRoom Direction = "take_less_room"
)

// Relation is a working relation between two on the map; it has no first and no second. Essential ones are those
// without which the work cannot succeed.
type Relation struct {
	From         string       `bson:"from" json:"from_node_id"`
	To           string       `bson:"to" json:"to_node_id"`
	Kind         RelationKind `bson:"kind" json:"kind"`
	Essential    bool         `bson:"essential" json:"essential"`
	Impact       Impact       `bson:"impact" json:"impact,omitempty"`
	Technologies []string     `bson:"technologies" json:"technology_node_ids"`
	Direction    Direction    `bson:"direction" json:"direction,omitempty"`
	Reason       string       `bson:"reason" json:"reason,omitempty"`
	HoldBack     bool         `bson:"-" json:"hold_back,omitempty"` // of a request
}

// The map stays readable on one screen.
const (
	maxNodes     = 40
	maxRelations = 80
	maxCauses    = 5 // technologies of one relation
)

var nodes = section[Node]{
	name: "node", most: maxNodes,
	items: func(b *Board) *[]Item[Node] { return &b.Nodes },
	clean: func(b *Board, id string, n *Node) error { return n.clean(b, id) },
	says:  func(_ *Board, n *Node) []string { return []string{n.Label} },
	used:  (*Board).related,
}

var relations = section[Relation]{
	name: "relation", most: maxRelations,
	items: func(b *Board) *[]Item[Relation] { return &b.Relations },
	clean: func(b *Board, id string, r *Relation) error { return r.clean(b, id) },
	says: func(b *Board, r *Relation) []string {
		return []string{b.label(r.From) + " – " + b.label(r.To), r.Reason}
	},
}

func (n *Node) clean(b *Board, id string) error {
	n.HoldBack = false
	var wrong [4]*failure.Error
	wrong[0] = oneOf("kind", n.Kind, Us, Learners, Colleagues, Professions, Leaders, Parents, Partners, OtherPeople, Technology)
	n.Label, wrong[1] = boardText("label", n.Label, maxLabel)
	wrong[2] = checkTechnology(n.TechnologyID)
	if n.TechnologyID != "" && n.Kind != Technology {
		wrong[3] = failure.Invalid("technology_id", "nothing, for people")
	}
	if err := failure.Together(wrong[:]...); err != nil {
		return err
	}
	for _, other := range b.Nodes {
		o := other.Body
		switch {
		case other.ID == id:
			// What holds relations together as people cannot become a technology, nor the other way round.
			if (o.Kind == Technology) != (n.Kind == Technology) && b.related(id) {
				return failure.New(failure.BoardItemUsed).At("kind")
			}
		case other.Held: // what nobody sees is in nobody's way
		case o.Kind == n.Kind && alike(o.Label, n.Label):
			return duplicate("label")
		case n.TechnologyID != "" && o.TechnologyID == n.TechnologyID:
			return duplicate("technology_id")
		}
	}
	return nil
}

func (r *Relation) clean(b *Board, id string) error {
	r.HoldBack = false
	var wrong []*failure.Error
	keep := func(err *failure.Error) { wrong = append(wrong, err) }
	keep(b.end("from_node_id", r.From))
	keep(b.end("to_node_id", r.To))
	if r.From != "" && r.From == r.To {
		keep(failure.Invalid("to_node_id", "somebody else than from_node_id"))
	}
	keep(oneOf("kind", r.Kind, Contact, Cooperation, KnowledgeSharing, Support, Steering))
	keep(oneOf("impact", r.Impact, Unmarked, Strengthened, Weakened, Both, Unchanged))
	keep(oneOf("direction", r.Direction, Undirected, Strengthen, Preserve, TakeLessRoom))
	keep(r.causes(b))
	var err *failure.Error
	r.Reason, err = boardRemark("reason", r.Reason, maxRemark)
	keep(err)
	if err := failure.Together(wrong...); err != nil {
		return err
	}
	for _, other := range b.Relations {
		if other.ID != id && !other.Held && other.Body.Kind == r.Kind && other.Body.joins(r.From, r.To) {
			return duplicate("kind")
		}
	}
	return nil
}

// joins tells whether the relation is between these two.
func (r *Relation) joins(a, b string) bool {
	return r.From == a && r.To == b || r.From == b && r.To == a
}

// end says whether a relation can end in a node.
func (b *Board) end(field, id string) *failure.Error {
	if n := b.node(id); n == nil || n.Kind == Technology {
		return failure.Invalid(field, "the id of a node of the map that stands for people")
	}
	return nil
}

// related tells whether a relation ends in a node or names it as what affects it.
func (b *Board) related(id string) bool {
	return slices.ContainsFunc(b.Relations, func(r Item[Relation]) bool {
		return r.Body.From == id || r.Body.To == id || slices.Contains(r.Body.Technologies, id)
	})
}

func (b *Board) node(id string) *Node {
	if i := indexOf(b.Nodes, id); i >= 0 {
		return &b.Nodes[i].Body
	}
	return nil
}

// causes says whether the technologies of a relation are on the map. Where a relation has changed somebody has to be able
// to ask what changed it.
func (r *Relation) causes(b *Board) *failure.Error {
	if r.Technologies == nil {
		r.Technologies = []string{}
	}
	if len(r.Technologies) > maxCauses {
		return failure.Invalid("technology_node_ids", "at most "+strconv.Itoa(maxCauses)+" technologies")
	}
	seen := map[string]bool{}
	for i, id := range r.Technologies {
		if n := b.node(id); n == nil || n.Kind != Technology || seen[id] {
			return failure.Invalid("technology_node_ids."+strconv.Itoa(i), "ids of technologies of the map, each once")
		}
		seen[id] = true
	}
	if len(r.Technologies) == 0 && slices.Contains([]Impact{Strengthened, Weakened, Both}, r.Impact) {
		return failure.Invalid("technology_node_ids", "at least one technology of the map that affects the relation")
	}
	return nil
}
