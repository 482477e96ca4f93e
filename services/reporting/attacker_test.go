package reporting

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
	"pgregory.net/rapid"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// The attacker reads releases and knows more than they tell: the hierarchy, how many people of each unit answered
// which cells, and how every figure is computed. What he wants is a statement about fewer people than the minimum. He
// works with ranks, as if every figure were exact, and with linear programs on what is really printed.

// kindred are the answers of a unit that have scores in the same cells: in every sum they stand side by side, so
// nobody can tell one from another.
type kindred struct {
	unit   string
	cells  uint // bit i: a score in cell i
	people int
}

func kindredOf(theme Theme, answers []Answer) []kindred {
	var all []kindred
	for _, a := range answers {
		score := scoreTheme(theme, a.Values)
		var cells uint
		for i, c := range score.cells {
			if c.valid {
				cells |= 1 << i
			}
		}
		at := slices.IndexFunc(all, func(k kindred) bool { return k.unit == a.Unit && k.cells == cells })
		switch {
		case cells == 0:
		case at < 0:
			all = append(all, kindred{a.Unit, cells, 1})
		default:
			all[at].people++
		}
	}
	return all
}

func themeOf(n api.Node, theme api.Theme) api.NodeTheme {
	at := slices.IndexFunc(n.Themes, func(t api.NodeTheme) bool { return t.Theme == theme })
	return n.Themes[at]
}

// prime is the field that ranks are computed in: exact, unlike floats, and fast, unlike fractions.
const prime = 1<<31 - 1

func inverse(n uint64) uint64 { // by Fermat
	result, base := uint64(1), n%prime
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			result = result * base % prime
		}
		base = base * base % prime
	}
	return result
}

// sums returns one row for every published figure, as a linear function of the gains of kindred (columns: kindred x cell).
func sums(r api.Release, theme Theme, all []kindred) [][]uint64 {
	var rows [][]uint64
	for _, n := range r.Nodes {
		if themeOf(n, api.Theme(theme.ID)).State != api.Shown {
			continue
		}
		units := unitsOf(r, n, api.Theme(theme.ID))
		score := make([]uint64, len(all)*len(theme.Cells))
		for i := range theme.Cells {
			row := make([]uint64, len(score))
			people := 0
			for k, one := range all {
				if one.cells>>i&1 == 1 && slices.Contains(units, one.unit) {
					row[k*len(theme.Cells)+i] = 1
					people += one.people
				}
			}
			for j, coefficient := range row {
				score[j] = (score[j] + coefficient*inverse(uint64(people*len(theme.Cells)))) % prime
			}
			rows = append(rows, row)
		}
		rows = append(rows, score)
	}
	return rows
}

// fewest returns the smallest number of people, under minimum, about whom a weighted sum of answers can be computed
// from the rows, 0 if there is none.
func fewest(rows [][]uint64, all []kindred, cells, minimum int) int {
	whole := rankWithout(rows, nil, cells)
	found := 0
	var try func(from, people int, out []int)
	try = func(from, people int, out []int) {
		grew := false
		for k := from; k < len(all); k++ {
			if people+all[k].people < minimum {
				grew = true
				try(k+1, people+all[k].people, append(slices.Clone(out), k))
			}
		}
		// A larger set gives away what a smaller one does, so only sets that cannot grow need a look.
		if !grew && people > 0 && (found == 0 || people < found) && rankWithout(rows, out, cells) < whole {
			found = people
		}
	}
	try(0, 0, nil)
	return found
}

func rankWithout(rows [][]uint64, out []int, cells int) int {
	m := make([][]uint64, len(rows))
	for i, row := range rows {
		m[i] = slices.Clone(row)
		for _, k := range out {
			clear(m[i][k*cells : (k+1)*cells])
		}
	}
	rank := 0
	for column := 0; rank < len(m) && column < len(m[0]); column++ {
		at := slices.IndexFunc(m[rank:], func(row []uint64) bool { return row[column] != 0 })
		if at < 0 {
			continue
		}
		m[rank], m[rank+at] = m[rank+at], m[rank]
		pivot := inverse(m[rank][column])
		for i := rank + 1; i < len(m); i++ {
			if factor := m[i][column] * pivot % prime; factor != 0 {
				for j := column; j < len(m[i]); j++ {
					m[i][j] = (m[i][j] + (prime-factor)*m[rank][j]) % prime
				}
			}
		}
		rank++
	}
	return rank
}

