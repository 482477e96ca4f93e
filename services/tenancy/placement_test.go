package tenancy

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (w *world) move(by actor, a tenancyapi.RoleAssignment, in tenancyapi.EmployeeMove, headers ...header) answer {
	w.t.Helper()
	return w.call(by, "POST", at(w.north, "/role-assignments/"+a.AssignmentID+"/move"), in, append(headers, ifMatch(a.Revision))...)
}

func (w *world) leave(by actor, person string, scope tenant.ID, when *time.Time) answer {
	w.t.Helper()
	return w.call(by, "POST", at(w.north, "/persons/"+person+"/leave"), tenancyapi.Leaving{Scope: string(scope), At: when})
}

// placements returns the person's placements, the earliest first.
func (w *world) placements(person string) []tenancyapi.RoleAssignment {
	w.t.Helper()
	list := read[tenancyapi.RoleAssignmentList](w.t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/role-assignments?person_id="+person), nil)).Items
	return slices.DeleteFunc(list, func(a tenancyapi.RoleAssignment) bool { return a.Role != "employee" })
}

func TestAMoveLeavesNoGapAndNoOverlap(t *testing.T) {
	w := newWorld(t)
	admin := w.people["school_administrator"]
	anna := w.person(w.north, "Anna")
	first := read[tenancyapi.RoleAssignment](t, w.call(admin, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: anna.subject.ID, Role: "employee", Scope: string(w.school), UnitID: &w.unit, StaffGroup: ptr(tenancyapi.StaffGroup("teacher"))}))
	team := w.newUnit(w.school, "Team")

	in := tenancyapi.EmployeeMove{UnitID: team, From: w.clock.now().Add(-time.Hour)}
	moved := w.move(admin, first, in, key("the-same-key"))
	second := read[tenancyapi.RoleAssignment](t, moved)
	require.Equal(t, tenancyapi.StaffGroup("teacher"), *second.StaffGroup, "what somebody is employed as moves along")
	require.Equal(t, moved, w.move(admin, first, in, key("the-same-key")))
	both := w.placements(anna.subject.ID)
	require.Len(t, both, 2)
	require.Equal(t, both[1].From, *both[0].To)
	require.Equal(t, []int{1, 1}, []int{w.headcount(w.school, w.unit), w.headcount(w.school, team)})
	w.move(admin, first, in).refused(t, 409, failure.AssignmentEnded)

	later := w.clock.now().Add(time.Hour).UTC().Truncate(time.Millisecond)
	away := tenancyapi.EmployeeMove{Scope: ptr(string(w.sister)), UnitID: w.sisterUnit, From: later}
	w.move(admin, second, away).refused(t, 403, failure.AccessDenied)
	third := read[tenancyapi.RoleAssignment](t, w.move(w.people["municipal_administrator"], second, away))
	require.Equal(t, later, third.From)
	three := w.placements(anna.subject.ID)
	require.Equal(t, later, *three[1].To)
	require.Equal(t, 1, w.headcount(w.school, team), "until the day comes")
}

