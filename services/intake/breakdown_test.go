package intake

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/disclosure"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

var byStaffGroup = intakeapi.ByStaffGroup

func groupwise(r *intakeapi.NewRound) { r.Breakdown = &byStaffGroup }

func TestEveryStaffGroupHasANameAndAUnitOfItsOwn(t *testing.T) {
	for _, group := range access.StaffGroups {
		require.True(t, tenancyapi.StaffGroup(group.ID).Valid(), group.ID)
		require.Regexp(t, `^[A-Za-z0-9_-]{1,64}$`, group.UnitID(), "as the ballot box takes units")
		found, ok := access.StaffGroupOfUnit(group.UnitID())
		require.True(t, ok)
		require.Equal(t, group, found)
		require.Equal(t, group, access.StaffGroupOf(group.ID))
	}
	require.False(t, tenancyapi.StaffGroup(access.NoStaffGroup.ID).Valid(), "nobody is employed as it")
	_, ok := access.StaffGroupOfUnit("north")
	require.False(t, ok)
	_, ok = access.StaffGroupOfUnit(access.NoStaffGroup.UnitID())
	require.True(t, ok)
}

func TestStaffByWhatTheyAreEmployedAs(t *testing.T) {
	units := []directory.Unit{{ID: "lower", Name: "Indskoling"}, {ID: "club", Parent: "lower", Name: "SFO"}}
	members := []directory.Member{
		{PersonID: "ann", Role: "employee", UnitID: "lower", Group: "teacher"}, {PersonID: "ann", Role: "tr"},
		{PersonID: "bo", Role: "employee", UnitID: "club", Group: "pedagogue"}, {PersonID: "bo", Role: "employee", UnitID: "lower", Group: "teacher"},
		{PersonID: "cat", Role: "employee", UnitID: "club", Group: "pedagogue"}, {PersonID: "dan", Role: "employee", UnitID: "club"},
		{PersonID: "eve", Role: "employee", UnitID: "club", Group: "from later days"},
		{PersonID: "fay", Role: "employee", UnitID: "lower", Group: "leader"}, {PersonID: "fay", Role: "leader"},
		{PersonID: "gus", Role: "employee", UnitID: "gone", Group: "teacher"},
	}
	staff, err := Staff(units, members, nil)
	require.NoError(t, err)
	require.Equal(t, []UnitStaff{
		{FrozenUnit: FrozenUnit{UnitID: "staff_group-teacher", Name: "Lærere og undervisere", Headcount: 2}, Persons: []string{"ann", "bo"}},
		{FrozenUnit: FrozenUnit{UnitID: "staff_group-pedagogue", Name: "Pædagoger", Headcount: 1}, Persons: []string{"cat"}},
		{FrozenUnit: FrozenUnit{UnitID: "staff_group-not_stated", Name: "Faggruppe ikke oplyst", Headcount: 2}, Persons: []string{"dan", "eve"}},
	}, ByStaffGroup(staff, members), "the same people as by unit, each once")
}

