package intake

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// A ballot box that is still making keys is asked again until it has them; the round shows how far it is.
func TestAnnouncingWaitsForKeys(t *testing.T) {
	w := newWorld(t)
	round := w.draft(nil)
	w.neighbour.set(func() { w.neighbour.preparing = 3 })
	response, round := w.command(round.RoundID, "announce")
	require.Equal(t, http.StatusAccepted, response.StatusCode)
	require.Equal(t, intakeapi.RoundStatus("announcing"), round.Status)
	require.Equal(t, intakeapi.Progress{Ready: 0, Wanted: 2}, *round.Progress)
	w.reaches(round.RoundID, Countersigning)
	require.Equal(t, 1, w.neighbour.count("release-key"))
	require.Equal(t, 4, w.neighbour.count("announce"), "with the same content each time, or the ballot box would have refused")
	w.has("intake.round-countersignature-asked.v1")
}

// A command is carried on where it was, whatever was away when it was given, also by a process that starts anew.
func TestCommandsSurviveARestart(t *testing.T) {
	w := newWorld(t)
	round := w.draft(nil)
	for _, step := range []struct {
		verb          string
		waiting, then Status
		event         string
	}{
		{"announce", Announcing, Countersigning, "intake.round-countersignature-asked.v1"},
		{"open", Opening, Open, "intake.round-opened.v1"},
		{"close", Closing, Closing, "intake.round-closed.v1"},
	} {
		w.neighbour.set(func() { w.neighbour.away = true })
		response, after := w.command(round.RoundID, step.verb)
		require.Equal(t, http.StatusAccepted, response.StatusCode)
		require.Equal(t, intakeapi.RoundStatus(step.waiting), after.Status)
		w.restart()
		require.True(t, w.reaches(round.RoundID, step.waiting).Unfinished)
		w.stop()
		w.neighbour.set(func() { w.neighbour.away = false })
		w.start()
		w.eventually(func() bool {
			now := w.round(round.RoundID)
			return now.Status == step.then && !now.Unfinished
		})
		w.has(step.event)
		if step.then == Countersigning {
			w.countersign("tr", round.RoundID, nil)
			w.has("intake.round-announced.v1")
		}
	}
	require.Equal(t, hexOf(round.RoundID+" batch"), w.round(round.RoundID).BatchHash)
}

// The secret of the roster goes before the round is recorded as closed: no crash, and no record that fails, leaves it.
func TestNoRecordNoSecret(t *testing.T) {
	w := newWorld(t)
	round := w.draft(nil)
	w.announce(round.RoundID)
	w.command(round.RoundID, "open")
	w.neighbour.set(func() { w.neighbour.away = true })
	w.command(round.RoundID, "close")
	ctx := tenant.With(t.Context(), schoolID)
	_, err := w.intake.keys.Get(secretName(round.RoundID))
	require.NoError(t, err, "the ballot box has not closed yet")
	_, err = w.intake.rounds.Update(ctx, round.RoundID, func(r *Round) ([]events.Event, error) {
		r.BatchHash = hexOf("a record that does not fit")
		return nil, nil
	})
	require.NoError(t, err)
	w.neighbour.set(func() { w.neighbour.away = false })
	w.eventually(func() bool { // an attempt of the service's own may still be waiting for the one that was away
		_, err = w.intake.finish(ctx, round.RoundID)
		return failure.CodeOf(err) == failure.RoundWrongStatus
	})
	_, err = w.intake.keys.Get(secretName(round.RoundID))
	require.ErrorIs(t, err, keyring.ErrGone)
}

// What fell due while nobody was there happens at the start.
func TestWhatFellDueIsCaughtUp(t *testing.T) {
	w := newWorld(t)
	round := w.draft(func(r *intakeapi.NewRound) { r.OpensOn = "2026-11-25" })
	w.announce(round.RoundID)
	w.stop()
	w.clock.set(Date("2026-12-04").End())
	w.start()
	w.eventually(func() bool { return w.round(round.RoundID).BatchHash != "" })
	w.has("intake.round-closed.v1")
}