func TestAMoveThatCannotBeLeavesNothingBehind(t *testing.T) {
	w := newWorld(t)
	admin := w.people["municipal_administrator"]
	placed := w.assignments["employee"]
	soon := w.clock.now().Add(time.Hour)
	move := func(a tenancyapi.RoleAssignment, unit string, change func(*tenancyapi.EmployeeMove)) answer {
		in := tenancyapi.EmployeeMove{UnitID: unit, From: soon}
		if change != nil {
			change(&in)
		}
		return w.move(admin, a, in)
	}
	move(placed, w.sisterUnit, nil).refused(t, 422, failure.ForeignIdentifier)
	move(placed, w.unit, nil).refused(t, 422, failure.RequestInvalid)
	move(placed, w.awayUnit, func(in *tenancyapi.EmployeeMove) { in.Scope = ptr(string(w.away)) }).refused(t, 403, failure.AccessDenied)
	move(placed, w.unit, func(in *tenancyapi.EmployeeMove) { in.Scope = ptr(string(w.north)) }).refused(t, 422, failure.RoleMisplaced)
	move(placed, w.newUnit(w.school, "Team"), func(in *tenancyapi.EmployeeMove) { in.To = ptr(soon.Add(-time.Minute)) }).refused(t, 422, failure.RequestInvalid)
	move(w.assignments["leader"], w.unit, nil).refused(t, 422, failure.RoleMisplaced)
	stale := placed
	stale.Revision = 9
	move(stale, w.newUnit(w.school, "Team 2"), nil).refused(t, 412, failure.PreconditionFailed)
	require.Equal(t, []tenancyapi.RoleAssignment{placed}, w.placements(placed.PersonID))

	// The next school has a place for the person already, from a later day on.
	read[tenancyapi.RoleAssignment](t, w.call(admin, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: placed.PersonID, Role: "employee", Scope: string(w.sister), UnitID: &w.sisterUnit, From: ptr(soon.Add(time.Hour))}))
	move(placed, w.sisterUnit, func(in *tenancyapi.EmployeeMove) { in.Scope = ptr(string(w.sister)) }).refused(t, 409, failure.RoleHeld)
	require.Nil(t, w.placements(placed.PersonID)[0].To)
}

// What ends a placement between two steps is finished by the repeated request, and taken back when it cannot be.
func TestAMoveThatWasCutOffGoesOn(t *testing.T) {
	w := newWorld(t)
	ctx := tenant.With(t.Context(), w.north)
	placed := w.assignments["employee"]
	found, err := w.service.store.assignments.Get(ctx, placed.AssignmentID)
	require.NoError(t, err)
	left, err := w.service.leavePlacement(ctx, found, w.clock.now(), "next", w.clock.now())
	require.NoError(t, err)
	require.NotNil(t, left.Body.To)
	next, err := left.Body.next("next", w.school, kindSchool, tenancyapi.EmployeeMove{UnitID: w.newUnit(w.school, "Team"), From: w.clock.now()}, w.clock.now())
	require.NoError(t, err)
	require.Equal(t, *left.Body.To, next.From)

	require.NoError(t, w.service.returnToPlacement(ctx, left))
	back, err := w.service.store.assignments.Get(ctx, placed.AssignmentID)
	require.NoError(t, err)
	require.Equal(t, found.Body, back.Body)
	within(t, func() bool { return w.headcount(w.school, w.unit) == 1 })
}

// Whenever somebody is moved, they are placed at every moment at which they were, and never twice.
func TestPlacementsMeet(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		from := rapid.IntRange(0, 10).Draw(rt, "from")
		a := assignment{PersonID: "p", Role: access.Employee, Scope: "s", UnitID: "u", From: hour(from)}
		in := tenancyapi.EmployeeMove{UnitID: "v", From: hour(rapid.IntRange(0, 23).Draw(rt, "moves"))}
		if rapid.Bool().Draw(rt, "ends") {
			a.To, in.To = ptr(hour(rapid.IntRange(from+1, 23).Draw(rt, "to"))), ptr(hour(24))
		}
		now := hour(rapid.IntRange(0, 23).Draw(rt, "now"))
		before := a
		b, err := a.next("id", "s", kindSchool, in, now)
		if err != nil {
			return
		}
		require.NoError(rt, a.end("a", &b.From, now))
		require.Equal(rt, b.From, *a.To)
		for h := range 24 {
			require.False(rt, a.counts(hour(h)) && b.counts(hour(h)))
			require.True(rt, !before.counts(hour(h)) || a.counts(hour(h)) || b.counts(hour(h)))
		}
	})
}

