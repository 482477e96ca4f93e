package reporting

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/disclosure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// part is a school's share in a common round: its release, and the sums that it hands on.
func part(t require.TestingT, name string, round Round, answers []Answer) commonSchool {
	for i := range round.Units { // units of different schools are different units
		round.Units[i].ID = name + round.Units[i].ID
		if round.Units[i].Parent != "" {
			round.Units[i].Parent = name + round.Units[i].Parent
		}
	}
	answers = slices.Clone(answers)
	for i := range answers {
		answers[i].Unit = name + answers[i].Unit
	}
	m := Material{Tenant: tenant.ID(name), School: "Skole " + name, Round: round, ClosedAt: closedAt, Answers: answers}
	r, err := NewRelease(m)
	require.NoError(t, err)
	sums, err := m.schoolSums()
	require.NoError(t, err)
	return commonSchool{Round: round, Release: r, Sums: sums}
}

func commonOf(asked Instrument, schools ...commonSchool) CommonMaterial {
	return CommonMaterial{
		Tenant: northTenant, Name: "Nordby", RoundID: "common-round", Asked: asked, MadeAt: closedAt.Add(time.Hour), Schools: schools,
		Round: commonRound{Title: "Nordbys digitale hverdag", Instrument: asked.ID, InstrumentVersion: 1, OpensOn: "2026-11-10", ClosesOn: "2026-11-20", VisibleToAllOn: "2026-11-27", Thresholds: Thresholds{5, 10}},
	}
}

func commonReleaseOf(t require.TestingT, m CommonMaterial) api.Release {
	r, err := NewCommonRelease(m)
	require.NoError(t, err)
	return r
}

func TestACommonReleaseIsTheMunicipalityAndItsSchools(t *testing.T) {
	full := newInstrument(themes...)
	large := part(t, "large", newRoundOf(full, 40, 20), staff(1, full, 0.03, 38, 18))
	other := part(t, "other", newRoundOf(full, 30), staff(2, full, 0.03, 25))
	r := commonReleaseOf(t, commonOf(full, other, large))
	require.Equal(t, []string{"Nordby", "Skole large", "Skole other"}, []string{r.Nodes[0].Name, r.Nodes[1].Name, r.Nodes[2].Name}, "by name: no league table")
	require.Equal(t, api.Municipality, r.Nodes[0].Kind)
	require.True(t, r.Shown)
	require.Equal(t, 90, *r.Participation.Percent)
	for i, s := range []commonSchool{large, other} {
		n := r.Nodes[i+1]
		require.Equal(t, s.Release.Nodes[0].Themes, n.Themes, "as it was published")
		require.Equal(t, s.Release.Participation, *n.Participation)
		require.Nil(t, n.LeftOut)
		require.Equal(t, string(northTenant), *n.ParentID)
	}
	// The municipality's figures are those of one large school with everybody in it.
	everybody := release(t, Material{Round: newRoundOf(full, 40, 20, 30), Answers: slices.Concat(staff(1, full, 0.03, 38, 18), moved(staff(2, full, 0.03, 25), "u2"))})
	for i, theme := range everybody.Nodes[0].Themes {
		require.Equal(t, theme, r.Nodes[0].Themes[i])
	}
	require.Equal(t, everybody.Nodes[0].Qualities, r.Nodes[0].Qualities)
	require.Equal(t, r, commonReleaseOf(t, commonOf(full, large, other)), "whatever the order")
}

func moved(answers []Answer, unit string) []Answer {
	for i := range answers {
		answers[i].Unit = unit
	}
	return answers
}

func TestSmallSchoolsPoolOrStandOutside(t *testing.T) {
	pulse := newInstrument("core_task")
	school := func(name string, n int) commonSchool {
		return part(t, name, newRoundOf(pulse, n), staff(uint64(n), pulse, 0, n))
	}
	few := commonReleaseOf(t, commonOf(pulse, school("a", 2), school("b", 3), school("c", 4), school("d", 3)))
	require.Equal(t, api.Shown, few.Nodes[0].Themes[0].State, "four schools that are each too small have a result together")
	for _, n := range few.Nodes[1:] {
		require.Equal(t, api.TooFew, n.Themes[0].State)
		require.Nil(t, n.LeftOut)
	}
	beside := commonReleaseOf(t, commonOf(pulse, school("a", 30), school("b", 25), school("c", 3)))
	require.NotNil(t, beside.Nodes[0].Themes[0].Score.Gain.Value)
	require.True(t, *beside.Nodes[3].LeftOut, "three beside two that are told would be what is left")
	nobody := commonReleaseOf(t, commonOf(pulse, school("a", 2), school("b", 2)))
	require.False(t, nobody.Shown)
	require.Equal(t, api.TooFew, nobody.Participation.State)

	strict := newRoundOf(pulse, 9)
	strict.Thresholds.Means = 8
	promised := commonReleaseOf(t, commonOf(pulse, part(t, "a", strict, staff(1, pulse, 0, 7)), school("b", 30)))
	require.Equal(t, 8, promised.Method.Thresholds.Means, "a school's own promise holds")
	require.True(t, *promised.Nodes[1].LeftOut)
}

