package reporting

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/events"
)

const ownQuestion = "extra.1"

// withOwn lets every person answer a question of the school's own, now and then as missing or not at all.
func withOwn(random *rand.Rand, missing float64, answers []Answer) []Answer {
	for _, a := range answers {
		switch draw := random.Float64(); {
		case draw < missing/2:
		case draw < missing:
			a.Values[ownQuestion] = Missing
		default:
			a.Values[ownQuestion] = Value(25 * random.IntN(5))
		}
	}
	return answers
}

func asking(instrument Instrument, headcounts ...int) Round {
	round := newRoundOf(instrument, headcounts...)
	round.ExtraQuestions = []string{ownQuestion}
	return round
}

func ownOf(t testing.TB, r api.Release, node string) api.ExtraQuestion {
	t.Helper()
	for _, n := range r.Nodes {
		if n.NodeID == node {
			require.Len(t, *n.ExtraQuestions, 1)
			return (*n.ExtraQuestions)[0]
		}
	}
	t.Fatalf("no node %s", node)
	return api.ExtraQuestion{}
}

func TestASchoolsOwnQuestionIsToldLikeEverythingElse(t *testing.T) {
	pulse := newInstrument("core_task")
	var answers []Answer
	own := func(unit string, n int, value Value) {
		for range n {
			a := same(pulse, unit, 50, 50, 50)
			a.Values[ownQuestion] = value
			answers = append(answers, a)
		}
	}
	own("u0", 20, 75)
	own("u1", 7, 25)
	own("u1", 5, Missing)
	own("u2", 4, 100)
	r := release(t, Material{Round: asking(pulse, 20, 12, 6), Answers: answers})
	require.Equal(t, []string{ownQuestion}, *r.ExtraQuestions)

	school := ownOf(t, r, string(schoolTenant))
	require.Equal(t, api.Shown, school.State)
	require.Equal(t, 67, *school.Score.Value, "each person weighs the same, and who did not answer weighs nothing")
	require.Equal(t, 75, *ownOf(t, r, "u0").Score.Value)
	require.Nil(t, ownOf(t, r, "u0").Score.Interval, "the rest of the school is too few for one")
	require.Equal(t, api.Band("20-49"), *ownOf(t, r, "u0").NBand)
	require.Equal(t, api.TooFew, ownOf(t, r, "u2").State, "four answers")
	require.Equal(t, api.TooFew, ownOf(t, r, "u1").State, "or the four would be the rest of the school")
	others := ownOf(t, r, string(schoolTenant)+".others")
	require.Equal(t, api.Band("10-19"), *others.NBand, "the seven and the four together")

	plain := release(t, Material{Round: newRoundOf(pulse, 20, 12, 6), Answers: staff(1, pulse, 0, 20, 12, 6)})
	require.Nil(t, plain.ExtraQuestions)
	require.Nil(t, plain.Nodes[0].ExtraQuestions)
}

// asTheme shows a release as if the question were its only theme, for the attacker of attacker_test.go. He counts who has a
// score, which for a theme takes gain and strain.
func asTheme(r api.Release) (api.Release, Theme) {
	theme := Theme{ID: ownQuestion, Cells: []Cell{{Gain: Item{ID: ownQuestion}, Strain: Item{ID: ownQuestion}}}}
	var nodes []api.Node
	for _, n := range r.Nodes {
		own := (*n.ExtraQuestions)[0]
		n.Themes = []api.NodeTheme{{Theme: api.Theme(theme.ID), State: own.State, Cells: []api.Cell{{Gain: own.Score}}}}
		nodes = append(nodes, n)
	}
	r.Nodes = nodes
	return r, theme
}

func TestAttackerWithRanksFindsNobodyInOwnQuestions(t *testing.T) {
	pulse := newInstrument("core_task")
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 5).Draw(t, "answers")
		round := asking(pulse, counts...)
		for i := 1; i < len(counts); i++ {
			if above := rapid.IntRange(-1, i-1).Draw(t, "parent"); above >= 0 {
				round.Units[i].Parent = round.Units[above].ID
			}
		}
		seed := rapid.Uint64().Draw(t, "seed")
		missing := rapid.SampledFrom([]float64{0, 0.1, 0.4}).Draw(t, "missing")
		answers := withOwn(rand.New(rand.NewPCG(seed, 2)), missing, staff(seed, pulse, 0, counts...))
		r, err := NewRelease(Material{Tenant: schoolTenant, School: "Åskolen", ClosedAt: closedAt, Round: round, Answers: answers})
		require.NoError(t, err)
		told, theme := asTheme(r)
		all := kindredOf(theme, answers)
		if n := fewest(sums(told, theme, all), all, 1, 5); n > 0 {
			t.Fatalf("a sum over %d people can be computed for %v answers", n, counts)
		}
	})
}

// The control: the unit beside a small one, told after all.
func TestAttackerWithRanksFindsAPlantedLeakInOwnQuestions(t *testing.T) {
	pulse := newInstrument("core_task")
	answers := withOwn(rand.New(rand.NewPCG(1, 2)), 0, staff(1, pulse, 0, 12, 3))
	told, theme := asTheme(release(t, Material{Round: asking(pulse, 12, 3), Answers: answers}))
	all := kindredOf(theme, answers)
	rows := sums(told, theme, all)
	require.Zero(t, fewest(rows, all, 1, 5))
	leak := make([]uint64, len(rows[0]))
	for k, one := range all {
		if one.unit == "u0" {
			leak[k] = 1
		}
	}
	require.Equal(t, 3, fewest(append(rows, leak), all, 1, 5))
}

// From the announcement to the release: what the round does not ask is no answer to it.
func TestOwnQuestionsFromAnnouncementToRelease(t *testing.T) {
	w := newWorld(t)
	round := asking(w.instrument, 12)
	key := w.announce(schoolTenant, round)
	answers := staff(1, w.instrument, 0, 12)
	for i, a := range answers {
		a.Values[ownQuestion] = 100
		if i < 2 {
			a.Values["extra.2"] = 100
		}
	}
	w.close(schoolTenant, round.RoundID, w.fill(round.RoundID, boxed(t, key, round.RoundID, answers)))
	var r api.Release
	require.NoError(t, json.Unmarshal(w.released(schoolTenant, round.RoundID).Body.Content, &r))
	own := ownOf(t, r, string(schoolTenant))
	require.Equal(t, api.Band("10-19"), *own.NBand, "the two answers with a question that was not asked are refused")
	require.Equal(t, 90, *own.Score.Value)

	for _, wrong := range [][]string{{"core_task.meaning.gain"}, {"extra.6"}, {"extra.1", "extra.1"}} {
		_, err := newRound(events.RoundAnnounced{Instrument: "pulse", InstrumentVersion: 1, ExtraQuestions: wrong}, w.instrument)
		require.Error(t, err, "%v", wrong)
	}
}
