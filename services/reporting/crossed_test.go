package reporting

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/events"
)

// crossing is a school whose people belong to a unit and to a staff group each: how many there are in each "unit/group". All
// of them answer everything in every round.
type crossing map[string]int

func (c crossing) cells() []string {
	var cells []string
	for cell, people := range c {
		if people > 0 {
			cells = append(cells, cell)
		}
	}
	slices.Sort(cells)
	return cells
}

// in tells whether a cell belongs to a group of one of the breakdowns.
func in(cell, group string) bool {
	unit, of, _ := strings.Cut(cell, "/")
	return unit == group || of == group
}

// ask holds a round by a breakdown in some units, all of them if there are none.
func (c crossing) ask(t require.TestingT, by string, near []api.Release, units ...string) api.Release {
	pulse := newInstrument("core_task")
	m := Material{Tenant: schoolTenant, School: "Åskolen", ClosedAt: closedAt, Round: newRoundOf(pulse), Near: near}
	m.Round.Breakdown, m.Round.WholeSchool = by, len(units) == 0
	headcount := map[string]int{}
	for _, cell := range c.cells() {
		unit, group, _ := strings.Cut(cell, "/")
		if len(units) > 0 && !slices.Contains(units, unit) {
			continue
		}
		at := unit
		if by == events.ByStaffGroup {
			at = group
		}
		headcount[at] += c[cell]
		m.Answers = append(m.Answers, several(c[cell], same(pulse, at, 50, 50, 50))...)
	}
	for id, people := range headcount {
		m.Round.Units = append(m.Round.Units, Unit{ID: id, Name: id, Headcount: people})
	}
	slices.SortFunc(m.Round.Units, func(a, b Unit) int { return strings.Compare(a.ID, b.ID) })
	r, err := NewRelease(m)
	require.NoError(t, err)
	return r
}

// toldCells returns what a release tells, a row for each figure: which cells it is over.
func (c crossing) toldCells(r api.Release) [][]string {
	var all [][]string
	for _, n := range r.Nodes {
		if !isShown(n, "core_task") {
			continue
		}
		groups := unitsOf(r, n, "core_task")
		all = append(all, slices.DeleteFunc(c.cells(), func(cell string) bool {
			return !slices.ContainsFunc(groups, func(group string) bool { return in(cell, group) })
		}))
	}
	return all
}

// derivable returns the fewest people, under the minimum, of whom releases tell something that those before did not: 0 for none.
func (c crossing) derivable(before, all []api.Release, minimum int) int {
	cells := c.cells()
	matrix := func(releases []api.Release) (rows [][]uint64) {
		for _, r := range releases {
			for _, told := range c.toldCells(r) {
				row := make([]uint64, len(cells))
				for i, cell := range cells {
					if slices.Contains(told, cell) {
						row[i] = 1
					}
				}
				rows = append(rows, row)
			}
		}
		return rows
	}
	past, whole := matrix(before), matrix(all)
	gives := func(rows [][]uint64, out []int) int { return rankWithout(rows, nil, 1) - rankWithout(rows, out, 1) }
	fewest := 0
	for set := range 1 << len(cells) {
		var out []int
		people := 0
		for i, cell := range cells {
			if set>>i&1 == 1 {
				out, people = append(out, i), people+c[cell]
			}
		}
		if people > 0 && people < minimum && (fewest == 0 || people < fewest) && gives(whole, out) > gives(past, out) {
			fewest = people
		}
	}
	return fewest
}

// However rounds by unit and by staff group follow each other within the time in which people answer the same, an attacker who
// puts all of them side by side learns of no too few.
func TestAttackerWithCrossedBreakdownsFindsNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		school := crossing{}
		for unit := range 3 {
			for group := range 3 {
				school[fmt.Sprintf("u%d/g%d", unit, group)] = rapid.OneOf(rapid.IntRange(0, 4), rapid.IntRange(0, 15)).Draw(t, "people")
			}
		}
		var releases []api.Release
		for range rapid.IntRange(2, 4).Draw(t, "rounds") {
			by := rapid.SampledFrom([]string{events.ByUnit, events.ByStaffGroup}).Draw(t, "by")
			var units []string
			if by == events.ByUnit && rapid.Bool().Draw(t, "some units") {
				units = []string{"u0", "u1"}[:rapid.IntRange(1, 2).Draw(t, "units")]
			}
			next := append(slices.Clone(releases), school.ask(t, by, releases, units...))
			if n := school.derivable(releases, next, 5); n > 0 {
				t.Fatalf("%d people of %v can be derived from a round by %s in %v", n, school, by, units)
			}
			releases = next
		}
	})
}

// Two teachers in the first unit: each round is right by itself, and both together give them away.
var plantedCrossing = crossing{"u0/g0": 2, "u0/g1": 18, "u1/g0": 18, "u2/g1": 18}

func TestCrossedBreakdownsAreALeakByThemselves(t *testing.T) {
	first := plantedCrossing.ask(t, events.ByUnit, nil)
	careless := plantedCrossing.ask(t, events.ByStaffGroup, nil)
	require.Equal(t, 2, plantedCrossing.derivable([]api.Release{first}, []api.Release{first, careless}, 5), "the attacker has to see what is planted")
	careful := plantedCrossing.ask(t, events.ByStaffGroup, []api.Release{first})
	require.Zero(t, plantedCrossing.derivable([]api.Release{first}, []api.Release{first, careful}, 5))
	require.Equal(t, [][]string{plantedCrossing.cells()}, plantedCrossing.toldCells(careful), "the school as a whole, which was told before")
}

