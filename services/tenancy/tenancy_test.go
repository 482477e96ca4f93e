package tenancy

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// TestEveryOperation walks through all operations once and holds the whole surface against its description.
func TestEveryOperation(t *testing.T) {
	w := newWorld(t)
	admin, leader := w.people["school_administrator"], w.people["leader"]

	o := read[tenancyapi.Organisation](t, w.call(leader, "GET", at(w.school, "/organisation"), nil))
	require.Equal(t, "Nordskolen", o.Name)
	require.Equal(t, string(w.north), *o.ParentID)
	require.Equal(t, "elever", *o.LearnerWord, "the usual word of the institution type")

	renamed := w.call(admin, "PATCH", at(w.school, "/organisation"), tenancyapi.OrganisationChange{LearnerWord: ptr("børn")}, ifMatch(o.Revision))
	require.Equal(t, "børn", *read[tenancyapi.Organisation](t, renamed).LearnerWord)

	schools := read[tenancyapi.OrganisationList](t, w.call(w.people["municipal_analyst"], "GET", at(w.north, "/organisations?limit=1"), nil))
	require.Len(t, schools.Items, 1)
	more := read[tenancyapi.OrganisationList](t, w.call(w.people["municipal_analyst"], "GET", at(w.north, "/organisations?cursor="+*schools.NextCursor), nil))
	require.Equal(t, []string{"Nordskolen", "Søsterskolen"}, []string{schools.Items[0].Name, more.Items[0].Name})

	team := read[tenancyapi.Unit](t, w.call(admin, "POST", at(w.school, "/units"), tenancyapi.NewUnit{Name: "Team 1", ParentID: &w.unit}))
	require.Equal(t, w.unit, *team.ParentID)
	changed := w.call(admin, "PATCH", at(w.school, "/units/"+team.UnitID), tenancyapi.UnitChange{Name: ptr("Team A"), ParentID: ptr("")}, ifMatch(team.Revision))
	require.Nil(t, read[tenancyapi.Unit](t, changed).ParentID)
	require.Equal(t, `"2"`, changed.etag)
	units := read[tenancyapi.UnitList](t, w.call(leader, "GET", at(w.school, "/units"), nil))
	require.Equal(t, "Indskoling", units.Items[0].Name)
	require.Equal(t, 1, units.Items[0].Headcount)
	one := w.call(leader, "GET", at(w.school, "/units/"+team.UnitID), nil)
	require.Equal(t, "Team A", read[tenancyapi.Unit](t, one).Name)

	staff := read[tenancyapi.StaffList](t, w.call(leader, "GET", at(w.school, "/staff"), nil))
	require.Len(t, staff.Items, 10)
	persons := read[tenancyapi.PersonList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons?limit=3"), nil))
	require.Len(t, persons.Items, 3)
	self := read[tenancyapi.Person](t, w.call(leader, "GET", at(w.north, "/persons/"+leader.subject.ID), nil))
	require.Equal(t, "Navn på leader", self.Name)
	require.NotEmpty(t, self.Email)

	assignments := read[tenancyapi.RoleAssignmentList](t, w.call(admin, "GET", at(w.north, "/role-assignments?scope="+string(w.school)), nil))
	require.Len(t, assignments.Items, 10)
	hired := read[tenancyapi.RoleAssignment](t, w.call(admin, "POST", at(w.school, "/staff"), tenancyapi.NewStaffMember{
		Login: "ny", Name: ptr("Ny"), Email: ptr("ny@example.dk"), Role: "it_guide"}))
	require.Equal(t, string(w.school), hired.Scope)
	ended := w.call(admin, "POST", at(w.north, "/role-assignments/"+w.assignments["text_reader"].AssignmentID+"/end"),
		tenancyapi.RoleEnd{}, ifMatch(w.assignments["text_reader"].Revision))
	require.NotNil(t, read[tenancyapi.RoleAssignment](t, ended).To)
	placed := w.assignments["employee"]
	moved := w.move(admin, placed, tenancyapi.EmployeeMove{UnitID: team.UnitID, From: w.clock.now()})
	read[tenancyapi.RoleAssignment](t, w.move(admin, read[tenancyapi.RoleAssignment](t, moved), tenancyapi.EmployeeMove{UnitID: w.unit, From: w.clock.now()}))
	require.Len(t, read[tenancyapi.RoleAssignmentList](t, w.leave(admin, w.people["facilitator"].subject.ID, w.school, nil)).Items, 1)

	forums := read[tenancyapi.ForumList](t, w.call(w.people["employee"], "GET", at(w.school, "/forums"), nil))
	require.Equal(t, w.forum, forums.Items[0])
	seated := w.call(leader, "PUT", at(w.school, "/forums/"+w.forum.ForumID+"/members"), tenancyapi.ForumMembers{
		Members: []tenancyapi.ForumMember{{PersonID: w.people["amr"].subject.ID, Role: "amr"}}}, ifMatch(w.forum.Revision))
	require.Len(t, read[tenancyapi.Forum](t, seated).Members, 1)
	got := w.call(leader, "GET", at(w.school, "/forums/"+w.forum.ForumID), nil)
	require.Equal(t, seated.etag, got.etag)
	renamed = w.call(leader, "PATCH", at(w.school, "/forums/"+w.forum.ForumID), tenancyapi.ForumChange{Name: ptr("MED")}, ifMatch(2))
	require.Equal(t, "MED", read[tenancyapi.Forum](t, renamed).Name)
	require.NotNil(t, read[tenancyapi.Forum](t, w.call(leader, "POST", at(w.school, "/forums/"+w.forum.ForumID+"/end"), nil, ifMatch(3))).EndedAt)
	require.Len(t, read[tenancyapi.ForumParentList](t, w.call(leader, "GET", at(w.school, "/forum-parents"), nil)).Items, 1)
	require.Len(t, read[tenancyapi.ForumProposalList](t, w.call(leader, "GET", at(w.school, "/forum-proposals"), nil)).Items, 2)
	require.Len(t, read[tenancyapi.ForumList](t, w.call(leader, "POST", at(w.school, "/forum-structures"), tenancyapi.NewForumStructure{Structure: "med"})).Items, 1)

	names := read[tenancyapi.PersonNameList](t, w.call(w.people["employee"], "POST", at(w.school, "/persons/lookup"),
		tenancyapi.PersonLookup{PersonIds: []string{leader.subject.ID, w.people["away administrator"].subject.ID, "nobody"}}))
	require.Equal(t, []tenancyapi.PersonName{{PersonID: leader.subject.ID, Name: "Navn på leader", Language: "da"}}, names.Items)
	addressed := read[tenancyapi.PersonNameList](t, w.call(service("notification"), "POST", at(w.north, "/persons/lookup"),
		tenancyapi.PersonLookup{PersonIds: []string{leader.subject.ID}}))
	require.Equal(t, self.Email, *addressed.Items[0].Email)

	match := read[tenancyapi.SignedIn](t, w.call(service("portal"), "POST", "/v1/sign-ins/match", tenancyapi.SignIn{Issuer: "demo", Login: strings.ToUpper(self.Login)}))
	require.Equal(t, tenancyapi.SignedIn{PersonID: leader.subject.ID, TenantID: string(w.north), Name: self.Name, Language: "da"}, match)
	me := read[tenancyapi.Me](t, w.call(w.people["employee"], "GET", "/v1/me", nil))
	require.Equal(t, []tenancyapi.MyAssignment{{
		Role: "employee", Scope: string(w.school), ScopeName: "Nordskolen", ScopeKind: "school", ParentID: ptr(string(w.north)),
		UnitID: &w.unit, UnitName: ptr("Indskoling"),
	}}, me.Assignments)

	made := w.newKey(admin, w.school, access.ScopeOrganisation)
	keys := read[tenancyapi.APIKeyList](t, w.call(admin, "GET", at(w.school, "/api-keys"), nil))
	require.Equal(t, []tenancyapi.APIKey{made.Key}, keys.Items)
	require.Equal(t, made.Key.KeyID, w.program(made.Secret).subject.ID)
	require.NotNil(t, read[tenancyapi.APIKey](t, w.call(admin, "POST", at(w.school, "/api-keys/"+made.Key.KeyID+"/revoke"), nil)).RevokedAt)

	operator, gone := w.people["municipal_administrator"], w.people["amr"]
	corrected := read[tenancyapi.Person](t, w.rectify(operator, gone, 1, tenancyapi.PersonChange{Name: ptr("Anna")}))
	require.Equal(t, "Anna", corrected.Name)
	corrected = read[tenancyapi.Person](t, w.call(operator, "POST", at(w.north, "/persons/"+gone.subject.ID+"/reinstate"), nil, ifMatch(corrected.Revision)))
	require.Equal(t, http.StatusOK, w.call(gone, "GET", "/v1/me/export", nil).status)
	require.Equal(t, "DLF", read[tenancyapi.MyUnion](t, w.writeUnion(w.people["tr"], w.assignments["tr"].AssignmentID, "DLF")).Union)
	require.Len(t, read[tenancyapi.MyUnionList](t, w.call(w.people["tr"], "GET", "/v1/me/unions", nil)).Items, 1)
	require.Equal(t, http.StatusNoContent, w.call(w.people["tr"], "DELETE", "/v1/me/unions/"+w.assignments["tr"].AssignmentID, nil).status)
	mine := read[tenancyapi.DataRequestList](t, w.call(gone, "GET", "/v1/me/data-requests", nil))
	require.Len(t, mine.Items, 2)
	asked := read[tenancyapi.DataRequest](t, w.ask(w.people["tr"], "erasure", "Jeg er holdt op."))
	require.Equal(t, asked, read[tenancyapi.DataRequest](t, w.call(operator, "GET", at(w.north, "/data-requests/"+asked.RequestID), nil)))
	require.Equal(t, http.StatusOK, w.answerTo(operator, asked, "refused", "Du er ansat endnu.").status)
	erased := read[tenancyapi.DataRequest](t, w.erase(operator, gone, corrected.Revision))
	requests := read[tenancyapi.DataRequestList](t, w.call(operator, "GET", at(w.north, "/data-requests"), nil))
	require.Len(t, requests.Items, 4)
	require.Equal(t, erased, requests.Items[0])

	require.Equal(t, http.StatusOK, w.call(operator, "GET", at(w.north, "/export"), nil).status)
	d := w.deletion(w.sister, "Søsterskolen")
	require.Equal(t, tenancyapi.DeletionState(deletionWithdrawn), read[tenancyapi.Deletion](t, w.cancel(w.sister, d.Revision)).State)
	w.deleted(w.deletion(w.sister, "Søsterskolen"))
	require.Equal(t, http.StatusOK, w.call(operator, "GET", at(w.north, "/deletions/"+string(w.sister)), nil).status)
	require.Equal(t, http.StatusOK, w.call(operator, "GET", at(w.north, "/deletions/"+string(w.sister)+"/certificate"), nil).status)
	require.Len(t, read[tenancyapi.DeletionList](t, w.call(operator, "GET", at(w.north, "/deletions"), nil)).Items, 1)

	copied := read[tenancyapi.EventList](t, w.call(service("notification"), "GET", "/v1/snapshots/organisations", nil))
	require.Len(t, copied.Items, 6)

	require.Empty(t, read[tenancyapi.DeadLetterCountList](t, w.call(operator, "GET", at(w.north, "/dead-letters"), nil)).Items)

	entries := read[tenancyapi.AuditEntryList](t, w.call(admin, "GET", at(w.school, "/audit-entries?action=role_assignment.end"), nil))
	require.Equal(t, admin.subject.ID, entries.Items[0].Subject)
	require.Equal(t, http.StatusOK, w.call(admin, "GET", at(w.school, "/audit-export"), nil).status)
	require.True(t, read[tenancyapi.AuditVerification](t, w.call(admin, "GET", at(w.school, "/audit-verification"), nil)).Intact)

	checked := read[tenancyapi.Import](t, w.bring("schools", schoolList))
	w.call(w.people["municipal_administrator"], "DELETE", at(w.north, "/imports/"+checked.ImportID), nil, ifMatch(checked.Revision))
	checked = read[tenancyapi.Import](t, w.bring("schools", schoolList, key("another-list")))
	require.Len(t, read[tenancyapi.ImportRowList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/imports/"+checked.ImportID+"/rows"), nil)).Items, 3)
	w.take(checked, false)
	require.Len(t, read[tenancyapi.ImportList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/imports"), nil)).Items, 2)

	w.keepsProviders()
	w.tightens()
	w.brands()
	w.everySCIMOperation()
	w.setsUp()

	w.api.Routes(w.service.engine)
	w.api.Covered()
}

func TestOtherServicesLearnOfItThroughTheirDirectory(t *testing.T) {
	w := newWorld(t)
	d := w.directory("intake", byEvents)
	inSchool := tenant.With(t.Context(), w.school)
	within(t, func() bool {
		units, err := d.Units(inSchool)
		return err == nil && len(units) == 1 && units[0].Headcount == 1
	})
	path, err := d.Path(t.Context(), w.school)
	require.NoError(t, err)
	require.Equal(t, []tenant.ID{w.platform, w.north, w.school}, path)
	within(t, func() bool { // the last thing that newWorld did
		forum, err := d.Forum(inSchool, w.forum.ForumID)
		return err == nil && len(forum.Members) == 2
	})
	members, err := d.Members(inSchool, access.Leader)
	require.NoError(t, err)
	require.Equal(t, []directory.Member{{PersonID: w.people["leader"].subject.ID, Role: access.Leader, Tenant: w.north}}, members)
	roles, err := d.Assignments(t.Context(), w.people["employee"].subject.ID)
	require.NoError(t, err)
	require.Equal(t, []access.Assignment{{Role: access.Employee, Scope: w.school, Unit: w.unit}}, roles)
}

func TestARepeatedRequestMakesOneThing(t *testing.T) {
	w := newWorld(t)
	setup := service("setup")
	person := tenancyapi.NewPerson{Name: "Anna Holm", Email: "anna@example.dk", Login: "anna", Language: "da"}
	for path, in := range map[string]any{
		at(w.platform, "/organisations"): tenancyapi.NewOrganisation{Kind: "municipality", Name: "Vestby", Language: "da", Code: ptr("147")},
		at(w.school, "/units"):           tenancyapi.NewUnit{Name: "Udskoling"},
		at(w.north, "/persons"):          person,
	} {
		first, second := w.call(setup, "POST", path, in, key("the-same-key")), w.call(setup, "POST", path, in, key("the-same-key"))
		require.Equal(t, http.StatusCreated, first.status, "%s", first.body)
		require.Equal(t, first, second)
	}
	other := person
	other.Name = "Bo Holm"
	w.call(setup, "POST", at(w.north, "/persons"), other, key("the-same-key")).refused(t, 409, failure.IdempotencyConflict)

	p := w.person(w.north, "Dora")
	role := tenancyapi.NewRoleAssignment{PersonID: p.subject.ID, Role: "employee", Scope: string(w.school), UnitID: &w.unit}
	first, second := w.call(setup, "POST", at(w.north, "/role-assignments"), role, key("the-same-key")), w.call(setup, "POST", at(w.north, "/role-assignments"), role, key("the-same-key"))
	require.Equal(t, first, second)
	require.Equal(t, 2, w.headcount(w.school, w.unit))
	w.call(setup, "POST", at(w.north, "/persons"), person, header{"Idempotency-Key", ""}).refused(t, 400, failure.IdempotencyMissing)
}

func TestWhatExistsOnlyOnce(t *testing.T) {
	w := newWorld(t)
	setup := service("setup")
	w.call(setup, "POST", "/v1/platform", tenancyapi.NewPlatform{Name: "Another", Language: "en"}).refused(t, 409, failure.OrganisationTaken)

	coded := tenancyapi.NewOrganisation{Kind: "municipality", Name: "Frederiksberg", Language: "da", Code: ptr("147")}
	read[tenancyapi.Organisation](t, w.call(setup, "POST", at(w.platform, "/organisations"), coded))
	coded.Name = "Frederiksberg igen"
	w.call(setup, "POST", at(w.platform, "/organisations"), coded).refused(t, 409, failure.OrganisationTaken)

	person := tenancyapi.NewPerson{Name: "Anna", Email: "anna@example.dk", Login: "Anna@Nordby.dk", Language: "da"}
	read[tenancyapi.Person](t, w.call(setup, "POST", at(w.north, "/persons"), person))
	person.Login = "ANNA@nordby.dk"
	w.call(setup, "POST", at(w.north, "/persons"), person).refused(t, 409, failure.LoginTaken)
	read[tenancyapi.Person](t, w.call(setup, "POST", at(w.south, "/persons"), person)) // another operator's own
	w.call(service("portal"), "POST", "/v1/sign-ins/match", tenancyapi.SignIn{Issuer: "demo", Login: "anna@nordby.dk"}).
		refused(t, 404, failure.SignInUnknown) // now it could be either

	p := w.people["employee"]
	role := tenancyapi.NewRoleAssignment{PersonID: p.subject.ID, Role: "employee", Scope: string(w.school), UnitID: ptr(w.newUnit(w.school, "Udskoling"))}
	w.call(setup, "POST", at(w.north, "/role-assignments"), role).refused(t, 409, failure.RoleHeld)
	from := w.clock.now().Add(time.Hour)
	role.From, role.To = &from, ptr(from.Add(time.Hour))
	w.call(setup, "POST", at(w.north, "/role-assignments"), role).refused(t, 409, failure.RoleHeld)
}

func TestSignInsCountFromTheIssuersOfTheOperator(t *testing.T) {
	w := newWorld(t)
	in := tenancyapi.NewOrganisation{Kind: "operator", Name: "Selvejende", Language: "da", SignInIssuers: &tenancyapi.Issuers{"https://login.example.dk"}}
	strict := tenant.ID(read[tenancyapi.Organisation](t, w.call(service("setup"), "POST", at(w.platform, "/organisations"), in)).OrganisationID)
	read[tenancyapi.Person](t, w.call(service("setup"), "POST", at(strict, "/persons"),
		tenancyapi.NewPerson{Name: "Anna", Email: "anna@example.dk", Login: "anna", Language: "da"}))
	match := func(issuer, login string) answer {
		return w.call(service("portal"), "POST", "/v1/sign-ins/match", tenancyapi.SignIn{Issuer: issuer, Login: login})
	}
	require.Equal(t, "Anna", read[tenancyapi.SignedIn](t, match("https://login.example.dk", "anna")).Name)
	match("https://evil.example.dk", "anna").refused(t, 404, failure.SignInUnknown)
	match("https://login.example.dk", "nobody").refused(t, 404, failure.SignInUnknown)
	w.call(w.people["leader"], "POST", "/v1/sign-ins/match", tenancyapi.SignIn{Issuer: "demo", Login: "anna"}).refused(t, 403, failure.AccessDenied)
}

func (w *world) headcount(school tenant.ID, unit string) int {
	w.t.Helper()
	return read[tenancyapi.Unit](w.t, w.call(service("intake"), "GET", at(school, "/units/"+unit), nil)).Headcount
}

func (w *world) end(by actor, a tenancyapi.RoleAssignment, to *time.Time) answer {
	w.t.Helper()
	return w.call(by, "POST", at(w.north, "/role-assignments/"+a.AssignmentID+"/end"), tenancyapi.RoleEnd{To: to}, ifMatch(a.Revision))
}

func TestHeadcountsFollowAssignments(t *testing.T) {
	w := newWorld(t)
	admin := w.people["school_administrator"]
	anna := w.person(w.north, "Anna")
	placed := w.assign(anna, access.Employee, w.school, w.unit)
	require.Equal(t, 2, w.headcount(w.school, w.unit))

	leads := w.assign(anna, access.Leader, w.school, "")
	require.Equal(t, 1, w.headcount(w.school, w.unit), "leaders do not answer in their own unit")
	read[tenancyapi.RoleAssignment](t, w.end(admin, leads, nil))
	require.Equal(t, 2, w.headcount(w.school, w.unit))
	read[tenancyapi.RoleAssignment](t, w.end(admin, placed, nil))
	require.Equal(t, 1, w.headcount(w.school, w.unit))
	w.end(admin, placed, nil).refused(t, 412, failure.PreconditionFailed)
	placed.Revision = 2
	w.end(admin, placed, nil).refused(t, 409, failure.AssignmentEnded)
}

func TestHeadcountsFollowTheCalendar(t *testing.T) {
	w := newWorld(t)
	anna := w.person(w.north, "Anna")
	from := w.clock.now().Add(2 * time.Second)
	in := tenancyapi.NewRoleAssignment{PersonID: anna.subject.ID, Role: "employee", Scope: string(w.school), UnitID: &w.unit, From: &from, To: ptr(from.Add(2 * time.Second))}
	read[tenancyapi.RoleAssignment](t, w.call(service("setup"), "POST", at(w.north, "/role-assignments"), in))
	require.Equal(t, 1, w.headcount(w.school, w.unit))
	within(t, func() bool { return w.headcount(w.school, w.unit) == 2 })
	within(t, func() bool { return w.headcount(w.school, w.unit) == 1 })
}

func TestHeadcountsAfterMovesAtTheSameTime(t *testing.T) {
	w := newWorld(t)
	const people = 12
	actors := make([]actor, people)
	for i := range actors {
		actors[i] = w.person(w.north, fmt.Sprintf("Person %d", i))
	}
	var group sync.WaitGroup
	for _, p := range actors {
		request := tenancyapi.NewRoleAssignment{PersonID: p.subject.ID, Role: "employee", Scope: string(w.school), UnitID: &w.unit}
		group.Go(func() {
			creation := document.Creation{ID: "assignment-" + p.subject.ID, Request: "r"}
			a, err := newAssignment(creation.ID, request, kindSchool, w.clock.now())
			if err == nil {
				_, _, err = w.service.store.assignments.Create(tenant.With(t.Context(), w.north), creation, a, a.assigned(creation.ID))
			}
			if err == nil {
				err = w.service.recountFor(t.Context(), a)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	within(t, func() bool { return w.headcount(w.school, w.unit) == people+1 })
}

func TestTheLastAdministratorStays(t *testing.T) {
	w := newWorld(t)
	admin, first := w.people["school_administrator"], w.assignments["school_administrator"]
	w.end(admin, first, nil).refused(t, 409, failure.LastAdministrator)

	// One who goes soon does not count, and one who comes later does not either.
	later := w.clock.now().Add(time.Hour)
	soon := w.person(w.north, "Soon")
	read[tenancyapi.RoleAssignment](t, w.call(service("setup"), "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: soon.subject.ID, Role: "school_administrator", Scope: string(w.school), To: &later}))
	next := w.person(w.north, "Next")
	read[tenancyapi.RoleAssignment](t, w.call(service("setup"), "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: next.subject.ID, Role: "school_administrator", Scope: string(w.school), From: &later}))
	w.end(admin, first, nil).refused(t, 409, failure.LastAdministrator)

	second := w.assign(w.person(w.north, "Second"), access.SchoolAdministrator, w.school, "")
	read[tenancyapi.RoleAssignment](t, w.end(admin, first, nil))
	w.call(admin, "GET", at(w.north, "/role-assignments?scope="+string(w.school)), nil).refused(t, 403, failure.AccessDenied)
	w.end(w.people["municipal_administrator"], second, &later).refused(t, 409, failure.LastAdministrator)
}

func TestTwoAdministratorsCannotRemoveEachOther(t *testing.T) {
	w := newWorld(t)
	north := tenant.With(t.Context(), w.north)
	remove := func(id string) error {
		found, err := w.service.store.assignments.Get(north, id)
		if err == nil {
			_, err = w.service.end(north, found, tenancyapi.RoleEnd{})
		}
		return err
	}
	staying := w.assignments["sister's administrator"].AssignmentID
	for range 8 {
		pair := []string{
			w.assign(w.person(w.north, "One"), access.SchoolAdministrator, w.sister, "").AssignmentID,
			w.assign(w.person(w.north, "Two"), access.SchoolAdministrator, w.sister, "").AssignmentID,
		}
		require.NoError(t, remove(staying))
		errs := make([]error, len(pair))
		var group sync.WaitGroup
		for i, id := range pair {
			group.Go(func() { errs[i] = remove(id) })
		}
		group.Wait()
		loser := slices.IndexFunc(errs, func(err error) bool { return err != nil })
		require.NotEqual(t, -1, loser, "both were removed")
		require.NoError(t, errs[1-loser])
		require.Equal(t, failure.LastAdministrator, failure.CodeOf(errs[loser]))
		staying = pair[loser]
	}
}

// An entry that outlived its assignment, as a crash may leave one, is no administrator.
func TestAStaleEntryDoesNotCountAsAnAdministrator(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.service.administer(t.Context(), w.school, func(a *administration) error { a.add("gone", time.Time{}); return nil }))
	w.end(w.people["school_administrator"], w.assignments["school_administrator"], nil).refused(t, 409, failure.LastAdministrator)
}

func TestUnitsFormATree(t *testing.T) {
	w := newWorld(t)
	admin := w.people["school_administrator"]
	move := func(id, parent string, revision int64) answer {
		return w.call(admin, "PATCH", at(w.school, "/units/"+id), tenancyapi.UnitChange{ParentID: &parent}, ifMatch(revision))
	}
	b := read[tenancyapi.Unit](t, w.call(admin, "POST", at(w.school, "/units"), tenancyapi.NewUnit{Name: "B", ParentID: &w.unit}))
	c := read[tenancyapi.Unit](t, w.call(admin, "POST", at(w.school, "/units"), tenancyapi.NewUnit{Name: "C", ParentID: &b.UnitID}))
	a := read[tenancyapi.Unit](t, w.call(admin, "GET", at(w.school, "/units/"+w.unit), nil))
	move(w.unit, c.UnitID, a.Revision).refused(t, 422, failure.UnitCycle)
	move(w.unit, w.unit, a.Revision).refused(t, 422, failure.UnitCycle)
	move(w.unit, w.sisterUnit, a.Revision).refused(t, 422, failure.ForeignIdentifier)
	move(w.unit, "", a.Revision-1).refused(t, 412, failure.PreconditionFailed)
	w.call(admin, "PATCH", at(w.school, "/units/"+w.unit), tenancyapi.UnitChange{Name: ptr("x")}).refused(t, 428, failure.PreconditionMissing)
	require.Equal(t, w.unit, *read[tenancyapi.Unit](t, move(c.UnitID, w.unit, c.Revision)).ParentID)
}

func TestACycleThatTwoMovesMakeIsUndone(t *testing.T) {
	w := newWorld(t)
	ctx := tenant.With(t.Context(), w.school)
	for _, id := range []string{"a", "b"} { // as if both had been moved beneath each other at the same moment
		other := map[string]string{"a": "b", "b": "a"}[id]
		_, err := w.service.store.units.Insert(ctx, id, unit{Name: id, ParentID: other})
		require.NoError(t, err)
	}
	d, err := w.service.store.units.Get(ctx, "b")
	require.NoError(t, err)
	require.Equal(t, failure.UnitCycle, failure.CodeOf(w.service.undoUnitCycle(ctx, d, "")))
	back, err := w.service.store.units.Get(ctx, "b")
	require.NoError(t, err)
	require.Empty(t, back.Body.ParentID)
}
