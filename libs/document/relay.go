package document

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
)

// Relay publishes what the outboxes hold, at least once: the events of one document in their order, those of several
// documents side by side.
type Relay struct {
	store   *Store
	publish func(context.Context, ...events.Envelope) error
	logger  *slog.Logger
}

// How the relay works.
const (
	relayWorkers = 256 // each waits for the broker and then for a commit; those who wait together share it
	sweepEvery   = 5 * time.Second
	sweepPage    = 256
)

// Relay returns the relay of the store. publish returns once all the envelopes are kept by the broker. There is one
// relay per process; several processes may have one each, and then an event may be published more than once.
func (s *Store) Relay(publish func(context.Context, ...events.Envelope) error, logger *slog.Logger) *Relay {
	return &Relay{store: s, publish: publish, logger: logger}
}

// Run publishes until the context ends. It starts with what an earlier process left, is woken by each commit, and
// looks for what was missed every few seconds.
func (r *Relay) Run(ctx context.Context) error {
	var group sync.WaitGroup
	group.Go(func() { r.sweep(ctx) })
	for range relayWorkers {
		group.Go(func() { r.work(ctx) })
	}
	group.Wait()
	return nil
}

func (r *Relay) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.store.commits.ready:
		}
		for ctx.Err() == nil {
			ref, written, ok := r.store.commits.take()
			if !ok {
				break
			}
			err := r.deliver(ctx, ref, written)
			if err == nil {
				r.store.commits.done(ref)
				continue
			}
			pause := r.store.commits.failed(ref)
			if ctx.Err() == nil {
				r.logger.WarnContext(ctx, "events wait to be published",
					"collection", ref.collection, "tenant", ref.key.Tenant, "id", ref.key.ID, "retry_in", pause, "error", err)
			}
		}
	}
}

// sweep puts all documents in line that have something pending, again and again.
func (r *Relay) sweep(ctx context.Context) {
	for ctx.Err() == nil {
		for _, name := range r.store.names() {
			if err := r.sweepOne(ctx, name); err != nil && ctx.Err() == nil {
				r.logger.WarnContext(ctx, "sweep for pending events failed", "collection", name, "error", err)
			}
		}
		_ = wait(ctx, sweepEvery) // its error is the context's
	}
}

func (r *Relay) sweepOne(ctx context.Context, name string) error {
	records := r.store.records(name)
	var after Key
	for {
		keys, err := records.Pending(ctx, after, sweepPage)
		if err != nil {
			return err
		}
		for _, key := range keys {
			r.store.commits.add(reference{name, key}, nil)
		}
		if len(keys) < sweepPage {
			return nil
		}
		after = keys[len(keys)-1]
	}
}

// deliver empties the outbox of one document, of which written is the record if the caller knows it.
func (r *Relay) deliver(ctx context.Context, ref reference, written *Record) error {
	records := r.store.records(ref.collection)
	sent := map[string]bool{} // ids of what was published before a newer change got in the way of the acknowledgement
	for {
		if written == nil {
			record, err := records.Get(ctx, ref.key)
			if errors.Is(err, ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			written = &record
		}
		if err := r.empty(ctx, records, *written, sent); !errors.Is(err, ErrStale) {
			return err
		}
		written = nil
	}
}

// empty publishes what is in the outbox of a record and acknowledges it, or returns ErrStale if the document has
// changed since, and with it the outbox.
func (r *Relay) empty(ctx context.Context, records Records, record Record, sent map[string]bool) error {
	var unsent []events.Envelope
	for _, out := range record.Outbox {
		for _, envelope := range out.Envelopes {
			if !sent[envelope.ID] {
				unsent = append(unsent, envelope)
			}
		}
	}
	if len(unsent) > 0 {
		failpoint.Hit("after-commit-before-publish")
		if err := r.publish(ctx, unsent...); err != nil {
			return err
		}
		for _, envelope := range unsent {
			sent[envelope.ID] = true
		}
		failpoint.Hit("after-publish-before-ack")
	}
	if len(record.Outbox) > 0 {
		if err := records.Acknowledge(ctx, record.Key, record.Revision); err != nil {
			return err
		}
	}
	if record.State != Doomed {
		return nil
	}
	return records.Remove(ctx, record.Key, record.Revision)
}
