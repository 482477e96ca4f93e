package intake

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
)

// Where nobody may read what people write, nobody is asked to write.
func TestNobodyIsAskedForWordsThatNobodyReads(t *testing.T) {
	one := instruments(t).Newest()[0]
	round := Round{Contract: Contract{TextReaders: textReaders()}}
	require.NotNil(t, round.asks(one, "Aula", "elever").Themes[0].Text)
	round.Contract.TextReaders = nil
	asked := round.asks(one, "Aula", "elever")
	require.Nil(t, asked.Themes[0].Text)
	require.Zero(t, asked.TextLimit)
	require.NotNil(t, one.Themes[0].Text, "the instrument itself is untouched")
}

// The form is told by what it knows the names of the staff, and not the names; the same however often it is told. The
// contract that reporting is told names who may read.
func TestTheFormKnowsNamesByTheirMarksAlone(t *testing.T) {
	w := newWorld(t)
	w.neighbour.set(func() { w.neighbour.preparing = 1 })
	round := w.draft(func(r *intakeapi.NewRound) { r.InstrumentVersion = 3 })
	w.command(round.RoundID, "announce")
	w.reaches(round.RoundID, Countersigning)
	response, _ := w.countersign("tr", round.RoundID, nil)
	require.Equal(t, http.StatusOK, response.StatusCode)
	frame := w.neighbour.frame(round.RoundID)
	raw, err := json.Marshal(frame)
	require.NoError(t, err)
	marks := decoded[struct{ Names NameMarks }](t, raw).Names
	require.GreaterOrEqual(t, len(marks.Always), 2, "Aase and somebody's id")
	require.Equal(t, marks, *w.round(round.RoundID).Names)
	require.NotContains(t, strings.ToLower(string(raw)), "aase")
	require.Equal(t, 1, w.neighbour.count("names"), "asked for once")

	w.has("intake.round-announced.v1")
	for _, e := range w.published() {
		if e.Type == (events.RoundAnnounced{}).Type() {
			require.Equal(t, []string{"tr", "amr"}, decoded[events.RoundAnnounced](t, e.Data).TextReaders)
		}
	}

	nobody := []intakeapi.TextReader{}
	silent := w.draft(func(r *intakeapi.NewRound) {
		r.InstrumentVersion, r.Contract = 3, &intakeapi.NewContract{TextReaders: &nobody}
		r.Instrument = "pulse-core-task"
	})
	w.command(silent.RoundID, "announce")
	require.NotContains(t, w.neighbour.frame(silent.RoundID), "names")
}
