package bus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 15 * time.Second

// eventually waits for a condition of the real broker.
func eventually(t *testing.T, condition func() bool, what string, args ...any) {
	t.Helper()
	require.Eventually(t, condition, patience, 5*time.Millisecond, append([]any{what}, args...)...)
}

// told returns n events of one tenant as intake tells them.
func told(t testing.TB, ctx context.Context, n int) []events.Envelope {
	t.Helper()
	all := make([]events.Envelope, n)
	for i := range all {
		e, err := events.New(ctx, "intake", fmt.Sprintf("round-%d", i), int64(i+1), time.Now(),
			events.RoundReleased{RoundID: fmt.Sprintf("round-%d", i), ReleaseID: "release"})
		require.NoError(t, err)
		all[i] = e
	}
	return all
}

// log collects what handlers took, in order.
type log struct {
	mu    sync.Mutex
	taken []string
}

func (l *log) add(s string) { l.mu.Lock(); defer l.mu.Unlock(); l.taken = append(l.taken, s) }
func (l *log) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.taken)
}
func (l *log) len() int { return len(l.all()) }

func (l *log) handlers(fail func(events.RoundReleased) error) bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, func(_ context.Context, _ events.Envelope, e events.RoundReleased) error {
		l.add(e.RoundID)
		if fail == nil {
			return nil
		}
		return fail(e)
	})
	return h
}

// running starts a consumer and returns how to stop it; stopping twice is harmless.
func running(t *testing.T, consume func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- consume(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(patience):
			t.Error("the consumer does not end")
		}
	})
	t.Cleanup(stop)
	return stop
}

func pair(t *testing.T, broker nats.InProcessConnProvider, change func(*bus.Options)) (intake, reporting *bus.Bus) {
	t.Helper()
	return bustest.Connect(t, broker, "intake", change), bustest.Connect(t, broker, "reporting", change)
}

func school() context.Context { return tenant.With(context.Background(), tenant.New()) }

func TestEventsArriveInTheOrderInWhichTheyWereTold(t *testing.T) {
	intake, reporting := pair(t, bustest.Start(t), nil)
	ctx := school()
	sent := told(t, ctx, 300)
	require.NoError(t, intake.Publish(ctx, sent...))

	var got log
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	eventually(t, func() bool { return got.len() == len(sent) }, "all events arrive")
	for i, id := range got.all() {
		require.Equal(t, fmt.Sprintf("round-%d", i), id)
	}
}

func TestARepeatedPublishIsStoredOnce(t *testing.T) {
	intake, reporting := pair(t, bustest.Start(t), nil)
	ctx := school()
	sent := told(t, ctx, 20)
	for range 3 {
		require.NoError(t, intake.Publish(ctx, sent...))
	}
	last := told(t, ctx, 21)[20]
	require.NoError(t, intake.Publish(ctx, last))

	var got log
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	eventually(t, func() bool { return slices.Contains(got.all(), last.Subject) }, "the last event arrives")
	require.Len(t, got.all(), 21)
}

