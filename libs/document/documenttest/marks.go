package documenttest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
)

func marks(t *testing.T, backend document.Backend) {
	ctx, name := t.Context(), uuid.NewString()
	store := document.NewStore(backend, "intake", (&clock{now: start}).Now)
	at, err := store.Mark(ctx, name)
	require.NoError(t, err)
	require.Zero(t, at, "nothing was noted")
	for _, want := range []time.Time{start, start.Add(time.Hour), start.Add(-time.Hour)} {
		require.NoError(t, store.SetMark(ctx, name, want.In(time.FixedZone("", 3600)).Add(999)))
		at, err = document.NewStore(backend, "intake", time.Now).Mark(ctx, name)
		require.NoError(t, err)
		require.Equal(t, want, at, "in the database, UTC and whole milliseconds")
	}
	other, err := store.Mark(ctx, uuid.NewString())
	require.NoError(t, err)
	require.Zero(t, other)
}
