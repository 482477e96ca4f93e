package events

// AgreementFacts is what everybody downstream needs to know of ground rules, principles or a guideline; what they say
// stays in the dialogue service.
type AgreementFacts struct {
	AgreementID  string      `json:"agreement_id"`
	DialogueID   string      `json:"dialogue_id"`
	ForumID      string      `json:"forum_id,omitempty"` // empty when people agreed for themselves
	Kind         string      `json:"kind"`               // ground_rules, principles or guideline
	Scope        string      `json:"scope"`              // forum, unit or school
	UnitID       string      `json:"unit_id,omitempty"`
	Version      int         `json:"version"`
	FromOn       string      `json:"from_on"`         // local date
	ToOn         string      `json:"to_on,omitempty"` // local date
	ReviewOn     string      `json:"review_on"`       // local date
	TechnologyID string      `json:"technology_id,omitempty"`
	Source       *CellSource `json:"source,omitempty"`
	ReplacesID   string      `json:"replaces_id,omitempty"`
	MemberIDs    []string    `json:"member_ids,omitempty"` // of the forum, when they are asked to look at it again
}

func (f AgreementFacts) validate(e Event) error {
	if err := required(e); err != nil {
		return err
	}
	if err := date("from_on", f.FromOn); err != nil {
		return err
	}
	return date("review_on", f.ReviewOn)
}

// AgreementProposed says that a dialogue wants something to hold.
type AgreementProposed AgreementFacts

// Type implements Event.
func (AgreementProposed) Type() string { return "dialogue.agreement-proposed.v1" }

// Validate implements Event.
func (e AgreementProposed) Validate() error { return AgreementFacts(e).validate(e) }

// AgreementAdopted says that it holds.
type AgreementAdopted AgreementFacts

// Type implements Event.
func (AgreementAdopted) Type() string { return "dialogue.agreement-adopted.v1" }

// Validate implements Event.
func (e AgreementAdopted) Validate() error { return AgreementFacts(e).validate(e) }

// AgreementReviewDue says that the day has come on which its forum looks at it again.
type AgreementReviewDue AgreementFacts

// Type implements Event.
func (AgreementReviewDue) Type() string { return "dialogue.agreement-review-due.v1" }

// Validate implements Event.
func (e AgreementReviewDue) Validate() error { return AgreementFacts(e).validate(e) }

// AgreementSuperseded says that a newer version holds instead.
type AgreementSuperseded AgreementFacts

// Type implements Event.
func (AgreementSuperseded) Type() string { return "dialogue.agreement-superseded.v1" }

// Validate implements Event.
func (e AgreementSuperseded) Validate() error { return AgreementFacts(e).validate(e) }

// AgreementEnded says that it does not hold any more, or that the proposal was withdrawn.
type AgreementEnded AgreementFacts

// Type implements Event.
func (AgreementEnded) Type() string { return "dialogue.agreement-ended.v1" }

// Validate implements Event.
func (e AgreementEnded) Validate() error { return AgreementFacts(e).validate(e) }
