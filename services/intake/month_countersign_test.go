package intake

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// monthDoc is a month of the school as it is kept.
func (w *world) monthDoc(id string) Month {
	w.t.Helper()
	doc, err := w.intake.months.Get(schoolContext(w.t), id)
	require.NoError(w.t, err)
	return doc.Body
}

func TestAMonthIsDecidedOnceAndInTime(t *testing.T) {
	fresh := func() Month {
		m := NewMonth("2026-11-27", MonthFrame{RosterHash: "r", Readers: []string{"tr"}})
		require.Len(t, m.FinishPreparing("m", "k"), 1)
		require.Empty(t, m.FinishPreparing("m", "other"), "a repeat tells nobody once more")
		require.Equal(t, MonthCountersigning, m.Status)
		require.Equal(t, Date("2026-11-30").End(), m.NextAt)
		return m
	}
	by := Countersignature{PersonID: "tr", Role: "tr", At: noon}
	signed := fresh()
	require.Equal(t, failure.RoundHashesDiffer, failure.CodeOf(signed.Countersign(by, "x", "k", nil)))
	require.Equal(t, failure.RoundHashesDiffer, failure.CodeOf(signed.Countersign(by, "r", "x", nil)))
	require.Error(t, signed.mayIssue())
	require.NoError(t, signed.Countersign(by, "r", "k", []string{"a"}))
	require.Equal(t, []any{MonthOpening, true, by, []string{"a"}}, []any{signed.Status, signed.NextAt.IsZero(), signed.Countersigned, signed.Persons})
	require.Error(t, signed.mayIssue(), "not before the ballot box is open")
	require.Equal(t, failure.MonthNotWaiting, failure.CodeOf(signed.Refuse(OtherReason)))
	signed.Expire(Date("2027-01-01").End())
	require.Equal(t, MonthOpening, signed.Status)
	signed.FinishOpening()
	require.NoError(t, signed.mayIssue())

	late := fresh()
	by.At = Date("2026-11-30").End()
	late.Expire(by.At.Add(-time.Second))
	require.Equal(t, MonthCountersigning, late.Status)
	require.Equal(t, failure.MonthNotWaiting, failure.CodeOf(late.Countersign(by, "r", "k", nil)))
	late.Expire(by.At)
	require.Equal(t, []any{MonthRefused, Expired}, []any{late.Status, late.RefusedFor})

	refused := fresh()
	require.NoError(t, refused.Refuse(PersonForeign))
	require.Equal(t, failure.MonthNotWaiting, failure.CodeOf(refused.Countersign(by, "r", "k", nil)))
	require.True(t, refused.NextAt.IsZero())
	refused.FinishRefusing()
	require.Equal(t, Date("2026-11-30").End(), refused.NextAt)
}

