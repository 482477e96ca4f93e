package intake

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// endRound takes a round to its result.
func (w *world) endRound(change func(*intakeapi.NewRound)) string {
	w.t.Helper()
	id := w.draft(change).RoundID
	w.announce(id)
	w.command(id, "open")
	w.command(id, "close")
	_, err := w.intake.rounds.Update(schoolContext(w.t), id, func(r *Round) ([]events.Event, error) { return r.Release(id, "release-of-"+id, w.clock.now()) })
	require.NoError(w.t, err)
	return id
}

func TestARoundAfterAChangeNamesTheOneBefore(t *testing.T) {
	w := newWorld(t)
	before := w.endRound(nil)
	unfinished := w.draft(nil).RoundID
	after := intakeapi.NewRound{
		Title: "Aula i hverdagen (efter)", Instrument: "pulse-relations", InstrumentVersion: 1,
		OpensOn: "2026-12-07", ClosesOn: "2026-12-18", VisibleToAllOn: "2026-12-21", BeforeRoundID: &before,
	}
	nobody := "nobody"
	response, answer := w.call("leader", http.MethodPost, school("/technologies"), map[string]string{"name": "Aula", "kind": "communication"}, fresh()...)
	require.Equal(t, http.StatusCreated, response.StatusCode)
	technology := decoded[intakeapi.Technology](t, answer).TechnologyID
	for name, test := range map[string]struct {
		change func(*intakeapi.NewRound)
		code   failure.Code
	}{
		"no such round":      {func(r *intakeapi.NewRound) { r.BeforeRoundID = &nobody }, failure.RequestInvalid},
		"without a result":   {func(r *intakeapi.NewRound) { r.BeforeRoundID = &unfinished }, failure.RequestInvalid},
		"another instrument": {func(r *intakeapi.NewRound) { r.Instrument = "pulse-core-task" }, failure.RoundPairDiffers},
		"another technology": {func(r *intakeapi.NewRound) { r.TechnologyID = &technology }, failure.RoundPairDiffers},
		"at the same time":   {func(r *intakeapi.NewRound) { r.OpensOn = "2026-12-04" }, failure.RoundPairDiffers},
	} {
		t.Run(name, func(t *testing.T) {
			asked := after
			test.change(&asked)
			response, answer := w.call("leader", http.MethodPost, school("/rounds"), asked, fresh()...)
			require.Equal(t, "before_round_id", refused(t, test.code, response, answer).Field)
		})
	}
	response, answer = w.call("leader", http.MethodPost, school("/rounds"), after, fresh()...)
	require.Equal(t, http.StatusCreated, response.StatusCode, "%s", answer)
	made := decoded[intakeapi.Round](t, answer)
	require.Equal(t, before, *made.BeforeRoundID)
	w.announce(made.RoundID)
	w.eventually(func() bool { return w.told()["intake.round-announced.v1"] == 2 })
	var named []string
	for _, e := range w.published() {
		if e.Type == (events.RoundAnnounced{}).Type() {
			named = append(named, decoded[events.RoundAnnounced](t, e.Data).BeforeRoundID)
		}
	}
	require.Equal(t, []string{"", before}, named)

	// Nor does a school name a round of another one.
	foreign := newRound(t, nil)
	foreign.Status = Released
	doc, err := w.intake.rounds.Insert(tenant.With(t.Context(), otherID), "foreign", foreign)
	require.NoError(t, err)
	after.BeforeRoundID = &doc.ID
	response, answer = w.call("leader", http.MethodPost, school("/rounds"), after, fresh()...)
	refused(t, failure.RequestInvalid, response, answer)
}
