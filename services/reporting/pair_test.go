package reporting

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// The round after a change is held against the one before it, whatever was asked in between, and says so.
func TestChangeOfAPairIsToldAgainstTheRoundBefore(t *testing.T) {
	w := newWorld(t)
	ask := func(id, before string, gain Value) api.Release {
		round := newRoundOf(w.instrument, 40)
		round.RoundID, round.BeforeRoundID = id, before
		w.clock.set(w.clock.now().Add(24 * time.Hour))
		var answers []Answer
		for n := range 40 {
			answers = append(answers, same(w.instrument, "u0", gain, Value(25*(n%2)), 50))
		}
		var r api.Release
		require.NoError(t, json.Unmarshal(w.wholeRound(schoolTenant, round, answers).Body.Content, &r))
		return r
	}
	ids := []string{"11111111-6a1f-4f0e-9d62-0c5f6d1f7a11", "22222222-6a1f-4f0e-9d62-0c5f6d1f7a11", "33333333-6a1f-4f0e-9d62-0c5f6d1f7a11", "44444444-6a1f-4f0e-9d62-0c5f6d1f7a11"}
	ask(ids[0], "", 25)
	between := ask(ids[1], "", 75)
	require.Equal(t, ids[0], between.Earlier.RoundID)
	require.Nil(t, between.Earlier.Pair)

	after := ask(ids[2], ids[0], 75)
	require.Equal(t, ids[0], after.Earlier.RoundID)
	require.True(t, *after.Earlier.Pair)
	change := after.Nodes[0].Themes[0].Cells[0].Gain.Change
	require.Equal(t, api.Clear, change.State)
	require.Equal(t, 50, *change.Delta)
	unchanged := after.Nodes[0].Themes[0].Cells[0].Strain.Change
	require.Equal(t, api.Unchanged, unchanged.State)

	// A round before that has no release here is no measure; what is then the latest of the series is not passed off as it.
	alone := ask(ids[3], "99999999-6a1f-4f0e-9d62-0c5f6d1f7a11", 75)
	require.Nil(t, alone.Earlier)
}
