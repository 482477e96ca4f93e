package reporting

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/sealed"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// No share says how many answers there are: few show none, and many ten in all.
func TestAShareOfFewIsNotShown(t *testing.T) {
	shown := func(all int) (percents []int) {
		for opened := 1; opened <= all; opened++ {
			if percent, step := openedPercent(opened, all); step {
				percents = append(percents, percent)
			}
		}
		return percents
	}
	for _, few := range []int{1, 3, 10, openingFrom - 1} {
		require.Empty(t, shown(few))
	}
	for _, many := range []int{openingFrom, openingFrom + 1, 12_345} {
		require.Equal(t, []int{10, 20, 30, 40, 50, 60, 70, 80, 90, 100}, shown(many))
	}
}

func TestAnOpeningTellsOfEachAnswer(t *testing.T) {
	round := newRoundOf(newInstrument("core_task"), 30)
	private, err := sealed.NewKey()
	require.NoError(t, err)
	public, err := sealed.PublicKey(private)
	require.NoError(t, err)
	content, err := json.Marshal(map[string]any{"round_id": round.RoundID, "units": []map[string]any{
		{"unit_id": "u0", "answers": boxed(t, public, round.RoundID, staff(1, round.Instrument, 0, 30))["u0"]},
	}})
	require.NoError(t, err)
	b, err := readBatch(content, round)
	require.NoError(t, err)
	var mu sync.Mutex
	var told []int
	_, _, err = b.open(private, round, func(opened, all int) {
		mu.Lock()
		defer mu.Unlock()
		require.Equal(t, 30, all)
		told = append(told, opened)
	})
	require.NoError(t, err)
	slices.Sort(told)
	require.Len(t, slices.Compact(told), 30)
}

func TestWhoWaitsSeesHowFarAnOpeningIs(t *testing.T) {
	w := newWorld(t)
	round := newRoundOf(w.instrument, 12)
	key := w.announce(schoolTenant, round)
	percent := func(who string) int {
		var o api.Opening
		require.Equal(t, http.StatusOK, w.call(w.asPerson(who), http.MethodGet, path(schoolTenant, "rounds", round.RoundID, "opening"), &o))
		return o.Percent
	}
	employee := w.person(access.Employee, schoolTenant)
	require.Zero(t, percent(employee), "nothing is opened yet")

	ctx := tenant.With(t.Context(), schoolTenant)
	tell := w.service.telling(ctx, round.RoundID)
	tell(400, 1000)
	require.Equal(t, 40, percent(employee))
	tell(300, 1000) // from another core, late
	require.Equal(t, 40, percent(employee))
	w.service.telling(ctx, round.RoundID)(100, 1000) // by another process, after a crash
	require.Equal(t, 10, percent(employee))

	w.close(schoolTenant, round.RoundID, w.fill(round.RoundID, boxed(t, key, round.RoundID, staff(1, w.instrument, 0, 12))))
	w.released(schoolTenant, round.RoundID)
	require.Equal(t, 100, percent(employee))
	_, err := w.service.store.openings.Get(ctx, round.RoundID)
	require.Error(t, err, "nothing of it stays")

	stranger := w.person(access.Employee, quietTenant)
	require.Equal(t, http.StatusForbidden, w.call(w.asPerson(stranger), http.MethodGet, path(schoolTenant, "rounds", round.RoundID, "opening"), nil))
}