func TestWhoeverLeavesTakesNothingAlong(t *testing.T) {
	w := newWorld(t)
	admin, anna := w.people["school_administrator"], w.person(w.north, "Anna")
	w.assign(anna, access.Employee, w.school, w.unit)
	w.assign(anna, access.Leader, w.school, "")
	w.assign(anna, access.Employee, w.sister, w.sisterUnit)
	coming := read[tenancyapi.RoleAssignment](t, w.call(admin, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: anna.subject.ID, Role: "amr", Scope: string(w.school), From: ptr(w.clock.now().Add(time.Hour))}))
	seats := append(slices.Clone(w.forum.Members), tenancyapi.ForumMember{PersonID: anna.subject.ID, Role: "member"})
	read[tenancyapi.Forum](t, w.call(admin, "PUT", at(w.school, "/forums/"+w.forum.ForumID+"/members"), tenancyapi.ForumMembers{Members: seats}, ifMatch(w.forum.Revision)))
	led := read[tenancyapi.Unit](t, w.call(admin, "POST", at(w.school, "/units"), tenancyapi.NewUnit{Name: "Team", LeaderID: &anna.subject.ID}))

	w.leave(w.people["sister's administrator"], anna.subject.ID, w.school, nil).refused(t, 403, failure.AccessDenied)
	left := read[tenancyapi.RoleAssignmentList](t, w.leave(admin, anna.subject.ID, w.school, nil)).Items
	require.Len(t, left, 3)
	for _, a := range left {
		require.NotNil(t, a.To)
		if a.AssignmentID == coming.AssignmentID {
			require.False(t, a.To.After(coming.From), "a role that was to come never counts")
		}
	}
	again := read[tenancyapi.RoleAssignmentList](t, w.leave(admin, anna.subject.ID, w.school, nil)).Items
	require.Equal(t, left, again)
	require.Equal(t, w.forum.Members, read[tenancyapi.Forum](t, w.call(admin, "GET", at(w.school, "/forums/"+w.forum.ForumID), nil)).Members)
	require.Nil(t, read[tenancyapi.Unit](t, w.call(admin, "GET", at(w.school, "/units/"+led.UnitID), nil)).LeaderID)
	require.Equal(t, []int{1, 1}, []int{w.headcount(w.school, w.unit), w.headcount(w.sister, w.sisterUnit)}, "the other school is not left")
	w.leave(admin, "nobody", w.school, nil).refused(t, 404, failure.DocumentNotFound)
	w.leave(w.people["municipal_administrator"], w.people["leader"].subject.ID, w.away, nil).refused(t, 403, failure.AccessDenied)
}

func TestTheLastAdministratorCannotLeave(t *testing.T) {
	w := newWorld(t)
	admin := w.people["school_administrator"]
	also := w.assign(admin, access.Employee, w.school, w.unit)
	w.leave(admin, admin.subject.ID, w.school, nil).refused(t, 409, failure.LastAdministrator)
	got := w.placements(admin.subject.ID)
	require.Equal(t, []tenancyapi.RoleAssignment{also}, got, "nothing has ended")
	w.assign(w.person(w.north, "Next"), access.SchoolAdministrator, w.school, "")
	require.Len(t, read[tenancyapi.RoleAssignmentList](t, w.leave(admin, admin.subject.ID, w.school, nil)).Items, 2)
}

// Seats and units follow a role that ends by the calendar, also when nobody is there to press anything.
func TestSeatsFollowTheCalendar(t *testing.T) {
	w := newWorld(t)
	admin, anna := w.people["school_administrator"], w.person(w.north, "Anna")
	until := w.clock.now().Add(2 * time.Second)
	read[tenancyapi.RoleAssignment](t, w.call(admin, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: anna.subject.ID, Role: "facilitator", Scope: string(w.school), To: &until}))
	seats := append(slices.Clone(w.forum.Members), tenancyapi.ForumMember{PersonID: anna.subject.ID, Role: "secretary"})
	read[tenancyapi.Forum](t, w.call(admin, "PUT", at(w.school, "/forums/"+w.forum.ForumID+"/members"), tenancyapi.ForumMembers{Members: seats}, ifMatch(w.forum.Revision)))
	within(t, func() bool {
		f := read[tenancyapi.Forum](t, w.call(admin, "GET", at(w.school, "/forums/"+w.forum.ForumID), nil))
		return len(f.Members) == len(w.forum.Members)
	})
}

