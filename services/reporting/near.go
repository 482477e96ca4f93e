package reporting

import (
	"slices"
	"time"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// nearFor is how long two rounds count as asking the same people the same. Views of a technology seldom turn within it,
// so what one release hides must not follow from another.
const nearFor = 180 * 24 * time.Hour

// told returns the groups that releases told about in a theme, each as the units in it, for disclosure.Beside.
func told(near []api.Release, theme Theme) [][]string {
	var groups [][]string
	for _, r := range near {
		for _, n := range r.Nodes {
			for _, t := range n.Themes {
				if string(t.Theme) == theme.ID && t.State == api.Shown {
					groups = append(groups, unitsOf(r, n, t.Theme))
				}
			}
		}
	}
	return groups
}

// unitsOf returns the units that a node's figures in a theme are about. What is pooled is its parent without the units
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
	if n.Kind == api.Unit {
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
		if child.Kind == api.Unit && child.ParentID != nil && *child.ParentID == n.NodeID {
			below = append(below, child)
		}
	}
	return below
}
