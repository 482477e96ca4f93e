package notification

import (
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Bag gathers what one person at one school is to get by e-mail. What gathered until it falls due goes out as one
// mail; what comes while that mail is on its way waits for the next. Every change is one write of this one
// document, so a crash at any place repeats a step and never loses or doubles an item.
type Bag struct {
	PersonID string    `bson:"person_id"`
	Operator tenant.ID `bson:"operator"`          // with whom the person and the items live
	Meeting  string    `bson:"meeting,omitempty"` // for the invitations to one meeting, which go by themselves
	Pending  bool      `bson:"pending"`           // something is to be sent
	DueAt    time.Time `bson:"due_at"`            // when to look at it next, unless hours are quiet then
	Waiting  []string  `bson:"waiting"`           // item ids
	Sealed   *Mail     `bson:"sealed"`            // the mail on its way
	Recent   []string  `bson:"recent"`            // item ids that went out last
}

// Mail is a bundle that no longer changes. Its id is made from what is in it and becomes the Message-ID, so that
// the same bundle is the same message whenever it is sent.
type Mail struct {
	ID    string    `bson:"id"`
	Items []string  `bson:"items"`
	Since time.Time `bson:"since"` // of the first try
	Tries int       `bson:"tries"` // that failed
	Until time.Time `bson:"until"` // whoever sends it has it for themselves
}

const (
	remembered = 100                // items that a bag remembers as sent, more than can come again by redelivery
	patience   = 5 * 24 * time.Hour // RFC 5321, section 4.5.4.1: at least four to five days
	claim      = 35 * time.Second   // for sending one mail, more than a handler is given (libs/bus)
)

// bagID names a bag without naming the person, since it stands in schedules and in events.
func bagID(school tenant.ID, person string) string { return digest("bag", string(school), person) }

// Put adds an item that should go out at due or with what goes out before. An item that is known changes nothing.
func (b *Bag) Put(item string, due time.Time) {
	if slices.Contains(b.Waiting, item) || slices.Contains(b.Recent, item) || b.Sealed != nil && slices.Contains(b.Sealed.Items, item) {
		return
	}
	b.Waiting = append(b.Waiting, item)
	if !b.Pending {
		b.Pending, b.DueAt = true, due
	}
}

// Claim closes the bundle, unless a mail is on its way already, and gives it to the caller to send. It returns false when
// there is nothing to send, or somebody else is at it; whose process ended in the middle has it no longer than claim.
func (b *Bag) Claim(now time.Time) bool {
	if b.Sealed == nil && len(b.Waiting) > 0 {
		b.Sealed = &Mail{ID: digest(append([]string{"mail", b.PersonID}, b.Waiting...)...), Items: b.Waiting, Since: now}
		b.Waiting = nil
	}
	if b.Sealed == nil || now.Before(b.Sealed.Until) {
		return false
	}
	b.Sealed.Until = now.Add(claim)
	return true
}

// Done records that the mail went out, or never will. What has gathered meanwhile is due at next. It returns false
// if the mail is not on its way: another process was faster.
func (b *Bag) Done(mail string, next time.Time) bool {
	if b.Sealed == nil || b.Sealed.ID != mail {
		return false
	}
	b.Recent = append(b.Recent, b.Sealed.Items...)
	b.Recent = slices.Clone(b.Recent[max(0, len(b.Recent)-remembered):])
	b.Sealed = nil
	b.Pending, b.DueAt = len(b.Waiting) > 0, next
	return true
}

// Failed records a failed try and when to try again; it returns true when there is no point in trying on.
func (b *Bag) Failed(mail string, now time.Time) (givenUp bool) {
	if b.Sealed == nil || b.Sealed.ID != mail {
		return false
	}
	b.Sealed.Tries++
	b.Sealed.Until = now
	b.DueAt = now.Add(pause(b.Sealed.Tries))
	return now.Sub(b.Sealed.Since) >= patience
}

// pause returns how long to wait after so many failed tries.
func pause(tries int) time.Duration {
	pauses := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}
	return pauses[min(tries, len(pauses))-1]
}