// Nobody gets a ticket before a reader has seen by name who can tell, and signed that very list and those keys.
func TestNobodyTellsBeforeTheListIsSigned(t *testing.T) {
	w := newWorld(t)
	month := w.switchOn()
	path := school("/experiences/months/" + month.MonthID)
	response, answer := w.call("teacher", http.MethodPost, path+"/tickets", nil)
	refused(t, failure.MonthNoTickets, response, answer)
	require.Zero(t, w.neighbour.count("open"), "the ballot box takes nothing yet")
	w.has("intake.month-countersignature-asked.v1")

	roster, etag := w.monthRoster("amr", month.MonthID)
	require.Len(t, roster.PersonIds, 15)
	require.Subset(t, roster.PersonIds, []string{"teacher", "tr", "amr", "last", "north-a"})
	require.NotContains(t, roster.PersonIds, "leader")
	require.Zero(t, roster.Unknown)
	require.Nil(t, roster.ComparedWith, "it is the first")
	other := hexOf("something else")
	response, answer = w.countersignMonth("tr", month.MonthID, func(c *intakeapi.MonthCountersigning) { c.RosterHash = other })
	require.Equal(t, "roster_hash", refused(t, failure.RoundHashesDiffer, response, answer).Field)
	response, answer = w.countersignMonth("tr", month.MonthID, func(c *intakeapi.MonthCountersigning) { c.KeyListHash = other })
	require.Equal(t, "key_list_hash", refused(t, failure.RoundHashesDiffer, response, answer).Field)
	signature := intakeapi.MonthCountersigning{RosterHash: roster.RosterHash, KeyListHash: roster.KeyListHash}
	response, answer = w.call("tr", http.MethodPost, path+"/countersign", signature)
	refused(t, failure.PreconditionMissing, response, answer)
	response, answer = w.call("tr", http.MethodPost, path+"/countersign", signature, "If-Match", `"99"`)
	refused(t, failure.PreconditionFailed, response, answer)
	for _, who := range []string{"leader", "administrator", "teacher", "municipal", "operator", "neighbour"} {
		response, answer = w.countersignMonth(who, month.MonthID, nil)
		refused(t, failure.AccessDenied, response, answer)
		response, answer = w.call(who, http.MethodGet, path+"/roster", nil)
		refused(t, failure.AccessDenied, response, answer)
	}
	require.Equal(t, MonthCountersigning, w.monthDoc(month.MonthID).Status)

	response, answer = w.call("amr", http.MethodPost, path+"/countersign", signature, "If-Match", etag)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	month = decoded[intakeapi.Month](t, answer)
	require.Equal(t, []any{intakeapi.MonthStatus("open"), "amr", intakeapi.ReaderRole("amr")}, []any{month.Status, *month.CountersignedBy, *month.CountersignedAs})
	response, answer = w.call("tr", http.MethodPost, path+"/countersign", signature, "If-Match", etag)
	require.Equal(t, http.StatusOK, response.StatusCode, "it is signed already: %s", answer)
	response, answer = w.call("tr", http.MethodGet, path+"/roster", nil)
	refused(t, failure.MonthNotWaiting, response, answer)
	response, answer = w.call("tr", http.MethodPost, path+"/refuse", map[string]string{"reason": "other"}, "If-Match", etag)
	refused(t, failure.MonthNotWaiting, response, answer)
	response, answer = w.call("teacher", http.MethodPost, path+"/tickets", nil)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	var known intakeapi.PersonRecords
	w.get("teacher", "/v1/me/records", &known)
	require.Equal(t, []intakeapi.MonthPlace{{TenantID: string(schoolID), Month: "2026-11"}}, *known.Months)
}

// A representative who keeps the list of people, or leads them, does not vouch for it.
func TestWhoeverKeepsTheListDoesNotSignIt(t *testing.T) {
	w := newWorld(t)
	month := w.switchOn()
	for _, who := range []string{"leader", "administrator"} {
		w.assign(who, access.SafetyRepresentative, schoolID, "")
		response, answer := w.countersignMonth(who, month.MonthID, nil)
		refused(t, failure.AccessDenied, response, answer)
	}
	w.assign("teacher", access.SafetyRepresentative, schoolID, "") // a substitute has the role for a time
	require.Equal(t, "teacher", *w.signs("teacher", month).CountersignedBy)
}

