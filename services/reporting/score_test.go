package reporting

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
)

func TestScoreTheme(t *testing.T) {
	theme := newInstrument("core_task").Themes[0]
	answer := same(newInstrument("core_task"), "u0", 75, 25, 50).Values
	score := scoreTheme(theme, answer)
	require.True(t, score.counts)
	require.Equal(t, cellScore{75, 25, true}, score.cells[0])
	require.Equal(t, 75.0, score.cells[0].balance())
	require.Equal(t, Value(50), score.fit)

	answer["core_task.meaning.strain"] = Missing
	score = scoreTheme(theme, answer)
	require.True(t, score.counts, "do not know is an answer")
	require.False(t, score.cells[0].valid, "a cell needs gain and strain")

	delete(answer, "core_task.meaning.strain")
	require.False(t, scoreTheme(theme, answer).counts, "a cell without any mark takes the person out of the theme")
}

func TestHalfRule(t *testing.T) {
	score := scoreTheme(newInstrument("core_task").Themes[0], same(newInstrument("core_task"), "u0", 100, 0, 50).Values)
	for i, want := range []bool{true, true, true, true, false, false, false} {
		mean, ok := score.mean()
		require.Equal(t, want, ok, "%d cells missing", i)
		if ok {
			require.Equal(t, cellScore{100, 0, true}, mean)
		}
		if i < len(score.cells) {
			score.cells[i].valid = false
		}
	}
}

func TestFitAndMixed(t *testing.T) {
	for value, want := range map[Value]float64{0: 0, 25: 50, 50: 100, 75: 50, 100: 0} {
		require.Equal(t, want, fitScore(value))
	}
	require.True(t, cellScore{gain: 50, strain: 50}.mixed())
	require.False(t, cellScore{gain: 50, strain: 25}.mixed())
	require.Equal(t, 50.0, cellScore{gain: 100, strain: 100}.balance())
	require.Equal(t, 25.0, moments{N: 4}.share(1))
}

// Sums of two groups are the sums of both together, and say what the answers one by one would say.
func TestSumsAddUp(t *testing.T) {
	pulse := newInstrument("core_task")
	theme := pulse.Themes[0]
	answers := staff(7, pulse, 0.1, 30, 12)
	units := sumUp(theme, answers)
	both := newSums(theme)
	both.plus(units["u0"])
	both.plus(units["u1"])
	both.plus(themeSums{}) // a unit where nobody answered
	for i := range answers {
		answers[i].Unit = "all"
	}
	all := sumUp(theme, answers)["all"]
	require.Equal(t, cellCounts(all), cellCounts(both))
	require.InDelta(t, all.Balances.Squares, both.Balances.Squares, 1e-6)
	require.Equal(t, all.Cells, both.Cells, "whole numbers add up exactly")

	var gains []float64
	for _, a := range answers {
		if c := scoreTheme(theme, a.Values).cells; len(c) > 0 && c[0].valid {
			gains = append(gains, c[0].gain)
		}
	}
	require.Len(t, gains, all.Cells[0].Gain.N)
	require.InDelta(t, stat.Mean(gains, nil), both.Cells[0].Gain.mean(), 1e-9)
	require.InDelta(t, stat.StdDev(gains, nil), both.Cells[0].Gain.deviation(), 1e-9)
}

func TestHalfWidth(t *testing.T) {
	require.InDelta(t, 2.093*20/4.4721, halfWidth(20, 20, 0), 0.01, "t of 19 degrees of freedom, no correction")
	require.InDelta(t, 2.093*20/4.4721*0.7071, halfWidth(20, 20, 40), 0.01, "half of the people answered")
	require.Equal(t, halfWidth(20, 20, 40), halfWidth(20, 20, 37), "a little more than half tells no more")
	require.Equal(t, 0.9, answered(20, 20), "nobody left is not certainty")
	require.Zero(t, answered(5, 0))
}

func TestChange(t *testing.T) {
	figure := func(value, half int) api.Figure {
		return api.Figure{Value: &value, Interval: &api.Interval{From: value - half, To: value + half}}
	}
	delta := func(n int) *int { return &n }
	for name, c := range map[string]struct {
		now, before api.Figure
		want        api.Change
	}{
		"small though certain":    {figure(54, 1), figure(50, 1), api.Change{State: api.Unchanged, Delta: delta(4)}},
		"large and uncertain":     {figure(62, 12), figure(50, 12), api.Change{State: api.Unchanged, Delta: delta(12)}},
		"five and certain":        {figure(55, 2), figure(50, 2), api.Change{State: api.Changed, Delta: delta(5)}},
		"ten and certain":         {figure(40, 4), figure(50, 4), api.Change{State: api.Clear, Delta: delta(-10)}},
		"touching zero":           {figure(55, 3), figure(50, 4), api.Change{State: api.Unchanged, Delta: delta(5)}},
		"no interval now":         {api.Figure{Value: delta(80)}, figure(50, 2), api.Change{State: api.Uncertain}},
		"no interval before":      {figure(50, 2), api.Figure{Class: api.Low}, api.Change{State: api.Uncertain}},
		"neither has an interval": {api.Figure{}, api.Figure{}, api.Change{State: api.Uncertain}},
	} {
		require.Equal(t, &c.want, changeOf(c.now, c.before), name)
	}
}
