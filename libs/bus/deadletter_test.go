package bus_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// letters waits until there are n dead letters.
func letters(t *testing.T, b *bus.Bus, n int) []bus.DeadLetter {
	t.Helper()
	var got []bus.DeadLetter
	eventually(t, func() bool {
		var err error
		got, err = b.DeadLetters(context.Background())
		require.NoError(t, err)
		return len(got) == n
	}, "%d dead letters", n)
	return got
}

func TestAPoisonousEventIsLaidAsideAndReplayedToItsConsumerOnly(t *testing.T) {
	broker := bustest.Start(t)
	intake, reporting := pair(t, broker, nil)
	notification := bustest.Connect(t, broker, "notification", nil)
	ctx := school()
	sent := told(t, ctx, 2)
	require.NoError(t, intake.Publish(ctx, sent...))

	var poisoned atomic.Bool
	poisoned.Store(true)
	var got, others log
	running(t, func(ctx context.Context) error { return notification.Consume(ctx, "intake", others.handlers(nil)) })
	running(t, func(ctx context.Context) error {
		return reporting.Consume(ctx, "intake", got.handlers(func(e events.RoundReleased) error {
			if poisoned.Load() && e.RoundID == "round-0" {
				return failure.Invalid("round_id", "a round\nthat exists")
			}
			return nil
		}))
	})
	letter := letters(t, reporting, 1)[0]
	require.Equal(t, "reporting", letter.Service)
	require.Equal(t, "intake", letter.Source)
	require.Equal(t, "intake.round-released.v1", letter.Type)
	require.Equal(t, sent[0].ID, letter.EventID)
	require.Equal(t, sent[0].Tenant, letter.Tenant)
	require.Equal(t, failure.RequestInvalid, letter.Code)
	require.Equal(t, 1, letter.Tries)
	eventually(t, func() bool { return got.len() == 2 && others.len() == 2 }, "the rest flows on")

	operator := bustest.Connect(t, broker, "", nil)
	counts, err := operator.CountDeadLetters(ctx)
	require.NoError(t, err)
	require.Equal(t, []bus.DeadLetterCount{{Service: "reporting", Tenant: sent[0].Tenant, Letters: 1}}, counts)
	require.NoError(t, operator.Replay(ctx, letter.ID), "a replay that fails again is a new letter")
	eventually(t, func() bool { return got.len() == 3 }, "it comes again")
	second := letters(t, operator, 1)[0]
	require.NotEqual(t, letter.ID, second.ID)

	poisoned.Store(false)
	require.NoError(t, operator.Replay(ctx, second.ID))
	eventually(t, func() bool { return got.len() == 4 }, "it is taken")
	letters(t, operator, 0)
	counts, err = operator.CountDeadLetters(ctx)
	require.NoError(t, err)
	require.Empty(t, counts)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(operator.Replay(ctx, second.ID)), "once only")
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(operator.Replay(ctx, "nonsense")))
	require.Equal(t, 2, others.len(), "nobody else sees a replay")
}

func TestAReplayWaitsForAServiceThatIsDown(t *testing.T) {
	broker := bustest.Start(t)
	intake, reporting := pair(t, broker, nil)
	ctx := school()
	require.NoError(t, intake.Publish(ctx, told(t, ctx, 1)...))
	var got log
	stop := running(t, func(ctx context.Context) error {
		return reporting.Consume(ctx, "intake", got.handlers(func(events.RoundReleased) error { return failure.Permanent(errors.New("bad")) }))
	})
	letter := letters(t, reporting, 1)[0]
	stop()
	require.NoError(t, reporting.Replay(ctx, letter.ID))
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	eventually(t, func() bool { return got.len() == 2 }, "it comes when the service is back")
}

func TestTriesEndInADeadLetter(t *testing.T) {
	for name, fail := range map[string]func(events.RoundReleased) error{
		"failing": func(events.RoundReleased) error { return errors.New("database is away") },
		"panics":  func(events.RoundReleased) error { panic("nil map") },
	} {
		t.Run(name, func(t *testing.T) {
			intake, reporting := pair(t, bustest.Start(t), nil)
			ctx := school()
			require.NoError(t, intake.Publish(ctx, told(t, ctx, 1)...))
			var got log
			running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(fail)) })
			require.Equal(t, 4, letters(t, reporting, 1)[0].Tries)
			require.Equal(t, 4, got.len(), "the first try and three repeats")
		})
	}
}

func TestAnEventThatEndsTheProcessEachTimeIsADeadLetter(t *testing.T) {
	broker := bustest.Start(t)
	intake := bustest.Connect(t, broker, "intake", nil)
	ctx := school()
	require.NoError(t, intake.Publish(ctx, told(t, ctx, 1)...))

	var got log
	for range 4 { // each process dies with the event in hand: its connection goes, and no word about the event
		dying := bustest.Connect(t, broker, "reporting", nil)
		h := got.handlers(func(events.RoundReleased) error { dying.Close(); return nil })
		before := got.len()
		stop := running(t, func(ctx context.Context) error { return dying.Consume(ctx, "intake", h) })
		eventually(t, func() bool { return got.len() > before }, "it is delivered again")
		stop()
	}
	reporting := bustest.Connect(t, broker, "reporting", nil)
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	require.Equal(t, 5, letters(t, reporting, 1)[0].Tries)
	require.Equal(t, 4, got.len(), "it is not handled a fifth time")
}

func TestWhatNobodyKnowsIsADeadLetter(t *testing.T) {
	broker := bustest.Start(t)
	registry := prometheus.NewRegistry()
	intake, reporting := pair(t, broker, func(o *bus.Options) { o.Registerer = registry })
	ctx := school()
	sent := told(t, ctx, 2)
	sent[0].Type = "intake.round-released.v99"
	wrong := sent[1]
	wrong.Data = []byte(`{"round_id":""}`)
	known := told(t, ctx, 1)[0]
	known.Type = "intake.round-opened.v1"
	require.NoError(t, intake.Publish(ctx, sent[0], wrong, known))

	raw, err := nats.Connect("", nats.InProcessServer(broker))
	require.NoError(t, err)
	defer raw.Close()
	require.NoError(t, raw.Publish("intake.nonsense", []byte("{")))
	require.NoError(t, raw.Flush())

	var got log
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	all := letters(t, reporting, 3)
	require.Equal(t, []string{"intake.round-released.v99", "intake.round-released.v1", ""},
		[]string{all[0].Type, all[1].Type, all[2].Type})
	require.Zero(t, got.len())

	require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP guldkorn_bus_consumed_total Deliveries of events: handled, ignored, retried or dead.
# TYPE guldkorn_bus_consumed_total counter
guldkorn_bus_consumed_total{outcome="dead",service="reporting",source="intake",type="intake.round-released.v1"} 1
guldkorn_bus_consumed_total{outcome="dead",service="reporting",source="intake",type="other"} 2
guldkorn_bus_consumed_total{outcome="ignored",service="reporting",source="intake",type="intake.round-opened.v1"} 1
# HELP guldkorn_bus_published_total Events handed to the broker: stored, duplicate or failed.
# TYPE guldkorn_bus_published_total counter
guldkorn_bus_published_total{outcome="stored",service="intake",type="intake.round-opened.v1"} 1
guldkorn_bus_published_total{outcome="stored",service="intake",type="intake.round-released.v1"} 1
guldkorn_bus_published_total{outcome="stored",service="intake",type="other"} 1
`), "guldkorn_bus_consumed_total", "guldkorn_bus_published_total"))
}
