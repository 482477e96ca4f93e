package notification

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Kind says what an item is about. Its words are in texts (letter.go) and in the portal's catalogue.
type Kind string

// The kinds of items.
const (
	CountersignatureAsked Kind = "countersignature_asked"
	MonthListAsked        Kind = "month_countersignature_asked"
	RoundAnnounced        Kind = "round_announced"
	RoundExtended         Kind = "round_extended"
	CommonRoundFramed     Kind = "common_round_framed"
	ReleasePublished      Kind = "release_published"
	TextsWaiting          Kind = "texts_waiting"
	DialogueCreated       Kind = "dialogue_created"
	PreMeetingCalled      Kind = "pre_meeting_called"
	DialogueScheduled     Kind = "dialogue_scheduled"
	DialogueCalledOff     Kind = "dialogue_called_off"
	StepEnding            Kind = "step_ending"
	ActionProposed        Kind = "action_proposed"
	ActionAccepted        Kind = "action_accepted"
	ActionFollowUpDue     Kind = "action_follow_up_due"
	AgreementReviewDue    Kind = "agreement_review_due"
	EscalationRaised      Kind = "escalation_raised"
	EscalationAnswered    Kind = "escalation_answered"
	EscalationOverdue     Kind = "escalation_overdue"

	ConfidentialWaiting Kind = "confidential_waiting"
)

// Kinds returns every kind there is.
func Kinds() []Kind {
	return []Kind{CountersignatureAsked, MonthListAsked, RoundAnnounced, RoundExtended, CommonRoundFramed, ReleasePublished, TextsWaiting, DialogueCreated, PreMeetingCalled, DialogueScheduled, DialogueCalledOff, StepEnding, ActionProposed, ActionAccepted, ActionFollowUpDue, AgreementReviewDue, EscalationRaised, EscalationAnswered, EscalationOverdue, ConfidentialWaiting}
}

// mailed tells whether items of the kind go out as e-mail too. That somebody took an action is good to see, and
// no reason to disturb anybody.
func (k Kind) mailed() bool { return k != ActionAccepted }

// Item is one thing that one person should know about. It lives with the person's operator, so that an inbox is
// one query for people who work at several schools.
type Item struct {
	PersonID string     `bson:"person_id"`
	At       time.Time  `bson:"at"` // from when it may be seen
	Read     bool       `bson:"read"`
	ReadAt   *time.Time `bson:"read_at"`
	School   tenant.ID  `bson:"school"`
	Kind     Kind       `bson:"kind"`
	About    About      `bson:"about"`
}

// About is what an item is about: identifiers, dates, and the title of a round. Nothing that anybody wrote in a
// dialogue.
type About struct {
	RoundID      string     `bson:"round_id" json:"round_id,omitempty"`
	MonthID      string     `bson:"month_id" json:"month_id,omitempty"`
	CommonID     string     `bson:"common_round_id" json:"common_round_id,omitempty"`
	ReleaseID    string     `bson:"release_id" json:"release_id,omitempty"`
	DialogueID   string     `bson:"dialogue_id" json:"dialogue_id,omitempty"`
	ActionID     string     `bson:"action_id" json:"action_id,omitempty"`
	AgreementID  string     `bson:"agreement_id" json:"agreement_id,omitempty"`
	EscalationID string     `bson:"escalation_id" json:"escalation_id,omitempty"`
	Title        string     `bson:"title" json:"title,omitempty"`
	OpensOn      string     `bson:"opens_on" json:"opens_on,omitempty"`
	ClosesOn     string     `bson:"closes_on" json:"closes_on,omitempty"`
	DueOn        string     `bson:"due_on" json:"due_on,omitempty"`
	FollowUpOn   string     `bson:"follow_up_on" json:"follow_up_on,omitempty"`
	StartsAt     *time.Time `bson:"starts_at" json:"starts_at,omitempty"`
	Place        string     `bson:"place,omitempty" json:"-"`
	WriteUntil   *time.Time `bson:"write_until,omitempty" json:"-"` // until when one can write before the meeting
	Calendar     *Calendar  `bson:"calendar,omitempty" json:"-"`
}

// Calendar is what an invitation says besides time and place, to the program that keeps the calendar.
type Calendar struct {
	Sequence   int      `bson:"sequence"`
	Minutes    int      `bson:"minutes"`
	Agenda     []string `bson:"agenda"` // kinds of steps
	PreMeeting bool     `bson:"pre_meeting"`
}

// meeting is what an invitation is to, "" for what is none.
func (a About) meeting() string {
	if a.Calendar == nil {
		return ""
	}
	return a.DialogueID
}

// aboutAction is what an item says of an action.
func aboutAction(f events.ActionFacts) About {
	return About{ActionID: f.ActionID, DialogueID: f.DialogueID, DueOn: f.DueOn, FollowUpOn: f.FollowUpOn}
}

// aboutEscalation is what an item says of a question to another forum.
func aboutEscalation(f events.EscalationFacts) About {
	return About{EscalationID: f.EscalationID, DialogueID: f.DialogueID, DueOn: f.AnswerByOn}
}

// MarkRead marks the item; the first time stands.
func (i *Item) MarkRead(now time.Time) {
	if !i.Read {
		i.Read, i.ReadAt = true, &now
	}
}

// itemID is the same whenever the event is delivered, so that nobody is told twice.
func itemID(event, person string) string { return digest("item", event, person) }

// digest hashes parts to 32 hex characters.
func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		_, _ = io.WriteString(h, strconv.Itoa(len(part))+":"+part) // lengths keep the parts apart
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