func TestPublishFromManyGoroutines(t *testing.T) {
	intake, reporting := pair(t, bustest.Start(t), nil)
	ctx := school()
	sent := told(t, ctx, 400)
	var group sync.WaitGroup
	for part := range slices.Chunk(sent, 25) {
		group.Go(func() {
			if err := intake.Publish(ctx, part...); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	var got log
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	eventually(t, func() bool { return got.len() == len(sent) }, "all events arrive")
}

func TestPublishRefusesWhatIsNotThisServices(t *testing.T) {
	broker := bustest.Start(t)
	intake, reporting := pair(t, broker, nil)
	operator := bustest.Connect(t, broker, "", nil)
	ctx := school()
	require.ErrorContains(t, reporting.Publish(ctx, told(t, ctx, 1)...), "does not publish")
	require.ErrorIs(t, operator.Publish(ctx, told(t, ctx, 1)...), bus.ErrNoService)
	require.ErrorIs(t, operator.Consume(ctx, "intake", nil), bus.ErrNoService)
	broken := told(t, ctx, 1)[0]
	broken.Tenant = ""
	require.Error(t, intake.Publish(ctx, broken))
}

func TestAFailedEventComesBackUntilItIsTaken(t *testing.T) {
	intake, reporting := pair(t, bustest.Start(t), nil)
	ctx := school()
	require.NoError(t, intake.Publish(ctx, told(t, ctx, 3)...))
	var got log
	failures := 2
	running(t, func(ctx context.Context) error {
		return reporting.Consume(ctx, "intake", got.handlers(func(e events.RoundReleased) error {
			if e.RoundID == "round-1" && failures > 0 {
				failures--
				return errors.New("database is away")
			}
			return nil
		}))
	})
	eventually(t, func() bool { return got.len() == 5 }, "three events and two repeats")
	require.Equal(t, []string{"round-0", "round-1"}, got.all()[:2])
	letters, err := reporting.DeadLetters(ctx)
	require.NoError(t, err)
	require.Empty(t, letters)
}

func TestHandlersSeeTheTenantOfTheEvent(t *testing.T) {
	intake, reporting := pair(t, bustest.Start(t), nil)
	ctx := school()
	want, _ := tenant.From(ctx)
	require.NoError(t, intake.Publish(ctx, told(t, ctx, 1)...))
	got := make(chan tenant.ID, 1)
	h := bus.Handlers{}
	bus.On(h, func(ctx context.Context, e events.Envelope, _ events.RoundReleased) error {
		id, err := tenant.From(ctx)
		require.Equal(t, e.Tenant, id)
		got <- id
		return err
	})
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", h) })
	require.Equal(t, want, <-got)
}

func TestAConsumerWaitsForAStreamWhoseOwnerIsNotUp(t *testing.T) {
	broker := bustest.Start(t)
	reporting := bustest.Connect(t, broker, "reporting", nil)
	var got log
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	intake := bustest.Connect(t, broker, "intake", nil)
	ctx := school()
	require.NoError(t, intake.Publish(ctx, told(t, ctx, 1)...))
	eventually(t, func() bool { return got.len() == 1 }, "the event arrives")
}

func TestConsumersGoOnWhereTheyLeftOffAfterBrokerAndServicesRestart(t *testing.T) {
	dir := t.TempDir()
	first := bustest.StartAt(t, dir)
	intake, reporting := pair(t, first, nil)
	ctx := school()
	sent := told(t, ctx, 10)
	require.NoError(t, intake.Publish(ctx, sent[:5]...))
	var got log
	stop := running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	eventually(t, func() bool { return got.len() == 5 }, "the first half arrives")
	require.NoError(t, intake.Publish(ctx, sent[5:]...))
	eventually(t, func() bool { return got.len() == 10 }, "the second half arrives")
	stop()
	intake.Close()
	reporting.Close()
	first.Shutdown()
	first.WaitForShutdown()

	intake, reporting = pair(t, bustest.StartAt(t, dir), nil)
	late := told(t, ctx, 11)[10]
	require.NoError(t, intake.Publish(ctx, late))
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	eventually(t, func() bool { return slices.Contains(got.all(), late.Subject) }, "the late event arrives")
	require.Len(t, got.all(), 11, "nothing that was acknowledged comes again")
}

func TestADrainLetsTheEventInHandFinishAndReturnsTheRest(t *testing.T) {
	broker := bustest.Start(t)
	intake, reporting := pair(t, broker, func(o *bus.Options) { o.AckWait = time.Hour })
	ctx := school()
	require.NoError(t, intake.Publish(ctx, told(t, ctx, 5)...))
	begun, finish := make(chan struct{}), make(chan struct{})
	var got log
	h := bus.Handlers{}
	bus.On(h, func(ctx context.Context, _ events.Envelope, e events.RoundReleased) error {
		close(begun)
		<-finish
		got.add(e.RoundID)
		return ctx.Err()
	})
	consuming, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- reporting.Consume(consuming, "intake", h) }()
	<-begun
	cancel()
	select {
	case <-done:
		t.Fatal("the consumer left its event behind")
	default:
	}
	close(finish)
	require.NoError(t, <-done)
	require.Equal(t, []string{"round-0"}, got.all())

	// With an hour's patience of the broker, only events that were given back can arrive now.
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	eventually(t, func() bool { return got.len() == 5 }, "the others arrive")
	require.ElementsMatch(t, []string{"round-0", "round-1", "round-2", "round-3", "round-4"}, got.all())
}

func TestPing(t *testing.T) {
	broker := bustest.StartAt(t, t.TempDir())
	b := bustest.Connect(t, broker, "intake", nil)
	require.NoError(t, b.Ping(t.Context()))
	broker.Shutdown()
	broker.WaitForShutdown()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	require.Error(t, b.Ping(ctx))
}
