package dialogue

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// PhaseState is where a phase is: pending -> active <-> paused -> locked, or skipped.
type PhaseState string

// The states of a phase.
const (
	Pending PhaseState = "pending"
	Active  PhaseState = "active"
	Halted  PhaseState = "paused"
	Locked  PhaseState = "locked"
	Skipped PhaseState = "skipped"
)

// Settlement is how far the server is with what was sealed in a phase.
type Settlement string

// A sealed phase is settled in steps, each of which can be repeated after a crash. Locking: nothing more is taken,
// the contents are being rewritten. Discarding: the contents are being erased unread. Revealed: what may be known is
// known. Destroyed: the sealed documents and the key are gone.
const (
	Unsettled  Settlement = ""
	Locking    Settlement = "locking"
	Discarding Settlement = "discarding"
	Revealed   Settlement = "revealed"
	Destroyed  Settlement = "destroyed"
)

const (
	// Grace is how long past the deadline drafts are taken: what was on its way when the clock ran out.
	Grace = 5 * time.Second
	// smallestSecret is how many must take part before something can be sealed or secret. Below, the others can work
	// out whose it is.
	smallestSecret = 5

	maxExtension = time.Hour
)

// never is the LockAt of a meeting without a running clock.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Phase is one step of the playbook in a meeting.
type Phase struct {
	ID            string               `bson:"id"`
	Step          string               `bson:"step"`
	Kind          playbook.Kind        `bson:"kind"`
	State         PhaseState           `bson:"state"`
	Attribution   playbook.Attribution `bson:"attribution"`
	Exit          playbook.ExitRule    `bson:"exit_rule"` // what ends the phase; the clock where it is empty
	Minutes       int                  `bson:"minutes"`
	Days          int                  `bson:"days"` // that it is open, outside the meeting; 0 for a step of the meeting
	Dots          int                  `bson:"dots"`
	DotsPerChoice int                  `bson:"dots_per_choice"`
	Inputs        []string             `bson:"inputs"` // phases whose contributions this one works on
	StartedAt     *time.Time           `bson:"started_at"`
	Deadline      *time.Time           `bson:"deadline"`             // while active
	Beforehand    bool                 `bson:"beforehand,omitempty"` // started before the meeting, at whose beginning it ends
	RemindAt      *time.Time           `bson:"remind_at,omitempty"`  // of its end; of one that is open for days
	Reminded      bool                 `bson:"reminded,omitempty"`
	Remaining     time.Duration        `bson:"remaining"` // while paused
	Settlement    Settlement           `bson:"settlement"`
	Writers       Band                 `bson:"writers"` // how many wrote sealed contributions, known from the reveal on
	Result        *Result              `bson:"result"`  // of a vote
}

// newPhases lays out a playbook for a length of meeting.
func newPhases(p *playbook.Playbook, v playbook.Variant) []Phase {
	ids := map[string]string{}
	phases := make([]Phase, 0, len(p.Steps))
	for _, s := range p.StepsOf(v) {
		phase := newPhase(s, v)
		ids[s.ID] = phase.ID
		for _, input := range s.InputFrom {
			phase.Inputs = append(phase.Inputs, ids[input])
		}
		phases = append(phases, phase)
	}
	return phases
}

// newPhase is a step that has not begun. What it builds on is left to the caller.
func newPhase(s playbook.Step, v playbook.Variant) Phase {
	return Phase{
		ID: uuid.NewString(), Step: s.ID, Kind: s.Kind, State: Pending, Attribution: kept(s.Attribution), Exit: s.ExitRule, Days: s.Days,
		Minutes: length(s, v), Dots: s.Dots, DotsPerChoice: s.DotsPerChoice, Inputs: []string{},
	}
}

// kept is what the meeting keeps of who wrote something. No step keeps names yet: what is meant to be said by name is
// written without one, which is tighter and so always allowed.
func kept(a playbook.Attribution) playbook.Attribution {
	if a == playbook.Named {
		return playbook.Group
	}
	return a
}

// length is how many minutes the clock gives a step. One that is open for days has them all.
func length(s playbook.Step, v playbook.Variant) int {
	if s.Mode == playbook.Async {
		return s.Days * 24 * 60
	}
	return v.Timeboxes[s.ID]
}

// vote tells whether dots are placed in the phase.
func (p *Phase) vote() bool { return p.Kind == playbook.Prioritise }

// timed tells whether the clock ends the phase. Elsewhere it shows how long was meant, and the facilitator ends it. What is
// sealed the clock always ends, so that no key outlives its step since nobody thought of it; and what is open for days, when
// nobody sits there to end it.
func (p *Phase) timed() bool {
	return p.Attribution == playbook.Sealed || p.spansDays() || p.Exit != playbook.ByFacilitator && p.Exit != playbook.WithOutcome
}

// exit is what ends the phase, as it is told.
func (p *Phase) exit() playbook.ExitRule {
	if p.Exit == "" || p.timed() && p.Exit != playbook.AllReady {
		return playbook.AtTime
	}
	return p.Exit
}

