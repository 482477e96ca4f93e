// Package disclosure decides what may be shown about groups of people, and how exactly.
//
// It holds the rules that keep the promise that nobody can find out who answered what, as pure functions
// without I/O: the smallest group, the remainder rule over a hierarchy (mask.go, regroup.go), what several releases
// tell together (beside.go), what may be told above groups that were told of before (above.go), how exact a figure may be
// for the size of its group (protect.go), and how a figure is written down at that exactness (coding.go).
// Masks are made from counts alone, never from values, so that what is hidden says nothing about answers.
//
// Why the remainder rule suffices. The groups of a hierarchy are nested or disjoint. Call the remainder of a
// shown group what is left of it when the shown groups below it are taken out. Remainders do not overlap,
// and each shown group is the sum of the remainders inside it, so every linear combination of shown totals is a
// combination of whole remainders: the smallest group that anybody can derive is the smallest remainder that
// holds anybody. Mask sees to it that this is never smaller than the minimum. The tests check the claim with an
// attacker who knows nothing of remainders and computes ranks instead.
//
// The argument counts people, once for each thing that is summed. Whoever publishes several sums over different
// people of one group (cells of a theme with different numbers of "do not know") gives Mask one count for each
// of them; and a figure over several of them must be computed from their published figures: a mean over
// everybody with at least half of the cells, minus the cells, would be a sum over the few who lack some.
package disclosure

import (
	"fmt"
	"slices"
)

// Group is a node of a hierarchy with the people who belong to it directly, not through a group below it.
type Group struct {
	ID     string
	Parent string // "" at the top
	Own    []int  // one number for each thing counted, the same length in every group
}

// tree is a validated hierarchy.
type tree struct {
	groups   []Group
	parent   map[string]string
	children map[string][]int // by parent id, in the order given
	total    map[string][]int // own and everything below
	order    []int            // parents before children
}

func plant(groups []Group) (*tree, error) {
	t := &tree{groups: groups, parent: map[string]string{}, children: map[string][]int{}, total: map[string][]int{}}
	for _, g := range groups {
		if _, twice := t.parent[g.ID]; g.ID == "" || twice {
			return nil, fmt.Errorf("disclosure: group id %q is empty or there twice", g.ID)
		}
		t.parent[g.ID] = g.Parent
		if len(g.Own) != len(groups[0].Own) {
			return nil, fmt.Errorf("disclosure: group %s has %d counts, others have %d", g.ID, len(g.Own), len(groups[0].Own))
		}
		if slices.ContainsFunc(g.Own, func(n int) bool { return n < 0 }) {
			return nil, fmt.Errorf("disclosure: group %s has a negative count", g.ID)
		}
	}
	for i, g := range groups {
		if _, known := t.parent[g.Parent]; g.Parent != "" && !known {
			return nil, fmt.Errorf("disclosure: parent %s of group %s is missing", g.Parent, g.ID)
		}
		t.children[g.Parent] = append(t.children[g.Parent], i)
	}
	t.order = append(t.order, t.children[""]...)
	for i := 0; i < len(t.order); i++ {
		t.order = append(t.order, t.children[groups[t.order[i]].ID]...)
	}
	if len(t.order) != len(groups) {
		return nil, fmt.Errorf("disclosure: the hierarchy has a circle")
	}
	for _, i := range slices.Backward(t.order) {
		g := groups[i]
		sum := slices.Clone(g.Own)
		for _, child := range t.children[g.ID] {
			add(sum, t.total[groups[child].ID])
		}
		t.total[g.ID] = sum
	}
	return t, nil
}

// below returns the topmost shown groups under id.
func (t *tree) below(id string, shown map[string]bool) []string {
	var found []string
	for _, i := range t.children[id] {
		if child := t.groups[i].ID; shown[child] {
			found = append(found, child)
		} else {
			found = append(found, t.below(child, shown)...)
		}
	}
	return found
}

// remainder returns what is left of id without the topmost shown groups under it.
func (t *tree) remainder(id string, shown map[string]bool) []int {
	rest := slices.Clone(t.total[id])
	for _, child := range t.below(id, shown) {
		for i, n := range t.total[child] {
			rest[i] -= n
		}
	}
	return rest
}

func add(sum, more []int) {
	for i, n := range more {
		sum[i] += n
	}
}
