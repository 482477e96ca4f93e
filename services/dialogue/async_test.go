package dialogue

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func copenhagen(t *testing.T) *time.Location {
	zone, err := time.LoadLocation("Europe/Copenhagen")
	require.NoError(t, err)
	return zone
}

// Days end at midnight where the school is, also over the nights in which the clocks are set.
func TestDaysEndWhereTheSchoolIs(t *testing.T) {
	zone := copenhagen(t)
	for from, c := range map[string]struct {
		days int
		want string
	}{
		"2026-11-24T08:00:00Z": {3, "2026-11-27T23:00:00Z"},
		"2026-11-24T23:30:00Z": {1, "2026-11-26T23:00:00Z"}, // already the 25th there
		"2026-03-27T12:00:00Z": {1, "2026-03-28T23:00:00Z"},
		"2026-03-28T12:00:00Z": {1, "2026-03-29T22:00:00Z"}, // summer time begins
		"2026-10-24T12:00:00Z": {1, "2026-10-25T23:00:00Z"}, // and ends
		"2026-12-31T12:00:00Z": {2, "2027-01-02T23:00:00Z"},
	} {
		at, err := time.Parse(time.RFC3339, from)
		require.NoError(t, err)
		require.Equal(t, c.want, endOfDay(at, c.days, zone).Format(time.RFC3339), from)
	}
	started := time.Date(2026, 10, 23, 9, 0, 0, 0, time.UTC)
	p := Phase{State: Active, Days: 1}
	deadline := endOfDay(started, 1, zone)
	p.Deadline = &deadline
	require.NoError(t, p.extendDays(1, started, zone))
	require.Equal(t, "2026-10-25T23:00:00Z", p.Deadline.Format(time.RFC3339), "a day more is a day, of 25 hours here")
	require.Error(t, p.extend(time.Minute, started))
	require.Error(t, p.extendDays(15, started, zone))
	require.Error(t, p.pause(started))
	require.Equal(t, failure.RequestInvalid, failure.CodeOf((&Phase{State: Active}).extendDays(1, started, zone)))
}

// A step of days runs on while the dialogue is paused until its next meeting, and the clock ends it.
func TestAStepIsOpenForDays(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil)
	_, err := w.service.meetings.Update(w.schoolContext(), tb.id, func(m *Meeting) ([]events.Event, error) {
		for i := range m.Phases {
			if m.Phases[i].Step == "reflect" {
				m.Phases[i].Days = 2
			}
		}
		return nil, nil
	})
	require.NoError(t, err)
	tb.refresh().lead("/open", nil).begin("reflect")
	shown := tb.phase("reflect")
	require.Equal(t, 2, shown.Days)
	require.Equal(t, endOfDay(w.service.now(), 2, w.service.zone), *shown.Deadline)
	tb.do("leader", "POST", tb.phasePath("reflect", "/extend"), map[string]any{"minutes": 5}, ifMatch(tb.etag)).refused(failure.RequestInvalid)
	tb.do("leader", "POST", tb.phasePath("reflect", "/pause"), nil, ifMatch(tb.etag)).refused(failure.PhaseWrongState)
	tb.run("reflect", "/extend", map[string]any{"days": 1}).lead("/pause", nil)
	require.Equal(t, Paused, tb.view.State)
	deadline := *tb.phase("reflect").Deadline
	require.Equal(t, endOfDay(w.service.now(), 3, w.service.zone), deadline)

	tb.write("teacher-1", "reflect", "Skrevet hjemme").ok()
	tb.ready("teacher-1", "reflect", true).ok()
	w.clock.ahead(time.Until(deadline) - time.Hour)
	tb.write("teacher-2", "reflect", "I sidste time").ok()
	require.NoError(t, w.service.sweep(w.schoolContext()))
	require.Equal(t, Active, tb.refresh().phase("reflect").State)
	w.clock.ahead(time.Until(deadline) + Grace + time.Second)
	tb.write("teacher-3", "reflect", "For sent").refused(failure.PhaseLocked)
	require.NoError(t, w.service.sweep(w.schoolContext()))
	ended := tb.refresh().phase("reflect")
	require.Equal(t, Locked, ended.State)
	require.True(t, *ended.AuthorshipDestroyed)
	require.Equal(t, Paused, tb.view.State, "the dialogue itself waits for its next meeting")
	require.Len(t, tb.read("tr", "reflect"), 2)
	all, err := collect(w.schoolContext(), w.service.meetings.Collection, document.Query{Index: byAge})
	require.NoError(t, err)
	require.Equal(t, never, all[0].Body.LockAt)
	tb.lead("/resume", nil).run("share", "/skip", nil)
	tb.write("teacher-1", "share", "Springes over").refused(failure.PhaseLocked)
}