func TestAttackerWithRanksFindsNobody(t *testing.T) {
	pulse := newInstrument("core_task")
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 5).Draw(t, "answers")
		round := newRoundOf(pulse, counts...)
		for i := 1; i < len(counts); i++ {
			if above := rapid.IntRange(-1, i-1).Draw(t, "parent"); above >= 0 {
				round.Units[i].Parent = round.Units[above].ID
			}
		}
		missing := rapid.SampledFrom([]float64{0, 0.02, 0.06}).Draw(t, "missing")
		answers := staff(rapid.Uint64().Draw(t, "seed"), pulse, missing, counts...)
		r, err := NewRelease(Material{Tenant: schoolTenant, School: "Åskolen", ClosedAt: closedAt, Round: round, Answers: answers})
		require.NoError(t, err)
		theme := pulse.Themes[0]
		all := kindredOf(theme, answers)
		if n := fewest(sums(r, theme, all), all, len(theme.Cells), 5); n > 0 {
			t.Fatalf("a sum over %d people can be computed for %v answers", n, counts)
		}
	})
}

// The two leaks that the release avoids, planted: the attacker must see them.
func TestAttackerWithRanksFindsPlantedLeaks(t *testing.T) {
	pulse := newInstrument("core_task")
	theme := pulse.Themes[0]
	cells := len(theme.Cells)

	answers := append(several(12, same(pulse, "u0", 50, 50, 50)), several(3, same(pulse, "u1", 50, 50, 50))...)
	r := release(t, Material{Round: newRoundOf(pulse, 12, 3), Answers: answers})
	all := kindredOf(theme, answers)
	rows := sums(r, theme, all)
	require.Zero(t, fewest(rows, all, cells, 5))
	leak := make([]uint64, len(rows[0]))
	leak[slices.IndexFunc(all, func(k kindred) bool { return k.unit == "u0" })*cells] = 1
	require.Equal(t, 3, fewest(append(rows, leak), all, cells, 5), "the unit beside the small one")

	// A theme's mean over the people, by the half rule, beside the cells: the one who lacks a cell stands out.
	answers = append(several(12, same(pulse, "u0", 50, 50, 50)), same(pulse, "u0", 75, 25, 50))
	answers[12].Values["core_task.meaning.gain"] = Missing
	r = release(t, Material{Round: newRoundOf(pulse, 13), Answers: answers})
	all = kindredOf(theme, answers)
	rows = sums(r, theme, all)
	require.Zero(t, fewest(rows, all, cells, 5))
	leak = make([]uint64, len(rows[0]))
	for k, one := range all {
		for i := range cells {
			if one.cells>>i&1 == 1 {
				leak[k*cells+i] = inverse(uint64(bits.OnesCount(one.cells)))
			}
		}
	}
	require.Equal(t, 1, fewest(append(rows, leak), all, cells, 5), "a mean over people instead of cells")
}

// reading is what one printed figure says: the mean over these units lies between two numbers.
type reading struct {
	units    []string
	from, to float64
}

func readingsOf(r api.Release, theme Theme, cell int) []reading {
	var all []reading
	for _, n := range r.Nodes {
		shown := themeOf(n, api.Theme(theme.ID))
		if shown.State != api.Shown {
			continue
		}
		all = append(all, readingOfFigure(unitsOf(r, n, api.Theme(theme.ID)), *shown.Cells[cell].Gain))
	}
	return all
}

func readingOfFigure(units []string, f api.Figure) reading {
	if f.Value == nil {
		borders := map[api.FigureClass][2]float64{api.VeryLow: {0, 20}, api.Low: {20, 40}, api.Middle: {40, 60}, api.High: {60, 80}, api.VeryHigh: {80, 100}}
		return reading{units, borders[f.Class][0], borders[f.Class][1]}
	}
	at := reading{units, float64(*f.Value) - 0.5, float64(*f.Value) + 0.5}
	switch {
	case f.Bound != nil && *f.Bound == api.AtMost:
		at.from = 0
	case f.Bound != nil && *f.Bound == api.AtLeast:
		at.to = 100
	}
	return at
}