// ended tells whether the phase is behind the meeting.
func (p *Phase) ended() bool { return p.State == Locked || p.State == Skipped }

// running tells whether the phase has begun and not ended.
func (p *Phase) running() bool { return p.State == Active || p.State == Halted }

// holdsSecrets tells whether there may be sealed contents of the phase in the urn.
func (p *Phase) holdsSecrets() bool {
	return p.Attribution == playbook.Sealed && (p.running() || p.State == Locked && p.Settlement != Destroyed)
}

// start begins the phase.
func (p *Phase) start(now time.Time) error {
	if p.State != Pending {
		return failure.New(failure.PhaseWrongState).At("phase_id").Wanting("a pending phase")
	}
	deadline := now.Add(time.Duration(p.Minutes) * time.Minute)
	p.State, p.StartedAt, p.Deadline = Active, &now, &deadline
	return nil
}

// pause stops the clock.
func (p *Phase) pause(now time.Time) error {
	if p.State != Active || p.spansDays() {
		return failure.New(failure.PhaseWrongState).At("phase_id").Wanting("an active phase of the meeting")
	}
	p.State, p.Remaining, p.Deadline = Halted, max(0, p.Deadline.Sub(now)), nil
	return nil
}

// resume starts the clock again.
func (p *Phase) resume(now time.Time) error {
	if p.State != Halted {
		return failure.New(failure.PhaseWrongState).At("phase_id").Wanting("a paused phase")
	}
	deadline := now.Add(p.Remaining)
	p.State, p.Remaining, p.Deadline = Active, 0, &deadline
	return nil
}

// extend gives the phase more time. Time given after the deadline, in the grace, counts from now.
func (p *Phase) extend(by time.Duration, now time.Time) error {
	if by < time.Minute || by > maxExtension || p.spansDays() {
		return failure.Invalid("minutes", "1 to 60")
	}
	switch p.State {
	case Active:
		from := *p.Deadline
		if from.Before(now) {
			from = now
		}
		deadline := from.Add(by)
		p.Deadline = &deadline
	case Halted:
		p.Remaining += by
	default:
		return failure.New(failure.PhaseWrongState).At("phase_id").Wanting("an active or paused phase")
	}
	p.Minutes += int(by / time.Minute)
	return nil
}

// close takes the phase to its end, with its clock.
func (p *Phase) close() { p.State, p.Deadline, p.Remaining, p.RemindAt = Locked, nil, 0, nil }

// lock ends the phase. What was sealed has to be settled from now on.
func (p *Phase) lock() error {
	if !p.running() {
		return failure.New(failure.PhaseWrongState).At("phase_id").Wanting("an active or paused phase")
	}
	p.close()
	if p.Attribution == playbook.Sealed {
		p.Settlement = Locking
	}
	return nil
}

// skip leaves the phase out.
func (p *Phase) skip() error {
	if p.State != Pending {
		return failure.New(failure.PhaseWrongState).At("phase_id").Wanting("a pending phase")
	}
	p.State = Skipped
	return nil
}

// discard ends the phase without ever reading what was sealed in it.
func (p *Phase) discard() {
	switch {
	case p.State == Pending:
		p.State = Skipped
	case p.running():
		p.close()
		if p.Attribution == playbook.Sealed {
			p.Settlement = Discarding
		}
	}
}

// taking says whether the phase takes something in writing at this time; a draft may be late by Grace.
func (p *Phase) taking(now time.Time) error {
	switch {
	case p.ended():
		return failure.New(failure.PhaseLocked).At("phase_id")
	case p.State != Active:
		return failure.New(failure.PhaseWrongState).At("phase_id").Wanting("an active phase")
	case p.timed() && now.After(p.Deadline.Add(Grace)):
		return failure.New(failure.PhaseLocked).At("phase_id")
	}
	return nil
}

// takesContributions says whether something can be written in the phase at this time.
func (p *Phase) takesContributions(now time.Time) error {
	if p.Attribution == playbook.None || p.vote() {
		return failure.New(failure.PhaseTakesNothing).At("phase_id")
	}
	return p.taking(now)
}

// takesDots says whether dots of this kind (secret ballots, or the ones that a group places together) can be placed in
// the phase at this time.
func (p *Phase) takesDots(kind playbook.Attribution, now time.Time) error {
	if !p.vote() || p.State == Active && p.Attribution != kind {
		return failure.New(failure.PhaseTakesNothing).At("phase_id").Wanting("a vote of this kind")
	}
	return p.taking(now)
}

// phase finds a phase of the meeting.
func (m *Meeting) phase(id string) (*Phase, error) {
	i := slices.IndexFunc(m.Phases, func(p Phase) bool { return p.ID == id })
	if i < 0 {
		return nil, failure.NotFound("phase")
	}
	return &m.Phases[i], nil
}

// kinds are the kinds of some phases of the meeting.
func (m *Meeting) kinds(ids []string) []playbook.Kind {
	var kinds []playbook.Kind
	for _, p := range m.Phases {
		if slices.Contains(ids, p.ID) {
			kinds = append(kinds, p.Kind)
		}
	}
	return kinds
}
