package document

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Update loads the document, applies fn to its body and writes it if nobody else did in between; otherwise it starts
// over, a bounded number of times (then: failure document.conflict). So fn may run more than once: it must do nothing
// but look at and change the body. It returns the events that tell of the change. If fn changes nothing and returns
// no events, nothing is written; if it returns an error, Update returns that error.
func (c *Collection[T]) Update(ctx context.Context, id string, fn func(*T) ([]events.Event, error)) (Document[T], error) {
	return c.update(ctx, id, fn, nil)
}

// UpdateAt is an Update of this revision only, for If-Match: the failure is request.if_match_stale if the document is
// at another one.
func (c *Collection[T]) UpdateAt(ctx context.Context, id string, revision int64, fn func(*T) ([]events.Event, error)) (Document[T], error) {
	return c.update(ctx, id, fn, &revision)
}

// Upsert is an Update that inserts the document if there is none, for projections. fn is told whether there is one;
// if there is none it starts from a zero body, and a deleted document comes back to life.
func (c *Collection[T]) Upsert(ctx context.Context, id string, fn func(body *T, exists bool) ([]events.Event, error)) (Document[T], error) {
	r, err := c.change(ctx, id, func(current *Record) (*step, error) {
		exists := current != nil && current.State == Live
		var body T
		if exists {
			if err := unmarshal(current.Body, &body); err != nil {
				return nil, err
			}
		}
		evs, err := fn(&body, exists)
		if err != nil {
			return nil, err
		}
		raw, err := marshal(body)
		if err != nil || exists && len(evs) == 0 && same(current.Body, raw) {
			return nil, err
		}
		return &step{body: raw, events: evs}, nil
	})
	if err != nil {
		return Document[T]{}, err
	}
	return decode[T](r)
}

func (c *Collection[T]) update(ctx context.Context, id string, fn func(*T) ([]events.Event, error), only *int64) (Document[T], error) {
	r, err := c.change(ctx, id, func(current *Record) (*step, error) {
		if current == nil || current.State != Live {
			return nil, failure.NotFound(c.schema.Name)
		}
		if only != nil && current.Revision != *only {
			return nil, failure.New(failure.PreconditionFailed)
		}
		var body T
		if err := unmarshal(current.Body, &body); err != nil {
			return nil, err
		}
		evs, err := fn(&body)
		if err != nil {
			return nil, err
		}
		raw, err := marshal(body)
		if err != nil || len(evs) == 0 && same(current.Body, raw) {
			return nil, err
		}
		return &step{body: raw, events: evs}, nil
	})
	if err != nil {
		return Document[T]{}, err
	}
	return decode[T](r)
}

// step is what change is to write.
type step struct {
	state  State
	body   bson.Raw
	events []events.Event
}

// change is the one way in which a document changes: decide sees the record as it is now, nil if there is none, and
// returns what it is to become, nil for no change. change returns the record as it is afterwards.
func (c *Collection[T]) change(ctx context.Context, id string, decide func(current *Record) (*step, error)) (Record, error) {
	key, err := c.key(ctx, id)
	if err != nil {
		return Record{}, err
	}
	defer c.store.lanes.enter(ctx, reference{c.schema.Name, key})()
	var result Record
	collided := false
	err = retry(ctx, func() error {
		current, err := c.records.Get(ctx, key)
		found := err == nil
		switch {
		case err != nil && !errors.Is(err, ErrNotFound):
			return c.fault("get", key, err)
		case !found && collided:
			return c.exists() // the insert met a duplicate, and not of the id
		}
		var was *Record
		if found {
			was = &current
		}
		next, err := decide(was)
		if err != nil || next == nil {
			result = current
			return err
		}
		result, err = c.write(ctx, key, was, *next)
		switch {
		case errors.Is(err, ErrStale):
			return err
		case errors.Is(err, ErrDuplicate) && !found:
			collided = true
			return ErrStale
		case errors.Is(err, ErrDuplicate):
			return c.exists()
		case err != nil:
			return c.fault("write", key, err)
		}
		c.committed(key, len(next.events), nil)
		return nil
	})
	return result, err
}

func (c *Collection[T]) write(ctx context.Context, key Key, was *Record, next step) (Record, error) {
	now := c.time()
	r := Record{Key: key, Revision: 1, CreatedAt: now, UpdatedAt: now, State: next.state, Body: next.body}
	if was != nil {
		r.Revision = was.Revision + 1
		if was.State == Live {
			r.CreatedAt = was.CreatedAt
		}
	}
	out, err := c.outgoing(ctx, key, r.Revision, next.events)
	if err != nil {
		return Record{}, err
	}
	if was == nil {
		if out != nil {
			r.Outbox = []Outgoing{*out}
		}
		return r, c.records.Insert(ctx, r)
	}
	return r, c.records.Replace(ctx, key, was.Revision, Change{
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, State: r.State, Body: r.Body, Outgoing: out,
	})
}

// How often and how long a change is tried against others', whichever is more, and how long it lets them pass in between.
// On a busy machine a handful of tries may meet the same other, who is quicker each time.
const (
	attempts   = 24
	patience   = 5 * time.Second
	firstPause = time.Millisecond
	mostPause  = 64 * time.Millisecond
)

// retry runs do until it returns something else than ErrStale. The pauses are random, so that those who collided do
// not meet again.
func retry(ctx context.Context, do func() error) error {
	pause := firstPause
	for tries, began := 0, time.Now(); tries < attempts || time.Since(began) < patience; tries++ {
		err := do()
		if !errors.Is(err, ErrStale) {
			return err
		}
		if err := wait(ctx, rand.N(pause)); err != nil {
			return err
		}
		pause = min(2*pause, mostPause)
	}
	return failure.New(failure.DocumentConflict)
}

// wait returns after d, or with the context's error.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
