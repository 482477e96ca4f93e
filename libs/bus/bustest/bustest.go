// Package bustest runs a real broker inside a test: NATS with JetStream on disk, without any port.
package bustest

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/bus"
)

const readyWithin = 10 * time.Second

// Start runs a broker until the test ends.
func Start(t testing.TB) nats.InProcessConnProvider {
	t.Helper()
	return StartAt(t, t.TempDir())
}

// StartAt runs a broker that keeps its streams in dir, until it is shut down or the test ends. A test that wants
// the broker to come back shuts it down and starts another one there.
func StartAt(t testing.TB, dir string) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		DontListen: true, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true,
		JetStreamMaxStore: 64 << 30, JetStreamMaxMemory: 64 << 20,
	})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	require.True(t, s.ReadyForConnections(readyWithin), "the broker is not ready within %s", readyWithin)
	return s
}

// Connect connects a service to the broker until the test ends. Failed events come back within milliseconds and are
// dead letters after a few tries; change adjusts the options, if it is not nil.
func Connect(t testing.TB, broker nats.InProcessConnProvider, service string, change func(*bus.Options)) *bus.Bus {
	t.Helper()
	o := bus.Options{
		Service: service, InProcess: broker,
		AckWait: time.Second, Backoff: []time.Duration{10 * time.Millisecond, 20 * time.Millisecond, 40 * time.Millisecond},
	}
	if change != nil {
		change(&o)
	}
	b, err := bus.Connect(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return b
}

// Stream opens the stream of a service, for a test to look into, until the test ends.
func Stream(t testing.TB, broker nats.InProcessConnProvider, service string) jetstream.Stream {
	t.Helper()
	conn, err := nats.Connect("", nats.InProcessServer(broker))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	stream, err := js.Stream(t.Context(), service)
	require.NoError(t, err)
	return stream
}
