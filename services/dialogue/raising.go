package dialogue

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Raising is a topic on its way to the table of a dialogue, with what it was made of: a topic of a pre-meeting, or what
// colleagues wrote to their representatives. Once it is accepted it is carried through, whatever happens in between, so that
// nobody sees the topic in the one place and not in the other. Then nothing of it is kept: a topic does not point back at what
// it was made of.
type Raising struct {
	TopicID string    `bson:"topic_id"`
	Request string    `bson:"request"` // the hash of what made the topic; empty for one that was handed over
	Topic   Topic     `bson:"topic"`
	From    string    `bson:"from_id"`   // the topic of the pre-meeting, or
	Inputs  []string  `bson:"input_ids"` // what colleagues wrote
	Since   time.Time `bson:"since"`
}

// raise accepts a topic and carries it through.
func (s *service) raise(ctx context.Context, creation document.Creation, r Raising) error {
	r.Since = s.now()
	if _, _, err := s.raisings.Create(ctx, creation, r); err != nil {
		return err
	}
	return s.carryThrough(ctx, creation.ID)
}

// carryThrough puts a topic on its table and says so where it comes from. Every step can be repeated, by another process too.
func (s *service) carryThrough(ctx context.Context, id string) error {
	raising, err := s.raisings.Get(ctx, id)
	if err != nil {
		return except(failure.DocumentNotFound, err) // somebody else was quicker
	}
	refused := s.carry(ctx, &raising.Body)
	refusals := []failure.Code{failure.TopicIsSettled, failure.IdempotencyConflict, failure.InputIsSettled, failure.RequestInvalid}
	if refused != nil && !slices.Contains(refusals, failure.CodeOf(refused)) {
		return refused
	}
	if err := except(failure.DocumentNotFound, s.raisings.Erase(ctx, id)); err != nil {
		return err
	}
	return refused
}

// carry refuses what somebody else has settled meanwhile, with nothing done.
func (s *service) carry(ctx context.Context, r *Raising) error {
	if r.From != "" {
		from, err := s.topics.Update(ctx, r.From, func(t *Topic) ([]events.Event, error) {
			return nil, t.HandOver(r.Topic.DialogueID, r.Since)
		})
		if err != nil {
			return err
		}
		defer s.hub.changed(ctx, from.Body.DialogueID)
	}
	if err := s.takeUp(ctx, r); err != nil {
		return err
	}
	if err := s.putOnTable(ctx, r); err != nil {
		return err
	}
	s.hub.changed(ctx, r.Topic.DialogueID)
	return nil
}

// putOnTable makes the topic, which may be there.
func (s *service) putOnTable(ctx context.Context, r *Raising) error {
	_, _, err := s.topics.Create(ctx, document.Creation{ID: r.TopicID, Request: r.Request}, r.Topic)
	return except(failure.DocumentExists, err)
}

// takeUp takes the inputs up, all of them or none: of taking up and taking back at the same moment one wins, since the topic
// comes after.
func (s *service) takeUp(ctx context.Context, r *Raising) error {
	if len(r.Inputs) == 0 {
		return nil
	}
	if _, err := s.topics.Get(ctx, r.TopicID); err == nil { // then it is the same again, or made of others
		if err := s.putOnTable(ctx, r); err != nil {
			return err
		}
	}
	for n, id := range r.Inputs {
		_, err := s.inputs.Update(ctx, id, func(i *Input) ([]events.Event, error) { return nil, i.TakeUp(r.TopicID) })
		if err == nil {
			continue
		}
		for _, taken := range r.Inputs[:n] {
			if _, undo := s.inputs.Update(ctx, taken, func(i *Input) ([]events.Event, error) {
				i.GiveBack(r.TopicID)
				return nil, nil
			}); undo != nil {
				return undo
			}
		}
		return unknown(err, failure.Invalid("input_ids."+strconv.Itoa(n), "an input to this dialogue"))
	}
	return nil
}
