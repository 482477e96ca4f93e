package dialogue

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// People open up, narrow down, and do both again: what was written the first time stays, what is sealed the second time has a
// seal of its own, and the vote that follows is on both.
func TestAStepIsTakenOnceMore(t *testing.T) {
	w := newWorld(t)
	six := append(teachers(4), "tr", "amr")
	tb := w.prepare(six, nil).lead("/open", nil).begin("reflect")
	stale := tb.etag
	for _, person := range six {
		tb.write(person, "reflect", "første gang af "+person).ok()
	}
	first := tb.phase("reflect").PhaseID
	again := func() answer {
		return tb.do(tb.leader, "POST", tb.path("/phases/"+first+"/repeat"), nil, ifMatch(tb.etag))
	}
	again().refused(failure.PhaseWrongState)
	tb.lock("reflect")
	steps := len(tb.view.Phases)
	tb.do(tb.leader, "POST", tb.path("/phases/"+first+"/repeat"), nil, ifMatch(stale)).refused(failure.PreconditionFailed)
	tb.take(again().ok())
	require.Len(t, tb.view.Phases, steps+1)
	second := tb.view.Phases[2]
	require.Equal(t, []string{"reflect", "pending", "sealed"}, []string{second.Step, string(second.State), string(second.Attribution)})
	require.Equal(t, first, tb.view.Phases[1].PhaseID, "after the last that is over")

	start := func(phase string) {
		tb.take(tb.do(tb.leader, "POST", tb.path("/phases/"+phase+"/start"), map[string]any{}, ifMatch(tb.etag)).ok())
	}
	start(second.PhaseID)
	again().refused(failure.PhaseOtherActive)
	for _, person := range six {
		tb.do(person, "POST", tb.path("/phases/"+second.PhaseID+"/contributions"), map[string]any{"text": "anden gang af " + person}).ok()
	}
	tb.take(tb.do(tb.leader, "POST", tb.path("/phases/"+second.PhaseID+"/lock"), nil, ifMatch(tb.etag)).ok())
	require.True(t, *tb.view.Phases[2].AuthorshipDestroyed)

	tb.run("share", "/skip", nil)
	require.Subset(t, tb.phase("prioritise").InputFrom, []string{first, second.PhaseID})
	tb.begin("prioritise")
	for phase, person := range map[string]string{first: "tr", second.PhaseID: "amr"} {
		var list struct{ Items []contributionView }
		tb.do(tb.leader, "GET", tb.path("/phases/"+phase+"/contributions"), nil).ok().into(&list)
		require.Len(t, list.Items, len(six))
		tb.vote(person, "prioritise", []Choice{{list.Items[0].ContributionID, 1}}).ok()
	}
}

func TestStepsAreNotTakenAgainForEver(t *testing.T) {
	m := testMeeting(t, 5)
	require.NoError(t, m.Open(start))
	_, err := m.ChangePhase(m.Phases[0].ID, (*Phase).skip)
	require.NoError(t, err)
	p := testPlaybook(t)
	for len(m.Phases) < mostPhases {
		require.NoError(t, m.Repeat(m.Phases[0].ID, p))
	}
	require.Equal(t, failure.RequestInvalid, failure.CodeOf(m.Repeat(m.Phases[0].ID, p)))
}
