package dialogue

import (
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// ActionStatus is where an action is: proposed -> accepted -> in_progress -> done -> effect_verified. An owner may
// decline, and then another one is asked; an action may be blocked and go on, or be dropped with a reason.
type ActionStatus string

// The statuses of an action.
const (
	Proposed       ActionStatus = "proposed"
	Declined       ActionStatus = "declined"
	Accepted       ActionStatus = "accepted"
	InProgress     ActionStatus = "in_progress"
	Blocked        ActionStatus = "blocked"
	Done           ActionStatus = "done"
	EffectVerified ActionStatus = "effect_verified"
	Dropped        ActionStatus = "dropped"
)

// Effect is what somebody found who looked at whether an action worked.
type Effect string

// The effects.
const (
	Worked     Effect = "worked"
	Partly     Effect = "partly"
	DidNotWork Effect = "did_not_work"
)

const maxActionMinutes = 100_000

// Owner is who does an action. A leader owns it by default, an employee only with working time written in, so that no
// duty of the employer moves onto staff.
type Owner struct {
	Person  string `bson:"person_id"`
	Leader  bool   `bson:"leader"`
	Minutes int    `bson:"minutes"`
}

func (o Owner) check() *failure.Error {
	switch {
	case o.Minutes < 0 || o.Minutes > maxActionMinutes:
		return failure.Invalid("minutes", "0 to 100000")
	case !o.Leader && o.Minutes == 0:
		return failure.New(failure.ActionOwnerNeedsMinutes).At("minutes").Wanting("at least 1, or a leader as the owner")
	}
	return nil
}

// Action is something that somebody does by a day, and whose effect is looked at on another.
type Action struct {
	DialogueID   string       `bson:"dialogue_id"`
	ForumID      string       `bson:"forum_id"` // of the dialogue; empty for one of chosen people
	Text         string       `bson:"text"`
	Owner        Owner        `bson:"owner"`
	Resources    string       `bson:"resources"`
	DueOn        string       `bson:"due_on"`       // local date
	FollowUpOn   string       `bson:"follow_up_on"` // local date
	Status       ActionStatus `bson:"status"`
	Reason       string       `bson:"reason"` // why it was declined, is blocked or was dropped
	Effect       Effect       `bson:"effect"`
	EffectNote   string       `bson:"effect_note"`
	TechnologyID string       `bson:"technology_id"`
	Source       *Cell        `bson:"source"`
	Sources      []string     `bson:"source_ids"`
	ProposedBy   string       `bson:"proposed_by"`
	ProposedAt   time.Time    `bson:"proposed_at"`
	CheckAt      time.Time    `bson:"check_at"` // when the follow-up falls due; never once it was told or is not needed
	Told         bool         `bson:"told"`     // that the follow-up is due
}

// check says what is wrong with a new action on a local date.
func (a *Action) check(today string) error {
	return failure.Together(
		a.Owner.check(),
		dateFrom("due_on", a.DueOn, today, "today or a day to come"),
		dateFrom("follow_up_on", a.FollowUpOn, a.DueOn, "a day not before due_on"),
	)
}

// Open tells whether the action still has to be done.
func (a *Action) Open() bool {
	return !slices.Contains([]ActionStatus{Done, EffectVerified, Dropped}, a.Status)
}

// Overdue tells whether the action should have been done before this local date; a deadline ends with its day.
func (a *Action) Overdue(today string) bool { return a.Open() && a.DueOn < today }

// FollowUpDue tells whether the day of the effect check has come and nobody has checked.
func (a *Action) FollowUpDue(today string) bool {
	return a.Status != EffectVerified && a.Status != Dropped && a.FollowUpOn <= today
}

// move changes the status, if it is one of these.
func (a *Action) move(to ActionStatus, reason string, from ...ActionStatus) error {
	if !slices.Contains(from, a.Status) {
		return failure.New(failure.ActionWrongStatus).At("status").Wanting(either(from))
	}
	a.Status, a.Reason = to, reason
	return nil
}

// Accept says that the owner takes it.
func (a *Action) Accept() error { return a.move(Accepted, "", Proposed) }

// Decline says that the owner does not take it.
func (a *Action) Decline(reason string) error { return a.move(Declined, reason, Proposed) }

// Reassign asks another owner.
func (a *Action) Reassign(owner Owner) error {
	if err := owner.check(); err != nil {
		return err
	}
	if err := a.move(Proposed, "", Proposed, Declined, Accepted, InProgress, Blocked); err != nil {
		return err
	}
	a.Owner = owner
	return nil
}

// Progress says that the owner has begun, or goes on.
func (a *Action) Progress() error { return a.move(InProgress, "", Accepted, Blocked) }

// Block says that the owner is held up.
func (a *Action) Block(reason string) error { return a.move(Blocked, reason, Accepted, InProgress) }

// Finish says that it is done.
func (a *Action) Finish() error { return a.move(Done, "", Accepted, InProgress, Blocked) }

// Verify says whether it worked.
func (a *Action) Verify(effect Effect, note string) error {
	if !slices.Contains([]Effect{Worked, Partly, DidNotWork}, effect) {
		return failure.Invalid("effect", "worked, partly or did_not_work")
	}
	if err := a.move(EffectVerified, "", Done); err != nil {
		return err
	}
	a.Effect, a.EffectNote, a.CheckAt = effect, note, never
	return nil
}

// Drop gives it up.
func (a *Action) Drop(reason string) error {
	if err := a.move(Dropped, reason, Proposed, Declined, Accepted, InProgress, Blocked); err != nil {
		return err
	}
	a.CheckAt = never
	return nil
}

// Remind says once that the day of the effect check has come. It tells whether there is something to say.
func (a *Action) Remind(now time.Time) bool {
	if a.Told || now.Before(a.CheckAt) || a.Status == EffectVerified || a.Status == Dropped {
		return false
	}
	a.Told, a.CheckAt = true, never
	return true
}

// facts is what the others are told of the action.
func (a *Action) facts(id string) events.ActionFacts {
	return events.ActionFacts{
		ActionID: id, DialogueID: a.DialogueID, OwnerID: a.Owner.Person, DueOn: a.DueOn, Minutes: a.Owner.Minutes,
		FollowUpOn: a.FollowUpOn, TechnologyID: a.TechnologyID, Source: a.Source.told(),
	}
}

// reached is the event that tells where the action stands. One that was declined waits for an owner as one that was
// proposed, and one that is under way or blocked is still accepted.
func (a *Action) reached(id string) events.Event {
	facts := a.facts(id)
	switch a.Status {
	case Accepted, InProgress, Blocked:
		return events.ActionAccepted(facts)
	case Done:
		return events.ActionDone(facts)
	case EffectVerified:
		return events.ActionEffectVerified(facts)
	case Dropped:
		return events.ActionDropped(facts)
	default:
		return events.ActionProposed(facts)
	}
}

// dateFrom says what is wrong with a local date that may not be before another.
func dateFrom(field, date, from, want string) *failure.Error {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return failure.Invalid(field, "a date as YYYY-MM-DD")
	}
	if date < from {
		return failure.Invalid(field, want)
	}
	return nil
}
