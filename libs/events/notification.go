package events

// NotificationSent says that a mail server took a message. It names no person and no content.
type NotificationSent struct {
	NotificationID string `json:"notification_id"`
	Items          int    `json:"items"` // bundled into one mail
}

// Type implements Event.
func (NotificationSent) Type() string { return "notification.notification-sent.v1" }

// Validate implements Event.
func (e NotificationSent) Validate() error { return required(e) }

// NotificationFailed says that a message could not be delivered and will not be tried again.
type NotificationFailed struct {
	NotificationID string `json:"notification_id"`
	Reason         string `json:"reason"` // a failure code
}

// Type implements Event.
func (NotificationFailed) Type() string { return "notification.notification-failed.v1" }

// Validate implements Event.
func (e NotificationFailed) Validate() error { return required(e) }
