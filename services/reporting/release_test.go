package reporting

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/events"
)

var update = flag.Bool("update", false, "write the golden files")

func release(t testing.TB, m Material) api.Release {
	t.Helper()
	m.Tenant, m.School, m.ClosedAt = schoolTenant, "Åskolen", closedAt
	r, err := NewRelease(m)
	require.NoError(t, err)
	return r
}

func TestReleaseGolden(t *testing.T) {
	pulse, full := newInstrument("core_task"), newInstrument(themes...)
	before := release(t, Material{Round: newRoundOf(pulse, 30, 28, 12, 5, 3), Answers: staff(1, pulse, 0.03, 26, 24, 11, 4, 2)})
	for name, m := range map[string]Material{
		"pulse":        {Round: newRoundOf(pulse, 30, 28, 12, 5, 3), Answers: staff(2, pulse, 0.03, 27, 25, 10, 5, 2), Earlier: &Earlier{ID: "0123456789abcdef0123456789abcdef", Release: before}},
		"small":        {Round: newRoundOf(full, 9, 7), Answers: staff(3, full, 0, 8, 6)},
		"too_few":      {Round: newRoundOf(pulse, 4, 3), Answers: staff(4, pulse, 0, 2, 2)},
		"nobody":       {Round: newRoundOf(pulse, 4, 3)},
		"staff_groups": {Round: byStaffGroup(newRoundOf(pulse, 24, 11, 3)), Answers: staff(6, pulse, 0.03, 22, 10, 3)},
		"full_school":  {Round: newRoundOf(full, 60, 20), Answers: staff(5, full, 0.05, 55, 18)},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := canonical(release(t, m))
			require.NoError(t, err)
			var indented bytes.Buffer
			require.NoError(t, json.Indent(&indented, got, "", " "))
			path := filepath.Join("testdata", "release_"+name+".golden.json")
			if *update {
				require.NoError(t, os.WriteFile(path, indented.Bytes(), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), indented.String())
		})
	}
}

// byStaffGroup makes the units of a round staff groups.
func byStaffGroup(r Round) Round {
	r.Breakdown, r.WholeSchool = events.ByStaffGroup, true
	return r
}

func TestSuppressedAndEmptyLookTheSame(t *testing.T) {
	pulse := newInstrument("core_task")
	empty := release(t, Material{Round: newRoundOf(pulse, 4, 3)})
	few := release(t, Material{Round: newRoundOf(pulse, 4, 3), Answers: staff(1, pulse, 0, 2, 2)})
	require.Equal(t, empty, few)
	require.False(t, few.Shown)
}

func TestBlankFormsAreNobody(t *testing.T) {
	pulse := newInstrument("core_task")
	blank := several(3, Answer{Unit: "u0", Values: map[string]Value{}})
	round := newRoundOf(pulse, 20)
	require.Equal(t,
		release(t, Material{Round: round, Answers: staff(1, pulse, 0, 10)}),
		release(t, Material{Round: round, Answers: append(staff(1, pulse, 0, 10), blank...)}))
}

func TestReleaseDoesNotDependOnTheOrderOfAnswers(t *testing.T) {
	full := newInstrument(themes...)
	answers := staff(1, full, 0.1, 30, 12, 7)
	one := release(t, Material{Round: newRoundOf(full, 30, 12, 7), Answers: answers})
	backwards := make([]Answer, 0, len(answers))
	for i := range answers {
		backwards = append(backwards, answers[len(answers)-1-i])
	}
	require.Equal(t, one, release(t, Material{Round: newRoundOf(full, 30, 12, 7), Answers: backwards}))
}

func TestThresholdsAreRaisedByAgreementAndNeverLowered(t *testing.T) {
	pulse := newInstrument("core_task")
	round := newRoundOf(pulse, 8, 8)
	round.Thresholds = Thresholds{Means: 1, Distributions: 1}
	r := release(t, Material{Round: round, Answers: staff(1, pulse, 0, 4, 8)})
	require.Equal(t, api.MethodThresholds{Means: 5, Points: 10, Distributions: 10, Intervals: 20}, r.Method.Thresholds)
	require.Equal(t, api.TooFew, r.Nodes[1].Themes[0].State)

	round.Thresholds = Thresholds{Means: 9, Distributions: 12}
	r = release(t, Material{Round: round, Answers: staff(1, pulse, 0, 8, 8)})
	require.Equal(t, api.MethodThresholds{Means: 9, Points: 10, Distributions: 12, Intervals: 20}, r.Method.Thresholds)
	require.Equal(t, api.TooFew, r.Nodes[1].Themes[0].State)
	require.Equal(t, api.Shown, r.Nodes[0].Themes[0].State)
}

