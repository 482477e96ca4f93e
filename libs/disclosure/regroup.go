package disclosure

// Pool is a group after Regroup.
type Pool struct {
	Group
	Others  bool     // holds what is left of its parent
	Members []string // the groups whose own people are in Own
}

// Others returns the id of the group that holds what is left of a shown group.
func Others(id string) string { return id + ".others" }

// Regroup collects what a mask hides. Of the groups given only those that are shown remain, each under its nearest
// shown ancestor. Where a shown group has shown groups below it and people outside those, these people become a
// group of their own, with the id that Others gives. Since the people of that group are a remainder, showing it,
// or masking the result again at the same minimum, reveals nothing that was not derivable before.
func Regroup(groups []Group, shown map[string]bool) ([]Pool, error) {
	t, err := plant(groups)
	if err != nil {
		return nil, err
	}
	var pools []Pool
	for _, i := range t.order {
		g := groups[i]
		if !shown[g.ID] {
			continue
		}
		own := Pool{Group: Group{ID: g.ID, Parent: t.ancestor(g.ID, shown), Own: t.remainder(g.ID, shown)}, Members: t.left(i, shown)}
		if len(t.below(g.ID, shown)) == 0 || sum(own.Own) == 0 {
			pools = append(pools, own)
			continue
		}
		rest := Pool{Group: Group{ID: Others(g.ID), Parent: g.ID, Own: own.Own}, Others: true, Members: own.Members}
		own.Own, own.Members = make([]int, len(g.Own)), nil
		pools = append(pools, own, rest)
	}
	return pools, nil
}

// ancestor returns the nearest shown group above id, "" if there is none.
func (t *tree) ancestor(id string, shown map[string]bool) string {
	above := t.parent[id]
	for above != "" && !shown[above] {
		above = t.parent[above]
	}
	return above
}

// left returns the group and those below it that are not in or under another shown one.
func (t *tree) left(i int, shown map[string]bool) []string {
	members := []string{t.groups[i].ID}
	for _, child := range t.children[t.groups[i].ID] {
		if !shown[t.groups[child].ID] {
			members = append(members, t.left(child, shown)...)
		}
	}
	return members
}
