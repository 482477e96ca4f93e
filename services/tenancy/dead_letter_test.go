package tenancy

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// TestWhatDidNotArriveIsCountedForEachOperator lets a service refuse events of schools of two municipalities.
func TestWhatDidNotArriveIsCountedForEachOperator(t *testing.T) {
	w := newWorld(t)
	for _, owner := range []tenant.ID{w.school, w.sister, w.sister, w.away} {
		e, err := events.New(tenant.With(t.Context(), owner), "intake", "round", 1, w.clock.now(), events.RoundReleased{RoundID: "round", ReleaseID: "release"})
		require.NoError(t, err)
		require.NoError(t, bustest.Connect(t, w.broker, "intake", nil).Publish(t.Context(), e))
	}
	refusing := bus.Handlers{}
	bus.On(refusing, func(context.Context, events.Envelope, events.RoundReleased) error {
		return failure.Invalid("round_id", "a round")
	})
	reporting := bustest.Connect(t, w.broker, "reporting", nil)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- reporting.Consume(ctx, "intake", refusing) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}()

	count := func(by string, owner tenant.ID) []tenancyapi.DeadLetterCount {
		return read[tenancyapi.DeadLetterCountList](t, w.call(w.people[by], "GET", at(owner, "/dead-letters"), nil)).Items
	}
	of := func(n int) []tenancyapi.DeadLetterCount {
		return []tenancyapi.DeadLetterCount{{Service: "reporting", Events: n}}
	}
	within(t, func() bool {
		all := count("platform_operator", w.platform)
		return len(all) == 1 && all[0].Events == 4
	})
	require.Equal(t, of(3), count("municipal_administrator", w.north))
	require.Equal(t, of(2), count("municipal_administrator", w.sister))
	require.Equal(t, of(1), count("southern administrator", w.south))
	require.Empty(t, count("platform_operator", w.union))
	w.call(w.people["southern administrator"], "GET", at(w.north, "/dead-letters"), nil).refused(t, 403, failure.AccessDenied)
}
