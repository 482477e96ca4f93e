package dialogue

import (
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// A step can be open for days, outside any meeting: it ends with a local day, it runs on while the dialogue is paused until
// its next meeting, and the server locks it on time as any other. A step that is written beforehand is one of these; see
// beforehand.go.

const mostMoreDays = 14

// spansDays tells whether the phase is one that is open for days.
func (p *Phase) spansDays() bool { return p.Days > 0 || p.Beforehand }

// endOfDay is when the local day ends that comes this many days after a time, whatever the clocks are set to meanwhile.
func endOfDay(at time.Time, days int, zone *time.Location) time.Time {
	year, month, day := at.In(zone).Date()
	return time.Date(year, month, day+days+1, 0, 0, 0, 0, zone).UTC()
}

// openUntil gives a phase that is open for days its end, and says when those who take part are reminded of it.
func (p *Phase) openUntil(deadline, now time.Time, zone *time.Location) {
	p.Deadline, p.RemindAt = &deadline, nil
	if at := reminderOf(deadline, zone); !p.Reminded && at.Sub(now) >= noticed {
		p.RemindAt = &at
	}
}

// extendDays gives a phase that is open for days more of them. After the deadline, in the grace, they count from now.
func (p *Phase) extendDays(days int, now time.Time, zone *time.Location) error {
	switch {
	case !p.spansDays():
		return failure.Invalid("days", "nothing; minutes for a step of the meeting")
	case p.Beforehand:
		return failure.Invalid("days", "nothing; the step ends when the meeting begins")
	case days < 1 || days > mostMoreDays:
		return failure.Invalid("days", "1 to 14")
	case p.State != Active:
		return failure.New(failure.PhaseWrongState).At("phase_id").Wanting("an active phase")
	}
	last := p.Deadline.Add(-time.Second) // still in its last day
	if last.Before(now) {
		last = now
	}
	p.openUntil(endOfDay(last, days, zone), now, zone)
	p.Days += days
	return nil
}

// sits says whether something can be done in a phase now: while the meeting is open, in one that is open for days also
// while it is paused, and in one that is written beforehand until then.
func (m *Meeting) sits(p *Phase) error {
	switch {
	case p.Beforehand:
		return m.in(Scheduled, Open, Paused)
	case p.spansDays():
		return m.in(Open, Paused)
	}
	return m.in(Open)
}
