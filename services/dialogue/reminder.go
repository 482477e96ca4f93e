package dialogue

import (
	"context"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
)

// Before a step that is open for days ends, everybody who takes part is reminded of it once: the day before its last day.
// Who has written is not asked. Where a step is sealed nobody may know, and a reminder to some would tell it; so it goes to
// all of them in every step.

const (
	// reminderHour is the local hour at which people are reminded; the hours in which a school wants no mail hold besides.
	reminderHour = 10
	// noticed is how long people need not be reminded of what they have just been told.
	noticed = 12 * time.Hour
)

// reminderOf is when people are reminded of a step that ends at a time: on the day before its last day, or on the Friday
// when that is of a weekend, for then mail waits and would come too late.
func reminderOf(deadline time.Time, zone *time.Location) time.Time {
	year, month, day := deadline.Add(-time.Second).In(zone).Date()
	at := time.Date(year, month, day-1, reminderHour, 0, 0, 0, zone)
	for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		at = at.AddDate(0, 0, -1)
	}
	return at.UTC()
}

// Remind notes that those who take part are reminded of the phase that ends soon. It tells whether there is one now.
func (m *Meeting) Remind(now time.Time) (*Phase, bool) {
	p := m.current()
	if p == nil || p.State != Active || p.RemindAt == nil || now.Before(*p.RemindAt) {
		return nil, false
	}
	p.RemindAt, p.Reminded = nil, true
	m.settle()
	return p, true
}

// remindOfStep tells once that a step ends soon, to those who take part and still have a role in the school. How a
// pre-meeting goes is told to nobody; see meetings.
func (s *service) remindOfStep(ctx context.Context, id string) error {
	members, err := s.directory.Members(ctx, "")
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for _, member := range members {
		here[member.PersonID] = true
	}
	_, err = s.meetings.Update(ctx, id, func(m *Meeting) ([]events.Event, error) {
		p, due := m.Remind(s.now())
		if !due {
			return nil, nil
		}
		people := slices.DeleteFunc(slices.Clone(m.Participants), func(person string) bool { return !here[person] })
		if len(people) == 0 {
			return nil, nil
		}
		return told(events.StepReminderDue{
			DialogueID: id, PhaseID: p.ID, Until: *p.Deadline, Beforehand: p.Beforehand, PersonIDs: people,
		}), nil
	})
	return err
}

// sweepReminders reminds of the steps that end soon.
func (s *service) sweepReminders(ctx context.Context, all *document.Across[Meeting], now time.Time) error {
	for m, err := range all.All(ctx, document.Query{Index: byRemindAt, From: epoch, To: now.Add(time.Millisecond)}) {
		if err != nil {
			return err
		}
		s.attempt(ctx, m.Tenant, m.ID, s.remindOfStep)
	}
	return nil
}
