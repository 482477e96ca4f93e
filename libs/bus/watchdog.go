package bus

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

var errStandstill = errors.New("events are waiting and none was delivered")

// watch looks at the consumer now and then, keeps its gauges, and ends the flow when events wait, none arrived
// since the last look, and neither the handler, the limit of unacknowledged events nor an operator's pause explains
// it.
func (c *consumer) watch(ctx context.Context, bound jetstream.Consumer) error {
	ticker := time.NewTicker(c.bus.options.Watch)
	defer ticker.Stop()
	for last := c.taken.Load(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		info, err := bound.Info(ctx)
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			return err
		}
		if err != nil {
			continue // no answer is no proof of a standstill; the connection has its own handlers
		}
		c.bus.metrics.pending.WithLabelValues(c.stream, c.config.Durable).Set(float64(info.NumPending))
		c.measureStream(ctx)

		taken := c.taken.Load()
		explained := c.busy.Load() || info.NumAckPending >= maxAckPending || info.Paused
		if info.NumPending > 0 && taken == last && !explained {
			return errStandstill
		}
		last = taken
	}
}

// measureStream keeps the gauge of how full the source's stream is.
func (c *consumer) measureStream(ctx context.Context) {
	stream, err := c.bus.js.Stream(ctx, c.stream)
	if err != nil {
		return
	}
	if info := stream.CachedInfo(); info.Config.MaxBytes > 0 {
		c.bus.metrics.fill.WithLabelValues(c.stream).Set(float64(info.State.Bytes) / float64(info.Config.MaxBytes))
	}
}
