package intake

import (
	"context"
	"errors"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// openConfidential declares mailboxes and conversations. Of a conversation the store keeps the day, like the
// conversation itself.
func (s *Intake) openConfidential(ctx context.Context, store *document.Store) (err error) {
	if s.mailboxes, err = document.Open[Mailbox](ctx, store, document.Schema{
		Name: "mailboxes",
		Indexes: []document.Index{
			{Name: "by_id"},
			{Name: "by_person", Fields: []string{"person_id"}, Across: true},
		},
	}); err != nil {
		return err
	}
	if s.conversations, err = document.Open[Conversation](ctx, store, document.Schema{
		Name: "conversations", DaysOnly: true,
		Indexes: []document.Index{
			{Name: "by_receiver", Fields: []string{"receiver_id", "last_on"}},
			{Name: "by_access", Fields: []string{"access_hash"}, Unique: true},
			{Name: "by_untold", Fields: []string{"untold"}, Across: true},
			{Name: "by_age", Fields: []string{"last_on"}, Across: true},
		},
	}); err != nil {
		return err
	}
	s.allMailboxes = document.NewAcross(s.mailboxes, ownWork)
	s.allConversations = document.NewAcross(s.conversations, ownWork)
	return nil
}

// tellFrom is the hour from which representatives hear of what waits, once a day for everything of the day before. An
// event at the moment of writing would carry that moment, and with it who was signed in then.
const tellFrom = 6 * time.Hour

// attending is how often the day is looked at.
const attending = time.Minute

// attend does once a day what confidential conversations need, until ctx ends.
func (s *Intake) attend(ctx context.Context) error {
	ctx = access.WithSubject(ctx, s.identity)
	ticks := time.NewTicker(attending)
	defer ticks.Stop()
	var done Date
	for {
		now := s.now()
		if today := DateOf(now); today != done && morning(now) {
			if err := errors.Join(s.tellReceivers(ctx, today), s.dropOldConversations(ctx, now)); err == nil {
				done = today
			} else if ctx.Err() == nil {
				s.logger.ErrorContext(ctx, "the day's work on conversations failed, will be tried again", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
	}
}

// morning tells whether the day's work may begin.
func morning(now time.Time) bool { return !now.Before(DateOf(now).Begin().Add(tellFrom)) }

// tellReceivers tells each representative to whom something was written since they were told last. The event is the
// mailbox's own, so that it names no conversation.
func (s *Intake) tellReceivers(ctx context.Context, today Date) error {
	untold := document.Query{Index: "by_untold", Equal: []any{true}}
	return eachConversation(ctx, s.allConversations.Find, untold, func(ctx context.Context, id string, c Conversation) error {
		_, err := s.mailboxes.Update(ctx, c.ReceiverID, func(m *Mailbox) ([]events.Event, error) { return m.Tell(today), nil })
		if gone(err) != nil {
			return err
		}
		_, err = s.conversations.Update(ctx, id, func(c *Conversation) ([]events.Event, error) {
			c.Untold = false
			return nil, nil
		})
		return gone(err)
	})
}

// dropOldConversations erases those whose days are over.
func (s *Intake) dropOldConversations(ctx context.Context, now time.Time) error {
	old := document.Query{Index: "by_age", To: string(DateOf(now.AddDate(0, 0, -confidentialDays)))}
	return eachConversation(ctx, s.allConversations.Find, old, func(ctx context.Context, id string, _ Conversation) error {
		return gone(s.conversations.Erase(ctx, id))
	})
}

// eachConversation does something to every conversation of a query, a few at a time, that takes it out of the query.
func eachConversation(ctx context.Context, find func(context.Context, document.Query) (document.Page[Conversation], error), q document.Query,
	do func(ctx context.Context, id string, c Conversation) error) error {
	q.Limit = 50
	for {
		page, err := find(ctx, q)
		if err != nil || len(page.Items) == 0 {
			return err
		}
		for _, doc := range page.Items {
			if err := do(tenant.With(ctx, doc.Tenant), doc.ID, doc.Body); err != nil {
				return err
			}
		}
	}
}

// personErased takes away the mailbox of a representative and what was written to it. What the person wrote to others
// nobody here can tell; it goes when its days are over, or with the person's own code before.
func (s *Intake) personErased(ctx context.Context, _ events.Envelope, e events.PersonErased) error {
	ctx = access.WithSubject(ctx, s.identity)
	boxes, err := collect(s.allMailboxes.All(ctx, document.Query{Index: "by_person", Equal: []any{e.PersonID}}))
	if err != nil {
		return err
	}
	for _, box := range boxes {
		at := tenant.With(ctx, box.Tenant)
		written := document.Query{Index: "by_receiver", Equal: []any{e.PersonID}}
		if err := eachConversation(at, s.conversations.Find, written, func(ctx context.Context, id string, _ Conversation) error {
			return gone(s.conversations.Erase(ctx, id))
		}); err != nil {
			return err
		}
		if err := gone(s.mailboxes.Erase(at, box.ID)); err != nil {
			return err
		}
	}
	return nil
}

// gone says that what is not there any more is as wanted.
func gone(err error) error {
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil
	}
	return err
}
