package ballotbox_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox"
)

// extend shows another closing day and returns the code of the refusal, "" for none.
func (w *world) extend(r round, day, visible string) failure.Code {
	w.t.Helper()
	extension := ballotbox.Extension{ClosesOn: day, VisibleToAllOn: visible}
	return failure.CodeOf(w.peer("intake").Call(w.t.Context(), http.MethodPut, "/v1/rounds/"+r.id+"/closing-day", extension, nil))
}

// shownDays are the days on the form.
type shownDays struct {
	ClosesOn          string `json:"closes_on"`
	VisibleToAllOn    string `json:"visible_to_all_on"`
	AnnouncedClosesOn string `json:"announced_closes_on"`
}

func (w *world) days(r round) shownDays {
	w.t.Helper()
	response, err := w.client.Get(w.base + "/v1/rounds/" + r.id + "/form")
	require.NoError(w.t, err)
	defer response.Body.Close()
	require.Equal(w.t, http.StatusOK, response.StatusCode)
	var days shownDays
	require.NoError(w.t, json.NewDecoder(response.Body).Decode(&days))
	return days
}

func TestTheFormShowsALaterClosingDay(t *testing.T) {
	w := newWorld(t)
	units := map[string]int{"unit-a": 2}
	r := w.opened(units)
	require.Equal(t, shownDays{"2026-12-04", "2026-12-07", ""}, w.days(r))
	v := w.voter(r, "unit-a", "anna")
	require.NoError(t, v.Answer(t.Context(), map[string]string{"core_task.meaning.gain": "75"}))

	for _, wrong := range [][2]string{{"2026-12-04", "2026-12-07"}, {"2026-12-01", "2026-12-07"}, {"2026-13-01", "2026-12-07"}, {"2026-12-09", "2026-12-08"}, {"2026-12-06", "2026-12-06"}} {
		require.Equal(t, failure.RequestInvalid, w.extend(r, wrong[0], wrong[1]), "%v", wrong)
	}
	require.Empty(t, w.extend(r, "2026-12-09", "2026-12-09"))
	require.Empty(t, w.extend(r, "2026-12-09", "2026-12-09"), "a repeat")
	require.Equal(t, failure.BallotRoundDiffers, w.extend(r, "2026-12-10", "2026-12-10"), "another extension")
	want := shownDays{"2026-12-09", "2026-12-09", "2026-12-04"}
	require.Equal(t, want, w.days(r))

	w.restart()
	require.Equal(t, want, w.days(r))
	var again announcedRound
	require.NoError(t, w.peer("intake").Call(t.Context(), http.MethodPut, "/v1/rounds/"+r.id, w.frame(units), &again), "the frame is what it was")
	require.Equal(t, r.keyList, again.KeyListHash)

	w.command(r, "close")
	require.Empty(t, w.extend(r, "2026-12-09", "2026-12-09"), "a repeat that comes late")
	_, answers := w.batch(r)
	require.Len(t, answers["unit-a"], 1)
	closed := w.opened(units)
	w.command(closed, "close")
	require.Equal(t, failure.BallotRoundClosed, w.extend(closed, "2026-12-09", "2026-12-09"))
}