// The next month is held against the list that was countersigned last, and no older list is kept.
func TestTheNextListSaysWhoIsNewAndWhoHasLeft(t *testing.T) {
	w := newWorld(t)
	november := w.begin()
	w.over()
	same := w.monthAt("2026-12", "countersigning")
	roster, _ := w.monthRoster("tr", same.MonthID)
	require.Equal(t, []any{"2026-11", 0, 0}, []any{*roster.ComparedWith, len(roster.Joined), len(roster.Left)})
	w.signs("tr", same)
	require.Empty(t, w.monthDoc(november.MonthID).Persons)
	require.Len(t, w.monthDoc(same.MonthID).Persons, 15)

	w.assign("newcomer", access.Employee, schoolID, "south")
	gone := assignmentID("north-a", access.Employee, schoolID)
	ended, err := events.New(tenant.With(t.Context(), operatorID), "tenancy", gone, 2, noon, events.RoleEnded{AssignmentID: gone, PersonID: "north-a", To: noon})
	require.NoError(t, err)
	require.NoError(t, w.tenancy.Publish(t.Context(), ended))
	w.eventually(func() bool {
		members, err := w.intake.directory.Members(schoolContext(t), access.Employee)
		return err == nil && len(members) == 16
	})
	w.clock.set(Date("2026-12-31").End())
	w.intake.hurry()
	roster, _ = w.monthRoster("amr", w.monthAt("2027-01", "countersigning").MonthID)
	require.Equal(t, []any{"2026-12", []string{"newcomer"}, []string{"north-a"}}, []any{*roster.ComparedWith, roster.Joined, roster.Left})
	require.Len(t, roster.PersonIds, 15)
}

// A list that is refused leaves neither the secret of its roster nor keys, also when the ballot box was away meanwhile. The
// month begins anew when a reader says so, with the list as it is then.
func TestARefusedListIsMadeAnew(t *testing.T) {
	w := newWorld(t)
	first := w.switchOn()
	response, answer := w.refuseMonth("tr", first.MonthID, "Hans is not from here")
	refused(t, failure.RequestInvalid, response, answer)
	for _, who := range []string{"leader", "administrator", "teacher"} {
		response, answer = w.refuseMonth(who, first.MonthID, "other")
		refused(t, failure.AccessDenied, response, answer)
	}
	w.neighbour.set(func() { w.neighbour.away = true })
	response, answer = w.refuseMonth("amr", first.MonthID, "person_missing")
	require.Equal(t, http.StatusAccepted, response.StatusCode, "%s", answer)
	for _, name := range []string{secretName(first.MonthID), batchKeyName(first.MonthID)} {
		_, err := w.intake.keys.Get(name)
		require.ErrorIs(t, err, keyring.ErrGone)
	}
	w.restart()
	w.neighbour.set(func() { w.neighbour.away = false })
	w.intake.hurry()
	w.eventually(func() bool { return !w.monthDoc(first.MonthID).NextAt.IsZero() })
	require.Equal(t, 1, w.neighbour.count("close"), "the keys at the ballot box are gone too")
	require.Equal(t, intakeapi.MonthRefusedFor("person_missing"), *w.monthAt("2026-11", "refused").RefusedFor)
	path := school("/experiences/months/" + first.MonthID)
	response, answer = w.call("tr", http.MethodPost, path+"/countersign", intakeapi.MonthCountersigning{RosterHash: hexOf("a"), KeyListHash: hexOf("b")}, "If-Match", `"9"`)
	refused(t, failure.MonthNotWaiting, response, answer)
	response, answer = w.call("teacher", http.MethodPost, path+"/tickets", nil)
	refused(t, failure.MonthNoTickets, response, answer)

	w.assign("forgotten", access.Employee, schoolID, "south")
	second := w.switchOn()
	require.NotEqual(t, first.MonthID, second.MonthID)
	roster, _ := w.monthRoster("tr", second.MonthID)
	require.Contains(t, roster.PersonIds, "forgotten")
	w.eventually(func() bool { return w.told()["intake.month-countersignature-asked.v1"] == 2 })
	w.signs("tr", second)
	response, answer = w.call("forgotten", http.MethodPost, school("/experiences/months/"+second.MonthID+"/tickets"), nil)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	response, answer = w.call("tr", http.MethodPut, school("/experiences"), intakeapi.VoiceSetting{On: true})
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	w.over()
	w.eventually(func() bool {
		_, err := w.intake.months.Get(schoolContext(t), first.MonthID)
		return failure.CodeOf(err) == failure.DocumentNotFound
	})
	var voice intakeapi.Voice
	w.get("tr", school("/experiences"), &voice)
	require.Equal(t, 1, len(slices.DeleteFunc(voice.Months, func(m intakeapi.Month) bool { return m.Month != "2026-11" })), "switching on once more makes no third list")
}

