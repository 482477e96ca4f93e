package intake

import (
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// The whole way of a round, from a technology to its release, through the API alone.
func TestTheWayOfARound(t *testing.T) {
	w := newWorld(t)
	w.api.Routes(w.intake.engine)

	var instruments intakeapi.InstrumentList
	w.get("teacher", "/v1/instruments", &instruments)
	require.Len(t, instruments.Items, 5)
	require.Equal(t, 13, instruments.Items[2].Items)
	var instrument Instrument
	w.get("teacher", "/v1/instruments/pulse-relations/1", &instrument)
	require.Contains(t, instrument.Intro.DA, "{technology}")

	response, answer := w.call("administrator", http.MethodPost, school("/technologies"),
		intakeapi.NewTechnology{Name: " Aula ", Kind: "communication", MoreKinds: &[]intakeapi.TechnologyKind{"learning_platform"}}, fresh()...)
	require.Equal(t, http.StatusCreated, response.StatusCode, "%s", answer)
	technology := decoded[intakeapi.Technology](t, answer)
	require.Equal(t, "Aula", technology.Name)
	var technologies struct{ Items []intakeapi.Technology }
	w.get("teacher", school("/technologies"), &technologies)
	require.Equal(t, []intakeapi.Technology{technology}, technologies.Items)
	w.get("teacher", school("/technologies/"+technology.TechnologyID), &technology)

	// Drafted: the staff side sees it and what it will be able to see, others do not.
	round := w.draft(func(r *intakeapi.NewRound) { r.TechnologyID = &technology.TechnologyID })
	require.Equal(t, intakeapi.RoundStatus("draft"), round.Status)
	path := school("/rounds/" + round.RoundID)
	w.get("tr", path, &round)
	response, answer = w.call("teacher", http.MethodGet, path, nil)
	refused(t, failure.DocumentNotFound, response, answer)
	w.get("leader", path+"/instrument", &instrument)
	require.Contains(t, instrument.Intro.DA, "din hverdag og Aula.")
	var preview intakeapi.Preview
	w.get("amr", path+"/preview", &preview)
	require.Equal(t, 15, preview.Headcount, "the leader does not count")
	states := map[string]intakeapi.PreviewState{}
	for _, unit := range preview.Units {
		states[unit.UnitID] = unit.State
	}
	require.Equal(t, map[string]intakeapi.PreviewState{"north": "pooled", "south": "pooled", "empty": "pooled"}, states,
		"three cannot be shown, and twelve of fifteen would give them away")

	// Another one is refused by the staff side and goes no further.
	other := w.draft(nil)
	w.command(other.RoundID, "announce")
	response, refusal := w.refuse("amr", other.RoundID, "person_foreign")
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", refusal)

	// Announced: the frame is frozen, keys are made, tickets are issued.
	w.command(round.RoundID, "announce")
	response, answer = w.countersign("tr", round.RoundID, marking("north-b"))
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	round = decoded[intakeapi.Round](t, answer)
	require.Equal(t, intakeapi.RoundStatus("announced"), round.Status)
	frame := w.neighbour.frame(round.RoundID)
	require.Equal(t, "Aula", frame["technology_name"])
	require.ElementsMatch(t, []any{map[string]any{"unit_id": "north", "voters": 12.0}, map[string]any{"unit_id": "south", "voters": 3.0}}, frame["units"])
	raw, err := json.Marshal(frame["instrument"])
	require.NoError(t, err)
	require.NotContains(t, string(raw), "{technology}")
	require.NoError(t, schemas(t, "")[""].Validate(frame["instrument"]))

	w.get("teacher", path, &round)
	require.True(t, *round.OnRoster)
	w.get("leader", path, &round)
	require.False(t, *round.OnRoster)
	var known intakeapi.PersonRecords
	w.get("teacher", "/v1/me/records", &known)
	require.Equal(t, []intakeapi.RosterPlace{{
		TenantID: string(schoolID), RoundID: round.RoundID, Title: round.Title, UnitID: "south", OpensOn: round.OpensOn, ClosesOn: round.ClosesOn,
	}}, known.Rounds)
	w.get("leader", "/v1/me/records", &known)
	require.Empty(t, known.Rounds)
	response, answer = w.call("teacher", http.MethodPost, path+"/tickets", nil, "Accept-Language", "en")
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
	ticket := decoded[intakeapi.Ticket](t, answer)
	claims := w.ticketClaims(ticket.Ticket)
	require.Equal(t, []any{round.RoundID, "south", w.round(round.RoundID).KeyListHash}, []any{claims["round"], claims["unit"], claims["key_list"]})
	address, err := url.Parse(ticket.URL)
	require.NoError(t, err)
	require.Equal(t, "localhost:2", address.Host)
	require.True(t, strings.HasSuffix(address.Fragment, "&lang=en"))
	_, answer = w.call("teacher", http.MethodPost, path+"/tickets", nil)
	require.Equal(t, claims["pseudonym"], w.ticketClaims(decoded[intakeapi.Ticket](t, answer).Ticket)["pseudonym"])
	response, answer = w.call("leader", http.MethodPost, path+"/tickets", nil)
	refused(t, failure.RoundNotOnRoster, response, answer)

	// Made stricter, opened, extended, closed and released.
	response, answer = w.tighten(round.RoundID, 6, "tr")
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	_, round = w.command(round.RoundID, "open")
	require.Equal(t, intakeapi.RoundStatus("open"), round.Status)
	var paper intakeapi.RoundPaper
	w.get("amr", path+"/paper", &paper)
	response, answer = w.call("amr", http.MethodPost, path+"/paper-tickets", intakeapi.PaperEntering{UnitID: "north"})
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	var list struct{ Items []intakeapi.Round }
	w.get("teacher", school("/rounds"), &list)
	require.True(t, *list.Items[0].OnRoster)
	response, answer = w.extend(round.RoundID, "2026-12-09", "Mange er på kursus")
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	_, round = w.command(round.RoundID, "close")
	require.Equal(t, intakeapi.RoundStatus("closing"), round.Status)
	require.Equal(t, hexOf(round.RoundID+" batch"), *round.BatchHash)
	response, answer = w.call("teacher", http.MethodPost, path+"/tickets", nil)
	refused(t, failure.RoundNoTickets, response, answer)
	_, err = w.intake.keys.Get(secretName(round.RoundID))
	require.ErrorIs(t, err, keyring.ErrGone, "nobody can tell any more whom the roster names")
	w.get("teacher", "/v1/me/records", &known)
	require.Empty(t, known.Rounds)

	w.publishRelease(round.RoundID)
	w.reaches(round.RoundID, Released)
	w.get("teacher", path, &round)
	require.Equal(t, "release", *round.ReleaseID)
	w.get("leader", path+"/preview", &preview)
	require.Equal(t, 15, preview.Headcount)

	var roundStates struct{ Items []map[string]any }
	w.get("municipal", school("/round-states"), &roundStates)
	require.ElementsMatch(t, []map[string]any{{"round_id": round.RoundID, "status": "released"}, {"round_id": other.RoundID, "status": "refused"}}, roundStates.Items)

	common := w.frameRound(nil)
	require.Equal(t, []string{common.CommonRoundID}, w.frames("leader", schoolID))
	_, round = w.command(round.RoundID, "archive")
	require.Equal(t, intakeapi.RoundStatus("archived"), round.Status)

	once := map[string]int{
		"intake.technology-registered.v1": 1, "intake.round-countersignature-asked.v1": 2, "intake.round-countersigned.v1": 1, "intake.round-refused.v1": 1,
		"intake.round-announced.v1": 1, "intake.round-tightened.v1": 1, "intake.round-opened.v1": 1, "intake.round-extended.v1": 1,
		"intake.round-closed.v1": 1, "intake.round-released.v1": 1, "intake.common-round-framed.v1": 1,
		"intake.access-recorded.v1": 13, // framed, drafted twice, announced twice, refused, countersigned, tightened, opened, entered papers, extended, closed, archived
	}
	w.eventually(func() bool { return len(w.told()) == len(once) })
	require.Equal(t, once, w.told())
	w.api.Covered(append(monthOperations, confidentialOperations...)...)
}

// confidentialOperations have a way of their own; see conversation_test.go.
var confidentialOperations = []string{
	"GET /v1/tenants/{tenant_id}/confidential/conversations", "GET /v1/tenants/{tenant_id}/confidential/conversations/{conversation_id}",
	"GET /v1/tenants/{tenant_id}/confidential/receivers", "POST /v1/tenants/{tenant_id}/confidential/conversations",
	"POST /v1/tenants/{tenant_id}/confidential/conversations/{conversation_id}/answers",
	"POST /v1/tenants/{tenant_id}/confidential/conversations/{conversation_id}/close", "POST /v1/tenants/{tenant_id}/confidential/sent/delete",
	"POST /v1/tenants/{tenant_id}/confidential/sent/messages", "POST /v1/tenants/{tenant_id}/confidential/sent/read",
	"PUT /v1/tenants/{tenant_id}/confidential/key",
}

func (w *world) ticketClaims(ticket string) jwt.MapClaims {
	w.t.Helper()
	key, err := TicketKey(w.intake.keys)
	require.NoError(w.t, err)
	claims := jwt.MapClaims{}
	_, err = jwt.ParseWithClaims(ticket, claims, func(*jwt.Token) (any, error) { return key.Public().(ed25519.PublicKey), nil },
		jwt.WithTimeFunc(w.clock.now))
	require.NoError(w.t, err)
	return claims
}

func (w *world) publishRelease(roundID string) {
	w.t.Helper()
	envelope, err := events.New(tenant.With(w.t.Context(), schoolID), "reporting", "release", 1, w.clock.now(), events.ReleasePublished{
		ReleaseID: "release", RoundID: roundID, ContentHash: hexOf("content"), VisibleToRepresentativesFrom: noon, VisibleToAllOn: "2026-12-11"})
	require.NoError(w.t, err)
	for range 2 { // an event may come twice
		require.NoError(w.t, w.other.Publish(w.t.Context(), envelope))
	}
}

// A ticket leaves nothing behind that says who fetched it or when: no line in the log, no figure, no change in the
// store, no event.
func TestATicketLeavesNoTrace(t *testing.T) {
	w := newWorld(t)
	round := w.draft(nil)
	w.announce(round.RoundID)
	w.has("intake.round-announced.v1")
	path := school("/rounds/" + round.RoundID + "/tickets")
	ctx := tenant.With(t.Context(), schoolID)
	before, err := w.intake.rounds.Get(ctx, round.RoundID)
	require.NoError(t, err)
	log, told, figures := w.log.String(), w.told(), w.figures()
	for _, who := range []string{"teacher", "tr", "leader", "neighbour", "union"} {
		w.call(who, http.MethodPost, path, nil)
	}
	require.Equal(t, log, w.log.String())
	require.Equal(t, told, w.told())
	require.Equal(t, figures, w.figures())
	after, err := w.intake.rounds.Get(ctx, round.RoundID)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

// figures are the metrics of requests and decisions.
func (w *world) figures() string {
	w.t.Helper()
	families, err := w.intake.registry.Gather()
	require.NoError(w.t, err)
	var text strings.Builder
	for _, family := range families {
		if name := family.GetName(); strings.Contains(name, "_http_") || strings.Contains(name, "_access_") {
			text.WriteString(family.String())
		}
	}
	require.NotEmpty(w.t, text.String())
	return text.String()
}

// The roster is frozen: whoever comes or goes after the announcement changes nothing.
func TestTheRosterIsFrozen(t *testing.T) {
	w := newWorld(t)
	round := w.draft(nil)
	w.announce(round.RoundID)
	publish(t, w.tenancy, []event{{operatorID, "late", events.RoleAssigned{
		AssignmentID: "late", PersonID: "newcomer", Role: "employee", Scope: string(schoolID), UnitID: "south", From: noon.Add(-time.Minute)}}})
	w.eventually(func() bool {
		found, err := w.intake.directory.Assignments(t.Context(), "newcomer")
		return err == nil && len(found) == 1
	})
	response, answer := w.call("newcomer", http.MethodPost, school("/rounds/"+round.RoundID+"/tickets"), nil)
	refused(t, failure.RoundNotOnRoster, response, answer)
	w.get("leader", school("/rounds/"+round.RoundID), &round)
	require.Equal(t, 15, (*round.Units)[0].Headcount+(*round.Units)[1].Headcount+(*round.Units)[2].Headcount)
}

// A school that is deleted leaves nothing, and no secret by which anybody could read a roster from a backup.
func TestNothingIsLeftOfASchoolThatIsGone(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for _, far := range []Status{Countersigning, Announced, Open} { // the ballot box holds something of all of them
		round := w.draft(nil)
		ids = append(ids, round.RoundID)
		if w.command(round.RoundID, "announce"); far == Countersigning {
			continue
		}
		response, answer := w.countersign("tr", round.RoundID, nil)
		require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
		if far == Open {
			w.command(round.RoundID, "open")
		}
	}
	var rosters []string
	for _, id := range ids {
		_, err := w.intake.keys.Get(secretName(id))
		require.NoError(t, err)
		rosters = append(rosters, w.round(id).Frozen.RosterHash)
	}
	require.Zero(t, w.neighbour.count("close"))
	gone := event{schoolID, string(schoolID), events.OrganisationDeleted{OrganisationID: string(schoolID), Kind: "school", ParentID: string(operatorID)}}
	publish(t, w.tenancy, []event{gone, gone})
	ctx := tenant.With(t.Context(), schoolID)
	w.eventually(func() bool {
		for i, id := range ids {
			_, round := w.intake.rounds.Get(ctx, id)
			_, roster := w.intake.rosters.Get(ctx, rosters[i])
			if failure.CodeOf(round) != failure.DocumentNotFound || failure.CodeOf(roster) != failure.DocumentNotFound {
				return false
			}
		}
		return true
	})
	for _, id := range ids {
		_, err := w.intake.keys.Get(secretName(id))
		require.ErrorIs(t, err, keyring.ErrGone)
	}
	require.Equal(t, len(ids), w.neighbour.count("close"), "the ballot box takes no more answers and destroys its keys")
}

// Opening and closing happen by themselves, at midnight in Denmark.
func TestRoundsOpenAndCloseByThemselves(t *testing.T) {
	w := newWorld(t)
	round := w.draft(func(r *intakeapi.NewRound) { r.OpensOn = "2026-11-25" })
	w.announce(round.RoundID)
	response, answer := w.onLatest("leader", round.RoundID, http.MethodPost, "/open", nil)
	refused(t, failure.RoundTooEarly, response, answer)

	// The broker's clock is the real one: the schedules have fired by now or will much later. What they do not catch is
	// found by the sweep, which a due event wakes.
	due := func(at time.Time) {
		w.clock.set(at)
		require.NoError(t, w.intake.roundDue(tenant.With(t.Context(), schoolID), events.Envelope{}, events.RoundDue{RoundID: round.RoundID}))
	}
	due(Date("2026-11-25").Begin().Add(-time.Second))
	require.Equal(t, Announced, w.round(round.RoundID).Status)
	due(Date("2026-11-25").Begin())
	w.reaches(round.RoundID, Open)
	due(Date("2026-12-04").End())
	w.eventually(func() bool { return w.round(round.RoundID).BatchHash != "" })
}
