package intake

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func (w *world) listed(who, query string) (ids []string) {
	w.t.Helper()
	var list struct{ Items []intakeapi.Round }
	w.get(who, school("/rounds"+query), &list)
	for _, one := range list.Items {
		ids = append(ids, one.RoundID)
	}
	return ids
}

func TestAnArchivedRoundIsOutOfTheListAndStillThere(t *testing.T) {
	w := newWorld(t)
	old := w.endRound(nil)
	w.clock.set(noon.Add(time.Minute))
	draft := w.draft(func(r *intakeapi.NewRound) { r.OpensOn = "2026-12-07"; r.ClosesOn = "2026-12-11" }).RoundID
	require.Equal(t, []string{draft, old}, w.listed("leader", ""))
	response, round := w.command(old, "archive")
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, intakeapi.RoundStatus("archived"), round.Status)
	require.NotNil(t, round.ArchivedAt)
	require.Equal(t, []string{draft}, w.listed("leader", ""))
	require.Empty(t, w.listed("teacher", ""))
	require.Equal(t, []string{old}, w.listed("leader", "?archived=true"))
	require.Equal(t, []string{old}, w.listed("teacher", "?archived=true"))
	w.get("teacher", school("/rounds/"+old), &round)
	require.Equal(t, "release-of-"+old, *round.ReleaseID)

	response, answer := w.call("leader", http.MethodPost, school("/rounds/"+old+"/archive"), nil, "If-Match", `"1"`)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	var now intakeapi.Round
	etag := w.get("leader", school("/rounds/"+draft), &now).Header.Get("ETag")
	response, answer = w.call("leader", http.MethodPost, school("/rounds/"+draft+"/archive"), nil, "If-Match", etag)
	refused(t, failure.RoundWrongStatus, response, answer)
}

// A year after its result a round is put away by itself.
func TestARoundIsArchivedAfterAYear(t *testing.T) {
	w := newWorld(t)
	id := w.endRound(nil)
	w.clock.set(noon.Add(archivedAfter - time.Minute))
	w.intake.hurry()
	_, err := w.intake.sweep(ownContext(w))
	require.NoError(t, err)
	require.Equal(t, Released, w.round(id).Status)
	w.clock.set(noon.Add(archivedAfter + time.Minute))
	_, err = w.intake.sweep(ownContext(w))
	require.NoError(t, err)
	require.Equal(t, Archived, w.round(id).Status)
}

// A list whose first page holds archived rounds alone goes on to the others.
func TestAListOfRoundsGoesOnPastArchivedOnes(t *testing.T) {
	w := newWorld(t)
	first := w.endRound(nil)
	for n := range 3 {
		w.clock.set(noon.Add(time.Duration(n+1) * time.Minute))
		w.command(w.endRound(nil), "archive")
	}
	require.Equal(t, []string{first}, w.listed("teacher", "?limit=2"))
}
