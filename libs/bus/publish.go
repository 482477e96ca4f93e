package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/guldkorn/guldkorn/libs/events"
)

const headerTrace = "traceparent"

// Publish hands events to the broker and returns when all of them are stored. They are sent in order without
// waiting for each other's acknowledgement, across callers too, within a bounded window. After an error some may be
// stored: the caller publishes all again, and the broker drops the repeats by the event id.
func (b *Bus) Publish(ctx context.Context, envelopes ...events.Envelope) error {
	pending := make([]jetstream.PubAckFuture, 0, len(envelopes))
	var failed error
	for _, e := range envelopes {
		message, err := b.message(e)
		if err != nil {
			failed = err
			break
		}
		future, err := b.js.PublishMsgAsync(message, jetstream.WithStallWait(publishTimeout))
		if err != nil {
			failed = fmt.Errorf("bus: publish %s %s: %w", e.Type, e.ID, err)
			break
		}
		pending = append(pending, future)
	}
	for i, future := range pending {
		outcome := "stored"
		select {
		case ack := <-future.Ok():
			if ack.Duplicate {
				outcome = "duplicate"
			}
		case err := <-future.Err():
			outcome = "failed"
			failed = errors.Join(failed, fmt.Errorf("bus: publish %s %s: %w", envelopes[i].Type, envelopes[i].ID, err))
		case <-ctx.Done():
			return ctx.Err()
		}
		b.metrics.published.WithLabelValues(b.service, typeLabel(envelopes[i].Type), outcome).Inc()
	}
	return failed
}

// message renders an envelope of this service for the broker.
func (b *Bus) message(e events.Envelope) (*nats.Msg, error) {
	if b.service == "" {
		return nil, ErrNoService
	}
	if err := e.Validate(); err != nil {
		return nil, fmt.Errorf("bus: publish: %w", err)
	}
	if e.Source != b.service {
		return nil, fmt.Errorf("bus: %s does not publish what %s tells", b.service, e.Source)
	}
	data, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("bus: publish %s %s: %w", e.Type, e.ID, err)
	}
	m := nats.NewMsg(e.Route())
	m.Data = data
	m.Header.Set(jetstream.MsgIDHeader, e.ID)
	if e.TraceParent != "" {
		m.Header.Set(headerTrace, e.TraceParent)
	}
	return m, nil
}
