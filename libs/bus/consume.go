package bus

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Handler takes one event. Its context carries the event's tenant and trace. The returned error decides: nil
// acknowledges, one that failure.IsPermanent makes a dead letter at once, any other is tried again with backoff.
type Handler func(ctx context.Context, e events.Envelope) error

// Handlers are the events that a consumer wants, by type.
type Handlers map[string]Handler

// On adds a handler for the event type E, which is decoded and validated first.
func On[E events.Event](h Handlers, fn func(ctx context.Context, envelope events.Envelope, e E) error) {
	var zero E
	h[zero.Type()] = func(ctx context.Context, envelope events.Envelope) error {
		e, err := events.Decode[E](envelope)
		if err != nil {
			return failure.Permanent(err)
		}
		return fn(ctx, envelope, e)
	}
}

const (
	maxAckPending = 1024 // events in the hands of a consumer or waiting for their next try
	prefetch      = 16   // small, so that a slow handler does not let waiting events time out
	bindPause     = 250 * time.Millisecond
)

// Consume hands the events of the service from to h, one at a time in the order in which they were told, and those
// of its dead letters that are replayed. It reads the whole stream from its beginning the first time and goes on
// where it left off afterwards. Types in the catalogue without a handler are acknowledged, types that nobody
// knows become dead letters. It returns when ctx ends, after the event in hand.
func (b *Bus) Consume(ctx context.Context, from string, h Handlers) error {
	return b.consume(ctx, from, h, jetstream.ConsumerConfig{Durable: b.service}, from)
}

func (b *Bus) consume(ctx context.Context, source string, h Handlers, own jetstream.ConsumerConfig, stream string) error {
	if b.service == "" {
		return ErrNoService
	}
	replayed := jetstream.ConsumerConfig{
		Durable: b.service + "-" + source, FilterSubject: replaySubject(b.service, source) + ".>",
	}
	group, ctx := errgroup.WithContext(ctx)
	for stream, config := range map[string]jetstream.ConsumerConfig{stream: own, streamDeadLetters: replayed} {
		c := &consumer{bus: b, stream: stream, source: source, handlers: h, config: b.consumerConfig(config)}
		group.Go(func() error { return c.run(ctx) })
	}
	return group.Wait()
}

// consumerConfig completes a consumer. The broker's own limit of deliveries stays off: it would drop an event
// silently, so the limit is kept in delivery.go, where the event becomes a dead letter.
func (b *Bus) consumerConfig(c jetstream.ConsumerConfig) jetstream.ConsumerConfig {
	c.AckPolicy, c.DeliverPolicy = jetstream.AckExplicitPolicy, jetstream.DeliverAllPolicy
	c.AckWait, c.MaxAckPending, c.MaxDeliver = b.options.AckWait, maxAckPending, -1
	return c
}

// consumer is one durable consumer of one stream.
type consumer struct {
	bus      *Bus
	stream   string // where the messages are
	source   string // whose events they are
	config   jetstream.ConsumerConfig
	handlers Handlers

	taken atomic.Int64 // messages begun
	busy  atomic.Bool  // one is being handled
}

// run binds the consumer and takes messages until ctx ends, and binds it anew whenever the broker or the watchdog
// ends the flow.
func (c *consumer) run(ctx context.Context) error {
	for first := true; ctx.Err() == nil; first = false {
		bound, err := c.bind(ctx)
		if err != nil {
			return nil //nolint:nilerr // only the end of ctx ends a bind
		}
		if !first {
			c.bus.metrics.restarts.WithLabelValues(c.bus.service, c.source).Inc()
		}
		if err := c.take(ctx, bound); err != nil && ctx.Err() == nil {
			c.bus.logger.Warn("consumer restarts", "stream", c.stream, "consumer", c.config.Durable, "error", err)
		}
	}
	return nil
}

// bind declares the consumer. A stream whose owner has not come up yet is waited for.
func (c *consumer) bind(ctx context.Context) (jetstream.Consumer, error) {
	for said := false; ; {
		bound, err := c.bus.js.CreateOrUpdateConsumer(ctx, c.stream, c.config)
		if err == nil {
			return bound, nil
		}
		if !said && !errors.Is(err, jetstream.ErrStreamNotFound) && ctx.Err() == nil {
			c.bus.logger.Warn("consumer waits", "stream", c.stream, "consumer", c.config.Durable, "error", err)
			said = true
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(bindPause):
		}
	}
}

// take handles messages until ctx or the flow ends.
func (c *consumer) take(ctx context.Context, bound jetstream.Consumer) error {
	flow, err := bound.Messages(jetstream.PullMaxMessages(prefetch))
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	group, watched := errgroup.WithContext(ctx)
	group.Go(func() error { return c.watch(watched, bound) })
	group.Go(func() error {
		defer c.giveBack(flow)
		for {
			message, err := flow.Next(jetstream.NextContext(watched))
			if err != nil {
				return err
			}
			c.taken.Add(1)
			c.busy.Store(true)
			c.deliver(watched, message)
			c.busy.Store(false)
		}
	})
	return group.Wait()
}

// giveBack returns what was fetched and not begun, so that nobody waits for AckWait to see it.
func (c *consumer) giveBack(flow jetstream.MessagesContext) {
	flow.Drain()
	for {
		message, err := flow.Next()
		if err != nil {
			return
		}
		_ = message.Nak() // otherwise it comes back after AckWait
	}
}
