package dialogue

import (
	"context"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// sweepEvery is how often the store is asked what has fallen due. The broker's schedules are the clock; the sweep, which
// also runs at the start, finds what a crash between a change and its schedule left, and what was too far ahead for the
// broker to keep.
const sweepEvery = 5 * time.Second

// scheduleTimeout is how long a command waits for the broker to take a schedule, since the sweep does without.
const scheduleTimeout = time.Second

// settleTimeout is how long a lock is carried on with when whoever asked for it has gone away.
const settleTimeout = 30 * time.Second

// phaseDue comes back from the broker when the grace of a phase is over.
type phaseDue struct {
	DialogueID string `json:"dialogue_id"`
}

// Type implements events.Event.
func (phaseDue) Type() string { return "dialogue.phase-due.v1" }

// Validate implements events.Event.
func (e phaseDue) Validate() error { return wanted("dialogue_id", e.DialogueID) }

// actionDue comes back from the broker on the day of an effect check.
type actionDue struct {
	ActionID string `json:"action_id"`
}

// Type implements events.Event.
func (actionDue) Type() string { return "dialogue.action-due.v1" }

// Validate implements events.Event.
func (e actionDue) Validate() error { return wanted("action_id", e.ActionID) }

// agreementDue comes back from the broker when something is to be done with an agreement.
type agreementDue struct {
	AgreementID string `json:"agreement_id"`
}

// Type implements events.Event.
func (agreementDue) Type() string { return "dialogue.agreement-due.v1" }

// Validate implements events.Event.
func (e agreementDue) Validate() error { return wanted("agreement_id", e.AgreementID) }

// answerDue comes back from the broker when the day is over on which another forum owes an answer.
type answerDue struct {
	EscalationID string `json:"escalation_id"`
}

// Type implements events.Event.
func (answerDue) Type() string { return "dialogue.answer-due.v1" }

// Validate implements events.Event.
func (e answerDue) Validate() error { return wanted("escalation_id", e.EscalationID) }

func wanted(name, value string) error {
	if value == "" {
		return failure.Invalid(name, "an id")
	}
	return nil
}

// due takes what the broker kept until its time.
func (s *service) due() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, func(ctx context.Context, _ events.Envelope, e phaseDue) error {
		return except(failure.DocumentNotFound, s.expire(ctx, e.DialogueID))
	})
	bus.On(h, func(ctx context.Context, _ events.Envelope, e actionDue) error {
		return except(failure.DocumentNotFound, s.remind(ctx, e.ActionID))
	})
	bus.On(h, func(ctx context.Context, _ events.Envelope, e agreementDue) error {
		return except(failure.DocumentNotFound, s.turn(ctx, e.AgreementID))
	})
	bus.On(h, func(ctx context.Context, _ events.Envelope, e answerDue) error {
		return except(failure.DocumentNotFound, s.overdue(ctx, e.EscalationID))
	})
	return h
}

