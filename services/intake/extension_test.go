package intake

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func opened(t require.TestingT, now time.Time) Round {
	r := announced(t, func(d *Drafting) { d.OpensOn = "2026-11-23" }, now)
	require.NoError(t, r.Open(now))
	_, err := r.FinishOpening("round", now)
	require.NoError(t, err)
	return r
}

func TestAnOpenRoundIsExtendedOnce(t *testing.T) {
	r := opened(t, noon)
	told, err := r.Extend("round", "2026-12-14", " Mange er på kursus ", noon)
	require.NoError(t, err)
	require.Equal(t, []events.Event{events.RoundExtended{
		RoundID: "round", Title: "Aula i hverdagen", UnitIDs: []string{"north", "office"},
		ExtendedFrom: "2026-12-04", ClosesOn: "2026-12-14", VisibleToAllOn: "2026-12-14",
	}}, told)
	require.NoError(t, told[0].Validate())
	require.Equal(t, Extension{Before: "2026-12-04", Reason: "Mange er på kursus", ExtendedAt: noon}, r.Extension)
	require.Equal(t, Date("2026-12-14"), r.VisibleToAllOn, "nobody sees a result of a round that is still open")
	require.Empty(t, r.Due(Date("2026-12-04").End()))
	require.Equal(t, Closing, r.Due(Date("2026-12-14").End()))

	told, err = r.Extend("round", "2026-12-14", "Mange er på kursus", noon)
	require.NoError(t, err)
	require.Empty(t, told, "a repeat")
	for _, again := range [][2]string{{"2026-12-15", "Mange er på kursus"}, {"2026-12-14", "Noget andet"}} {
		_, err = r.Extend("round", again[0], again[1], noon)
		require.Equal(t, failure.RoundExtended, failure.CodeOf(err))
	}
}

func TestAnExtensionThatLeavesTheDayOfSightAlone(t *testing.T) {
	r := opened(t, noon)
	_, err := r.Extend("round", "2026-12-08", "Sygdom", noon)
	require.NoError(t, err)
	require.Equal(t, Date("2026-12-11"), r.VisibleToAllOn)
}

// A round within a municipality's frame stays inside it, and one that fills it cannot be extended.
func TestAnExtensionStaysInsideTheFrame(t *testing.T) {
	r := opened(t, noon)
	r.FrameEnds = "2026-12-10"
	_, err := r.Extend("round", "2026-12-11", "Sygdom", noon)
	require.Equal(t, failure.RequestInvalid, failure.CodeOf(err))
	require.False(t, r.Extended())
	require.Equal(t, "2026-12-10", *roundView(document.Document[Round]{Body: r}).ExtendableUntil)
	full := r
	full.FrameEnds = full.ClosesOn
	require.Nil(t, roundView(document.Document[Round]{Body: full}).ExtendableUntil)
	_, err = full.Extend("round", "2026-12-05", "Sygdom", noon)
	require.Equal(t, failure.RequestInvalid, failure.CodeOf(err))
	_, err = r.Extend("round", "2026-12-10", "Sygdom", noon)
	require.NoError(t, err)
}

func TestExtensionsThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		day, reason string
		at          time.Time
		code        failure.Code
	}{
		"the same day":           {"2026-12-04", "Sygdom", noon, failure.RequestInvalid},
		"an earlier day":         {"2026-12-01", "Sygdom", noon, failure.RequestInvalid},
		"too late a day":         {"2026-12-19", "Sygdom", noon, failure.RequestInvalid},
		"no day":                 {"2026-12-32", "Sygdom", noon, failure.RequestInvalid},
		"no reason":              {"2026-12-08", " ", noon, failure.RequestInvalid},
		"a novel":                {"2026-12-08", strings.Repeat("å", 301), noon, failure.RequestInvalid},
		"its time is over":       {"2026-12-08", "Sygdom", Date("2026-12-04").End(), failure.RoundExpired},
		"the last second of all": {"2026-12-18", strings.Repeat("å", 300), Date("2026-12-04").End().Add(-time.Second), ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := opened(t, noon)
			before := r
			_, err := r.Extend("round", test.day, test.reason, test.at)
			require.Equal(t, test.code, failure.CodeOf(err))
			if test.code != "" {
				require.Equal(t, before, r)
			}
		})
	}
	r := announced(t, nil, noon)
	_, err := r.Extend("round", "2026-12-08", "Sygdom", noon)
	require.Equal(t, failure.RoundWrongStatus, failure.CodeOf(err), "a round that is not open yet")
	r = opened(t, noon)
	require.NoError(t, r.Close())
	_, err = r.Extend("round", "2026-12-08", "Sygdom", noon)
	require.Equal(t, failure.RoundWrongStatus, failure.CodeOf(err), "a round that is closing")
}

// extend extends a round as the leader.
func (w *world) extend(id, day, reason string) (*http.Response, []byte) {
	w.t.Helper()
	return w.onLatest("leader", id, http.MethodPost, "/extension", intakeapi.NewExtension{ClosesOn: day, Reason: reason})
}