func TestOnlyALeaderLeadsAUnit(t *testing.T) {
	w := newWorld(t)
	admin, leader := w.people["school_administrator"], w.people["leader"].subject.ID
	set := func(person string, revision int64) answer {
		return w.call(admin, "PATCH", at(w.school, "/units/"+w.unit), tenancyapi.UnitChange{LeaderID: &person}, ifMatch(revision))
	}
	u := read[tenancyapi.Unit](t, w.call(admin, "GET", at(w.school, "/units/"+w.unit), nil))
	for _, name := range []string{"employee", "tr", "away administrator"} {
		set(w.people[name].subject.ID, u.Revision).refused(t, 422, failure.PersonWithoutAccess)
	}
	w.call(admin, "POST", at(w.school, "/units"), tenancyapi.NewUnit{Name: "Team", LeaderID: ptr("nobody")}).refused(t, 422, failure.PersonWithoutAccess)
	led := read[tenancyapi.Unit](t, set(leader, u.Revision))
	require.Equal(t, leader, *led.LeaderID)
	require.Nil(t, read[tenancyapi.Unit](t, set("", led.Revision)).LeaderID)

	led = read[tenancyapi.Unit](t, set(leader, led.Revision+1))
	read[tenancyapi.RoleAssignment](t, w.end(admin, w.assignments["leader"], nil))
	require.Nil(t, read[tenancyapi.Unit](t, w.call(admin, "GET", at(w.school, "/units/"+w.unit), nil)).LeaderID)
}

func TestASubstituteHasTheDutyForAsLongAsItSays(t *testing.T) {
	w := newWorld(t)
	admin, tr := w.people["school_administrator"], w.assignments["tr"]
	bo := w.person(w.north, "Bo")
	w.assign(bo, access.Employee, w.school, w.unit)
	stand := func(role string, of tenancyapi.RoleAssignment, change func(*tenancyapi.NewRoleAssignment)) answer {
		in := tenancyapi.NewRoleAssignment{PersonID: bo.subject.ID, Role: tenancyapi.Role(role), Scope: string(w.school), SubstituteFor: &of.AssignmentID}
		if change != nil {
			change(&in)
		}
		return w.call(admin, "POST", at(w.north, "/role-assignments"), in)
	}
	stand("amr", tr, nil).refused(t, 422, failure.ForeignIdentifier)
	stand("tr", w.assignments["southern administrator"], nil).refused(t, 422, failure.ForeignIdentifier)
	stand("tr", tr, func(in *tenancyapi.NewRoleAssignment) { in.From = ptr(tr.From.Add(-time.Hour)) }).refused(t, 422, failure.RequestInvalid)
	stand("employee", w.assignments["employee"], func(in *tenancyapi.NewRoleAssignment) { in.UnitID = &w.unit }).refused(t, 422, failure.RequestInvalid)
	stand("tr", tr, func(in *tenancyapi.NewRoleAssignment) { in.PersonID = tr.PersonID }).refused(t, 422, failure.ForeignIdentifier)

	staff := func() int { return w.call(bo, "GET", at(w.school, "/staff"), nil).status }
	require.Equal(t, http.StatusForbidden, staff())
	substitute := read[tenancyapi.RoleAssignment](t, stand("tr", tr, nil))
	require.Equal(t, tr.AssignmentID, *substitute.SubstituteFor)
	require.Equal(t, http.StatusOK, staff(), "what the duty permits")
	other := w.person(w.north, "Third")
	stand("tr", substitute, func(in *tenancyapi.NewRoleAssignment) { in.PersonID = other.subject.ID }).refused(t, 422, failure.ForeignIdentifier)

	read[tenancyapi.RoleAssignment](t, w.end(admin, tr, nil))
	require.Equal(t, http.StatusForbidden, staff(), "there is nobody left to stand in for")
}

