package dialogue

import (
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// Whoever is invited can be let write before the meeting. A facilitator starts the first step that is written in while the
// dialogue is scheduled; it is open until the meeting begins, moves with it, and is locked by the server at its hour or when
// somebody opens the meeting earlier. In all else it is a step like any other that is open for days: what was sealed there is
// sealed, with a key that is destroyed at the lock, and whoever did not get to write can take it once more in the meeting.

// How a phase that is or can be written before the meeting is shown.
const (
	beforehandPossible = "possible"
	beforehandStarted  = "started"
)

// writtenFirst is the phase in which people can write before the meeting: the first that takes text and builds on no
// other. It is nil where a playbook has none.
func (m *Meeting) writtenFirst() *Phase {
	for i := range m.Phases {
		p := &m.Phases[i]
		if p.Attribution != playbook.None && !p.vote() && !slices.Contains(boardKinds, p.Kind) && len(p.Inputs) == 0 {
			return p
		}
	}
	return nil
}

// TakesBeforehand tells whether a phase is the one that can be started before the meeting.
func (m *Meeting) TakesBeforehand(p *Phase) bool {
	first := m.writtenFirst()
	return first != nil && first.ID == p.ID && p.State == Pending && (m.State == Draft || m.State == Scheduled)
}

// checkBeforehand says whether a phase may be started before the meeting.
func (m *Meeting) checkBeforehand(p *Phase, now time.Time) error {
	if !m.TakesBeforehand(p) {
		return m.in(Open)
	}
	if !m.StartsAt.After(now) {
		return failure.Invalid("starts_at", "a time to come")
	}
	return nil
}

// lockBeforehand ends the phase that is written before the meeting, which begins.
func (m *Meeting) lockBeforehand() error {
	if p := m.current(); p != nil {
		return p.lock()
	}
	return nil
}

// writeUntil is until when those who are invited can write before the meeting, nil when they cannot.
func (m *Meeting) writeUntil() *time.Time {
	if p := m.current(); p != nil && p.Beforehand {
		return p.Deadline
	}
	return nil
}
