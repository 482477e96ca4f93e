// Package bus carries events between services over NATS JetStream.
//
// Each service owns one stream of the events that it tells (streams.go). Publish returns when the broker has the
// events on disk; Consume hands each event of another service to one function, again and again until that returns
// nil or the event is laid aside as a dead letter (delivery.go, deadletter.go). Delivery is at least once, and an
// event that failed comes back after later ones: handlers write by event id and entity revision, and the unique
// thing that they write is the guarantee. Schedule is a timer that survives every process (schedule.go).
//
// The package knows no service and no event beyond the catalogue. It logs and counts identifiers, never data.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
)

// Options say which service connects, and to which broker.
type Options struct {
	// Service names the connecting service and its stream. Empty is for operators' tools, which tell and consume
	// nothing but may list and replay dead letters.
	Service string
	// URL is the broker's address; InProcess is used instead when it is set.
	URL       string
	InProcess nats.InProcessConnProvider
	// Credentials is a file with the NATS user of this service; empty for a broker that asks for none.
	Credentials string

	Logger     *slog.Logger
	Registerer prometheus.Registerer

	// Replicas of each stream; 1 unless given. A cluster wants 3.
	Replicas int
	// StreamBytes bounds each stream on disk; 256 MiB unless given.
	StreamBytes int64

	// AckWait is how long the broker waits for a consumer that died before it delivers again; 30 s unless given.
	AckWait time.Duration
	// Backoff lists the waits between tries. An event whose last try fails too becomes a dead letter. Unless given,
	// eleven tries within about 17 hours.
	Backoff []time.Duration
	// Watch is how often a consumer is checked for standing still; 30 s unless given.
	Watch time.Duration
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	if o.Replicas == 0 {
		o.Replicas = 1
	}
	if o.StreamBytes == 0 {
		o.StreamBytes = 256 << 20
	}
	if o.AckWait == 0 {
		o.AckWait = 30 * time.Second
	}
	if len(o.Backoff) == 0 {
		o.Backoff = []time.Duration{
			250 * time.Millisecond, time.Second, 4 * time.Second, 15 * time.Second, time.Minute,
			5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour,
		}
	}
	if o.Watch == 0 {
		o.Watch = 30 * time.Second
	}
	return o
}

// Bus is one service's connection to the broker. It is safe for use by many goroutines.
type Bus struct {
	options Options
	service string
	logger  *slog.Logger
	metrics *metrics
	conn    *nats.Conn
	js      jetstream.JetStream
}

const (
	publishWindow  = 256              // publishes that may await their acknowledgement at once
	publishTimeout = 10 * time.Second // after which an acknowledgement is no longer awaited
	flushTimeout   = 2 * time.Second
)

var (
	// ErrNoService says that an operators' connection was asked for what only a service may do.
	ErrNoService = errors.New("bus: this connection speaks for no service")

	servicePattern = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
)

// Connect connects to the broker and makes sure that the service's own stream and the shared ones exist. The
// connection comes back by itself after an interruption, for as long as it takes.
func Connect(ctx context.Context, o Options) (*Bus, error) {
	o = o.withDefaults()
	if o.Service != "" && !servicePattern.MatchString(o.Service) {
		return nil, fmt.Errorf("bus: service %q is not a name of a-z and 0-9", o.Service)
	}
	m, err := newMetrics(o.Registerer)
	if err != nil {
		return nil, err
	}
	b := &Bus{options: o, service: o.Service, logger: o.Logger.With("component", "bus"), metrics: m}
	if b.conn, err = nats.Connect(o.URL, b.connectOptions()...); err != nil {
		return nil, fmt.Errorf("bus: connect: %w", err)
	}
	b.js, err = jetstream.New(b.conn,
		jetstream.WithPublishAsyncMaxPending(publishWindow), jetstream.WithPublishAsyncTimeout(publishTimeout))
	if err == nil {
		err = b.ensureStreams(ctx)
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bus) connectOptions() []nats.Option {
	name := b.service
	if name == "" {
		name = "operator"
	}
	options := []nats.Option{
		nats.Name(name),
		// Each service may read its own inboxes only, so that none sees another's answers.
		nats.CustomInboxPrefix("_INBOX_" + name),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.logger.Warn("broker lost", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { b.logger.Info("broker back") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			b.logger.Warn("broker reports", "error", err)
		}),
	}
	if b.options.InProcess != nil {
		options = append(options, nats.InProcessServer(b.options.InProcess))
	}
	if b.options.Credentials != "" {
		options = append(options, nats.UserCredentials(b.options.Credentials))
	}
	return options
}

// Ping tells whether the broker answers and JetStream is ready.
func (b *Bus) Ping(ctx context.Context) error {
	if _, err := b.js.AccountInfo(ctx); err != nil {
		return fmt.Errorf("bus: ping: %w", err)
	}
	return nil
}

// Close sends what is still buffered, acknowledgements among it, and ends the connection. Consumers should have
// returned before.
func (b *Bus) Close() {
	if b.conn.IsConnected() {
		_ = b.conn.FlushTimeout(flushTimeout) // what does not get out is delivered again
	}
	b.conn.Close()
}
