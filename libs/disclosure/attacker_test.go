package disclosure

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// published is what an attacker sees of one sum at one exactness: which atoms (the people who belong to one group
// directly) each shown total adds up, and how many people each atom has. He is given the sizes, which is
// more than a release tells.
type published struct {
	people []int
	totals [][]bool
}

// look collects what a reader sees of one count: the total of every shown group over the atoms.
func look(groups []Group, shown map[string]bool, count int) published {
	parent := map[string]string{}
	var p published
	for _, g := range groups {
		parent[g.ID] = g.Parent
		p.people = append(p.people, g.Own[count])
	}
	for _, g := range groups {
		if !shown[g.ID] {
			continue
		}
		row := make([]bool, len(groups))
		for i, atom := range groups {
			for at := atom.ID; at != ""; at = parent[at] {
				row[i] = row[i] || at == g.ID
			}
		}
		p.totals = append(p.totals, row)
	}
	return p
}

// derivable returns the fewest people about whom some weighted sum of answers can be computed from the totals, 0 if
// that is never fewer than minimum. A set of atoms gives one away exactly when leaving out its columns lowers the rank.
func (p published) derivable(minimum int) int {
	var small []int // atoms that can be part of a too small set; atoms with nobody are no unknowns
	for i, n := range p.people {
		if n > 0 && n < minimum {
			small = append(small, i)
		}
	}
	whole := rankOf(p.without(nil))
	fewest := 0
	for set := range 1 << len(small) {
		var out []int
		people := 0
		for bit, atom := range small {
			if set>>bit&1 == 1 {
				out = append(out, atom)
				people += p.people[atom]
			}
		}
		if people > 0 && people < minimum && (fewest == 0 || people < fewest) && rankOf(p.without(out)) < whole {
			fewest = people
		}
	}
	return fewest
}

func (p published) without(atoms []int) [][]*big.Rat {
	var m [][]*big.Rat
	for _, total := range p.totals {
		var row []*big.Rat
		for i, in := range total {
			if p.people[i] == 0 || slices.Contains(atoms, i) {
				continue
			}
			value := new(big.Rat)
			if in {
				value.SetInt64(1)
			}
			row = append(row, value)
		}
		m = append(m, row)
	}
	return m
}

// rankOf eliminates over the rationals, so that no rounding hides a leak.
func rankOf(m [][]*big.Rat) int {
	r := 0
	if len(m) == 0 {
		return 0
	}
	for column := range m[0] {
		pivot := slices.IndexFunc(m[r:], func(row []*big.Rat) bool { return row[column].Sign() != 0 })
		if pivot < 0 {
			continue
		}
		m[r], m[r+pivot] = m[r+pivot], m[r]
		for i := r + 1; i < len(m); i++ {
			factor := new(big.Rat).Quo(m[i][column], m[r][column])
			for j := column; j < len(m[i]); j++ {
				m[i][j] = new(big.Rat).Sub(m[i][j], new(big.Rat).Mul(factor, m[r][j]))
			}
		}
		if r++; r == len(m) {
			break
		}
	}
	return r
}

func TestAttackerFindsNothingBelowTheMinimum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := drawGroups(t, 3)
		minimum := rapid.IntRange(2, 12).Draw(t, "minimum")
		shown, err := Mask(groups, minimum)
		require.NoError(t, err)
		for count := range 3 {
			if n := look(groups, shown, count).derivable(minimum); n > 0 {
				t.Fatalf("%d people can be derived in count %d from %v of %v", n, count, shown, groups)
			}
		}
	})
}

func TestAttackerFindsNothingAtAnyExactness(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := drawGroups(t, 2)
		m := NewMinimums(rapid.IntRange(0, 8).Draw(t, "means"), rapid.IntRange(0, 15).Draw(t, "distributions"))
		shown, err := Mask(groups, m.Means)
		require.NoError(t, err)
		pools, err := Regroup(groups, shown)
		require.NoError(t, err)
		regrouped := plain(pools)
		protections, err := Protect(regrouped, m)
		require.NoError(t, err)
		for name, step := range map[string]struct {
			minimum int
			told    func(Protection) bool
		}{
			"classes": {m.Means, func(p Protection) bool { return p.Level >= Classes }},
			"points":  {m.Points, func(p Protection) bool { return p.Level >= Points }},
			"spread":  {m.Intervals, func(p Protection) bool { return p.Level >= Full }},
			"shares":  {m.Distributions, func(p Protection) bool { return p.Shares }},
		} {
			told := map[string]bool{}
			for id, p := range protections {
				told[id] = step.told(p)
			}
			for count := range 2 {
				if n := look(regrouped, told, count).derivable(step.minimum); n > 0 {
					t.Fatalf("%d people can be derived from %s in count %d: %v of %v", n, name, count, told, regrouped)
				}
			}
		}
	})
}

