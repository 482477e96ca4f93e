package dialogue

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

func (tb *table) ready(person, step string, ready bool) answer {
	tb.t.Helper()
	return tb.do(person, "PUT", tb.phasePath(step, "/ready"), map[string]any{"ready": ready})
}

// In an open step the facilitator sees how many are ready and nobody sees who; when all are, the clock ends the step.
func TestReadyInAnOpenStep(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(teachers(4), nil).lead("/open", nil)
	tb.ready("teacher-1", "reflect", true).refused(failure.PhaseWrongState)
	tb.run("reflect", "/start", map[string]any{"attribution": "group"})
	tb.ready("leader", "reflect", true).refused(failure.AccessDenied)
	tb.ready("teacher-7", "reflect", true).refused(failure.AccessDenied)
	screen, phone := tb.follow("leader", ""), tb.follow("teacher-2", "")
	screen.next()
	phone.next()
	counted := func(n int) {
		t.Helper()
		seen := screen.until(func(d deltaView) bool { p := phaseIn(d, "reflect"); return p != nil && p.Ready == n })
		require.NotContains(t, seen.data, "person_ids")
	}
	for range 2 {
		require.Equal(t, true, tb.ready("teacher-1", "reflect", true).ok().body["ready"])
	}
	counted(1)
	require.Equal(t, true, tb.do("teacher-1", "GET", tb.phasePath("reflect", "/ready"), nil).ok().body["ready"])
	require.Equal(t, false, tb.do("teacher-2", "GET", tb.phasePath("reflect", "/ready"), nil).ok().body["ready"])
	tb.ready("teacher-2", "reflect", true).ok()
	counted(2)
	tb.ready("teacher-2", "reflect", false).ok()
	counted(1)
	choice := tb.write("teacher-1", "reflect", "Noget at vælge").ok().text("contribution_id")
	shown := phone.until(func(d deltaView) bool { return len(d.Contributions) > 0 })
	require.NotContains(t, shown.data, `"ready"`, "participants are not asked to hurry")

	tb.lock("reflect").run("share", "/skip", nil).run("prioritise", "/start", map[string]any{"attribution": "group"})
	require.Equal(t, playbook.AllReady, tb.phase("prioritise").ExitRule)
	tb.take(tb.do("leader", "PUT", tb.phasePath("prioritise", "/shared-dots"), map[string]any{"choices": []Choice{{choice, 1}}}, ifMatch(tb.etag)).ok())
	for _, person := range teachers(3) {
		tb.ready(person, "prioritise", true).ok()
	}
	require.NoError(t, w.service.sweep(w.schoolContext()))
	require.Equal(t, Active, tb.refresh().phase("prioritise").State, "one of them needs more time")
	tb.ready("teacher-4", "prioritise", true).ok()
	require.NoError(t, w.service.sweep(w.schoolContext()))
	require.Equal(t, Locked, tb.refresh().phase("prioritise").State)
	tb.ready("teacher-4", "prioritise", false).refused(failure.PhaseLocked)
	require.Equal(t, false, tb.do("teacher-4", "GET", tb.phasePath("prioritise", "/ready"), nil).ok().body["ready"])
	for _, step := range []string{"reflect", "prioritise"} {
		_, err := w.service.readiness.Get(w.schoolContext(), tb.phase(step).PhaseID)
		require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err), "who was ready is forgotten")
	}
}

// In a sealed step the marks are in the urn and nowhere else; of fewer than five nothing is said.
func TestReadyInASealedStep(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil).begin("reflect")
	phase := tb.phase("reflect").PhaseID
	known := func() counts {
		t.Helper()
		meeting, err := w.service.meetings.Get(w.schoolContext(), tb.id)
		require.NoError(t, err)
		p, err := meeting.Body.phase(phase)
		require.NoError(t, err)
		got, err := w.service.count(w.schoolContext(), &meeting.Body, p)
		require.NoError(t, err)
		return got
	}
	w.logMu.Lock()
	w.log.Reset()
	w.logMu.Unlock()
	for i, person := range six() {
		tb.write(person, "reflect", "Hemmeligt").ok()
		tb.ready(person, "reflect", true).ok()
		want := Band("")
		if i >= 4 {
			want = From5To9
		}
		require.Equal(t, want, known().ready)
	}
	tb.ready("teacher-1", "reflect", false).ok()
	tb.ready("teacher-2", "reflect", false).ok()
	require.Equal(t, counts{writers: From5To9}, known())
	require.Equal(t, false, tb.do("teacher-1", "GET", tb.phasePath("reflect", "/ready"), nil).ok().body["ready"])
	require.Equal(t, true, tb.do("teacher-3", "GET", tb.phasePath("reflect", "/ready"), nil).ok().body["ready"])
	_, err := w.service.readiness.Get(w.schoolContext(), phase)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
	w.logMu.Lock()
	require.NotContains(t, w.log.String(), "/ready", "no line tells that somebody is ready")
	w.logMu.Unlock()
	require.NotContains(t, string(tb.do("leader", "GET", tb.path(""), nil).ok().raw), "ready_band", "it is counted by the clock, not on request")

	// A vote in which all are ready is over before its time, and what was sealed is settled as at any lock.
	tb.lock("reflect").run("share", "/skip", nil).begin("prioritise")
	choice := tb.read("teacher-1", "reflect")[0].ContributionID
	for _, person := range six() {
		tb.vote(person, "prioritise", []Choice{{choice, 1}}).ok()
		require.NoError(t, w.service.sweep(w.schoolContext()))
		require.Equal(t, Active, tb.refresh().phase("prioritise").State)
		tb.ready(person, "prioritise", true).ok()
	}
	require.NoError(t, w.service.sweep(w.schoolContext()))
	ended := tb.refresh().phase("prioritise")
	require.Equal(t, Locked, ended.State)
	require.True(t, *ended.AuthorshipDestroyed)
	require.Equal(t, 6, ended.Result.Ballots)
}

// A step that the facilitator ends goes on past its time; what is sealed never does.
func TestTheClockOnlyRemindsWhereTheFacilitatorEnds(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil).run("checkin", "/skip", nil).run("reflect", "/skip", nil).run("share", "/skip", nil).run("prioritise", "/skip", nil).begin("decide")
	require.Equal(t, playbook.WithOutcome, tb.phase("decide").ExitRule)
	w.clock.ahead(2 * time.Hour)
	require.NoError(t, w.service.sweep(w.schoolContext()))
	require.Equal(t, Active, tb.refresh().phase("decide").State)
	tb.lock("decide")

	sealed := Phase{Attribution: playbook.Sealed, Exit: playbook.ByFacilitator}
	require.True(t, sealed.timed())
	require.Equal(t, playbook.AtTime, sealed.exit())
	older := Phase{Attribution: playbook.Group}
	require.True(t, older.timed(), "a dialogue from before steps kept what ends them")
}