// narrow returns the range that the mean of some units can lie in, given the readings and the number of people in each
// unit. It solves two linear programs over the units' means, scaled to 0..1.
func narrow(t testing.TB, readings []reading, people map[string]int, of []string) (from, to float64) {
	t.Helper()
	var units []string
	for unit, n := range people {
		if n > 0 {
			units = append(units, unit)
		}
	}
	slices.Sort(units)
	weights := func(members []string) []float64 {
		row := make([]float64, len(units))
		total := 0
		for _, unit := range members {
			total += people[unit]
		}
		for i, unit := range units {
			if slices.Contains(members, unit) {
				row[i] = float64(people[unit]) / float64(total)
			}
		}
		return row
	}
	equations := 2*len(readings) + len(units)
	a := mat.NewDense(equations, len(units)+equations, nil)
	b := make([]float64, equations)
	for i, r := range readings {
		for j, w := range weights(r.units) {
			a.Set(2*i, j, w)
			a.Set(2*i+1, j, w)
		}
		a.Set(2*i, len(units)+2*i, 1)
		a.Set(2*i+1, len(units)+2*i+1, -1)
		b[2*i], b[2*i+1] = r.to/100, r.from/100
	}
	for j := range units {
		at := 2*len(readings) + j
		a.Set(at, j, 1)
		a.Set(at, len(units)+at, 1)
		b[at] = 1
	}
	goal := make([]float64, len(units)+equations)
	copy(goal, weights(of))
	low, _, err := lp.Simplex(goal, a, b, 1e-10, nil)
	require.NoError(t, err)
	for i := range goal {
		goal[i] = -goal[i]
	}
	high, _, err := lp.Simplex(goal, a, b, 1e-10, nil)
	require.NoError(t, err)
	return 100 * low, -100 * high
}

// With ordinary answers (no unit all at one end) the figures leave open where too few people stand, by more than a class.
func TestAttackerWithLinearProgramsLearnsNoClass(t *testing.T) {
	pulse := newInstrument("core_task")
	random := rand.New(rand.NewPCG(7, 7))
	looked := 0
	for range 60 {
		counts := make([]int, 2+random.IntN(4))
		people := map[string]int{}
		var answers []Answer
		for i := range counts {
			counts[i] = random.IntN(24)
			unit := fmt.Sprint("u", i)
			people[unit] = counts[i]
			for n := range counts[i] {
				answers = append(answers, same(pulse, unit, Value(50+25*(n%3-1)*random.IntN(2)), 50, 50))
			}
		}
		r := release(t, Material{Round: newRoundOf(pulse, counts...), Answers: answers})
		readings := readingsOf(r, pulse.Themes[0], 0)
		for unit, n := range people {
			if n == 0 || n >= 5 {
				continue
			}
			looked++
			from, to := narrow(t, readings, people, []string{unit})
			require.Greater(t, to-from, 20.0, "%d people of %v lie between %.1f and %.1f", n, counts, from, to)
		}
	}
	require.Greater(t, looked, 20)
}

func TestAttackerWithLinearProgramsFindsAPlantedLeak(t *testing.T) {
	pulse := newInstrument("core_task")
	answers := append(several(12, same(pulse, "u0", 25, 50, 50)), several(3, same(pulse, "u1", 75, 50, 50))...)
	r := release(t, Material{Round: newRoundOf(pulse, 12, 3), Answers: answers})
	people := map[string]int{"u0": 12, "u1": 3}
	readings := readingsOf(r, pulse.Themes[0], 0)
	from, to := narrow(t, readings, people, []string{"u1"})
	require.Greater(t, to-from, 90.0, "the school alone says nearly nothing about three of its fifteen")
	from, to = narrow(t, append(readings, reading{[]string{"u0"}, 24.5, 25.5}), people, []string{"u1"})
	require.Less(t, to-from, 10.0)
	require.InDelta(t, 75, math.Round((from+to)/2), 3)
}
