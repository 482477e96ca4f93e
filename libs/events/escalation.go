package events

// EscalationFacts is what everybody downstream needs to know of a question from one forum to another; what is asked and
// answered stays in the dialogue service.
type EscalationFacts struct {
	EscalationID string   `json:"escalation_id"`
	DialogueID   string   `json:"dialogue_id"`
	ToForumID    string   `json:"to_forum_id"`
	AnswerByOn   string   `json:"answer_by_on"`         // local date
	PersonIDs    []string `json:"person_ids,omitempty"` // who is to know of it
}

func (f EscalationFacts) validate(e Event) error {
	if err := required(e); err != nil {
		return err
	}
	return date("answer_by_on", f.AnswerByOn)
}

// EscalationRaised says that a forum is asked and owes an answer by a day.
type EscalationRaised EscalationFacts

// Type implements Event.
func (EscalationRaised) Type() string { return "dialogue.escalation-raised.v1" }

// Validate implements Event.
func (e EscalationRaised) Validate() error { return EscalationFacts(e).validate(e) }

// EscalationAnswered says that it has answered.
type EscalationAnswered EscalationFacts

// Type implements Event.
func (EscalationAnswered) Type() string { return "dialogue.escalation-answered.v1" }

// Validate implements Event.
func (e EscalationAnswered) Validate() error { return EscalationFacts(e).validate(e) }

// EscalationOverdue says that the day went by without an answer.
type EscalationOverdue EscalationFacts

// Type implements Event.
func (EscalationOverdue) Type() string { return "dialogue.escalation-overdue.v1" }

// Validate implements Event.
func (e EscalationOverdue) Validate() error { return EscalationFacts(e).validate(e) }
