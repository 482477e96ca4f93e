package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
)

const (
	handleTimeout = 30 * time.Second // for one try of a handler
	drainTimeout  = 5 * time.Second  // for the one in hand when the consumer is asked to stop
)

var errExhausted = errors.New("bus: no try is left")

// deliver brings one message to its end: acknowledged, to be tried again, or a dead letter.
func (c *consumer) deliver(ctx context.Context, message jetstream.Msg) {
	meta, err := message.Metadata()
	if err != nil {
		c.bus.logger.Error("message without metadata", "subject", message.Subject(), "error", err)
		return
	}
	ctx, stop := inHand(ctx, message, c.bus.options.AckWait)
	defer stop()

	started := time.Now()
	envelope, err := read(message)
	ignored := false
	switch {
	case err != nil:
	case meta.NumDelivered > uint64(len(c.bus.options.Backoff))+1:
		err = failure.Permanent(errExhausted) // earlier tries ended in a dead process
	default:
		ignored, err = c.handle(ctx, envelope)
	}
	outcome := c.settle(ctx, message, meta, envelope, err)
	if outcome == "handled" && ignored {
		outcome = "ignored"
	}
	kind := typeLabel(envelope.Type)
	c.bus.metrics.consumed.WithLabelValues(c.bus.service, c.source, kind, outcome).Inc()
	c.bus.metrics.duration.WithLabelValues(c.bus.service, c.source).Observe(time.Since(started).Seconds())
}

// inHand returns the context of one message. It outlives ctx by drainTimeout, so that a stop lets the message in
// hand finish, and the broker is told now and then that it is still being worked on.
func inHand(ctx context.Context, message jetstream.Msg, ackWait time.Duration) (context.Context, func()) {
	hand, cancel := context.WithTimeout(context.WithoutCancel(ctx), handleTimeout)
	undo := context.AfterFunc(ctx, func() {
		grace := time.AfterFunc(drainTimeout, cancel)
		context.AfterFunc(hand, func() { grace.Stop() })
	})
	done := make(chan struct{})
	pulse := time.AfterFunc(ackWait/2, func() {
		ticker := time.NewTicker(ackWait / 2)
		defer ticker.Stop()
		for {
			_ = message.InProgress() // at worst it is delivered twice
			select {
			case <-done:
				return
			case <-ticker.C:
			}
		}
	})
	return hand, func() { pulse.Stop(); close(done); undo(); cancel() }
}

func read(message jetstream.Msg) (events.Envelope, error) {
	var e events.Envelope
	if err := json.Unmarshal(message.Data(), &e); err != nil {
		return events.Envelope{}, failure.Permanent(fmt.Errorf("bus: envelope: %w", err))
	}
	if err := e.Validate(); err != nil {
		return e, failure.Permanent(err)
	}
	return e, nil
}

// handle calls the handler of the event's type within a span of the event's trace.
func (c *consumer) handle(ctx context.Context, e events.Envelope) (ignored bool, err error) {
	handler, wanted := c.handlers[e.Type]
	switch {
	case !wanted && events.Known(e.Type):
		return true, nil
	case !wanted:
		return false, failure.Permanent(fmt.Errorf("bus: nobody knows the type %q", e.Type))
	}
	ctx, span := otel.Tracer("github.com/guldkorn/guldkorn/libs/bus").Start(e.Context(ctx), "consume "+e.Type,
		trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
			attribute.String("messaging.system", "nats"), attribute.String("messaging.operation.type", "process"),
			attribute.String("messaging.destination.name", c.source), attribute.String("messaging.message.id", e.ID)))
	defer span.End()
	defer func() {
		if r := recover(); r != nil {
			c.bus.logger.Error("handler panicked", "type", e.Type, "event", e.ID, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("bus: handler of %s panicked", e.Type)
		}
		if err != nil {
			span.SetStatus(codes.Error, string(failure.CodeOf(err)))
		}
	}()
	return false, handler(ctx, e)
}

// settle tells the broker what became of the message and returns the word for it in the metrics.
func (c *consumer) settle(ctx context.Context, message jetstream.Msg, meta *jetstream.MsgMetadata, e events.Envelope, err error) string {
	log := c.bus.logger.With("stream", c.stream, "seq", meta.Sequence.Stream, "type", e.Type, "event", e.ID, "try", meta.NumDelivered)
	if err == nil {
		failpoint.Hit("after-write-before-ack")
		if err := message.Ack(); err != nil {
			log.Warn("acknowledgement failed, it will come again", "error", err)
		}
		return "handled"
	}
	tries, backoff := int(meta.NumDelivered), c.bus.options.Backoff
	if !failure.IsPermanent(err) && tries <= len(backoff) {
		wait := backoff[tries-1]
		log.Warn("event failed, will be tried again", "wait", wait, "error", err)
		c.nak(message, wait)
		return "retried"
	}
	if buried := c.bury(context.WithoutCancel(ctx), message, meta, e, err); buried != nil {
		log.Error("dead letter could not be written, will be tried again", "error", buried, "cause", err)
		c.nak(message, backoff[len(backoff)-1])
		return "retried"
	}
	log.Error("event is a dead letter", "error", err)
	return "dead"
}

func (c *consumer) nak(message jetstream.Msg, wait time.Duration) {
	if err := message.NakWithDelay(wait); err != nil {
		c.bus.logger.Warn("negative acknowledgement failed, it will come again", "error", err)
	}
}
