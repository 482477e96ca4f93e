package intake

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// refuse has somebody refuse a round that waits for the staff side.
func (w *world) refuse(who, id, reason string) (*http.Response, []byte) {
	w.t.Helper()
	return w.onLatest(who, id, http.MethodPost, "/refuse", map[string]string{"reason": reason})
}

// assign gives somebody a role and waits until intake knows.
func (w *world) assign(person, role string, scope tenant.ID, unit string) {
	w.t.Helper()
	id := uuid.NewString()
	publish(w.t, w.tenancy, []event{{operatorID, id, events.RoleAssigned{
		AssignmentID: id, PersonID: person, Role: role, Scope: string(scope), UnitID: unit, From: noon.Add(-time.Minute)}}})
	w.eventually(func() bool {
		found, err := w.intake.directory.Assignments(w.t.Context(), person)
		return err == nil && slices.ContainsFunc(found, func(a access.Assignment) bool { return a.Role == role && a.Scope == scope })
	})
}

// Nobody gets a ticket before a representative has seen by name who is asked, and signed that very list and those keys.
func TestNobodyAnswersBeforeTheStaffSideHasSigned(t *testing.T) {
	w := newWorld(t)
	round := w.draft(nil)
	response, round := w.command(round.RoundID, "announce")
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, intakeapi.RoundStatus("countersigning"), round.Status)
	path := school("/rounds/" + round.RoundID)
	response, answer := w.call("teacher", http.MethodPost, path+"/tickets", nil)
	require.Equal(t, http.StatusNotFound, response.StatusCode, "staff do not know of the round yet: %s", answer)
	response, answer = w.call("tr", http.MethodPost, path+"/tickets", nil)
	refused(t, failure.RoundNoTickets, response, answer)
	response, answer = w.call("leader", http.MethodPost, path+"/open", nil, "If-Match", `"9"`)
	refused(t, failure.RoundWrongStatus, response, answer)

	var roster intakeapi.RoundRoster
	w.get("amr", path+"/roster", &roster)
	require.Equal(t, *round.RosterHash, *roster.Round.RosterHash)
	var people []string
	for _, unit := range roster.Units {
		require.Zero(t, unit.Unknown)
		require.Len(t, unit.PersonIds, unit.Headcount)
		people = append(people, unit.PersonIds...)
	}
	require.Len(t, people, 15)
	require.Subset(t, people, []string{"teacher", "tr", "amr", "last", "north-a"})
	require.NotContains(t, people, "leader")

	other := hexOf("something else")
	response, answer = w.countersign("tr", round.RoundID, func(c *intakeapi.Countersigning) { c.RosterHash = other })
	require.Equal(t, "roster_hash", refused(t, failure.RoundHashesDiffer, response, answer).Field)
	response, answer = w.countersign("tr", round.RoundID, func(c *intakeapi.Countersigning) { c.KeyListHash = other })
	require.Equal(t, "key_list_hash", refused(t, failure.RoundHashesDiffer, response, answer).Field)
	for _, who := range []string{"leader", "administrator", "teacher", "municipal", "neighbour"} {
		response, answer = w.countersign(who, round.RoundID, nil)
		refused(t, failure.AccessDenied, response, answer)
	}
	require.Equal(t, Countersigning, w.round(round.RoundID).Status)

	response, answer = w.countersign("amr", round.RoundID, nil)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	round = decoded[intakeapi.Round](t, answer)
	require.Equal(t, []string{"amr", "amr"}, []string{*round.CountersignedBy, *round.CountersignedAs})
	response, answer = w.call("tr", http.MethodPost, path+"/countersign", intakeapi.Countersigning{RosterHash: other, KeyListHash: other}, "If-Match", `"1"`)
	require.Equal(t, http.StatusOK, response.StatusCode, "it is signed already: %s", answer)
	response, answer = w.call("tr", http.MethodGet, path+"/roster", nil)
	refused(t, failure.RoundWrongStatus, response, answer)
	response, answer = w.refuse("tr", round.RoundID, "other")
	refused(t, failure.RoundWrongStatus, response, answer)
	response, answer = w.call("teacher", http.MethodPost, path+"/tickets", nil)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
}

func TestNobodyCountersignsTheirOwnAnnouncement(t *testing.T) {
	w := newWorld(t)
	w.assign("leader", access.SafetyRepresentative, schoolID, "")
	round := w.draft(nil)
	w.command(round.RoundID, "announce")
	response, answer := w.countersign("leader", round.RoundID, nil)
	refused(t, failure.RoundOwnAnnouncement, response, answer)
	response, answer = w.countersign("amr", round.RoundID, nil)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
}