// What nobody signs is dropped when its last day has passed, and the next month asks again.
func TestAnUnsignedMonthExpires(t *testing.T) {
	w := newWorld(t)
	month := w.switchOn()
	w.clock.set(afterNovember)
	w.intake.hurry()
	next := w.monthAt("2026-12", "countersigning")
	require.NotEqual(t, month.MonthID, next.MonthID)
	w.eventually(func() bool {
		_, err := w.intake.keys.Get(secretName(month.MonthID))
		return errors.Is(err, keyring.ErrGone) && w.neighbour.count("close") == 1
	})
	w.signs("tr", next)
}

// Attack 7 of the auditor on a month: whoever runs the list of people, or the store, stuffs the roster. Each way is refused, or
// stands by name before whoever is to sign; the control is the roster as it was frozen, which is signed.
func TestAStuffedMonthIsNotSigned(t *testing.T) {
	for name, test := range map[string]struct {
		stuff func(w *world, id string, r *Roster, staff *int)
		code  failure.Code
	}{
		"control": {func(*world, string, *Roster, *int) {}, ""},
		"a row for nobody": {func(_ *world, _ string, r *Roster, staff *int) {
			r.Units[0].Pseudonyms = append(r.Units[0].Pseudonyms, "zz-nobody-works-here")
			*staff++
		}, failure.RoundRosterForeign},
		"a unit of nobody": {func(_ *world, _ string, r *Roster, _ *int) {
			r.Units = append(r.Units, RosterUnit{UnitID: "ghosts", Pseudonyms: []string{"ghost"}})
		}, failure.RoundRosterDiffers},
		"somebody twice": {func(_ *world, _ string, r *Roster, staff *int) {
			r.Units[0].Pseudonyms = append(r.Units[0].Pseudonyms, r.Units[0].Pseudonyms[0])
			*staff++
		}, failure.RoundRosterDiffers},
		"a row beyond the headcount": {func(_ *world, _ string, r *Roster, _ *int) {
			r.Units[0].Pseudonyms = append(r.Units[0].Pseudonyms, "zz")
		}, failure.RoundRosterDiffers},
		"somebody by name": {func(w *world, id string, r *Roster, staff *int) {
			secret, err := w.intake.keys.Get(secretName(id))
			require.NoError(w.t, err)
			r.Units[0].Pseudonyms = append(r.Units[0].Pseudonyms, Pseudonym(secret, "leader"))
			*staff++
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.begin()
			w.over()
			id := w.monthAt("2026-12", "countersigning").MonthID
			ctx := schoolContext(t)
			// The attacker writes a roster of their own and has the month point to it, hash and all.
			doc, err := w.intake.months.Update(ctx, id, func(m *Month) ([]events.Event, error) {
				frozen, err := w.intake.rosters.Get(ctx, m.Frozen.RosterHash)
				if err != nil || name == "control" {
					return nil, err
				}
				forged := frozen.Body
				test.stuff(w, id, &forged, &m.Frozen.Staff)
				if m.Frozen.RosterHash, err = forged.Hash(); err != nil {
					return nil, err
				}
				_, err = w.intake.rosters.Insert(ctx, m.Frozen.RosterHash, forged)
				return nil, err
			})
			require.NoError(t, err)
			if name == "somebody by name" {
				roster, _ := w.monthRoster("tr", id)
				require.Equal(t, []string{"leader"}, roster.Joined, "and nobody else is new")
				return
			}
			response, answer := w.call("tr", http.MethodPost, school("/experiences/months/"+id+"/countersign"),
				intakeapi.MonthCountersigning{RosterHash: doc.Body.Frozen.RosterHash, KeyListHash: doc.Body.KeyListHash}, "If-Match", doc.ETag())
			if test.code == "" {
				require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
				return
			}
			refused(t, test.code, response, answer)
			require.Equal(t, MonthCountersigning, w.monthDoc(id).Status)
		})
	}
}

