package bus_test

import (
	"bytes"
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
)

// forgetful loses the requests for events on their way to the broker, for as long as it is told to.
type forgetful struct {
	nats.InProcessConnProvider
	losing atomic.Bool
}

func (f *forgetful) InProcessConn() (net.Conn, error) {
	conn, err := f.InProcessConnProvider.InProcessConn()
	return &forgetfulConn{conn, f}, err
}

type forgetfulConn struct {
	net.Conn
	provider *forgetful
}

func (c *forgetfulConn) Write(p []byte) (int, error) {
	if c.provider.losing.Load() {
		p = bytes.ReplaceAll(p, []byte("CONSUMER.MSG.NEXT.intake"), []byte("CONSUMER.MSG.LOST.intake"))
	}
	return c.Conn.Write(p)
}

// lookOften is soon enough for a test, and long enough for a busy machine to deliver an event in between: what is taken back too
// often before it was delivered becomes a dead letter.
const lookOften = 250 * time.Millisecond

func TestTheWatchdogRestartsAConsumerThatStandsStill(t *testing.T) {
	broker := &forgetful{InProcessConnProvider: bustest.Start(t)}
	registry := prometheus.NewRegistry()
	intake, reporting := pair(t, broker, func(o *bus.Options) {
		o.Watch, o.Registerer = lookOften, registry
	})
	ctx := school()
	broker.losing.Store(true)
	var got log
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	require.NoError(t, intake.Publish(ctx, told(t, ctx, 1)...))
	eventually(t, func() bool {
		n, err := testutil.GatherAndCount(registry, "guldkorn_bus_consumer_restarts_total")
		return err == nil && n > 0
	}, "the watchdog restarts the consumer")
	require.Zero(t, got.len())

	broker.losing.Store(false)
	eventually(t, func() bool { return got.len() == 1 }, "the event arrives")
}

func TestAConsumerThatSomebodyDeletedIsMadeAgain(t *testing.T) {
	broker := bustest.Start(t)
	intake, reporting := pair(t, broker, func(o *bus.Options) { o.Watch = lookOften })
	ctx := school()
	sent := told(t, ctx, 2)
	require.NoError(t, intake.Publish(ctx, sent[0]))
	var got log
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	eventually(t, func() bool { return got.len() == 1 }, "the first event arrives")

	conn, err := nats.Connect("", nats.InProcessServer(broker))
	require.NoError(t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	require.NoError(t, js.DeleteConsumer(ctx, "intake", "reporting"))
	require.NoError(t, intake.Publish(ctx, sent[1]))
	eventually(t, func() bool { return got.len() == 3 }, "everything comes again, from the beginning")
}

func BenchmarkPublish(b *testing.B) {
	intake := bustest.Connect(b, bustest.Start(b), "intake", nil)
	ctx := school()
	for _, size := range []int{1, 100} {
		b.Run(map[int]string{1: "one by one", 100: "hundreds"}[size], func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				all := told(b, ctx, size)
				b.StartTimer()
				if err := intake.Publish(ctx, all...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
