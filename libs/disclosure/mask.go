package disclosure

import (
	"cmp"
	"slices"
)

// Mask returns the groups that may be shown: those in which every count reaches the minimum, as long as, for every
// count, each of them minus the shown groups below it holds nobody or at least the minimum. Where it does not, the
// smallest of those below are hidden until it does. One failing count hides a group for all counts. The outcome
// depends on counts and ids, not on the order of groups.
//
// Hiding more than Mask does is always safe: the remainder of a group that is hidden as well is added to another,
// and nobody plus enough is enough. So masks for several things may be intersected.
func Mask(groups []Group, minimum int) (map[string]bool, error) {
	t, err := plant(groups)
	if err != nil {
		return nil, err
	}
	small := func(n int) bool { return n < minimum }
	leaky := func(n int) bool { return n > 0 && n < minimum }
	shown := map[string]bool{}
	for _, g := range groups {
		if !slices.ContainsFunc(t.total[g.ID], small) {
			shown[g.ID] = true
		}
	}
	// Hiding a group changes the remainder of its nearest shown ancestor and of no other group, so it is enough
	// to go through them once, from the bottom to the top.
	for _, id := range t.bottomUp() {
		for shown[id] {
			failing := slices.IndexFunc(t.remainder(id, shown), leaky)
			if failing < 0 {
				break
			}
			delete(shown, t.smallest(t.below(id, shown), failing))
		}
	}
	return shown, nil
}

// bottomUp returns the ids, deepest first, and by id within a level.
func (t *tree) bottomUp() []string {
	depth := map[string]int{}
	ids := make([]string, 0, len(t.order))
	for _, i := range t.order {
		g := t.groups[i]
		depth[g.ID] = depth[g.Parent] + 1
		ids = append(ids, g.ID)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(-cmp.Compare(depth[a], depth[b]), cmp.Compare(a, b)) })
	return ids
}

// smallest returns the group with the fewest people in one count, then in all counts together, then by id. There is
// one to choose from: a shown group is no leaky remainder by itself, so something below it is shown.
func (t *tree) smallest(ids []string, count int) string {
	return slices.MinFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(t.total[a][count], t.total[b][count]), cmp.Compare(sum(t.total[a]), sum(t.total[b])), cmp.Compare(a, b))
	})
}

func sum(counts []int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
