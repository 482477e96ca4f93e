package reporting

import (
	"fmt"
	"maps"
	"regexp"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/disclosure"
)

// A school's own questions are told one by one, each under the rules of a theme with a single figure: who answered counts,
// the remainder rule runs over the units, and what is left of a node is pooled. They are in no mean with anything else.

var extraPattern = regexp.MustCompile(`^extra\.[1-5]$`)

// validExtra refuses items that could be taken for the instrument's.
func validExtra(ids []string) error {
	seen := map[string]bool{}
	for _, id := range ids {
		if !extraPattern.MatchString(id) || seen[id] {
			return fmt.Errorf("%q is no item of the school's own, or comes twice", id)
		}
		seen[id] = true
	}
	return nil
}

// items are all that an answer to the round may hold.
func (r Round) items() map[string]bool {
	all := maps.Clone(r.Instrument.Items())
	for _, id := range r.ExtraQuestions {
		all[id] = true
	}
	return all
}

// extraTheme is a question as a theme with one figure, by which groups are made and protected like everywhere else.
func extraTheme(id string) Theme { return Theme{ID: id, Cells: []Cell{{Gain: Item{ID: id}}}} }

// extra scores one question for every group that is large enough, and for what is left of them.
func (m Material) extra(id string, nodes []node, minimums disclosure.Minimums) (themeResult, error) {
	result := themeResult{theme: extraTheme(id), groups: map[string]groupTheme{}}
	own := map[string]themeSums{}
	for _, answer := range m.Answers {
		value, answered := answer.Values[id]
		if !answered || value == Missing {
			continue
		}
		sums, begun := own[answer.Unit]
		if !begun {
			sums = newSums(result.theme)
		}
		sums.Cells[0].Gain.add(float64(value))
		own[answer.Unit] = sums
	}
	g, err := group(result.theme, nodes, own, m.besideExtra(), minimums)
	if err != nil {
		return result, err
	}
	protected, err := disclosure.Protect(g.counted(cellCounts), minimums)
	if err != nil {
		return result, err
	}
	for _, pool := range g.pools {
		level := protected[pool.ID].Level
		if level == disclosure.Hidden {
			continue
		}
		values := g.sums[pool.ID].Cells[0].Gain
		result.groups[pool.ID] = groupTheme{level: level, extra: api.ExtraQuestion{
			Question: id, State: api.Shown, NBand: band(values.N),
			Score: figure(level, values.mean(), spreadOf(values, g.people[pool.ID])),
		}}
	}
	return result, nil
}

// extras puts together what the school's own questions tell of a node.
func (n node) extras(results []themeResult) *[]api.ExtraQuestion {
	var all []api.ExtraQuestion
	for _, r := range results {
		one := api.ExtraQuestion{Question: r.theme.ID, State: api.TooFew}
		if group, shown := r.groups[n.id]; shown {
			one = group.extra
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil
	}
	return &all
}
