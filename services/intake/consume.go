package intake

import (
	"context"
	"fmt"
	"net/http"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// tenancyHandlers are what the directory does not do.
func (s *Intake) tenancyHandlers() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, s.organisationDeleted)
	bus.On(h, s.personErased)
	return h
}

// organisationDeleted destroys the secrets of a school's rounds, and has the ballot box close those that it holds tokens or
// answers of: nobody fetches the batch, and it goes when its days are over. The directory erases the documents after.
func (s *Intake) organisationDeleted(ctx context.Context, _ events.Envelope, _ events.OrganisationDeleted) error {
	for round, err := range s.rounds.All(ctx, document.Query{Index: "by_creation"}) {
		if err != nil {
			return err
		}
		if err := s.forget(round.ID); err != nil {
			return err
		}
		if !round.Body.Status.After(Announcing) || round.Body.Status.After(Closing) {
			continue
		}
		if err := s.ballotBox.Call(ctx, http.MethodPost, ballotPath(round.ID, "/close"), nil, nil); err != nil {
			return fmt.Errorf("close round %s of a deleted school: %w", round.ID, err)
		}
	}
	return s.forgetMonths(ctx)
}

// reportingHandlers are what intake wants to know of reporting.
func (s *Intake) reportingHandlers() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, s.releasePublished)
	return h
}

// releasePublished ends the round.
func (s *Intake) releasePublished(ctx context.Context, _ events.Envelope, e events.ReleasePublished) error {
	_, err := s.rounds.Update(ctx, e.RoundID, func(r *Round) ([]events.Event, error) {
		return r.Release(e.RoundID, e.ReleaseID, s.now())
	})
	return err
}

// dueHandlers are what intake has scheduled for itself.
func (s *Intake) dueHandlers() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, s.roundDue)
	return h
}

// roundDue opens or closes a round on its date, unless somebody did so by hand.
func (s *Intake) roundDue(ctx context.Context, _ events.Envelope, e events.RoundDue) error {
	err := s.begin(ctx, e.RoundID)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return failure.Permanent(err)
	}
	if err != nil {
		return err
	}
	s.hurry()
	return nil
}
