package notification

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// mailDue says that a bag is to be looked into. It passes from this service to itself, by way of a schedule.
type mailDue struct {
	BagID string `json:"bag_id"`
}

// Type implements events.Event.
func (mailDue) Type() string { return "notification.mail-due.v1" }

// Validate implements events.Event.
func (e mailDue) Validate() error {
	if e.BagID == "" {
		return errors.New("bag_id is empty")
	}
	return nil
}

func (s *Service) dueHandlers() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, s.mailDue)
	return h
}

// schedule has the bag looked into at a time; an earlier schedule of the same bag is replaced.
func (s *Service) schedule(ctx context.Context, bag string, at time.Time) error {
	envelope, err := events.New(ctx, s.Name(), bag, 0, s.now(), mailDue{BagID: bag})
	if err != nil {
		return err
	}
	return s.bus.Schedule(ctx, "mail-"+bag, at, envelope)
}

// rescheduleHere lets the waiting mail of the context's school follow its present hours.
func (s *Service) rescheduleHere(ctx context.Context) error {
	hours, err := s.store.hoursOf(ctx)
	if err != nil {
		return err
	}
	now := s.now()
	for bag, err := range s.store.bags.All(ctx, document.Query{Index: "pending_here", Equal: []any{true}}) {
		if err != nil {
			return err
		}
		due := bag.Body.DueAt
		if bag.Body.Sealed == nil { // what failed keeps its pause
			due = hours.Body.Next(now.Add(s.settings.Gather))
		}
		if _, err := s.store.bags.Update(ctx, bag.ID, func(b *Bag) ([]events.Event, error) {
			if b.Pending && b.Sealed == nil {
				b.DueAt = due
			}
			return nil, nil
		}); err != nil {
			return err
		}
		if err := s.schedule(ctx, bag.ID, due); err != nil {
			return err
		}
	}
	return nil
}

// rescheduleAll asks anew for every bag that has something to send, once, when the service starts. A schedule is in
// the broker and a bag in the database: if either was restored from a backup, this brings them together.
func (s *Service) rescheduleAll(ctx context.Context) error {
	for bag, err := range s.store.pending.All(ctx, document.Query{Index: "pending", Equal: []any{true}}) {
		if err != nil {
			return err
		}
		if err := s.schedule(tenant.With(ctx, bag.Tenant), bag.ID, bag.Body.DueAt); err != nil {
			return err
		}
	}
	return nil
}

// askAgain is how soon to look again when the broker's clock, which schedules go by, is ahead of the service's.
const askAgain = 5 * time.Second

// mailDue looks into a bag: sends what is due if the school's hours are open, and asks to be called again otherwise.
// A mail that fails for now is no error here: the bag knows when to try again, for days, which the bus does not.
func (s *Service) mailDue(ctx context.Context, _ events.Envelope, e mailDue) error {
	bag, err := s.store.bags.Get(ctx, e.BagID)
	if failure.CodeOf(err) == failure.DocumentNotFound || err == nil && !bag.Body.Pending {
		return nil // sent meanwhile
	}
	if err != nil {
		return err
	}
	hours, err := s.store.hoursOf(ctx)
	if err != nil {
		return err
	}
	now := s.now()
	if at := hours.Body.Next(later(now, bag.Body.DueAt)); at.After(now) {
		return s.schedule(ctx, e.BagID, later(at, time.Now().Add(s.askAgain)))
	}
	mine := false
	bag, err = s.store.bags.Update(ctx, e.BagID, func(b *Bag) ([]events.Event, error) {
		mine = b.Claim(now)
		return nil, nil
	})
	if err != nil || bag.Body.Sealed == nil {
		return err
	}
	if !mine {
		return s.schedule(ctx, e.BagID, later(bag.Body.Sealed.Until, time.Now().Add(s.askAgain)))
	}
	outcome := s.send(ctx, bag.Body)
	failpoint.Hit("after-mail-before-record")
	bag, err = s.record(ctx, bag, outcome, hours.Body)
	if err != nil || !bag.Body.Pending {
		return err
	}
	return s.schedule(ctx, e.BagID, bag.Body.DueAt)
}