func TestASubstituteIsNoAdministratorThatAScopeKeeps(t *testing.T) {
	w := newWorld(t)
	first := w.assignments["school_administrator"]
	bo := w.person(w.north, "Bo")
	read[tenancyapi.RoleAssignment](t, w.call(w.people["municipal_administrator"], "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: bo.subject.ID, Role: "school_administrator", Scope: string(w.school), SubstituteFor: &first.AssignmentID}))
	w.end(w.people["municipal_administrator"], first, nil).refused(t, 409, failure.LastAdministrator)
}

func TestStaffGroupsAreOfEmployees(t *testing.T) {
	w := newWorld(t)
	anna := w.person(w.north, "Anna")
	give := func(role, group string, unit *string) answer {
		return w.call(service("setup"), "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
			PersonID: anna.subject.ID, Role: tenancyapi.Role(role), Scope: string(w.school), UnitID: unit, StaffGroup: ptr(tenancyapi.StaffGroup(group))})
	}
	give("leader", "teacher", nil).refused(t, 422, failure.RequestInvalid)
	give("employee", "wizard", &w.unit).refused(t, 422, failure.RequestInvalid)
	require.Equal(t, tenancyapi.StaffGroup("pedagogue"), *read[tenancyapi.RoleAssignment](t, give("employee", "pedagogue", &w.unit)).StaffGroup)
}

func TestStaffGroupsInLists(t *testing.T) {
	for _, c := range []struct {
		role, word, group string
		want              string
		known             bool
	}{
		{access.Employee, "medarbejder", "", "", true},
		{access.Employee, "lærer", "", "teacher", true},
		{access.Employee, "lærer", "ledelse", "leader", true},
		{access.Employee, "medarbejder", "teknik og rengøring", "technical_and_cleaning", true},
		{access.Employee, "medarbejder", "pedagogue", "pedagogue", true},
		{access.Employee, "medarbejder", "troldmand", "", false},
		{access.Leader, "leder", "", "", true},
		{access.Leader, "leder", "lærer", "", false},
	} {
		got, known := staffGroup(c.role, c.word, c.group)
		require.Equal(t, c.known, known, c)
		require.Equal(t, c.want, string(given(got)), c)
	}
}

func TestAListSaysWhatPeopleAreEmployedAs(t *testing.T) {
	w := newWorld(t)
	w.take(read[tenancyapi.Import](t, w.bring("schools", schoolList)), false)
	heading := "Navn;E-mail;Brugernavn;Skole;Enhed;Rolle;Personalegruppe\n"
	wrong := read[tenancyapi.Import](t, w.bring("people", heading+"Bo Kjær;bo@skole.dk;bo;901010;Indskoling;Medarbejder;Troldmand\n"))
	require.Equal(t, tenancyapi.ImportColumn("staff_group"), *wrong.Problems[0].Column)

	w.take(read[tenancyapi.Import](t, w.bring("people", heading+
		"Åse Ærø;aase@skole.dk;aase;901010;Indskoling;Lærer;\n"+
		"Bo Kjær;bo@skole.dk;bo;901010;Indskoling;Medarbejder;Teknisk personale\n"+
		"Ib Sø;ib@skole.dk;ib;901010;Indskoling;Medarbejder;\n", key("the-good-list"))), false)
	schools := read[tenancyapi.OrganisationList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/organisations"), nil)).Items
	forest := schools[slices.IndexFunc(schools, func(o tenancyapi.Organisation) bool { return o.Name == "Skovskolen" })].OrganisationID
	var groups []string
	for _, a := range read[tenancyapi.RoleAssignmentList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/role-assignments?scope="+forest), nil)).Items {
		groups = append(groups, string(given(a.StaffGroup)))
	}
	require.ElementsMatch(t, []string{"teacher", "technical_and_cleaning", ""}, groups)
}