// watchClock sweeps until ctx ends.
func (s *service) watchClock(ctx context.Context) error {
	ctx = access.WithSubject(ctx, s.deps.Identity())
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			s.deps.Logger.WarnContext(ctx, "sweep failed, will be tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// sweep locks, settles and reminds whatever is due in any school.
func (s *service) sweep(ctx context.Context) error {
	now := s.now()
	overdue := document.Query{Index: byLockAt, From: epoch, To: now.Add(time.Millisecond)}
	for _, all := range []*document.Across[Meeting]{s.allMeetings, s.allPreMeetings} {
		for m, err := range all.All(ctx, overdue) {
			if err != nil {
				return err
			}
			s.attempt(ctx, m.Tenant, m.ID, s.expire)
		}
		for m, err := range all.All(ctx, document.Query{Index: bySettling, Equal: []any{true}}) {
			if err != nil {
				return err
			}
			s.attempt(ctx, m.Tenant, m.ID, s.finish)
		}
		if err := s.sweepReady(ctx, all); err != nil {
			return err
		}
		if err := s.sweepReminders(ctx, all, now); err != nil {
			return err
		}
	}
	for a, err := range s.allActions.All(ctx, document.Query{Index: byCheckAt, From: epoch, To: now.Add(time.Millisecond)}) {
		if err != nil {
			return err
		}
		s.attempt(ctx, a.Tenant, a.ID, s.remind)
	}
	for e, err := range s.allQuestions.All(ctx, document.Query{Index: byCheckAt, From: epoch, To: now.Add(time.Millisecond)}) {
		if err != nil {
			return err
		}
		s.attempt(ctx, e.Tenant, e.ID, s.overdue)
	}
	if err := s.sweepGuests(ctx, now); err != nil {
		return err
	}
	for r, err := range s.allRaisings.All(ctx, document.Query{Index: byAge, From: epoch, To: now.Add(time.Millisecond)}) {
		if err != nil {
			return err
		}
		s.attempt(ctx, r.Tenant, r.ID, s.carryThrough)
	}
	return s.sweepAgreements(ctx, now)
}

// sweepAgreements does what the calendar asks for with agreements, and what a crash left.
func (s *service) sweepAgreements(ctx context.Context, now time.Time) error {
	for a, err := range s.allAgreements.All(ctx, document.Query{Index: byCheckAt, From: epoch, To: now.Add(time.Millisecond)}) {
		if err != nil {
			return err
		}
		s.attempt(ctx, a.Tenant, a.ID, s.turn)
	}
	for a, err := range s.allAgreements.All(ctx, document.Query{Index: bySettling, Equal: []any{true}}) {
		if err != nil {
			return err
		}
		s.attempt(ctx, a.Tenant, a.ID, func(ctx context.Context, id string) error {
			_, err := s.settleAgreement(ctx, id)
			return err
		})
	}
	return nil
}

// attempt does one thing of a sweep; what fails must not keep the rest from its turn.
func (s *service) attempt(ctx context.Context, owner tenant.ID, id string, do func(context.Context, string) error) {
	if err := do(tenant.With(ctx, owner), id); err != nil && ctx.Err() == nil {
		s.deps.Logger.WarnContext(ctx, "due work failed, will be tried again", "tenant", owner, "id", id, "error", err)
	}
}

// expire locks the phase of a dialogue whose time is over and settles it.
func (s *service) expire(ctx context.Context, id string) error {
	expired := false
	meeting, err := s.meetings.Update(ctx, id, func(m *Meeting) ([]events.Event, error) {
		var p *Phase
		if p, expired = m.Expire(s.now()); !expired {
			return nil, nil
		}
		return p.locked(id), nil
	})
	if err != nil {
		return err
	}
	if !expired {
		if wait := meeting.Body.LockAt.Sub(s.now()); wait > 0 && wait < time.Minute {
			s.scheduleLock(ctx, meeting) // two clocks that do not agree; the demo's may lie far apart and is left to the sweep
		}
		return nil
	}
	return s.finish(ctx, id)
}

// finish settles what is locked, and shows it.
func (s *service) finish(ctx context.Context, id string) error {
	meeting, err := s.settler.settle(ctx, id)
	if err != nil {
		return err
	}
	if err := s.forgetReady(ctx, &meeting.Body); err != nil {
		return err
	}
	s.committed(ctx, meeting)
	return nil
}

// remind says once that the day of an action's effect check has come.
func (s *service) remind(ctx context.Context, id string) error {
	action, err := s.actions.Update(ctx, id, func(a *Action) ([]events.Event, error) {
		if !a.Remind(s.now()) {
			return nil, nil
		}
		return []events.Event{events.ActionFollowUpDue(a.facts(id))}, nil
	})
	if err == nil {
		s.hub.changed(ctx, action.Body.DialogueID)
	}
	return err
}

// scheduleLock has the broker wake the service when the running phase is over. Without it the sweep does.
func (s *service) scheduleLock(ctx context.Context, meeting document.Document[Meeting]) {
	if at := meeting.Body.LockAt; at.Before(never) {
		s.schedule(ctx, "phase-"+meeting.ID, at, meeting.ID, phaseDue{DialogueID: meeting.ID})
	}
}

// scheduleCheck has the broker wake the service on the day of an action's effect check.
func (s *service) scheduleCheck(ctx context.Context, action document.Document[Action]) {
	if at := action.Body.CheckAt; at.Before(never) {
		s.schedule(ctx, "action-"+action.ID, at, action.ID, actionDue{ActionID: action.ID})
	}
}

// scheduleTurn has the broker wake the service when something is to be done with an agreement.
func (s *service) scheduleTurn(ctx context.Context, agreement document.Document[Agreement]) {
	if at := agreement.Body.TurnAt; at.Before(never) {
		s.schedule(ctx, "agreement-"+agreement.ID, at, agreement.ID, agreementDue{AgreementID: agreement.ID})
	}
}

// scheduleAnswer has the broker wake the service when the day of an answer is over.
func (s *service) scheduleAnswer(ctx context.Context, question document.Document[Escalation]) {
	if at := question.Body.DueAt; at.Before(never) {
		s.schedule(ctx, "escalation-"+question.ID, at, question.ID, answerDue{EscalationID: question.ID})
	}
}

func (s *service) schedule(ctx context.Context, id string, at time.Time, subject string, e events.Event) {
	ctx, cancel := context.WithTimeout(ctx, scheduleTimeout)
	defer cancel()
	envelope, err := events.New(ctx, Name, subject, 0, s.now(), e)
	if err == nil {
		err = s.deps.Bus.Schedule(ctx, id, at, envelope)
	}
	if err != nil {
		s.deps.Logger.WarnContext(ctx, "schedule failed, the sweep will find it", "id", id, "error", err)
	}
}
