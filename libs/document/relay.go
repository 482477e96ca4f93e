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
	relayWorkers = 16
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
			ref, ok := r.store.commits.take()
			if !ok {
				break
			}
			err := r.deliver(ctx, ref)
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
			r.store.commits.add(reference{name, key})
		}
		if len(keys) < sweepPage {
			return nil
		}
		after = keys[len(keys)-1]
	}
}

// deliver empties the outbox of one document.
func (r *Relay) deliver(ctx context.Context, ref reference) error {
	records := r.store.records(ref.collection)
	sent := map[string]bool{} // ids of what was published before a newer change got in the way of the acknowledgement
	for {
		if err := r.empty(ctx, records, ref.key, sent); !errors.Is(err, ErrStale) {
			return err
		}
	}
}

// empty publishes what is in the outbox and acknowledges it, or returns ErrStale if the document has changed
// meanwhile, and with it the outbox.
func (r *Relay) empty(ctx context.Context, records Records, key Key, sent map[string]bool) error {
	record, err := records.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
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
		if err := records.Acknowledge(ctx, key, record.Revision); err != nil {
			return err
		}
	}
	if record.State != Doomed {
		return nil
	}
	return records.Remove(ctx, key, record.Revision)
}