// Where a school has neither TR nor AMR the municipality's representatives sign, and only there.
func TestTheMunicipalitySignsForASchoolWithoutRepresentatives(t *testing.T) {
	w := newWorld(t)
	w.assign("above", access.UnionRepresentative, operatorID, "")
	round := w.draft(nil)
	w.command(round.RoundID, "announce")
	path := school("/rounds/" + round.RoundID)
	response, answer := w.call("above", http.MethodGet, path+"/roster", nil)
	refused(t, failure.AccessDenied, response, answer)
	w.endRepresentatives()
	var roster intakeapi.RoundRoster
	w.get("above", path+"/roster", &roster)
	response, answer = w.onLatest("above", round.RoundID, http.MethodPost, "/countersign",
		intakeapi.Countersigning{RosterHash: *roster.Round.RosterHash, KeyListHash: *roster.Round.KeyListHash})
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	require.Equal(t, Countersignature{PersonID: "above", Role: "tr", At: noon}, w.round(round.RoundID).Countersigned)
}

// endRepresentatives ends the duty of the school's TR and AMR.
func (w *world) endRepresentatives() {
	w.t.Helper()
	for _, role := range representatives {
		id := assignmentID(role, role, schoolID) // they are called what they are
		envelope, err := events.New(tenant.With(w.t.Context(), operatorID), "tenancy", id, 2, noon,
			events.RoleEnded{AssignmentID: id, PersonID: role, To: noon.Add(-time.Second)})
		require.NoError(w.t, err)
		require.NoError(w.t, w.tenancy.Publish(w.t.Context(), envelope))
	}
	w.eventually(func() bool {
		none, err := w.intake.unrepresented(tenant.With(w.t.Context(), schoolID))
		return err == nil && none
	})
}

// A round that is refused leaves neither the secret of its roster nor keys, also when the ballot box was away meanwhile.
func TestARefusedRoundIsDropped(t *testing.T) {
	w := newWorld(t)
	round := w.draft(nil)
	w.command(round.RoundID, "announce")
	response, answer := w.refuse("tr", round.RoundID, "Hans is not from here")
	refused(t, failure.RequestInvalid, response, answer)
	w.neighbour.set(func() { w.neighbour.away = true })
	response, answer = w.refuse("tr", round.RoundID, "person_foreign")
	require.Equal(t, http.StatusAccepted, response.StatusCode, "%s", answer)
	_, err := w.intake.keys.Get(secretName(round.RoundID))
	require.ErrorIs(t, err, keyring.ErrGone)
	w.restart()
	w.neighbour.set(func() { w.neighbour.away = false })
	w.intake.hurry()
	w.eventually(func() bool { return !w.round(round.RoundID).Unfinished })
	w.has("intake.round-refused.v1")
	require.Equal(t, 1, w.neighbour.count("close"), "the keys at the ballot box are gone too")
	response, answer = w.call("tr", http.MethodPost, school("/rounds/"+round.RoundID+"/countersign"),
		intakeapi.Countersigning{RosterHash: hexOf("a"), KeyListHash: hexOf("b")}, "If-Match", `"1"`)
	refused(t, failure.RoundWrongStatus, response, answer)
	response, answer = w.call("leader", http.MethodPost, school("/rounds/"+round.RoundID+"/open"), nil, "If-Match", `"1"`)
	refused(t, failure.RoundWrongStatus, response, answer)
	var shown intakeapi.Round
	w.get("leader", school("/rounds/"+round.RoundID), &shown)
	require.Equal(t, intakeapi.RoundRefusedFor("person_foreign"), *shown.RefusedFor)
}

// What nobody signs is dropped when its last day has passed.
func TestAnUnsignedRoundExpires(t *testing.T) {
	w := newWorld(t)
	round := w.draft(nil)
	w.command(round.RoundID, "announce")
	w.clock.set(Date("2026-12-04").End())
	w.intake.hurry()
	w.eventually(func() bool { now := w.round(round.RoundID); return now.Status == Refused && !now.Unfinished })
	require.Equal(t, Expired, w.round(round.RoundID).RefusedFor)
	w.has("intake.round-refused.v1")
}