// The same round by unit and by staff group, from the draft until the ballot box is closed.
func TestARoundByEitherBreakdown(t *testing.T) {
	for by, test := range map[intakeapi.Breakdown]struct {
		units  []string
		people []int
		states []string
		place  string // of the TR
	}{
		intakeapi.ByUnit:       {[]string{"empty", "north", "south"}, []int{0, 12, 3}, []string{"pooled", "pooled", "pooled"}, "south"},
		intakeapi.ByStaffGroup: {[]string{"staff_group-teacher", "staff_group-pedagogue", "staff_group-not_stated"}, []int{8, 5, 2}, []string{"shown", "pooled", "pooled"}, "staff_group-teacher"},
	} {
		t.Run(string(by), func(t *testing.T) {
			w := newWorld(t)
			draft := w.draft(func(r *intakeapi.NewRound) { r.Breakdown = &by })
			id := draft.RoundID
			require.Equal(t, []intakeapi.Breakdown{by}, draft.Contract.Breakdowns)
			var preview intakeapi.Preview
			w.get("leader", school("/rounds/"+id+"/preview"), &preview)
			require.Equal(t, 15, preview.Headcount)
			require.Nil(t, preview.Crossing)
			var states []string
			for _, unit := range preview.Units {
				states = append(states, string(unit.State))
			}
			require.ElementsMatch(t, test.states, states)

			w.command(id, "announce")
			var roster intakeapi.RoundRoster
			w.get("tr", school("/rounds/"+id+"/roster"), &roster)
			people := map[string]int{}
			for _, unit := range roster.Units {
				people[unit.UnitID] = len(unit.PersonIds)
				require.Zero(t, unit.Unknown)
				require.Equal(t, unit.UnitID == test.place, slices.Contains(unit.PersonIds, "tr"))
				require.NotContains(t, unit.PersonIds, "leader")
			}
			for n, unit := range test.units {
				require.Equal(t, test.people[n], people[unit], unit)
			}
			marked := func(c *intakeapi.Countersigning) {
				c.Paper = &intakeapi.PaperMarking{PersonIds: []string{"north-a"}, HelperID: "north-b"}
			}
			response, answer := w.countersign("tr", id, marked)
			require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
			round := w.reaches(id, Announced)
			require.Equal(t, []string{string(by)}, round.breakdowns())
			unit, _, err := w.intake.place(schoolContext(t), id, round, "tr")
			require.NoError(t, err)
			require.Equal(t, test.place, unit)

			w.eventually(func() bool { return w.told()["intake.round-announced.v1"] == 1 })
			for _, e := range w.published() {
				if e.Type == (events.RoundAnnounced{}).Type() {
					told := decoded[events.RoundAnnounced](t, e.Data)
					require.True(t, told.WholeSchool)
					require.Equal(t, by == intakeapi.ByStaffGroup, told.Breakdown == events.ByStaffGroup)
					require.Len(t, told.Units, 3)
				}
			}
			w.neighbour.mu.Lock()
			contract := w.neighbour.frames[id]["contract"].(map[string]any)
			w.neighbour.mu.Unlock()
			require.Equal(t, []any{string(by)}, contract["breakdowns"], "as printed on the form")
			require.Equal(t, round.Contract.Hash, contract["hash"])

			w.command(id, "open")
			response, answer = w.onLatest("leader", id, http.MethodPost, "/extension", intakeapi.NewExtension{ClosesOn: "2026-12-11", Reason: "Sygdom"})
			require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
			w.command(id, "close")
		})
	}
}

// Units and staff groups cross: no two rounds about the same by both are under way together, in whatever weeks.
func TestACrossedRoundWaitsForTheOther(t *testing.T) {
	question := []intakeapi.NewExtraQuestion{{Da: "Vi har ro til at arbejde"}}
	for name, test := range map[string]struct {
		second  func(*intakeapi.NewRound)
		refused bool
	}{
		"the same weeks": {nil, true},
		"half a year later": {func(r *intakeapi.NewRound) {
			r.OpensOn, r.ClosesOn, r.VisibleToAllOn = "2027-06-01", "2027-06-11", "2027-06-11"
		}, true},
		"a full round":        {func(r *intakeapi.NewRound) { r.Instrument = "full" }, true},
		"another theme":       {func(r *intakeapi.NewRound) { r.Instrument = "pulse-core-task" }, false},
		"the same own words":  {func(r *intakeapi.NewRound) { r.Instrument, r.ExtraQuestions = "pulse-core-task", &question }, true},
		"the other breakdown": {func(r *intakeapi.NewRound) { r.Breakdown = nil }, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			first := w.draft(func(r *intakeapi.NewRound) { r.ExtraQuestions = &question }).RoundID
			w.announce(first)
			second := w.draft(func(r *intakeapi.NewRound) {
				groupwise(r)
				if test.second != nil {
					test.second(r)
				}
			}).RoundID
			response, answer := w.onLatest("leader", second, http.MethodPost, "/announce", nil)
			if !test.refused {
				require.Less(t, response.StatusCode, 300, "%s", answer)
				return
			}
			require.Equal(t, "breakdown", refused(t, failure.RoundCrosses, response, answer).Field)
			require.Equal(t, Draft, w.round(second).Status)
		})
	}
}