// openRound makes a round that takes answers.
func (w *world) openRound() string {
	w.t.Helper()
	id := w.draft(nil).RoundID
	w.announce(id)
	w.command(id, "open")
	return id
}

func TestEverybodyLearnsOfAnExtension(t *testing.T) {
	w := newWorld(t)
	id := w.openRound()
	var round intakeapi.Round
	w.get("teacher", school("/rounds/"+id), &round)
	require.Equal(t, "2026-12-18", *round.ExtendableUntil)

	response, answer := w.extend(id, "2026-12-09", "Mange er på kursus")
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	require.Equal(t, "2026-12-09", w.neighbour.day(id))
	w.get("teacher", school("/rounds/"+id), &round)
	require.Equal(t, "2026-12-09", round.ClosesOn)
	require.Equal(t, intakeapi.Extension{AnnouncedClosesOn: "2026-12-04", Reason: "Mange er på kursus", ExtendedAt: noon}, *round.Extension)
	w.has("intake.round-extended.v1")
	for _, e := range w.published() {
		require.NotContains(t, string(e.Data), "kursus", "%s: prose is in no event", e.Type)
	}
	require.NotContains(t, w.log.String(), "kursus")

	response, _ = w.call("leader", http.MethodPost, school("/rounds/"+id+"/extension"),
		intakeapi.NewExtension{ClosesOn: "2026-12-09", Reason: "Mange er på kursus"}, "If-Match", `"1"`)
	require.Equal(t, http.StatusOK, response.StatusCode, "the same again, with an old ETag")
	response, answer = w.extend(id, "2026-12-10", "Endnu flere")
	refused(t, failure.RoundExtended, response, answer)
	require.Equal(t, 1, w.neighbour.count("closing-day"))
}

// The ballot box is told whenever it can be; the extension stands meanwhile, and a round may be closed without it.
func TestAnExtensionWaitsForTheBallotBox(t *testing.T) {
	w := newWorld(t)
	id := w.openRound()
	w.neighbour.set(func() { w.neighbour.away = true })
	response, answer := w.extend(id, "2026-12-09", "Sygdom")
	require.Equal(t, http.StatusAccepted, response.StatusCode, "%s", answer)
	w.restart()
	require.True(t, w.round(id).Unfinished)
	require.Equal(t, Date("2026-12-09"), w.round(id).ClosesOn)
	w.neighbour.set(func() { w.neighbour.away = false })
	w.intake.hurry()
	w.eventually(func() bool { return !w.round(id).Unfinished })
	require.Equal(t, "2026-12-09", w.neighbour.day(id))

	other := w.openRound()
	w.neighbour.set(func() { w.neighbour.away = true })
	w.extend(other, "2026-12-09", "Sygdom")
	w.command(other, "close")
	w.neighbour.set(func() { w.neighbour.away = false })
	w.intake.hurry()
	w.eventually(func() bool { now := w.round(other); return now.BatchHash != "" && !now.Unfinished })
	require.Nil(t, w.neighbour.day(other))
}

// The old closing day comes, and with it the schedule of that time: an extended round stays open until the new one. When
// both come at once, the round is either extended and open or closed as announced, and says which.
func TestAnExtensionAgainstTheDueClosing(t *testing.T) {
	w := newWorld(t)
	due := func(id string, at time.Time) error {
		w.clock.set(at)
		return w.intake.roundDue(tenant.With(t.Context(), schoolID), events.Envelope{}, events.RoundDue{RoundID: id})
	}
	id := w.openRound()
	w.extend(id, "2026-12-09", "Sygdom")
	require.NoError(t, due(id, Date("2026-12-04").End()))
	require.Equal(t, Open, w.round(id).Status)
	require.NoError(t, due(id, Date("2026-12-09").End()))
	w.eventually(func() bool { return w.round(id).BatchHash != "" })

	w.clock.set(noon)
	for range 8 {
		id := w.openRound()
		var round intakeapi.Round
		etag := w.get("leader", school("/rounds/"+id), &round).Header.Get("ETag")
		w.clock.set(Date("2026-12-04").End().Add(-time.Millisecond))
		var both sync.WaitGroup
		var status int
		both.Go(func() {
			response, _ := w.call("leader", http.MethodPost, school("/rounds/"+id+"/extension"),
				intakeapi.NewExtension{ClosesOn: "2026-12-09", Reason: "Sygdom"}, "If-Match", etag)
			status = response.StatusCode
		})
		both.Go(func() { _ = due(id, Date("2026-12-04").End()) })
		both.Wait()
		w.eventually(func() bool { return !w.round(id).Unfinished })
		after := w.round(id)
		if after.Extended() {
			require.Less(t, status, 300)
			require.Equal(t, Open, after.Status)
			require.Equal(t, "2026-12-09", w.neighbour.day(id))
		} else {
			require.GreaterOrEqual(t, status, 400)
			require.Equal(t, Closing, after.Status)
			require.Equal(t, Date("2026-12-04"), after.ClosesOn)
		}
		w.clock.set(noon)
	}
}
