package reporting

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// A release says until when was answered and keeps to the day of sight that was told last; if the closing is told first,
// because the extension had to be tried again, it waits for it.
func TestAReleaseOfAnExtendedRound(t *testing.T) {
	w := newWorld(t)
	round := newRoundOf(w.instrument, 30)
	key := w.announce(schoolTenant, round)
	hash := w.fill(round.RoundID, boxed(t, key, round.RoundID, staff(1, w.instrument, 0, 30)))
	ctx := tenant.With(t.Context(), schoolTenant)
	closed := events.RoundClosed{RoundID: round.RoundID, BatchHash: hash, ClosesOn: "2026-11-29"}
	_, err := w.service.release(ctx, closedAt, closed)
	require.ErrorContains(t, err, "still to come")
	require.Zero(t, w.pulled)

	extended := events.RoundExtended{
		RoundID: round.RoundID, Title: round.Title, UnitIDs: []string{"u0"},
		ExtendedFrom: string(round.ClosesOn), ClosesOn: "2026-11-29", VisibleToAllOn: "2026-11-30",
	}
	w.tell(schoolTenant, round.RoundID, 2, extended)
	w.tell(schoolTenant, round.RoundID, 3, closed)
	kept := w.released(schoolTenant, round.RoundID)
	var release api.Release
	require.NoError(t, json.Unmarshal(kept.Body.Content, &release))
	require.Equal(t, "2026-11-29", release.Round.ClosesOn)
	require.Equal(t, "2026-11-30", release.VisibleToAllOn)
	require.Equal(t, Date("2026-11-30"), kept.Body.VisibleToAllOn)
}
