package intake

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// answerWithin is how long a command's caller waits for the ballot box before hearing that the round will finish by
// itself.
const answerWithin = 5 * time.Second

func (s *Intake) announceRound(c *gin.Context) error {
	return s.command(c, "round.announce", Draft, func(ctx context.Context, doc document.Document[Round]) (func(*Round) error, error) {
		frozen, err := s.words(ctx, doc.Body)
		if err != nil {
			return nil, err
		}
		staff, err := s.staff(ctx, doc.Body.UnitIDs, doc.Body.by())
		if err != nil {
			return nil, err
		}
		frozen.Units, frozen.PortalURL = headcounts(staff), s.settings.PortalURL
		if frozen.BallotBox, err = s.host(ctx); err != nil {
			return nil, err
		}
		attempt := doc.Body // a copy: nothing is frozen for a round that cannot be announced
		if err := attempt.Announce(frozen, s.now()); err != nil {
			return nil, err
		}
		inTime, err := s.overlapping(ctx, doc.ID, doc.Body, frozen.Units)
		if err != nil {
			return nil, err
		}
		if frozen.RosterHash, err = s.freezeRoster(ctx, doc.ID, staff); err != nil {
			return nil, err
		}
		subject, err := access.SubjectFrom(ctx)
		if err != nil {
			return nil, err
		}
		return func(r *Round) error {
			if err := inTime(); err != nil {
				return err
			}
			r.AnnouncedBy = subject.ID
			return r.Announce(frozen, s.now())
		}, nil
	})
}

func (s *Intake) openRound(c *gin.Context) error {
	return s.command(c, "round.open", Announced, func(context.Context, document.Document[Round]) (func(*Round) error, error) {
		return func(r *Round) error { return r.Open(s.now()) }, nil
	})
}

func (s *Intake) closeRound(c *gin.Context) error {
	return s.command(c, "round.close", Open, func(context.Context, document.Document[Round]) (func(*Round) error, error) {
		return func(r *Round) error { return r.Close() }, nil
	})
}

// step is what a command changes about a round or a month.
type step[T any] func(*T) ([]events.Event, error)

// command gives a round that is at the status from a command.
func (s *Intake) command(c *gin.Context, action string, from Status,
	prepare func(context.Context, document.Document[Round]) (func(*Round) error, error)) error {
	subject, doc, err := s.find(c, action)
	if err != nil {
		return err
	}
	taken := func(now Round) bool { return now.Status.After(from) }
	doc, err = carry(c, s.rounds, doc, taken, func(ctx context.Context, doc document.Document[Round]) (step[Round], error) {
		if err := doc.Body.at(from); err != nil {
			return nil, err
		}
		apply, err := prepare(ctx, doc)
		return func(r *Round) ([]events.Event, error) { return nil, apply(r) }, err
	})
	if err != nil {
		return err
	}
	return s.commanded(c, subject, doc)
}

// carry writes down a command to a round or a month. A command that has taken effect already answers as it did: RFC 9110,
// section 13.1.1, lets a precondition pass then, and whoever asks twice need not know who came first.
func carry[T any](c *gin.Context, in *document.Collection[T], doc document.Document[T], taken func(T) bool,
	prepare func(context.Context, document.Document[T]) (step[T], error)) (document.Document[T], error) {
	revision, err := host.IfMatch(c)
	if err != nil {
		return doc, err
	}
	if !taken(doc.Body) {
		apply, err := prepare(c.Request.Context(), doc)
		if err != nil {
			return doc, err
		}
		id := doc.ID
		doc, err = in.UpdateAt(c.Request.Context(), id, revision, apply)
		if failure.CodeOf(err) == failure.PreconditionFailed {
			if now, again := in.Get(c.Request.Context(), id); again == nil && taken(now.Body) {
				doc, err = now, nil // somebody else was faster with the same
			}
		}
		if err != nil {
			return doc, err
		}
	}
	return doc, nil
}

// commanded takes a round with a command as far as it gets at once and answers with it.
func (s *Intake) commanded(c *gin.Context, subject access.Subject, doc document.Document[Round]) error {
	status := http.StatusOK
	if doc.Body.Unfinished {
		doc = s.hasten(c.Request.Context(), doc)
	}
	if doc.Body.Unfinished {
		status = http.StatusAccepted
	}
	view, err := s.roundFor(c.Request.Context(), subject, doc)
	if err != nil {
		return err
	}
	c.Header("ETag", doc.ETag())
	c.Header("Cache-Control", "private, no-cache")
	c.JSON(status, view)
	return nil
}

// hasten finishes a round at once if it can. What is left is carried on in the background: the command stands.
func (s *Intake) hasten(ctx context.Context, doc document.Document[Round]) document.Document[Round] {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	after, err := s.finish(ctx, doc.ID)
	if err != nil {
		s.logger.WarnContext(ctx, "a round could not be finished, will be tried again", "tenant", doc.Tenant, "round", doc.ID, "error", err)
	}
	if err != nil || after.Body.Unfinished {
		s.hurry()
	}
	if now, again := s.rounds.Get(ctx, doc.ID); again == nil {
		return now
	}
	return doc
}

// issueTicket leaves no trace of who asked: see ticketRoute, and quiet in policy.rego.
func (s *Intake) issueTicket(c *gin.Context) error {
	subject, doc, err := s.find(c, "round.ticket")
	if err != nil {
		return err
	}
	if !doc.Body.TicketsIssued() {
		return failure.New(failure.RoundNoTickets)
	}
	unit, pseudonym, err := s.place(c.Request.Context(), doc.ID, doc.Body, subject.ID)
	if err != nil {
		return err
	}
	if doc.Body.OnPaper.Has(pseudonym) {
		return failure.New(failure.RoundOnPaper)
	}
	return s.giveTicket(c, Ticket{Round: doc.ID, Unit: unit, Pseudonym: pseudonym, KeyList: doc.Body.KeyListHash})
}

// giveTicket signs a ticket for the ballot box and answers with it.
func (s *Intake) giveTicket(c *gin.Context, t Ticket) error {
	t.Box = s.settings.fingerprint()
	ticket, err := SignTicket(s.ticketKey, t, s.now())
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, intakeapi.Ticket{Ticket: ticket, URL: ticketURL(s.settings.BallotBoxURL, t.Round, ticket, host.Language(c))})
	return nil
}
