package intake

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// endpoint is one line of the permission matrix: who gets past the door. What they find behind it is other tests'.
type endpoint struct {
	method, path string
	body         string
	may          []string
}

func matrix(round, technology string) []endpoint {
	everybody := []string{"leader", "administrator", "tr", "amr", "teacher"}
	staffSide := []string{"leader", "administrator", "tr", "amr"}
	steering := []string{"leader", "administrator"}
	elected := []string{"tr", "amr"}
	one := "/rounds/" + round
	return []endpoint{
		{http.MethodGet, "/technologies", "", everybody},
		{http.MethodGet, "/technologies/" + technology, "", everybody},
		{http.MethodPost, "/technologies", `{"name":"Teams","kind":"communication"}`, steering},
		{http.MethodGet, "/common-rounds", "", staffSide},
		{http.MethodPost, "/common-rounds", goodRound, nil}, // the municipality does so in its own name
		{http.MethodGet, "/rounds", "", everybody},
		{http.MethodPost, "/rounds", goodRound, steering},
		{http.MethodGet, one, "", everybody},
		{http.MethodGet, one + "/instrument", "", everybody},
		{http.MethodGet, one + "/preview", "", staffSide},
		{http.MethodPost, one + "/announce", "", steering},
		{http.MethodPut, one + "/contract", `{"thresholds":{"means":7,"distributions":15},"text_readers":["tr"]}`, steering},
		{http.MethodGet, one + "/roster", "", elected},
		{http.MethodGet, one + "/paper", "", elected},
		{http.MethodPost, one + "/paper-tickets", `{"unit_id":"south"}`, elected},
		{http.MethodPost, one + "/countersign", "", elected},
		{http.MethodPost, one + "/refuse", "", elected},
		{http.MethodPost, one + "/open", "", steering},
		{http.MethodPost, one + "/extension", `{"closes_on":"2026-12-09","reason":"Flere har været syge"}`, steering},
		{http.MethodPost, one + "/close", "", steering},
		{http.MethodPost, one + "/archive", "", steering},
		{http.MethodPost, one + "/tickets", "", []string{"leader", "tr", "amr", "teacher"}}, // who are employed here
		{http.MethodGet, "/experiences", "", everybody},
		{http.MethodPut, "/experiences", `{"on":false}`, elected},
		{http.MethodPost, "/experiences/months/" + technology + "/tickets", "", []string{"leader", "tr", "amr", "teacher"}},
		{http.MethodGet, "/experiences/months/" + technology + "/told", "", elected},
		{http.MethodGet, "/experiences/months/" + technology + "/roster", "", elected},
		{http.MethodPost, "/experiences/months/" + technology + "/countersign", `{}`, elected},
		{http.MethodPost, "/experiences/months/" + technology + "/refuse", `{"reason":"other"}`, elected},
		{http.MethodPost, "/experiences/told/" + technology + "/answer", `{"text":"Tak"}`, elected},
		{http.MethodGet, "/confidential/receivers", "", []string{"leader", "tr", "amr", "teacher"}},
		{http.MethodPut, "/confidential/key", "{}", []string{"tr", "amr"}},
		{http.MethodGet, "/confidential/conversations", "", []string{"tr", "amr"}},
		{http.MethodPost, "/confidential/conversations", "{}", []string{"leader", "tr", "amr", "teacher"}},
		{http.MethodGet, "/confidential/conversations/" + technology, "", []string{"tr", "amr"}},
		{http.MethodPost, "/confidential/conversations/" + technology + "/answers", "{}", []string{"tr", "amr"}},
		{http.MethodPost, "/confidential/conversations/" + technology + "/close", "", []string{"tr", "amr"}},
		{http.MethodPost, "/confidential/sent/read", "{}", []string{"leader", "tr", "amr", "teacher"}},
		{http.MethodPost, "/confidential/sent/messages", "{}", []string{"leader", "tr", "amr", "teacher"}},
		{http.MethodPost, "/confidential/sent/delete", "{}", []string{"leader", "tr", "amr", "teacher"}},
		{http.MethodGet, "/round-states", "", []string{"municipal", "analyst", "operator"}},
	}
}

