package events

import "time"

// CellSource says which cell of which release a dialogue starts from.
type CellSource struct {
	ReleaseID string `json:"release_id"`
	Theme     string `json:"theme"`
	Quality   string `json:"quality"`
}

// DialogueCreated says that a dialogue is being prepared. Source is nil when it starts without any measuring.
type DialogueCreated struct {
	DialogueID   string      `json:"dialogue_id"`
	Playbook     string      `json:"playbook"`
	Version      int         `json:"playbook_version"`
	ForumID      string      `json:"forum_id,omitempty"` // empty when the participants were named one by one
	StartsAt     *time.Time  `json:"starts_at,omitempty"`
	Source       *CellSource `json:"source,omitempty"`
	Facilitators []string    `json:"facilitator_ids"`
	Participants []string    `json:"participant_ids"`
}

// Type implements Event.
func (DialogueCreated) Type() string { return "dialogue.dialogue-created.v1" }

// Validate implements Event.
func (e DialogueCreated) Validate() error { return required(e) }

// PreMeetingCalled says that the staff side of a forum is to meet. Beside InvitationsChanged it is all that is
// ever told of a pre-meeting, and both are for telling those who are invited.
type PreMeetingCalled struct {
	DialogueID   string     `json:"dialogue_id"`
	StartsAt     *time.Time `json:"starts_at,omitempty"`
	Participants []string   `json:"participant_ids"`
}

// Type implements Event.
func (PreMeetingCalled) Type() string { return "dialogue.pre-meeting-called.v1" }

// Validate implements Event.
func (e PreMeetingCalled) Validate() error { return required(e) }

// InvitationsChanged says who is invited to a dialogue, or to a pre-meeting, at this time and place, and who no longer is:
// when it is scheduled, moved or called off, and when its people change. Whom it does not name has been told before.
type InvitationsChanged struct {
	DialogueID string     `json:"dialogue_id"`
	PreMeeting bool       `json:"pre_meeting,omitempty"`
	Sequence   int        `json:"sequence"` // of the invitation (RFC 5546)
	StartsAt   time.Time  `json:"starts_at"`
	Minutes    int        `json:"minutes"`
	Place      string     `json:"place,omitempty"`
	Agenda     []string   `json:"agenda,omitempty"`      // kinds of steps, in order; empty for a pre-meeting
	WriteUntil *time.Time `json:"write_until,omitempty"` // until when the invited can write before it; nil when they cannot
	Invited    []string   `json:"invited_ids,omitempty"`
	CalledOff  []string   `json:"called_off_ids,omitempty"`
}

// Type implements Event.
func (InvitationsChanged) Type() string { return "dialogue.invitations-changed.v1" }

// Validate implements Event.
func (e InvitationsChanged) Validate() error { return required(e) }

// StepReminderDue says once that a step that is open for days ends soon. It names everybody who takes part and never asks who
// has written, so nothing about that follows from it.
type StepReminderDue struct {
	DialogueID string    `json:"dialogue_id"`
	PhaseID    string    `json:"phase_id"`
	Until      time.Time `json:"until"`
	Beforehand bool      `json:"beforehand,omitempty"` // the step ends when the meeting begins
	PersonIDs  []string  `json:"person_ids"`
}

// Type implements Event.
func (StepReminderDue) Type() string { return "dialogue.step-reminder-due.v1" }

// Validate implements Event.
func (e StepReminderDue) Validate() error { return required(e) }

// DialogueOpened says that the meeting has begun.
type DialogueOpened struct {
	DialogueID string `json:"dialogue_id"`
}

// Type implements Event.
func (DialogueOpened) Type() string { return "dialogue.dialogue-opened.v1" }

// Validate implements Event.
func (e DialogueOpened) Validate() error { return required(e) }

// PhaseStarted says that a step of the playbook is active.
type PhaseStarted struct {
	DialogueID string     `json:"dialogue_id"`
	PhaseID    string     `json:"phase_id"`
	Kind       string     `json:"kind"`
	Deadline   *time.Time `json:"deadline,omitempty"`
}

// Type implements Event.
func (PhaseStarted) Type() string { return "dialogue.phase-started.v1" }

// Validate implements Event.
func (e PhaseStarted) Validate() error { return required(e) }

// PhaseLocked says that nothing more is taken in a step.
type PhaseLocked struct {
	DialogueID string `json:"dialogue_id"`
	PhaseID    string `json:"phase_id"`
}

// Type implements Event.
func (PhaseLocked) Type() string { return "dialogue.phase-locked.v1" }

// Validate implements Event.
func (e PhaseLocked) Validate() error { return required(e) }

// ContributionsRevealed says once, after the lock, which shuffled contributions exist. It names no author and its
// ids are new ones that no earlier record has.
type ContributionsRevealed struct {
	DialogueID      string   `json:"dialogue_id"`
	PhaseID         string   `json:"phase_id"`
	ContributionIDs []string `json:"contribution_ids,omitempty"`
}

// Type implements Event.
func (ContributionsRevealed) Type() string { return "dialogue.contributions-revealed.v1" }

