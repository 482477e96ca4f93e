package reporting

import (
	"fmt"
	"slices"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/disclosure"
)

// themeResult is what one theme tells, by group. A group that is not in it has too few answers.
type themeResult struct {
	theme  Theme
	groups map[string]groupTheme
}

// groupTheme is what one theme tells of one group. The means are exact and stay here: they serve the mean over themes
// of the very same group.
type groupTheme struct {
	public api.NodeTheme
	level  disclosure.Level
	means  map[string]cellMean // by quality
	extra  api.ExtraQuestion   // of a school's own question instead of a theme
}

type cellMean struct {
	n            int
	gain, strain float64
}

// themeGroups are the people of one theme: which groups there are, what their answers add up to, and how many people each has.
type themeGroups struct {
	pools  []disclosure.Pool
	own    map[string]themeSums // by pool
	sums   map[string]themeSums // by pool, with those of the pools below
	people map[string]int
}

// theme scores one theme for every group that is large enough, and for what is left of them.
func (m Material) theme(theme Theme, nodes []node, minimums disclosure.Minimums) (themeResult, error) {
	result := themeResult{theme: theme, groups: map[string]groupTheme{}}
	g, err := m.grouped(theme, nodes, minimums)
	if err != nil {
		return result, err
	}
	for _, pool := range g.pools {
		if g.cells[pool.ID].Level == disclosure.Hidden {
			continue
		}
		teller := teller{theme: theme, sums: g.sums[pool.ID], people: g.people[pool.ID], cells: g.cells[pool.ID], fits: g.fits[pool.ID], spreads: g.spreads[pool.ID]}
		result.groups[pool.ID] = teller.tell()
	}
	return result, nil
}

// protectedGroups are the groups of a theme with what may be told of each, by the kind of figure.
type protectedGroups struct {
	themeGroups
	cells, fits, spreads map[string]disclosure.Protection
}

func (m Material) grouped(theme Theme, nodes []node, minimums disclosure.Minimums) (p protectedGroups, err error) {
	if p.themeGroups, err = group(theme, nodes, sumUp(theme, m.Answers), m.besideTheme(theme), minimums); err != nil {
		return p, err
	}
	if p.cells, err = disclosure.Protect(p.counted(cellCounts), minimums); err != nil {
		return p, err
	}
	if p.fits, err = disclosure.Protect(p.counted(fitCounts), minimums); err != nil {
		return p, err
	}
	p.spreads, err = disclosure.Protect(p.counted(spreadCounts), minimums)
	return p, err
}

// group decides which nodes are shown by themselves, beside the groups that earlier releases told of, and pools the rest.
func group(theme Theme, nodes []node, own map[string]themeSums, before nearby, minimums disclosure.Minimums) (themeGroups, error) {
	groups := make([]disclosure.Group, len(nodes))
	for i, n := range nodes {
		groups[i] = disclosure.Group{ID: n.id, Parent: n.parent, Own: cellCounts(sumsOf(theme, own, n.id))}
	}
	shown, err := disclosure.Mask(groups, minimums.Means)
	if err != nil {
		return themeGroups{}, err
	}
	shown = before.limit(shown, nodes[0].id)
	if len(before.told) > 0 {
		if shown, err = disclosure.Beside(groups, shown, before.told, minimums.Means); err != nil {
			return themeGroups{}, err
		}
	}
	pools, err := disclosure.Regroup(groups, shown)
	if err != nil {
		return themeGroups{}, err
	}
	return gather(theme, pools, nodes, own), nil
}

// sumUp adds up the answers to a theme by unit.
func sumUp(theme Theme, answers []Answer) map[string]themeSums {
	own := map[string]themeSums{}
	for _, answer := range answers {
		score := scoreTheme(theme, answer.Values)
		if !score.counts {
			continue
		}
		sums, begun := own[answer.Unit]
		if !begun {
			sums = newSums(theme)
		}
		sums.add(score)
		own[answer.Unit] = sums
	}
	return own
}

// sumsOf returns a group's sums, also of one in which nobody answered.
func sumsOf(theme Theme, own map[string]themeSums, id string) themeSums {
	if sums, answered := own[id]; answered {
		return sums
	}
	return newSums(theme)
}

func gather(theme Theme, pools []disclosure.Pool, nodes []node, own map[string]themeSums) themeGroups {
	headcount := map[string]int{}
	for _, n := range nodes {
		headcount[n.id] = n.people
	}
	g := themeGroups{pools: pools, own: map[string]themeSums{}, sums: map[string]themeSums{}, people: map[string]int{}}
	for _, pool := range pools {
		mine, all := newSums(theme), newSums(theme)
		for _, member := range pool.Members {
			mine.plus(own[member])
			g.people[pool.ID] += headcount[member]
		}
		all.plus(mine)
		g.own[pool.ID], g.sums[pool.ID] = mine, all
	}
	for _, pool := range slices.Backward(pools) { // Regroup gives parents before children
		if pool.Parent != "" {
			above := g.sums[pool.Parent]
			above.plus(g.sums[pool.ID])
			g.sums[pool.Parent] = above
			g.people[pool.Parent] += g.people[pool.ID]
		}
	}
	return g
}

// counted are the groups with the people who stand behind one kind of figure in each.
func (g themeGroups) counted(count func(themeSums) []int) []disclosure.Group {
	groups := make([]disclosure.Group, len(g.pools))
	for i, pool := range g.pools {
		groups[i] = disclosure.Group{ID: pool.ID, Parent: pool.Parent, Own: count(g.own[pool.ID])}
	}
	return groups
}

// sentence is the key of a cell's sentence in the catalogue of the page.
func sentence(theme Theme, quality, reading string) string {
	return fmt.Sprintf("cell.%s.%s.%s", theme.ID, quality, reading)
}

// hiddenTheme is a theme of a group with too few answers, or with none: nobody can tell which.
func hiddenTheme(theme Theme) api.NodeTheme {
	out := api.NodeTheme{Theme: api.Theme(theme.ID), State: api.TooFew, Score: api.Score{State: api.TooFew}}
	for _, cell := range theme.Cells {
		out.Cells = append(out.Cells, api.Cell{
			Quality: api.Quality(cell.Quality), Evidence: api.CellEvidence(cell.Evidence), State: api.TooFew,
			Sentence: sentence(theme, cell.Quality, string(api.TooFew)),
		})
		if cell.Fit != nil {
			out.Fit = &api.Fit{State: api.TooFew}
		}
	}
	return out
}
