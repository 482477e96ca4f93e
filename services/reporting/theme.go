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

// groups are the people of one theme: which groups there are, whose scores each holds, and how many people it has.
type themeGroups struct {
	pools  []disclosure.Pool
	scores map[string][]themeScore // by pool, with those of the pools below
	people map[string]int
}

// theme scores one theme for every group that is large enough, and for what is left of them.
func (m Material) theme(theme Theme, nodes []node, minimums disclosure.Minimums) (themeResult, error) {
	result := themeResult{theme: theme, groups: map[string]groupTheme{}}
	own := map[string][]themeScore{}
	for _, answer := range m.Answers {
		if score := scoreTheme(theme, answer.Values); score.counts {
			own[answer.Unit] = append(own[answer.Unit], score)
		}
	}
	g, err := group(theme, nodes, own, told(m.Near, theme), minimums)
	if err != nil {
		return result, err
	}
	cells, err := g.protect(minimums, func(scores []themeScore) []int { return countCells(theme, scores) }, own)
	if err != nil {
		return result, err
	}
	fits, err := g.protect(minimums, func(scores []themeScore) []int { return []int{len(fitsOf(scores))} }, own)
	if err != nil {
		return result, err
	}
	spreads, err := g.protect(minimums, func(scores []themeScore) []int { return []int{len(meansOf(scores))} }, own)
	if err != nil {
		return result, err
	}
	for _, pool := range g.pools {
		if cells[pool.ID].Level == disclosure.Hidden {
			continue
		}
		teller := teller{theme: theme, scores: g.scores[pool.ID], people: g.people[pool.ID], cells: cells[pool.ID], fits: fits[pool.ID], spreads: spreads[pool.ID]}
		result.groups[pool.ID] = teller.tell()
	}
	return result, nil
}

// group decides which nodes are shown by themselves, beside the groups that earlier releases told of, and pools the rest.
func group(theme Theme, nodes []node, own map[string][]themeScore, before [][]string, minimums disclosure.Minimums) (themeGroups, error) {
	groups := make([]disclosure.Group, len(nodes))
	for i, n := range nodes {
		groups[i] = disclosure.Group{ID: n.id, Parent: n.parent, Own: countCells(theme, own[n.id])}
	}
	shown, err := disclosure.Mask(groups, minimums.Means)
	if err != nil {
		return themeGroups{}, err
	}
	if len(before) > 0 {
		if shown, err = disclosure.Beside(groups, shown, before, minimums.Means); err != nil {
			return themeGroups{}, err
		}
	}
	pools, err := disclosure.Regroup(groups, shown)
	if err != nil {
		return themeGroups{}, err
	}
	return gather(pools, nodes, own), nil
}

// countCells returns how many people have a score in each cell.
func countCells(theme Theme, scores []themeScore) []int {
	counts := make([]int, len(theme.Cells))
	for _, s := range scores {
		for i, c := range s.cells {
			if c.valid {
				counts[i]++
			}
		}
	}
	return counts
}

// fitsOf returns the answers to the fit item.
func fitsOf(scores []themeScore) []Value {
	var fits []Value
	for _, s := range scores {
		if s.fit != Missing {
			fits = append(fits, s.fit)
		}
	}
	return fits
}

// meansOf returns the means of the people who have one.
func meansOf(scores []themeScore) []cellScore {
	var means []cellScore
	for _, s := range scores {
		if mean, ok := s.mean(); ok {
			means = append(means, mean)
		}
	}
	return means
}

func gather(pools []disclosure.Pool, nodes []node, own map[string][]themeScore) themeGroups {
	headcount := map[string]int{}
	for _, n := range nodes {
		headcount[n.id] = n.people
	}
	g := themeGroups{pools: pools, scores: map[string][]themeScore{}, people: map[string]int{}}
	for _, pool := range slices.Backward(pools) { // Regroup gives parents before children
		for _, member := range pool.Members {
			g.scores[pool.ID] = append(g.scores[pool.ID], own[member]...)
			g.people[pool.ID] += headcount[member]
		}
		if pool.Parent != "" {
			g.scores[pool.Parent] = append(g.scores[pool.Parent], g.scores[pool.ID]...)
			g.people[pool.Parent] += g.people[pool.ID]
		}
	}
	return g
}

// protect decides about one kind of figure by the number of people who stand behind it in each pool.
func (g themeGroups) protect(minimums disclosure.Minimums, count func([]themeScore) []int, own map[string][]themeScore) (map[string]disclosure.Protection, error) {
	groups := make([]disclosure.Group, len(g.pools))
	for i, pool := range g.pools {
		var scores []themeScore
		for _, member := range pool.Members {
			scores = append(scores, own[member]...)
		}
		groups[i] = disclosure.Group{ID: pool.ID, Parent: pool.Parent, Own: count(scores)}
	}
	return disclosure.Protect(groups, minimums)
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