// Validate implements Event.
func (e ContributionsRevealed) Validate() error { return required(e) }

// AuthorshipDestroyed says that the key that linked sealed contributions to authors is gone.
type AuthorshipDestroyed struct {
	DialogueID string `json:"dialogue_id"`
	PhaseID    string `json:"phase_id"`
}

// Type implements Event.
func (AuthorshipDestroyed) Type() string { return "dialogue.authorship-destroyed.v1" }

// Validate implements Event.
func (e AuthorshipDestroyed) Validate() error { return required(e) }

// VoteClosed says that a vote has its result. Who took part and what was chosen are never in one record.
type VoteClosed struct {
	DialogueID string `json:"dialogue_id"`
	PhaseID    string `json:"phase_id"`
	Ballots    int    `json:"ballots"`
}

// Type implements Event.
func (VoteClosed) Type() string { return "dialogue.vote-closed.v1" }

// Validate implements Event.
func (e VoteClosed) Validate() error { return required(e) }

// DecisionRecorded says that a dialogue decided something.
type DecisionRecorded struct {
	DialogueID string   `json:"dialogue_id"`
	DecisionID string   `json:"decision_id"`
	Sources    []string `json:"source_ids"` // contributions or cells that it rests on
}

// Type implements Event.
func (DecisionRecorded) Type() string { return "dialogue.decision-recorded.v1" }

// Validate implements Event.
func (e DecisionRecorded) Validate() error { return required(e) }

// ActionFacts is what everybody downstream needs to know of an action; its text stays in the dialogue service.
type ActionFacts struct {
	ActionID     string      `json:"action_id"`
	DialogueID   string      `json:"dialogue_id"`
	OwnerID      string      `json:"owner_id"`
	DueOn        string      `json:"due_on"`            // local date
	Minutes      int         `json:"minutes,omitempty"` // effort set aside
	FollowUpOn   string      `json:"follow_up_on"`      // local date of the effect check
	TechnologyID string      `json:"technology_id,omitempty"`
	Source       *CellSource `json:"source,omitempty"`
}

func (f ActionFacts) validate(e Event) error {
	if err := required(e); err != nil {
		return err
	}
	if err := date("due_on", f.DueOn); err != nil {
		return err
	}
	return date("follow_up_on", f.FollowUpOn)
}

// ActionProposed says that an owner is asked to take an action.
type ActionProposed ActionFacts

// Type implements Event.
func (ActionProposed) Type() string { return "dialogue.action-proposed.v1" }

// Validate implements Event.
func (e ActionProposed) Validate() error { return ActionFacts(e).validate(e) }

// ActionAccepted says that the owner took it.
type ActionAccepted ActionFacts

// Type implements Event.
func (ActionAccepted) Type() string { return "dialogue.action-accepted.v1" }

// Validate implements Event.
func (e ActionAccepted) Validate() error { return ActionFacts(e).validate(e) }

// ActionDone says that the owner reports it done.
type ActionDone ActionFacts

// Type implements Event.
func (ActionDone) Type() string { return "dialogue.action-done.v1" }

// Validate implements Event.
func (e ActionDone) Validate() error { return ActionFacts(e).validate(e) }

// ActionEffectVerified says that somebody looked at whether it worked; what they found stays in the dialogue service.
type ActionEffectVerified ActionFacts

// Type implements Event.
func (ActionEffectVerified) Type() string { return "dialogue.action-effect-verified.v1" }

// Validate implements Event.
func (e ActionEffectVerified) Validate() error { return ActionFacts(e).validate(e) }

// ActionDropped says that an action was given up, with a reason that stays in the dialogue service.
type ActionDropped ActionFacts

// Type implements Event.
func (ActionDropped) Type() string { return "dialogue.action-dropped.v1" }

// Validate implements Event.
func (e ActionDropped) Validate() error { return ActionFacts(e).validate(e) }

// ActionFollowUpDue says that the day of the effect check has come.
type ActionFollowUpDue ActionFacts

// Type implements Event.
func (ActionFollowUpDue) Type() string { return "dialogue.action-follow-up-due.v1" }

// Validate implements Event.
func (e ActionFollowUpDue) Validate() error { return ActionFacts(e).validate(e) }

// MinutesApproved says that minutes stand under this hash.
type MinutesApproved struct {
	DialogueID  string `json:"dialogue_id"`
	Version     int    `json:"version"`
	ContentHash string `json:"content_hash"`
}

// Type implements Event.
func (MinutesApproved) Type() string { return "dialogue.minutes-approved.v1" }

// Validate implements Event.
func (e MinutesApproved) Validate() error {
	if err := required(e); err != nil {
		return err
	}
	return hash("content_hash", e.ContentHash)
}

// DialogueClosed says that the meeting is over and its outcomes are being followed.
type DialogueClosed struct {
	DialogueID string `json:"dialogue_id"`
}

// Type implements Event.
func (DialogueClosed) Type() string { return "dialogue.dialogue-closed.v1" }

// Validate implements Event.
func (e DialogueClosed) Validate() error { return required(e) }
