package audit

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
)

func TestPrivilegedDecisionsAreTold(t *testing.T) {
	b := backend(t)
	store := document.NewStore(b, "intake", time.Now)
	tell, err := Told(t.Context(), store, time.Now, func(r events.AccessRecord) events.IntakeAccessRecorded { return events.IntakeAccessRecorded(r) })
	require.NoError(t, err)

	done, refused, seen := record(school, "anna", "round.open"), record(school, "bo", "round.open"), record(school, "bo", "round.read")
	done.Privileged, refused.Privileged, refused.Allowed, seen.Allowed = true, true, false, false
	require.NoError(t, tell(t.Context(), done))
	require.NoError(t, tell(t.Context(), refused))
	require.NoError(t, tell(t.Context(), seen))

	ctx, stop := context.WithCancel(t.Context())
	var mu sync.Mutex
	got := map[string]events.IntakeAccessRecorded{}
	relay := store.Relay(func(_ context.Context, list ...events.Envelope) error {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range list {
			one, err := events.Decode[events.IntakeAccessRecorded](e)
			if err != nil {
				return err
			}
			got[one.Subject] = one
		}
		if len(got) == 2 {
			stop()
		}
		return nil
	}, slog.New(slog.DiscardHandler))
	_ = relay.Run(ctx) // until both are told
	require.NoError(t, t.Context().Err())
	require.Len(t, got, 2)
	require.False(t, got["anna"].Denied)
	require.True(t, got["bo"].Denied)
	require.Equal(t, "round.open", got["bo"].Action, "other refusals are nobody's business")
}