// The same with what is printed: two linear programs over the four cells.
func TestAttackerWithLinearProgramsAcrossBreakdowns(t *testing.T) {
	first := plantedCrossing.ask(t, events.ByUnit, nil)
	readings := func(releases ...api.Release) (all []reading) {
		for _, r := range releases {
			for i, cells := range plantedCrossing.toldCells(r) {
				shown := slices.DeleteFunc(slices.Clone(r.Nodes), func(n api.Node) bool { return !isShown(n, "core_task") })
				all = append(all, readingOfFigure(cells, *themeOf(shown[i], "core_task").Cells[0].Gain))
			}
		}
		return all
	}
	two := []string{"u0/g0"}
	before, until := narrow(t, readings(first), plantedCrossing, two)
	from, to := narrow(t, readings(first, plantedCrossing.ask(t, events.ByStaffGroup, []api.Release{first})), plantedCrossing, two)
	require.Greater(t, until-before, 90.0)
	require.InDelta(t, until-before, to-from, 1e-6, "nothing is learned of the two")
	from, to = narrow(t, readings(first, plantedCrossing.ask(t, events.ByStaffGroup, nil)), plantedCrossing, two)
	require.Less(t, to-from, 20.0, "and much is where the first release is forgotten")
}

// What is told beside a release by the other breakdown, by what that one told and whom both asked.
func TestBesideAnotherBreakdown(t *testing.T) {
	large := crossing{"u0/g0": 12, "u0/g1": 8, "u1/g0": 11, "u1/g1": 7}
	hidden := crossing{"u0/g0": 12, "u1/g1": 3} // only the whole is told of it
	kinds := func(r api.Release) (shown []api.NodeKind) {
		for _, n := range r.Nodes {
			if isShown(n, "core_task") {
				shown = append(shown, n.Kind)
			}
		}
		return shown
	}
	groups := []api.NodeKind{api.School, api.StaffGroup, api.StaffGroup}
	for name, test := range map[string]struct {
		near []api.Release
		want []api.NodeKind
	}{
		"nothing":                    {nil, groups},
		"its own breakdown":          {[]api.Release{large.ask(t, events.ByStaffGroup, nil)}, groups},
		"units":                      {[]api.Release{large.ask(t, events.ByUnit, nil)}, []api.NodeKind{api.School}},
		"one unit of them":           {[]api.Release{large.ask(t, events.ByUnit, nil, "u0")}, nil},
		"one unit, and all of them":  {[]api.Release{large.ask(t, events.ByUnit, nil, "u0"), large.ask(t, events.ByUnit, nil)}, []api.NodeKind{api.School}},
		"nothing but the whole":      {[]api.Release{hidden.ask(t, events.ByUnit, nil)}, groups},
		"nothing at all":             {[]api.Release{crossing{"u0/g0": 4}.ask(t, events.ByUnit, nil)}, groups},
		"units, in another question": {[]api.Release{inAnotherTheme(large.ask(t, events.ByUnit, nil))}, groups},
	} {
		require.Equal(t, test.want, kinds(large.ask(t, events.ByStaffGroup, test.near)), name)
	}
	by := large.ask(t, events.ByStaffGroup, nil)
	require.Equal(t, api.ByStaffGroup, *by.Round.Breakdown)
	require.Equal(t, []api.NodeKind{api.School}, kinds(large.ask(t, events.ByUnit, []api.Release{by})), "the other way round")
	require.Empty(t, kinds(large.ask(t, events.ByUnit, []api.Release{by}, "u0")), "a unit of the school that was told")
}

func inAnotherTheme(r api.Release) api.Release {
	for i, n := range r.Nodes {
		r.Nodes[i].Themes = slices.Clone(n.Themes)
		r.Nodes[i].Themes[0].Theme = "relations"
	}
	return r
}

// A question of the school's own may be the same as in the other round, and counts as such.
func TestOwnQuestionsBesideAnotherBreakdown(t *testing.T) {
	pulse := newInstrument("core_task")
	ask := func(by string, near ...api.Release) api.Release {
		m := Material{Round: newRoundOf(pulse), Near: near}
		m.Round.Breakdown, m.Round.WholeSchool, m.Round.ExtraQuestions = by, true, []string{"extra.1"}
		for i, n := range []int{12, 11} {
			id := fmt.Sprint(by, i)
			m.Round.Units = append(m.Round.Units, Unit{ID: id, Name: id, Headcount: n})
			for range n {
				m.Answers = append(m.Answers, Answer{Unit: id, Values: map[string]Value{"extra.1": 50}})
			}
		}
		return release(t, m)
	}
	shown := func(r api.Release) (nodes int) {
		for _, n := range r.Nodes {
			if (*n.ExtraQuestions)[0].State == api.Shown {
				nodes++
			}
		}
		return nodes
	}
	first := ask(events.ByUnit)
	require.Equal(t, 3, shown(first))
	require.Equal(t, 3, shown(ask(events.ByUnit, first)))
	require.Equal(t, 1, shown(ask(events.ByStaffGroup, first)))
}
