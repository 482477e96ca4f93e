package reporting

import (
	"slices"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// nearby is what the releases of the last months told, as far as it bears on what a round may tell now.
type nearby struct {
	told    [][]string // groups, each as the groups of the round that are in it, for disclosure.Beside
	crossed bool       // what was told lies across the groups of the round
	whole   bool       // the school as a whole was told, of the same people as are asked now
}

// elsewhere stands for whoever belongs to the school and is not asked now.
const elsewhere = "*"

// besideTheme is what was told in a theme.
func (m Material) besideTheme(theme Theme) nearby {
	b := m.besideOther(func(n api.Node) bool { return isShown(n, api.Theme(theme.ID)) })
	for _, r := range m.Near {
		if m.brokenDownAs(r) {
			b.told = append(b.told, told(r, theme)...)
		}
	}
	return b
}

// besideExtra is what was told of questions of the school's own. Which of them are the same is not known, so each may be.
func (m Material) besideExtra() nearby {
	b := m.besideOther(func(n api.Node) bool {
		return n.ExtraQuestions != nil && slices.ContainsFunc(*n.ExtraQuestions, func(q api.ExtraQuestion) bool { return q.State == api.Shown })
	})
	b.told = nil
	return b
}

// besideOther is what releases by another breakdown told. A unit and a staff group may have a single person in common, and how
// many they have nobody counts. So beside a release that told of one of them nothing is told of the other; the school as a
// whole is where it is told already. A release that told of the whole alone is a group like any other.
func (m Material) besideOther(shows func(api.Node) bool) nearby {
	var b nearby
	for _, r := range m.Near {
		if m.brokenDownAs(r) {
			continue
		}
		everybody := r.Round.WholeSchool != nil && *r.Round.WholeSchool
		whole := shows(r.Nodes[0])
		if slices.ContainsFunc(r.Nodes[1:], shows) || whole && !everybody {
			b.crossed = true
		}
		if whole && everybody {
			b.told = append(b.told, m.Round.everybody())
			b.whole = b.whole || m.Round.WholeSchool
		}
	}
	return b
}

// brokenDownAs tells whether a release is broken down by the same as the round.
func (m Material) brokenDownAs(r api.Release) bool {
	by := api.ByUnit
	if r.Round.Breakdown != nil {
		by = *r.Round.Breakdown
	}
	return by == m.Round.breakdown()
}

// everybody at the school, as the groups of the round and whoever is in none of them.
func (r Round) everybody() []string {
	var groups []string
	for _, unit := range r.Units {
		groups = append(groups, unit.ID)
	}
	if !r.WholeSchool {
		groups = append(groups, elsewhere)
	}
	return groups
}

// limit leaves of the shown groups what may stand beside groups that lie across them.
func (b nearby) limit(shown map[string]bool, whole string) map[string]bool {
	if !b.crossed {
		return shown
	}
	return map[string]bool{whole: b.whole && shown[whole]}
}

// told returns the groups that a release told about in a theme, each as the units in it.
func told(r api.Release, theme Theme) [][]string {
	var groups [][]string
	for _, n := range r.Nodes {
		if isShown(n, api.Theme(theme.ID)) {
			groups = append(groups, unitsOf(r, n, api.Theme(theme.ID)))
		}
	}
	return groups
}

// isGroup tells whether a node is one of the groups that the school is broken down into: a unit, or a staff group.
func isGroup(n api.Node) bool { return n.Kind == api.Unit || n.Kind == api.StaffGroup }

// unitsOf returns the units, or staff groups, that a node's figures in a theme are about. What is pooled is its parent without the units
// that are shown below it.
func unitsOf(r api.Release, n api.Node, theme api.Theme) []string {
	if n.Kind == api.OtherUnits {
		parent := r.Nodes[slices.IndexFunc(r.Nodes, func(one api.Node) bool { return one.NodeID == *n.ParentID })]
		units := unitsOf(r, parent, theme)
		for _, shown := range shownBelow(r, parent, theme) {
			out := unitsOf(r, shown, theme)
			units = slices.DeleteFunc(units, func(unit string) bool { return slices.Contains(out, unit) })
		}
		return units
	}
	var units []string
	if isGroup(n) {
		units = append(units, n.NodeID)
	}
	for _, child := range unitsBelow(r, n) {
		units = append(units, unitsOf(r, child, theme)...)
	}
	return units
}

// shownBelow returns the topmost units under a node that are shown in a theme.
func shownBelow(r api.Release, n api.Node, theme api.Theme) []api.Node {
	var shown []api.Node
	for _, child := range unitsBelow(r, n) {
		if isShown(child, theme) {
			shown = append(shown, child)
		} else {
			shown = append(shown, shownBelow(r, child, theme)...)
		}
	}
	return shown
}

// isShown tells whether a node tells anything in a theme.
func isShown(n api.Node, theme api.Theme) bool {
	return slices.ContainsFunc(n.Themes, func(t api.NodeTheme) bool { return t.Theme == theme && t.State == api.Shown })
}

func unitsBelow(r api.Release, n api.Node) []api.Node {
	var below []api.Node
	for _, child := range r.Nodes {
		if isGroup(child) && child.ParentID != nil && *child.ParentID == n.NodeID {
			below = append(below, child)
		}
	}
	return below
}
