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

func commonRoundsOf(of tenant.ID) string { return "/v1/tenants/" + string(of) + "/common-rounds" }

// frameRound has the municipality frame a round.
func (w *world) frameRound(change func(*intakeapi.NewCommonRound)) intakeapi.CommonRound {
	w.t.Helper()
	asked := intakeapi.NewCommonRound{
		Title: "Nords digitale hverdag", Instrument: "pulse-relations", InstrumentVersion: 1,
		OpensOn: "2026-11-30", ClosesOn: "2026-12-18", VisibleToAllOn: "2027-01-08", Thresholds: &intakeapi.Thresholds{Means: 6, Distributions: 12},
	}
	if change != nil {
		change(&asked)
	}
	response, answer := w.call("municipal", http.MethodPost, commonRoundsOf(operatorID), asked, fresh()...)
	require.Equal(w.t, http.StatusCreated, response.StatusCode, "%s", answer)
	return decoded[intakeapi.CommonRound](w.t, answer)
}

func (w *world) frames(who string, of tenant.ID) (ids []string) {
	w.t.Helper()
	var list struct{ Items []intakeapi.CommonRound }
	w.get(who, commonRoundsOf(of), &list)
	for _, one := range list.Items {
		ids = append(ids, one.CommonRoundID)
	}
	return ids
}

func TestAMunicipalityFramesARoundForItsSchools(t *testing.T) {
	w := newWorld(t)
	frame := w.frameRound(nil)
	w.has("intake.common-round-framed.v1")
	for who, of := range map[string]tenant.ID{"municipal": operatorID, "leader": schoolID, "tr": schoolID, "neighbour": otherID} {
		require.Equal(t, []string{frame.CommonRoundID}, w.frames(who, of), who)
	}
	for who, of := range map[string]tenant.ID{"teacher": schoolID, "leader": operatorID, "union": operatorID, "municipal": schoolID, "analyst": operatorID} {
		response, answer := w.call(who, http.MethodGet, commonRoundsOf(of), nil)
		refused(t, failure.AccessDenied, response, answer)
	}
	for who, of := range map[string]tenant.ID{"leader": schoolID, "operator": operatorID, "municipal": schoolID, "analyst": operatorID} {
		response, answer := w.call(who, http.MethodPost, commonRoundsOf(of), goodRound, fresh()...)
		refused(t, failure.AccessDenied, response, answer)
	}
	response, answer := w.call("municipal", http.MethodPost, commonRoundsOf(operatorID),
		`{"title":" ","instrument":"pulse-nothing","instrument_version":1,"opens_on":"2026-12-20","closes_on":"2026-12-18","visible_to_all_on":"2027-01-08","thresholds":{"means":5,"distributions":10}}`, fresh()...)
	refused(t, failure.RequestInvalid, response, answer)
	require.Len(t, decoded[struct{ Errors []failure.Problem }](t, answer).Errors, 3)
}

func TestASchoolsRoundKeepsToTheFrame(t *testing.T) {
	w := newWorld(t)
	frame := w.frameRound(nil)
	within := func(change func(*intakeapi.NewRound)) func(*intakeapi.NewRound) {
		return func(r *intakeapi.NewRound) {
			r.CommonRoundID = &frame.CommonRoundID
			r.OpensOn, r.ClosesOn, r.VisibleToAllOn = "2026-12-02", "2026-12-11", "2026-12-18"
			r.Thresholds = &intakeapi.Thresholds{Means: 6, Distributions: 12}
			if change != nil {
				change(r)
			}
		}
	}
	nobody := "nobody"
	_, answer := w.call("leader", http.MethodPost, school("/technologies"), intakeapi.NewTechnology{Name: "Aula", Kind: "communication"}, fresh()...)
	technology := decoded[intakeapi.Technology](t, answer).TechnologyID
	for field, change := range map[string]func(*intakeapi.NewRound){
		"common_round_id":   func(r *intakeapi.NewRound) { r.CommonRoundID = &nobody },
		"instrument":        func(r *intakeapi.NewRound) { r.Instrument = "pulse-core-task" },
		"opens_on":          func(r *intakeapi.NewRound) { r.OpensOn = "2026-11-29" },
		"closes_on":         func(r *intakeapi.NewRound) { r.ClosesOn, r.VisibleToAllOn = "2026-12-19", "2026-12-20" },
		"visible_to_all_on": func(r *intakeapi.NewRound) { r.VisibleToAllOn = "2027-01-09" },
		"thresholds":        func(r *intakeapi.NewRound) { r.Thresholds = nil },
		"unit_ids":          func(r *intakeapi.NewRound) { r.UnitIds = &[]string{"north"} },
		"breakdown":         func(r *intakeapi.NewRound) { r.Breakdown = &byStaffGroup },
		"technology_id":     func(r *intakeapi.NewRound) { r.TechnologyID = &technology },
	} {
		t.Run(field, func(t *testing.T) {
			asked := intakeapi.NewRound{Title: "Vores del", Instrument: "pulse-relations", InstrumentVersion: 1}
			within(change)(&asked)
			response, answer := w.call("leader", http.MethodPost, school("/rounds"), asked, fresh()...)
			require.Equal(t, failure.RequestInvalid, failure.Code(decoded[failure.Problem](t, answer).Code), "%s", answer)
			require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode)
			require.Contains(t, string(answer), `"field":"`+field+`"`)
		})
	}
	round := w.draft(within(func(r *intakeapi.NewRound) {
		r.Thresholds = &intakeapi.Thresholds{Means: 8, Distributions: 16}
		r.ExtraQuestions = &[]intakeapi.NewExtraQuestion{{Da: "Vi har ro til at arbejde"}}
	}))
	require.Equal(t, frame.CommonRoundID, *round.CommonRoundID)
	require.Equal(t, Date(frame.ClosesOn), w.round(round.RoundID).FrameEnds)
	w.announce(round.RoundID)
	w.has("intake.round-announced.v1")
	for _, e := range w.published() {
		if e.Type == (events.RoundAnnounced{}).Type() {
			require.Equal(t, frame.CommonRoundID, decoded[events.RoundAnnounced](t, e.Data).CommonRoundID)
		}
	}
}
