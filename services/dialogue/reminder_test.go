package dialogue

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/events"
)

// People are reminded in the morning of the day before the last, by the clock on the wall, and not on a weekend.
func TestRemindersComeInTimeAndInTheMorning(t *testing.T) {
	zone := copenhagen(t)
	for deadline, want := range map[string]string{
		"2026-11-26T23:00:00Z": "2026-11-25T09:00:00Z", // the end of Thursday
		"2026-11-26T13:00:00Z": "2026-11-25T09:00:00Z", // a meeting on Thursday
		"2026-11-30T13:00:00Z": "2026-11-27T09:00:00Z", // on Monday
		"2026-10-26T13:00:00Z": "2026-10-23T08:00:00Z", // the clocks go back in between
		"2026-03-30T22:00:00Z": "2026-03-27T09:00:00Z", // and forth: the end of Monday there
		"2027-01-01T09:00:00Z": "2026-12-31T09:00:00Z",
	} {
		at, err := time.Parse(time.RFC3339, deadline)
		require.NoError(t, err)
		require.Equal(t, want, reminderOf(at, zone).Format(time.RFC3339), deadline)
	}
}

func TestAReminderIsForTheEndThatAStepHas(t *testing.T) {
	zone := copenhagen(t)
	monday := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	p := Phase{State: Active, Days: 3}
	p.openUntil(endOfDay(monday, 3, zone), monday, zone)
	require.Equal(t, "2026-11-25T09:00:00Z", p.RemindAt.Format(time.RFC3339))
	require.NoError(t, p.extendDays(1, monday, zone))
	require.Equal(t, "2026-11-26T09:00:00Z", p.RemindAt.Format(time.RFC3339), "more days move it")
	require.NoError(t, p.lock())
	require.Nil(t, p.RemindAt, "what is over needs none")

	soon := Phase{State: Active, Beforehand: true}
	soon.openUntil(monday.Add(20*time.Hour), monday, zone)
	require.Nil(t, soon.RemindAt, "whoever was told today is not reminded today")
	again := Phase{State: Active, Days: 3, Reminded: true}
	require.NoError(t, func() error {
		again.openUntil(endOfDay(monday, 3, zone), monday, zone)
		return again.extendDays(2, monday, zone)
	}())
	require.Nil(t, again.RemindAt, "once is enough")
}

// reminders returns what was told about reminders of a dialogue until another one was opened.
func (w *world) reminders(dialogue string) (all []events.StepReminderDue) {
	w.t.Helper()
	last := w.prepare(six(), nil).lead("/open", nil)
	for _, e := range w.events(func(e events.Envelope) bool { return e.Type == events.DialogueOpened{}.Type() && e.Subject == last.id }) {
		if e.Type == (events.StepReminderDue{}).Type() && e.Subject == dialogue {
			told, err := events.Decode[events.StepReminderDue](e)
			require.NoError(w.t, err)
			all = append(all, told)
		}
	}
	return all
}

// Everybody who takes part is reminded once, whoever has written, but for those who left the school.
func TestEverybodyIsRemindedOnce(t *testing.T) {
	w := newWorld(t)
	w.clock.stand(time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)) // a Monday
	leaving, wednesday := uuid.NewString(), time.Date(2027, 3, 3, 9, 0, 0, 0, time.UTC)
	w.tell(w.tenancy, "tenancy", w.operator, leaving, events.RoleAssigned{AssignmentID: leaving, PersonID: "guest", Role: access.Employee, Scope: string(w.school), From: time.Unix(0, 0), To: &wednesday})
	w.known("guest")
	tb := w.before(append(six(), "guest"), 4*24*time.Hour, nil) // until Friday
	gone := w.prepare(six(), func(body map[string]any) { body["starts_at"] = w.service.now().Add(4 * 24 * time.Hour) })
	gone.begin("reflect").lock("reflect")
	tb.write("teacher-1", "reflect", "Har skrevet").ok()
	require.NoError(t, w.service.sweep(w.schoolContext()))

	w.clock.stand(time.Date(2027, 3, 4, 9, 0, 1, 0, time.UTC)) // Thursday
	for range 2 {
		require.NoError(t, w.service.sweep(w.schoolContext()))
	}
	told := w.reminders(tb.id)
	require.Len(t, told, 1)
	require.True(t, told[0].Beforehand)
	require.True(t, told[0].Until.Equal(*tb.view.StartsAt))
	require.Equal(t, tb.phase("reflect").PhaseID, told[0].PhaseID)
	require.ElementsMatch(t, six(), told[0].PersonIDs)
	require.Empty(t, w.reminders(gone.id), "what is locked earlier is not reminded of")
}