// A common round after another within some months: were a small school left out in one of them and not in the other, the
// two would give it away.
func TestTwoCommonReleasesDoNotGiveASchoolAway(t *testing.T) {
	pulse := newInstrument("core_task")
	school := func(name string, n int) commonSchool {
		return part(t, name, newRoundOf(pulse, n), staff(uint64(n), pulse, 0, n))
	}
	first := commonReleaseOf(t, commonOf(pulse, school("a", 30), school("b", 25)))
	again := commonOf(pulse, school("a", 4), school("b", 4), school("c", 4))
	require.Equal(t, api.Shown, commonReleaseOf(t, again).Nodes[0].Themes[0].State)
	again.Near = []api.Release{first}
	require.Equal(t, api.TooFew, commonReleaseOf(t, again).Nodes[0].Themes[0].State, "a and b were told before, so c would be what is left")
	same := commonOf(pulse, school("a", 28), school("b", 26))
	same.Near = []api.Release{first}
	require.Equal(t, api.Shown, commonReleaseOf(t, same).Nodes[0].Themes[0].State)
}

// everything is all that is published of a common round, as one release over the units of all schools, for the attacker to read:
// the municipality stands above the schools, whose units are below them.
func everything(common api.Release, schools []commonSchool) api.Release {
	all := common
	all.Nodes = nil
	top := common.Nodes[0]
	top.Kind = api.Unit // so that whatever stands below belongs to it
	all.Nodes = append(all.Nodes, top)
	for _, s := range schools {
		at := slices.IndexFunc(common.Nodes, func(n api.Node) bool { return n.NodeID == s.id() })
		for _, n := range s.Release.Nodes {
			if n.Kind == api.School {
				n.Kind = api.Unit
				if common.Nodes[at].LeftOut == nil {
					n.ParentID = &top.NodeID
				}
			}
			all.Nodes = append(all.Nodes, n)
		}
	}
	return all
}

func TestAttackerWithAllSchoolsAndTheMunicipalityFindsNobody(t *testing.T) {
	pulse := newInstrument("core_task")
	theme := pulse.Themes[0]
	rapid.Check(t, func(t *rapid.T) {
		var schools []commonSchool
		var answers []Answer
		missing := rapid.SampledFrom([]float64{0, 0.02, 0.06}).Draw(t, "missing")
		for i := range rapid.IntRange(1, 3).Draw(t, "schools") {
			counts := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 3).Draw(t, "answers")
			name := fmt.Sprint("s", i)
			given := staff(rapid.Uint64().Draw(t, "seed"), pulse, missing, counts...)
			schools = append(schools, part(t, name, newRoundOf(pulse, counts...), given))
			for _, a := range given {
				a.Unit = name + a.Unit
				answers = append(answers, a)
			}
		}
		common := commonReleaseOf(t, commonOf(pulse, slices.Clone(schools)...))
		all := kindredOf(theme, answers)
		if len(all) == 0 {
			return
		}
		if n := fewest(sums(everything(common, schools), theme, all), all, len(theme.Cells), 5); n > 0 {
			t.Fatalf("a sum over %d people can be computed", n)
		}
	})
}

func TestAttackerFindsAMunicipalityThatShouldNotBeTold(t *testing.T) {
	pulse := newInstrument("core_task")
	theme := pulse.Themes[0]
	schools := []commonSchool{
		part(t, "a", newRoundOf(pulse, 12), several(12, same(pulse, "u0", 25, 50, 50))),
		part(t, "b", newRoundOf(pulse, 3), several(3, same(pulse, "u0", 75, 50, 50))),
	}
	m := commonOf(pulse, slices.Clone(schools)...)
	answers := append(several(12, same(pulse, "au0", 25, 50, 50)), several(3, same(pulse, "bu0", 75, 50, 50))...)
	all := kindredOf(theme, answers)
	cells := len(theme.Cells)
	require.Zero(t, fewest(sums(everything(commonReleaseOf(t, m), schools), theme, all), all, cells, 5))
	people := map[string]int{"au0": 12, "bu0": 3}
	readings := readingsOf(everything(commonReleaseOf(t, m), schools), theme, 0)
	from, to := narrow(t, readings, people, []string{"bu0"})
	require.Greater(t, to-from, 90.0)

	// The planted leak: the municipality is told of all, although one school is told and what is left are three.
	result, err := m.theme(theme, nil, disclosure.NewMinimums(5, 10))
	require.NoError(t, err)
	require.Empty(t, result.groups)
	whole := teller{theme: theme, sums: newSums(theme), cells: disclosure.Protection{Level: disclosure.Points}}
	for _, s := range schools {
		whole.sums.plus(s.Sums.Themes[theme.ID].Sums)
	}
	leaking := commonReleaseOf(t, m)
	leaking.Nodes[0].Themes[0] = whole.tell().public
	for i := range leaking.Nodes {
		leaking.Nodes[i].LeftOut = nil
	}
	require.Equal(t, 3, fewest(sums(everything(leaking, schools), theme, all), all, cells, 5), "the school that is left")
	readings = readingsOf(everything(leaking, schools), theme, 0)
	from, to = narrow(t, readings, people, []string{"bu0"})
	require.Less(t, to-from, 10.0)
	require.InDelta(t, 75, (from+to)/2, 4)
}
