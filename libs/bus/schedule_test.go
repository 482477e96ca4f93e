package bus_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func TestASchedulePassesItsTimeAndComesOnceToItsOwnService(t *testing.T) {
	intake, reporting := pair(t, bustest.Start(t), nil)
	ctx := school()
	e := told(t, ctx, 1)[0]
	at := time.Now().Add(300 * time.Millisecond)
	require.NoError(t, intake.Schedule(ctx, "round-0", at, e))

	fired := make(chan time.Time, 8)
	h := bus.Handlers{}
	bus.On(h, func(ctx context.Context, got events.Envelope, _ events.RoundReleased) error {
		fired <- time.Now()
		require.Equal(t, e.ID, got.ID)
		owner, err := tenant.From(ctx)
		require.Equal(t, e.Tenant, owner)
		return err
	})
	var others log
	running(t, func(ctx context.Context) error { return reporting.ConsumeDue(ctx, others.handlers(nil)) })
	running(t, func(ctx context.Context) error { return intake.ConsumeDue(ctx, h) })
	require.False(t, (<-fired).Before(at), "it came early")
	require.Empty(t, fired)
	require.Zero(t, others.len())
}

func TestAScheduleIsReplacedAndTakenBack(t *testing.T) {
	broker := bustest.Start(t)
	intake := bustest.Connect(t, broker, "intake", nil)
	ctx := school()
	sent := told(t, ctx, 5)
	later := time.Now().Add(24 * time.Hour)

	require.NoError(t, intake.Schedule(ctx, "a", later, sent[0]))
	require.NoError(t, intake.Schedule(ctx, "a", time.Now(), sent[1]), "replaced by now")
	require.NoError(t, intake.Schedule(ctx, "b", time.Now().Add(time.Second), sent[2]))
	require.NoError(t, intake.Unschedule(ctx, "b"))
	require.NoError(t, intake.Unschedule(ctx, "never"))
	require.NoError(t, intake.Schedule(ctx, "c", time.Now().Add(time.Second), sent[3]))
	elsewhere := school()
	require.NoError(t, intake.Schedule(elsewhere, "c", later, told(t, elsewhere, 1)[0]), "another tenant's c is another schedule")

	var got log
	running(t, func(ctx context.Context) error { return intake.ConsumeDue(ctx, got.handlers(nil)) })
	eventually(t, func() bool { return got.len() >= 2 }, "two fire")
	require.Equal(t, []string{"round-1", "round-3"}, got.all())
	waiting := schedulesWaiting(t, broker)
	require.Len(t, waiting, 1, "only the other tenant's waits")
}

// schedulesWaiting returns the subjects of the schedules that have not fired.
func schedulesWaiting(t *testing.T, broker nats.InProcessConnProvider) map[string]uint64 {
	t.Helper()
	conn, err := nats.Connect("", nats.InProcessServer(broker))
	require.NoError(t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	stream, err := js.Stream(t.Context(), "SCHED")
	require.NoError(t, err)
	info, err := stream.Info(t.Context(), jetstream.WithSubjectFilter("sched.at.>"))
	require.NoError(t, err)
	return info.State.Subjects
}

func TestScheduleRefuses(t *testing.T) {
	intake := bustest.Connect(t, bustest.Start(t), "intake", nil)
	ctx := school()
	e := told(t, ctx, 1)[0]
	require.ErrorIs(t, intake.Schedule(context.Background(), "a", time.Now(), e), tenant.ErrMissing)
	require.ErrorIs(t, intake.Unschedule(context.Background(), "a"), tenant.ErrMissing)
	require.ErrorContains(t, intake.Schedule(school(), "a", time.Now(), e), "another tenant")
	for _, id := range []string{"", "a.b", "a b", "*", ">"} {
		require.ErrorContains(t, intake.Schedule(ctx, id, time.Now(), e), "id is 1 to 128")
	}
}

func TestSchedulesOutliveBrokerAndService(t *testing.T) {
	dir := t.TempDir()
	first := bustest.StartAt(t, dir)
	intake := bustest.Connect(t, first, "intake", nil)
	ctx := school()
	require.NoError(t, intake.Schedule(ctx, "a", time.Now().Add(time.Second), told(t, ctx, 1)[0]))
	intake.Close()
	first.Shutdown()
	first.WaitForShutdown()

	intake = bustest.Connect(t, bustest.StartAt(t, dir), "intake", nil)
	var got log
	running(t, func(ctx context.Context) error { return intake.ConsumeDue(ctx, got.handlers(nil)) })
	eventually(t, func() bool { return got.len() == 1 }, "it fires")
}

func TestAScheduleThatFailsIsADeadLetterAndReplayed(t *testing.T) {
	intake := bustest.Connect(t, bustest.Start(t), "intake", nil)
	ctx := school()
	require.NoError(t, intake.Schedule(ctx, "a", time.Now(), told(t, ctx, 1)[0]))
	var got log
	stop := running(t, func(ctx context.Context) error {
		return intake.ConsumeDue(ctx, got.handlers(func(events.RoundReleased) error { return failure.Permanent(errors.New("bad")) }))
	})
	letter := letters(t, intake, 1)[0]
	require.Equal(t, "sched", letter.Source)
	stop()
	running(t, func(ctx context.Context) error { return intake.ConsumeDue(ctx, got.handlers(nil)) })
	require.NoError(t, intake.Replay(ctx, letter.ID))
	eventually(t, func() bool { return got.len() == 2 }, "it comes again")
}
