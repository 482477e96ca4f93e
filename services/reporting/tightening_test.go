package reporting

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// A release keeps to the contract as it was tightened last, in whatever order that was told, and never comes before it.
func TestAReleaseUnderAStricterContract(t *testing.T) {
	w := newWorld(t)
	round := newRoundOf(w.instrument, 30)
	key := w.announce(schoolTenant, round)
	hash := w.fill(round.RoundID, boxed(t, key, round.RoundID, staff(1, w.instrument, 0, 9)))
	ctx := tenant.With(t.Context(), schoolTenant)

	last := strings.Repeat("b", 64)
	closed := events.RoundClosed{RoundID: round.RoundID, BatchHash: hash, ContractHash: last}
	_, err := w.service.release(ctx, closedAt, closed)
	require.ErrorContains(t, err, "still to come")
	tightened := func(means int, contract string) events.RoundTightened {
		return events.RoundTightened{RoundID: round.RoundID, Thresholds: events.Thresholds{Means: means, Distributions: 20}, ContractHash: contract}
	}
	w.tell(schoolTenant, round.RoundID, 3, tightened(10, last))
	w.tell(schoolTenant, round.RoundID, 2, tightened(6, strings.Repeat("a", 64)))
	w.tell(schoolTenant, round.RoundID, 4, closed)
	var release api.Release
	require.NoError(t, json.Unmarshal(w.released(schoolTenant, round.RoundID).Body.Content, &release))
	require.Equal(t, 10, release.Method.Thresholds.Means)
	require.Equal(t, 20, release.Method.Thresholds.Distributions)
	require.False(t, release.Shown, "nine answers were enough before")
}