func TestPermissionMatrix(t *testing.T) {
	w := newWorld(t)
	made := w.draft(nil)
	w.announce(made.RoundID)
	technology := w.elsewhere() // not found for those who may look
	personas := []string{"leader", "administrator", "tr", "amr", "teacher", "municipal", "analyst", "operator", "union", "neighbour", "stranger"}
	for _, e := range matrix(made.RoundID, technology) {
		for _, who := range personas {
			response, answer := w.call(who, e.method, school(e.path), bodyOf(e), fresh()...)
			denied := response.StatusCode == http.StatusForbidden && failure.Code(decoded[failure.Problem](t, answer).Code) == failure.AccessDenied
			require.Equal(t, !slices.Contains(e.may, who), denied, "%s %s by %s: %s", e.method, e.path, who, answer)
		}
		for _, service := range []string{"reporting", "dialogue", "tenancy", "ballotbox"} {
			response, answer := w.send(access.Service(service), e.method, school(e.path), bodyOf(e), fresh()...)
			refused(t, failure.AccessDenied, response, answer)
		}
		response, answer := w.send(access.Subject{}, e.method, school(e.path), bodyOf(e), fresh()...)
		refused(t, failure.AccessUnauthentic, response, answer)
	}
}

// Nobody of one school gets anything of another, not even by an id that they know.
func TestNothingCrossesFromSchoolToSchool(t *testing.T) {
	w := newWorld(t)
	made := w.draft(nil)
	w.announce(made.RoundID)
	theirs := w.elsewhere()
	for _, e := range matrix(made.RoundID, theirs) {
		if e.path == "/round-states" {
			continue // the municipality sees both
		}
		for _, who := range e.may {
			response, answer := w.call(who, e.method, "/v1/tenants/"+string(otherID)+e.path, bodyOf(e), fresh()...)
			refused(t, failure.AccessDenied, response, answer)
		}
		if e.path == "/rounds/"+made.RoundID { // the neighbour's own school does not have it
			response, answer := w.call("neighbour", e.method, "/v1/tenants/"+string(otherID)+e.path, bodyOf(e), fresh()...)
			refused(t, failure.DocumentNotFound, response, answer)
		}
	}
	var instruments struct{ Items []any }
	for _, who := range []string{"union", "neighbour", "municipal", "stranger"} {
		w.get(who, "/v1/instruments", &instruments)
		require.Len(t, instruments.Items, 5)
	}
	response, answer := w.send(access.Service("tenancy"), http.MethodGet, "/v1/instruments", nil)
	refused(t, failure.AccessDenied, response, answer)
	response, _ = w.send(access.Service("reporting"), http.MethodGet, "/v1/instruments/full/1", nil)
	require.Equal(t, http.StatusOK, response.StatusCode)
}

func bodyOf(e endpoint) any {
	if e.body == "" {
		return nil
	}
	return e.body
}

func TestAMunicipalityTakesRoundsFromLeaders(t *testing.T) {
	w := newWorld(t)
	w.draft(nil)
	envelope, err := events.New(tenant.With(t.Context(), operatorID), "tenancy", string(operatorID), 2, noon, events.OrganisationChanged{
		OrganisationID: string(operatorID), ParentID: string(platformID), Kind: "municipality", Name: "Nord", Language: "da",
		TakenAway: []events.TakenRole{{Action: "round.create", Role: access.Leader}},
	})
	require.NoError(t, err)
	require.NoError(t, w.tenancy.Publish(t.Context(), envelope))
	create := func(who string) int {
		response, _ := w.call(who, http.MethodPost, school("/rounds"), goodRound, fresh()...)
		return response.StatusCode
	}
	w.eventually(func() bool { return create("leader") == http.StatusForbidden })
	require.Equal(t, http.StatusCreated, create("administrator"))
	require.Equal(t, http.StatusOK, func() int { r, _ := w.call("leader", http.MethodGet, school("/rounds"), nil); return r.StatusCode }())
}

// What is done with a round at a school, and who was refused it, goes to the school's audit log; who looked, or was not
// let look, does not.
func TestPrivilegedDecisionsAreTold(t *testing.T) {
	w := newWorld(t)
	made := w.draft(nil)
	told := func() int { return w.told()["intake.access-recorded.v1"] }
	w.eventually(func() bool { return told() == 1 })
	w.call("teacher", http.MethodPost, school("/rounds/"+made.RoundID+"/announce"), nil, fresh()...)
	w.call("neighbour", http.MethodGet, school("/rounds/"+made.RoundID), nil)
	w.announce(made.RoundID)
	w.eventually(func() bool { return told() == 4 })
	w.has("intake.round-announced.v1")
	require.Equal(t, 4, told())
	for _, record := range w.recorded() {
		require.Equal(t, made.RoundID, record.ResourceID, "%s names the round, also the one that it makes", record.Action)
	}
}

// recorded are the decisions that were told for the audit log.
func (w *world) recorded() (list []events.IntakeAccessRecorded) {
	w.t.Helper()
	for _, e := range w.published() {
		if e.Type == (events.IntakeAccessRecorded{}).Type() {
			list = append(list, decoded[events.IntakeAccessRecorded](w.t, e.Data))
		}
	}
	return list
}