func TestAttackerFindsPlantedLeaks(t *testing.T) {
	school := []Group{{"school", "", []int{0}}, {"a", "school", []int{6}}, {"b", "school", []int{7}}, {"c", "school", []int{3}}}
	nested := []Group{{"school", "", []int{0}}, {"a", "school", []int{1}}, {"a1", "a", []int{8}}, {"a2", "a", []int{9}}, {"b", "school", []int{2}}}
	for name, leak := range map[string]struct {
		groups []Group
		shown  []string
		people int
	}{
		"a small group itself":                       {school, []string{"c"}, 3},
		"the one that is left":                       {school, []string{"school", "a", "b"}, 3},
		"grandchildren under a hidden child":         {nested, []string{"school", "a1", "a2"}, 3},
		"what is left of a group in a group":         {nested, []string{"school", "a", "a1", "a2"}, 1},
		"what is left of the school, group by group": {nested, []string{"school", "a"}, 2},
	} {
		shown := map[string]bool{}
		for _, id := range leak.shown {
			shown[id] = true
		}
		require.Equal(t, leak.people, look(leak.groups, shown, 0).derivable(5), name)
	}
	// No group below the minimum, and still one person: unit and team overlap, which a hierarchy never does.
	crossed := published{people: []int{4, 1, 4}, totals: [][]bool{{true, true, false}, {false, true, true}, {true, true, true}}}
	require.Equal(t, 1, crossed.derivable(5))
}

// What two rounds of the same people tell together: an attacker who puts them side by side learns nothing about too few
// that the first one alone did not tell.
func TestAttackerWithTwoRoundsFindsNothingNew(t *testing.T) {
	const minimum = 5
	rapid.Check(t, func(t *rapid.T) {
		first := drawGroups(t, 1)
		var second []Group // some units are not asked again, the others answer in other numbers
		for _, g := range slices.Backward(first) {
			needed := slices.ContainsFunc(second, func(below Group) bool { return below.Parent == g.ID })
			if needed || rapid.Bool().Draw(t, "asked") {
				g.Own = []int{rapid.IntRange(0, 20).Draw(t, "answers")}
				second = append(second, g)
			}
		}
		if len(second) == 0 {
			return
		}
		one, err := Mask(first, minimum)
		require.NoError(t, err)
		two, err := Mask(second, minimum)
		require.NoError(t, err)

		// Both rounds over the units of the first: people are those of the second, one where nobody was asked.
		people := make([]int, len(first))
		units := map[string]int{}
		for i, g := range first {
			units[g.ID], people[i] = i, 1
		}
		for _, g := range second {
			people[units[g.ID]] = g.Own[0]
		}
		before := published{people: people, totals: look(first, one, 0).totals}
		told := make([][]string, len(before.totals))
		for i, total := range before.totals {
			for j, in := range total {
				if in {
					told[i] = append(told[i], first[j].ID)
				}
			}
		}
		kept, err := Beside(second, two, told, minimum)
		require.NoError(t, err)
		together := published{people: people, totals: slices.Clone(before.totals)}
		for _, total := range look(second, kept, 0).totals {
			row := make([]bool, len(first))
			for j, in := range total {
				row[units[second[j].ID]] = in
			}
			together.totals = append(together.totals, row)
		}
		for set := range 1 << len(first) {
			var out []int
			n := 0
			for i := range first {
				if set>>i&1 == 1 {
					out, n = append(out, i), n+people[i]
				}
			}
			was := rankOf(before.without(nil)) - rankOf(before.without(out))
			is := rankOf(together.without(nil)) - rankOf(together.without(out))
			if n > 0 && n < minimum && is > was {
				t.Fatalf("%d people (%v) can be derived from %v beside %v", n, out, kept, told)
			}
		}
	})
}

// drawGroups draws a hierarchy of at most nine groups with small numbers, where the rules bite.
func drawGroups(t *rapid.T, counts int) []Group {
	n := rapid.IntRange(1, 9).Draw(t, "groups")
	groups := make([]Group, n)
	for i := range groups {
		groups[i].ID = fmt.Sprint("g", i)
		if above := rapid.IntRange(-1, i-1).Draw(t, "parent"); above >= 0 {
			groups[i].Parent = groups[above].ID
		}
		groups[i].Own = rapid.SliceOfN(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 6), rapid.IntRange(0, 25)), counts, counts).Draw(t, "own")
	}
	return groups
}

func plain(pools []Pool) []Group {
	var groups []Group
	for _, p := range pools {
		groups = append(groups, p.Group)
	}
	return groups
}
