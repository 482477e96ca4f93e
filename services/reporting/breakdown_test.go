package reporting

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/disclosure"
	"github.com/guldkorn/guldkorn/libs/events"
)

// Rounds by unit and by staff group at one school, from the announcement to what its leader reads.
func TestRoundsByUnitAndByStaffGroup(t *testing.T) {
	w := newWorld(t)
	leader := w.person(access.Leader, schoolTenant)
	ask := func(by string, after time.Duration) api.Release {
		round := newRoundOf(w.instrument, 24, 22)
		round.RoundID, round.Breakdown, round.WholeSchool = uuid.NewString(), by, true
		w.clock.set(w.clock.now().Add(after))
		kept := w.wholeRound(schoolTenant, round, staff(7, w.instrument, 0, 24, 22))
		var r api.Release
		require.Equal(t, http.StatusOK, w.call(w.asPerson(leader), http.MethodGet, "/v1/tenants/"+string(schoolTenant)+"/releases/"+kept.ID, &r))
		return r
	}
	shown := func(r api.Release) (kinds []api.NodeKind) {
		for _, n := range r.Nodes {
			if isShown(n, r.Themes[0]) {
				kinds = append(kinds, n.Kind)
			}
		}
		return kinds
	}
	units := ask("", 0)
	require.Equal(t, []api.NodeKind{api.School, api.Unit, api.Unit}, shown(units))
	require.Nil(t, units.Round.Breakdown)

	crossed := ask(events.ByStaffGroup, disclosure.Near)
	require.Equal(t, []api.NodeKind{api.School}, shown(crossed), "the groups lie across the units")
	require.Nil(t, crossed.Earlier, "a round by unit is no measure for one by staff group")
	require.Nil(t, crossed.Nodes[0].Themes[0].Score.Gain.Change)

	free := ask(events.ByStaffGroup, 24*time.Hour)
	require.Equal(t, []api.NodeKind{api.School, api.StaffGroup, api.StaffGroup}, shown(free))
	require.Equal(t, crossed.Round.RoundID, free.Earlier.RoundID)
	require.NotNil(t, free.Nodes[0].Themes[0].Score.Gain.Change)

	again := ask("", 24*time.Hour)
	require.Equal(t, []api.NodeKind{api.School}, shown(again))
	require.Equal(t, units.Round.RoundID, again.Earlier.RoundID, "change goes past the rounds in between")
}

func TestAnUnknownBreakdownIsRefused(t *testing.T) {
	instrument := newInstrument("core_task")
	_, err := newRound(events.RoundAnnounced{Instrument: "pulse", InstrumentVersion: 1, Breakdown: "age"}, instrument)
	require.ErrorContains(t, err, `broken down by "age"`)
	round, err := newRound(events.RoundAnnounced{Instrument: "pulse", InstrumentVersion: 1, Breakdown: events.ByUnit}, instrument)
	require.NoError(t, err)
	require.Nil(t, round.public().Breakdown)
}
