package intake

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// A second round about the same in other units, while the first is under way, would tell by its difference what few answered.
func TestOverlappingRoundsInOtherUnitsAreRefused(t *testing.T) {
	announce := func(w *world, id string) (*http.Response, []byte) {
		return w.onLatest("leader", id, http.MethodPost, "/announce", nil)
	}
	north := []string{"north"}
	for name, test := range map[string]struct {
		second  func(*intakeapi.NewRound)
		refused bool
	}{
		"fewer units":         {func(r *intakeapi.NewRound) { r.UnitIds = &north }, true},
		"a full round, fewer": {func(r *intakeapi.NewRound) { r.UnitIds = &north; r.Instrument = "full" }, true},
		"one day in common":   {func(r *intakeapi.NewRound) { r.UnitIds = &north; r.OpensOn = "2026-12-04"; r.ClosesOn = "2026-12-11" }, true},
		"the same units":      {func(*intakeapi.NewRound) {}, false},
		"the same by name":    {func(r *intakeapi.NewRound) { r.UnitIds = &[]string{"south", "north"} }, false},
		"another theme":       {func(r *intakeapi.NewRound) { r.UnitIds = &north; r.Instrument = "pulse-core-task" }, false},
		"the week after":      {func(r *intakeapi.NewRound) { r.UnitIds = &north; r.OpensOn = "2026-12-05"; r.ClosesOn = "2026-12-11" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.announce(w.draft(nil).RoundID)
			second := w.draft(test.second).RoundID
			response, answer := announce(w, second)
			if test.refused {
				refused(t, failure.RoundOverlaps, response, answer)
				require.Equal(t, Draft, w.round(second).Status)
				return
			}
			require.Less(t, response.StatusCode, 300, "%s", answer)
		})
	}
}

// Rounds that are announced in the same moment do not see each other among the rounds; one of them goes through, also
// after a process that died in between.
func TestOverlappingRoundsAnnouncedTogetherAreRefused(t *testing.T) {
	w := newWorld(t)
	ctx := schoolContext(t)
	some := w.draft(func(r *intakeapi.NewRound) { r.UnitIds = &[]string{"north"} }).RoundID
	all := w.draft(nil).RoundID
	staff, err := w.intake.staff(ctx, []string{"north"}, events.ByUnit)
	require.NoError(t, err)
	inTime, err := w.intake.overlapping(ctx, some, w.round(some), headcounts(staff))
	require.NoError(t, err)
	require.NoError(t, inTime())

	announce := func(id string) (*http.Response, []byte) {
		return w.onLatest("leader", id, http.MethodPost, "/announce", nil)
	}
	response, answer := announce(all)
	refused(t, failure.RoundOverlaps, response, answer)
	require.Equal(t, Draft, w.round(all).Status)
	w.clock.set(noon.Add(announcingLife + time.Second))
	require.Equal(t, failure.Unavailable, failure.CodeOf(inTime()), "whoever took so long looks again")
	response, answer = announce(all)
	require.Less(t, response.StatusCode, 300, "%s", answer)
	response, answer = announce(some)
	refused(t, failure.RoundOverlaps, response, answer)
}

// A full round within a year of another is advised against in the draft, and not forbidden.
func TestAFullRoundIsHeldOnceAYear(t *testing.T) {
	w := newWorld(t)
	full := func(opens, closes string) func(*intakeapi.NewRound) {
		return func(r *intakeapi.NewRound) {
			r.Instrument, r.OpensOn, r.ClosesOn, r.VisibleToAllOn = "full", opens, closes, closes
		}
	}
	first := w.draft(full("2026-11-23", "2026-12-04"))
	require.Nil(t, first.Advice)
	w.announce(first.RoundID)
	again := w.draft(full("2027-11-22", "2027-12-03"))
	require.Equal(t, []intakeapi.RoundAdvice{"full_within_a_year"}, *again.Advice)
	require.Nil(t, w.draft(full("2027-11-23", "2027-12-03")).Advice, "a year after")
	require.Nil(t, w.draft(nil).Advice, "a pulse")
	announced := w.announce(again.RoundID)
	require.Nil(t, announced.Advice)
}