// When the other has its result the round may be announced, and its preview says what is left to see, and from when.
func TestThePreviewSaysWhatACrossedRoundShows(t *testing.T) {
	w := newWorld(t)
	units := w.endRound(nil)
	free := DateOf(w.round(units).ClosedAt.Add(disclosure.Near))
	preview := func(change func(*intakeapi.NewRound)) (p intakeapi.Preview) {
		id := w.draft(func(r *intakeapi.NewRound) {
			r.OpensOn, r.ClosesOn, r.VisibleToAllOn = "2027-01-11", "2027-01-22", "2027-01-29"
			change(r)
		}).RoundID
		w.get("leader", school("/rounds/"+id+"/preview"), &p)
		return p
	}
	closing := func(on Date) func(*intakeapi.NewRound) {
		return func(r *intakeapi.NewRound) {
			groupwise(r)
			r.ClosesOn, r.VisibleToAllOn = string(on), string(on)
		}
	}
	crossed := preview(groupwise)
	require.Equal(t, &intakeapi.Crossing{RoundID: units, Title: "Aula i hverdagen", ShownFrom: string(free)}, crossed.Crossing)
	require.Equal(t, intakeapi.PreviewState("shown"), crossed.School)
	for _, unit := range crossed.Units {
		require.Equal(t, intakeapi.PreviewState("pooled"), unit.State, unit.UnitID)
		require.False(t, unit.Distributions)
	}
	require.NotNil(t, preview(closing(free.Later(-1))).Crossing)
	far := preview(closing(free))
	require.Nil(t, far.Crossing)
	require.Equal(t, intakeapi.PreviewState("shown"), far.Units[0].State)
	require.True(t, free.End().After(w.round(units).ClosedAt.Add(disclosure.Near)), "reporting counts from the closing")
	require.Nil(t, preview(func(*intakeapi.NewRound) {}).Crossing, "the same breakdown")
	require.Nil(t, preview(func(r *intakeapi.NewRound) { groupwise(r); r.Instrument = "pulse-core-task" }).Crossing, "another theme")

	// A round in some units only leaves nothing to tell: the school as a whole is larger by the others.
	w = newWorld(t)
	w.endRound(func(r *intakeapi.NewRound) { r.UnitIds = &[]string{"north"} })
	crossed = preview(groupwise)
	require.Equal(t, intakeapi.PreviewState("too_few"), crossed.School)
	require.Equal(t, intakeapi.PreviewState("too_few"), crossed.Units[0].State)
}

func TestAPairIsBrokenDownAlike(t *testing.T) {
	w := newWorld(t)
	before := w.endRound(groupwise)
	w.clock.set(w.clock.now().Add(time.Hour))
	after := intakeapi.NewRound{
		Title: "Aula i hverdagen (efter)", Instrument: "pulse-relations", InstrumentVersion: 1,
		OpensOn: "2026-12-07", ClosesOn: "2026-12-18", VisibleToAllOn: "2026-12-21", BeforeRoundID: &before,
	}
	response, answer := w.call("leader", http.MethodPost, school("/rounds"), after, fresh()...)
	require.Equal(t, "breakdown", refused(t, failure.RoundPairDiffers, response, answer).Field)
	after.Breakdown = &byStaffGroup
	response, answer = w.call("leader", http.MethodPost, school("/rounds"), after, fresh()...)
	require.Equal(t, http.StatusCreated, response.StatusCode, "%s", answer)
}
