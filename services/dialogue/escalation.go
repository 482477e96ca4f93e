package dialogue

import (
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// EscalationStatus is where a question to another forum is: raised -> received -> answered, or withdrawn by those who
// asked. Overdue is no status: the answer is still owed.
type EscalationStatus string

// The statuses of an escalation.
const (
	EscalationRaised    EscalationStatus = "raised"
	EscalationReceived  EscalationStatus = "received"
	EscalationAnswered  EscalationStatus = "answered"
	EscalationWithdrawn EscalationStatus = "withdrawn"
)

// Escalation is a question that a dialogue passes on to the forum above its own, which owes an answer by a day. That
// forum may belong to the municipality; its members read the question and nothing else of the school.
type Escalation struct {
	DialogueID string           `bson:"dialogue_id"`
	ForumID    string           `bson:"forum_id"`
	ToForumID  string           `bson:"to_forum_id"`
	ToForum    string           `bson:"to_forum_name"` // as it was called then
	ToTenant   string           `bson:"to_tenant"`
	Question   string           `bson:"question"`
	Sources    []string         `bson:"source_ids"`
	AnswerBy   string           `bson:"answer_by_on"` // local date
	DueAt      time.Time        `bson:"check_at"`     // when the day is over; never once that was told or is not owed
	Status     EscalationStatus `bson:"status"`
	Late       bool             `bson:"late"` // the day went by without an answer
	Answer     string           `bson:"answer"`
	Reason     string           `bson:"reason"` // of the answer, or why the question was withdrawn
	RaisedBy   string           `bson:"raised_by"`
	RaisedAt   time.Time        `bson:"raised_at"`
	ReceivedAt *time.Time       `bson:"received_at"`
	AnsweredAt *time.Time       `bson:"answered_at"`
	AnsweredBy string           `bson:"answered_by"`
}

// clean brings a new escalation into the form in which it is kept, or says everything that is wrong with it. today is
// the local date.
func (e *Escalation) clean(today string) error {
	var wrong [3]*failure.Error
	e.Question, wrong[0] = cleanText("question", e.Question, maxDecision)
	if len(e.Sources) == 0 {
		wrong[1] = failure.Invalid("source_ids", "at least one of the "+wantedSourceIDs)
	}
	wrong[2] = dateFrom("answer_by_on", e.AnswerBy, nextDay(today), "a day to come")
	return failure.Together(wrong[:]...)
}

func (e *Escalation) in(statuses ...EscalationStatus) error {
	if slices.Contains(statuses, e.Status) {
		return nil
	}
	return failure.New(failure.EscalationWrongStatus).At("status").Wanting(either(statuses))
}

// Owed tells whether an answer is still to come.
func (e *Escalation) Owed() bool {
	return e.Status == EscalationRaised || e.Status == EscalationReceived
}

// Receive says that the other forum has taken the question up.
func (e *Escalation) Receive(now time.Time) error {
	if err := e.in(EscalationRaised); err != nil {
		return err
	}
	e.Status, e.ReceivedAt = EscalationReceived, &now
	return nil
}

// Reply records the answer and its true reason. Whoever answers has received it.
func (e *Escalation) Reply(answer, reason, by string, now time.Time) error {
	if err := e.in(EscalationRaised, EscalationReceived); err != nil {
		return err
	}
	var wrong [2]*failure.Error
	answer, wrong[0] = cleanText("answer", answer, maxDecision)
	reason, wrong[1] = cleanText("reason", reason, maxShortText)
	if err := failure.Together(wrong[:]...); err != nil {
		return err
	}
	if e.ReceivedAt == nil {
		e.ReceivedAt = &now
	}
	e.Status, e.Answer, e.Reason, e.AnsweredBy, e.AnsweredAt, e.DueAt = EscalationAnswered, answer, reason, by, &now, never
	return nil
}

// Withdraw takes the question back.
func (e *Escalation) Withdraw(reason string) error {
	if err := e.in(EscalationRaised, EscalationReceived); err != nil {
		return err
	}
	e.Status, e.Reason, e.DueAt = EscalationWithdrawn, reason, never
	return nil
}

// Expire says once that the day has gone by without an answer. It tells whether there is something to say.
func (e *Escalation) Expire(now time.Time) bool {
	if !e.Owed() || e.Late || now.Before(e.DueAt) {
		return false
	}
	e.Late, e.DueAt = true, never
	return true
}

// facts is what the others are told of it, and who is to know.
func (e *Escalation) facts(id string, people []string) events.EscalationFacts {
	return events.EscalationFacts{EscalationID: id, DialogueID: e.DialogueID, ToForumID: e.ToForumID, AnswerByOn: e.AnswerBy, PersonIDs: people}
}
