package document

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Collection is the documents of one kind. It is safe for concurrent use.
type Collection[T any] struct {
	store   *Store
	schema  Schema
	kinds   map[string]kind
	records Records
}

// MaxID is the most bytes that an id may have.
const MaxID = 256

// key returns the key of a document of the context's tenant.
func (c *Collection[T]) key(ctx context.Context, id string) (Key, error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return Key{}, err
	}
	if id == "" || len(id) > MaxID || !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
		return Key{}, failure.Invalid("id", fmt.Sprintf("1 to %d bytes of UTF-8", MaxID))
	}
	return Key{owner, id}, nil
}

// Get returns the document, or the failure document.not_found.
func (c *Collection[T]) Get(ctx context.Context, id string) (Document[T], error) {
	key, err := c.key(ctx, id)
	if err != nil {
		return Document[T]{}, err
	}
	r, err := c.records.Get(ctx, key)
	if errors.Is(err, ErrNotFound) || err == nil && r.State != Live {
		return Document[T]{}, failure.NotFound(c.schema.Name)
	}
	if err != nil {
		return Document[T]{}, c.fault("get", key, err)
	}
	return decode[T](r)
}

// Insert adds a document with the events that tell of it. A taken id, also one of a deleted document, and a taken
// unique value are the failure document.exists.
func (c *Collection[T]) Insert(ctx context.Context, id string, body T, evs ...events.Event) (Document[T], error) {
	doc, repeated, err := c.Create(ctx, Creation{ID: id}, body, evs...)
	if err == nil && repeated {
		return Document[T]{}, c.exists()
	}
	return doc, err
}

// Create is an Insert that may be repeated. The same request under the same id finds the document as it is now and
// tells so; another request under that id is the failure request.idempotency_key_reused.
func (c *Collection[T]) Create(ctx context.Context, cr Creation, body T, evs ...events.Event) (doc Document[T], repeated bool, err error) {
	key, err := c.key(ctx, cr.ID)
	if err != nil {
		return Document[T]{}, false, err
	}
	r, err := c.record(ctx, key, body, evs)
	if err != nil {
		return Document[T]{}, false, err
	}
	r.Request = cr.Request
	err = c.records.Insert(ctx, r)
	if err == nil {
		c.committed(key, len(evs), &r)
		doc, err = decode[T](r)
		return doc, false, err
	}
	if !errors.Is(err, ErrDuplicate) {
		return Document[T]{}, false, c.fault("insert", key, err)
	}
	if cr.Request == "" {
		return Document[T]{}, false, c.exists()
	}
	first, err := c.records.Get(ctx, key)
	switch {
	case errors.Is(err, ErrNotFound): // the id is free, so it was a unique value
		return Document[T]{}, false, c.exists()
	case err != nil:
		return Document[T]{}, false, c.fault("get", key, err)
	case first.Request != cr.Request:
		return Document[T]{}, false, failure.New(failure.IdempotencyConflict)
	case first.State != Live:
		return Document[T]{}, false, failure.NotFound(c.schema.Name)
	}
	doc, err = decode[T](first)
	return doc, true, err
}

// Delete turns the document into a tombstone and sends the events that tell of it. The tombstone keeps id and
// revision, so that the id cannot be taken again, and nothing of the body.
func (c *Collection[T]) Delete(ctx context.Context, id string, evs ...events.Event) error {
	_, err := c.change(ctx, id, func(current *Record) (*step, error) {
		if current == nil || current.State != Live {
			return nil, failure.NotFound(c.schema.Name)
		}
		return &step{state: Tombstone, body: noBody, events: evs}, nil
	})
	return err
}

// Erase removes every trace of the document, a tombstone too. The body is gone when it returns; if there are events
// that still have to be published, the rest goes with the last of them.
func (c *Collection[T]) Erase(ctx context.Context, id string) error {
	key, err := c.key(ctx, id)
	if err != nil {
		return err
	}
	return c.store.erase(ctx, c.schema.Name, c.records, key)
}

// noBody is the body of a tombstone: an empty BSON document.
var noBody = bson.Raw{5, 0, 0, 0, 0}

// record returns a new live record.
func (c *Collection[T]) record(ctx context.Context, key Key, body T, evs []events.Event) (Record, error) {
	raw, err := marshal(body)
	if err != nil {
		return Record{}, err
	}
	now := c.time()
	r := Record{Key: key, Revision: 1, CreatedAt: now, UpdatedAt: now, Body: raw}
	out, err := c.outgoing(ctx, key, 1, evs)
	if out != nil {
		r.Outbox = []Outgoing{*out}
	}
	return r, err
}

// time is now as the collection keeps it.
func (c *Collection[T]) time() time.Time {
	now := c.store.time()
	if c.schema.DaysOnly {
		return now.Truncate(24 * time.Hour)
	}
	return now
}

// outgoing wraps events; what could not be published later is refused now.
func (c *Collection[T]) outgoing(ctx context.Context, key Key, revision int64, evs []events.Event) (*Outgoing, error) {
	if len(evs) == 0 {
		return nil, nil
	}
	out := &Outgoing{Revision: revision}
	for _, e := range evs {
		envelope, err := events.New(ctx, c.store.service, key.ID, revision, c.store.now(), e)
		if err == nil {
			err = envelope.Validate()
		}
		if err != nil {
			return nil, fmt.Errorf("document: %s of %s: %w", c.schema.Name, key, err)
		}
		out.Envelopes = append(out.Envelopes, envelope)
	}
	return out, nil
}

// committed wakes the relay. written is the record of a document that is new, or nil.
func (c *Collection[T]) committed(key Key, evs int, written *Record) {
	if evs > 0 {
		c.store.commits.add(reference{c.schema.Name, key}, written)
	}
}

func (c *Collection[T]) exists() error { return failure.New(failure.DocumentExists).At(c.schema.Name) }

func (c *Collection[T]) fault(doing string, key Key, err error) error {
	return fmt.Errorf("document: %s %s %s: %w", doing, c.schema.Name, key, err)
}