// record writes what became of a mail, with the event that tells of it.
func (s *Service) record(ctx context.Context, bag document.Document[Bag], outcome error, hours OpenHours) (document.Document[Bag], error) {
	mail, now := *bag.Body.Sealed, s.now()
	word := "sent"
	recorded, err := s.store.bags.Update(ctx, bag.ID, func(b *Bag) ([]events.Event, error) {
		next := hours.Next(now.Add(s.settings.Gather))
		reason := failure.CodeOf(outcome)
		switch {
		case outcome == nil:
			word = "sent"
			if b.Done(mail.ID, next) {
				return []events.Event{events.NotificationSent{NotificationID: mail.ID, Items: len(mail.Items)}}, nil
			}
			return nil, nil
		case reason != failure.NotificationNoAddress && reason != failure.NotificationRefused:
			if word = "deferred"; !b.Failed(mail.ID, now) {
				return nil, nil
			}
			reason = failure.NotificationGivenUp
		}
		word = "failed"
		if b.Done(mail.ID, next) {
			return []events.Event{events.NotificationFailed{NotificationID: mail.ID, Reason: string(reason)}}, nil
		}
		return nil, nil
	})
	s.mails.WithLabelValues(word).Inc()
	if outcome != nil {
		s.logger.Warn("mail not sent", "mail", mail.ID, "outcome", word, "tries", mail.Tries+1, "error", outcome)
	}
	return recorded, err
}

// send writes and sends the bag's sealed mail. The failures notification.no_address and notification.refused are
// final, every other error is worth another try.
func (s *Service) send(ctx context.Context, bag Bag) error {
	to, err := s.lookUp(ctx, bag)
	if err != nil {
		return err
	}
	school, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	organisation, err := s.directory.Organisation(ctx, school)
	if err != nil {
		return err
	}
	var items []Item
	for _, id := range bag.Sealed.Items {
		item, err := s.store.items.Get(tenant.With(ctx, bag.Operator), id)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			continue // erased meanwhile
		}
		if err != nil {
			return err
		}
		items = append(items, item.Body)
	}
	if len(items) == 0 {
		return nil
	}
	if bag.Meeting != "" { // of what was said about one meeting meanwhile, the last counts
		items = []Item{slices.MaxFunc(items, newer)}
	}
	written, err := s.letters.write(to, organisation.Name, items)
	if err != nil {
		return err
	}
	return s.smtp.send(ctx, bag.Sealed.ID, s.now(), written)
}

// newer puts what was said about one meeting in order: by the number of the invitation, and then by when it was said.
func newer(a, b Item) int {
	return cmp.Or(cmp.Compare(a.About.Calendar.Sequence, b.About.Calendar.Sequence), a.At.Compare(b.At))
}

// addressee is what tenancy tells of a person to this service alone.
type addressee struct {
	PersonID string `json:"person_id"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Email    string `json:"email"`
}

// lookUp asks for name and address when they are needed; neither is ever stored here.
func (s *Service) lookUp(ctx context.Context, bag Bag) (addressee, error) {
	var found struct {
		Items []addressee `json:"items"`
	}
	ask := map[string][]string{"person_ids": {bag.PersonID}}
	err := s.tenancy.Call(ctx, http.MethodPost, "/v1/tenants/"+string(bag.Operator)+"/persons/lookup", ask, &found)
	if err != nil {
		return addressee{}, fmt.Errorf("look up the addressee: %w", err)
	}
	if len(found.Items) != 1 || found.Items[0].Email == "" {
		return addressee{}, failure.New(failure.NotificationNoAddress)
	}
	return found.Items[0], nil
}