// Attack 7 of the auditor: whoever runs the list of people, or the store, stuffs the roster. Each way is refused; the
// control is the roster as it was frozen, which is signed.
func TestAStuffedRosterIsNotSigned(t *testing.T) {
	for name, test := range map[string]struct {
		stuff func(*Roster, *Round)
		code  failure.Code
	}{
		"control":                    {func(*Roster, *Round) {}, ""},
		"a row for nobody":           {func(r *Roster, round *Round) { stuffUnit(r, round, "south", "nobody-works-here") }, failure.RoundRosterForeign},
		"a unit of nobody":           {func(r *Roster, round *Round) { stuffNewUnit(r, round, "ghosts", "ghost-1", "ghost-2") }, failure.RoundRosterForeign},
		"an invented unit of staff":  {func(r *Roster, round *Round) { stuffNewUnit(r, round, "ghosts", "leader") }, failure.RoundRosterForeign},
		"somebody twice":             {func(r *Roster, round *Round) { stuffUnit(r, round, "north", r.Units[unitAt(r, "south")].Pseudonyms[0]) }, failure.RoundRosterDiffers},
		"a row beyond the headcount": {func(r *Roster, _ *Round) { r.Units[0].Pseudonyms = append(r.Units[0].Pseudonyms, "zzz") }, failure.RoundRosterDiffers},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			round := w.draft(nil)
			w.command(round.RoundID, "announce")
			ctx := tenant.With(t.Context(), schoolID)
			// The attacker writes a roster of their own and has the round point to it, hash and all.
			_, err := w.intake.rounds.Update(ctx, round.RoundID, func(r *Round) ([]events.Event, error) {
				frozen, err := w.intake.rosters.Get(ctx, r.Frozen.RosterHash)
				if err != nil || test.code == "" {
					return nil, err
				}
				forged := frozen.Body
				test.stuff(&forged, r)
				if r.Frozen.RosterHash, err = forged.Hash(); err != nil {
					return nil, err
				}
				_, err = w.intake.rosters.Insert(ctx, r.Frozen.RosterHash, forged)
				return nil, err
			})
			require.NoError(t, err)
			now := w.round(round.RoundID)
			doc, err := w.intake.rounds.Get(ctx, round.RoundID)
			require.NoError(t, err)
			response, answer := w.call("tr", http.MethodPost, school("/rounds/"+round.RoundID+"/countersign"),
				intakeapi.Countersigning{RosterHash: now.Frozen.RosterHash, KeyListHash: now.KeyListHash}, "If-Match", doc.ETag())
			if test.code == "" {
				require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
				return
			}
			refused(t, test.code, response, answer)
			require.Equal(t, Countersigning, w.round(round.RoundID).Status)
		})
	}
}

func unitAt(r *Roster, id string) int {
	return slices.IndexFunc(r.Units, func(u RosterUnit) bool { return u.UnitID == id })
}

func stuffUnit(r *Roster, round *Round, unit, pseudonym string) {
	at := unitAt(r, unit)
	r.Units[at].Pseudonyms = append(r.Units[at].Pseudonyms, pseudonym)
	slices.Sort(r.Units[at].Pseudonyms)
	round.Frozen.Units[at].Headcount++
}

func stuffNewUnit(r *Roster, round *Round, unit string, pseudonyms ...string) {
	r.Units = append(r.Units, RosterUnit{UnitID: unit, Pseudonyms: pseudonyms})
	round.Frozen.Units = append(round.Frozen.Units, FrozenUnit{UnitID: unit, Name: "Specialhold", Headcount: len(pseudonyms)})
}

// A changed row keeps its document's id, and the hash gives it away.
func TestARosterThatIsNotTheFrozenOneIsRefused(t *testing.T) {
	frozen := []FrozenUnit{{UnitID: "south", Headcount: 1}}
	units := []directory.Unit{{ID: "south"}}
	people := map[string]string{"p": "anna"}
	named, err := resolve(frozen, Roster{Units: []RosterUnit{{UnitID: "south", Pseudonyms: []string{"p"}}}}, people, units)
	require.NoError(t, err)
	require.Equal(t, []namedUnit{{FrozenUnit: frozen[0], Persons: []string{"anna"}}}, named)
	for _, forged := range []Roster{
		{}, {Units: []RosterUnit{{UnitID: "north", Pseudonyms: []string{"p"}}}}, {Units: []RosterUnit{{UnitID: "south"}}},
	} {
		_, err := resolve(frozen, forged, people, units)
		require.Equal(t, failure.RoundRosterDiffers, failure.CodeOf(err))
	}

	w := newWorld(t)
	round := w.draft(nil)
	w.command(round.RoundID, "announce")
	ctx := tenant.With(t.Context(), schoolID)
	now := w.round(round.RoundID)
	_, err = w.intake.rosters.Update(ctx, now.Frozen.RosterHash, func(r *Roster) ([]events.Event, error) {
		r.Units[0].Pseudonyms, r.Units[1].Pseudonyms = r.Units[1].Pseudonyms, r.Units[0].Pseudonyms
		return nil, nil
	})
	require.NoError(t, err)
	response, answer := w.call("tr", http.MethodGet, school("/rounds/"+round.RoundID+"/roster"), nil)
	refused(t, failure.RoundRosterDiffers, response, answer)
}