// A month that was open before lists were countersigned goes on as it was promised.
func TestAMonthFromBeforeStaysOpen(t *testing.T) {
	w := newWorld(t)
	month := w.begin()
	_, err := w.intake.months.Update(schoolContext(t), month.MonthID, func(m *Month) ([]events.Event, error) {
		m.Countersigned, m.Persons = Countersignature{}, nil // as it was stored then
		return nil, nil
	})
	require.NoError(t, err)
	w.restart()
	require.Nil(t, w.monthAt("2026-11", "open").CountersignedBy)
	response, answer := w.call("teacher", http.MethodPost, school("/experiences/months/"+month.MonthID+"/tickets"), nil)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	response, answer = w.call("tr", http.MethodGet, school("/experiences/months/"+month.MonthID+"/roster"), nil)
	refused(t, failure.MonthNotWaiting, response, answer)
	w.tells(month.MonthID, newTeller(t), map[string]string{"direction": "gain", "text": "Fra før"})
	w.over()
	require.Len(t, w.toldIn("tr", month.MonthID).Items, 1)
	roster, _ := w.monthRoster("tr", w.monthAt("2026-12", "countersigning").MonthID)
	require.Nil(t, roster.ComparedWith)
}

// A process that is killed between two steps of a signature loses none, and opens nothing that is not signed.
func TestKilledWhileAListIsSigned(t *testing.T) {
	for place, opened := range map[string]int{"before-signature": 0, "after-signature-before-ballot-box": 1, "after-opening-before-record": 2} {
		t.Run(place, func(t *testing.T) {
			w := newWorld(t)
			month := w.switchOn()
			w.has("intake.month-countersignature-asked.v1")
			tickets := school("/experiences/months/" + month.MonthID + "/tickets")
			roster, etag := w.monthRoster("tr", month.MonthID)
			content, err := json.Marshal(intakeapi.MonthCountersigning{RosterHash: roster.RosterHash, KeyListHash: roster.KeyListHash})
			require.NoError(t, err)
			w.diesCalling(place, "tr", http.MethodPost, school("/experiences/months/"+month.MonthID+"/countersign"), etag, string(content))
			if opened == 0 {
				response, answer := w.call("teacher", http.MethodPost, tickets, nil)
				refused(t, failure.MonthNoTickets, response, answer)
				month, opened = w.signs("tr", month), 1
			}
			require.Equal(t, "tr", *w.monthAt("2026-11", "open").CountersignedBy)
			require.Equal(t, opened, w.neighbour.count("open"))
			response, answer := w.call("teacher", http.MethodPost, tickets, nil)
			require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
			w.has("intake.month-countersignature-asked.v1")
		})
	}
}

// That a list waits is told once, and a list that was refused is dropped, wherever the process ended.
func TestKilledWhileAListIsAskedForAndRefused(t *testing.T) {
	w := newWorld(t)
	// The second event that goes out: the first tells of the decision, for the school's log.
	w.diesCalling("after-commit-before-publish:2", "tr", http.MethodPut, school("/experiences"), "", `{"on":true}`)
	month := w.monthAt("2026-11", "countersigning")
	w.has("intake.month-countersignature-asked.v1")

	_, etag := w.monthRoster("tr", month.MonthID)
	w.diesCalling("after-refusal-before-ballot-box", "tr", http.MethodPost, school("/experiences/months/"+month.MonthID+"/refuse"), etag, `{"reason":"other"}`)
	w.eventually(func() bool { return !w.monthDoc(month.MonthID).NextAt.IsZero() })
	require.Equal(t, 1, w.neighbour.count("close"))
	require.Equal(t, []any{MonthRefused, OtherReason}, []any{w.monthDoc(month.MonthID).Status, w.monthDoc(month.MonthID).RefusedFor})
	w.has("intake.month-countersignature-asked.v1")
}