func TestChangeIsToldOfTheSamePeopleOnly(t *testing.T) {
	pulse := newInstrument("core_task")
	before := Earlier{ID: "a", Release: release(t, Material{Round: newRoundOf(pulse, 40, 40), Answers: append(several(40, same(pulse, "u0", 25, 50, 50)), several(40, same(pulse, "u1", 25, 50, 50))...)})}
	after := append(several(40, same(pulse, "u0", 75, 50, 50)), several(40, same(pulse, "u1", 25, 50, 50))...)

	r := release(t, Material{Round: newRoundOf(pulse, 40, 40), Answers: after, Earlier: &before})
	require.Equal(t, api.Clear, r.Nodes[0].Themes[0].Cells[0].Gain.Change.State)
	require.Equal(t, 25, *r.Nodes[0].Themes[0].Cells[0].Gain.Change.Delta)
	require.Equal(t, 50, *r.Nodes[1].Themes[0].Cells[0].Gain.Change.Delta)
	require.Equal(t, api.Unchanged, r.Nodes[2].Themes[0].Cells[0].Gain.Change.State)
	require.Equal(t, "a", r.Earlier.ReleaseID)

	r = release(t, Material{Round: newRoundOf(pulse, 40), Answers: after[:40], Earlier: &before})
	require.Nil(t, r.Nodes[0].Themes[0].Cells[0].Gain.Change, "the school was other units then")
	require.Equal(t, api.Clear, r.Nodes[1].Themes[0].Cells[0].Gain.Change.State)
}

// Two rounds about the same within months are read side by side: the second may not give away what the first hides.
func TestNearReleasesAreReadTogether(t *testing.T) {
	pulse := newInstrument("core_task")
	states := func(r api.Release) (states []api.State) {
		for _, n := range r.Nodes {
			states = append(states, n.Themes[0].State)
		}
		return states
	}
	all := release(t, Material{Round: newRoundOf(pulse, 12, 3), Answers: staff(1, pulse, 0, 12, 3)})
	require.Equal(t, []api.State{api.Shown, api.TooFew, api.TooFew}, states(all))
	alone := Material{Round: newRoundOf(pulse, 12), Answers: staff(2, pulse, 0, 12)}
	require.Equal(t, []api.State{api.Shown, api.Shown}, states(release(t, alone)), "the large team alone, with nothing beside it")
	alone.Near = []api.Release{all}
	require.Equal(t, []api.State{api.TooFew, api.TooFew}, states(release(t, alone)), "the small team would be what is left")
	require.Equal(t, []api.State{api.Shown, api.TooFew, api.TooFew}, states(release(t, Material{
		Round: newRoundOf(pulse, 12, 3), Answers: staff(3, pulse, 0, 11, 3), Near: []api.Release{all},
	})), "the same again tells the same")

	// The team that hides beside the small one may not change from round to round.
	first := release(t, Material{Round: newRoundOf(pulse, 9, 9, 3), Answers: staff(1, pulse, 0, 8, 9, 3)})
	require.Equal(t, []api.State{api.Shown, api.TooFew, api.Shown, api.TooFew, api.Shown}, states(first))
	second := Material{Round: newRoundOf(pulse, 9, 9, 3), Answers: staff(2, pulse, 0, 9, 8, 3)}
	require.Equal(t, api.Shown, states(release(t, second))[1])
	second.Near = []api.Release{first}
	require.Equal(t, []api.State{api.Shown, api.TooFew, api.TooFew, api.TooFew}, states(release(t, second)))
}

func TestUnanimityIsNotPublished(t *testing.T) {
	pulse := newInstrument("core_task")
	r := release(t, Material{Round: newRoundOf(pulse, 30), Answers: several(30, same(pulse, "u0", 100, 75, 100))})
	cell := r.Nodes[0].Themes[0].Cells[0]
	require.Equal(t, 95, *cell.Gain.Value)
	require.Equal(t, api.AtLeast, *cell.Gain.Bound)
	require.Nil(t, cell.Gain.Interval)
	require.Equal(t, api.Spread{Value: 10, Bound: cell.Strain.Spread.Bound}, *cell.Strain.Spread)
	require.Equal(t, api.AtMost, *cell.Strain.Spread.Bound)
	require.Less(t, cell.Strain.Interval.From, 75)
	require.Equal(t, api.AtLeast, *r.Nodes[0].Themes[0].Fit.TooMuch.Bound)
}

func BenchmarkRelease(b *testing.B) {
	full := newInstrument(themes...)
	headcounts := make([]int, 100)
	for i := range headcounts {
		headcounts[i] = 100
	}
	m := Material{Tenant: schoolTenant, School: "Åskolen", ClosedAt: closedAt, Round: newRoundOf(full, headcounts...), Answers: staff(1, full, 0.05, headcounts...)}
	b.ReportMetric(float64(len(m.Answers)), "answers")
	for b.Loop() {
		r, err := NewRelease(m)
		if err != nil {
			b.Fatal(err)
		}
		content, err := canonical(r)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(content)), "bytes")
	}
}

// How many answers came on paper is told with the participation and hidden with it: else it would tell an empty result from
// a suppressed one.
func TestHowManyAnsweredOnPaperIsHiddenWithTheParticipation(t *testing.T) {
	pulse := newInstrument("core_task")
	enough := Material{Round: newRoundOf(pulse, 30), Answers: staff(6, pulse, 0, 20)}
	require.Nil(t, release(t, enough).Participation.Paper, "nobody was to answer on paper")
	enough.Paper = "5-9"
	require.Equal(t, api.ParticipationPaper("5-9"), *release(t, enough).Participation.Paper)
	few := Material{Round: newRoundOf(pulse, 30), Answers: staff(7, pulse, 0, 4), Paper: "0-4"}
	none := Material{Round: newRoundOf(pulse, 30), Paper: "0-4"}
	require.Equal(t, api.Participation{State: api.TooFew}, release(t, few).Participation)
	require.Equal(t, release(t, none), release(t, few))
}
