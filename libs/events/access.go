package events

import "time"

// AccessRecord is a decision that a tenant has to be able to account for; told in that tenant, for its audit log, by a
// service that keeps no such log itself.
type AccessRecord struct {
	Subject      string    `json:"subject"` // a person's id, or "service:" or "key:" and an id
	Action       string    `json:"action"`
	ResourceType string    `json:"resource_type"`
	ResourceID   string    `json:"resource_id,omitempty"`
	Denied       bool      `json:"denied,omitempty"`
	DecidedAt    time.Time `json:"decided_at"`
}

// IntakeAccessRecorded is an AccessRecord of intake.
type IntakeAccessRecorded AccessRecord

// Type implements Event.
func (IntakeAccessRecorded) Type() string { return "intake.access-recorded.v1" }

// Validate implements Event.
func (e IntakeAccessRecorded) Validate() error { return required(e) }

// NotificationAccessRecorded is an AccessRecord of notification.
type NotificationAccessRecorded AccessRecord

// Type implements Event.
func (NotificationAccessRecorded) Type() string { return "notification.access-recorded.v1" }

// Validate implements Event.
func (e NotificationAccessRecorded) Validate() error { return required(e) }

// DialogueAccessRecorded is an AccessRecord of dialogue.
type DialogueAccessRecorded AccessRecord

// Type implements Event.
func (DialogueAccessRecorded) Type() string { return "dialogue.access-recorded.v1" }

// Validate implements Event.
func (e DialogueAccessRecorded) Validate() error { return required(e) }
