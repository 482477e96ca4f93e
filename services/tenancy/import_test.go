package tenancy

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/roster"
)

var csvBody = header{"Content-Type", "text/csv"}

// bring has northern administrators check a list.
func (w *world) bring(kind, text string, headers ...header) answer {
	return w.call(w.people["municipal_administrator"], "POST", at(w.north, "/imports?kind="+kind), []byte(text), append(headers, csvBody)...)
}

// take applies a checked import and waits for its end.
func (w *world) take(checked tenancyapi.Import, onlyGood bool) tenancyapi.Import {
	w.t.Helper()
	admin, path := w.people["municipal_administrator"], at(w.north, "/imports/"+checked.ImportID)
	one := read[tenancyapi.Import](w.t, w.call(admin, "POST", path+"/apply", tenancyapi.ImportApplication{OnlyGoodRows: &onlyGood}, ifMatch(checked.Revision)))
	require.Eventually(w.t, func() bool {
		one = read[tenancyapi.Import](w.t, w.call(admin, "GET", path, nil))
		return one.Status == "applied"
	}, 5*time.Minute, 5*time.Millisecond)
	return one
}

const schoolList = "Institutionsnummer;Skole;Type;Enhed\n" +
	"901010;Skovskolen;Folkeskole;Indskoling\n" +
	"901010;Skovskolen;Folkeskole;Udskoling\n" +
	"901011;Fjordens Gymnasium;Gymnasium;\n"

const peopleHeading = "Navn;E-mail;Brugernavn;Medarbejdernr;Skole;Enhed;Rolle;Fra;Til\n"

const peopleList = peopleHeading +
	"Åse Ærø;aase@skole.dk;aase;17;901010;Indskoling;Lærer;;\n" +
	"Åse Ærø;aase@skole.dk;aase;17;901010;;TR;01-08-2026;31-07-2028\n" +
	"Bo Kjær;bo@skole.dk;bo.kjaer;18;Skovskolen;;Leder;;\n"

func TestAMunicipalityIsSetUpFromTwoLists(t *testing.T) {
	w := newWorld(t)
	schools := read[tenancyapi.Import](t, w.bring("schools", schoolList))
	require.Equal(t, []int{3, 3, 0, 0, 0, 2}, []int{schools.Rows, schools.Creates, schools.Changes, schools.Unchanged, schools.Wrong, schools.Steps})
	require.Len(t, read[tenancyapi.OrganisationList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/organisations"), nil)).Items, 2, "checking writes nothing")
	w.take(schools, false)
	people := read[tenancyapi.Import](t, w.bring("people", peopleList))
	require.Equal(t, []int{3, 3, 0, 2}, []int{people.Rows, people.Creates, people.Wrong, people.Steps}, "%+v", people.Problems)
	require.Equal(t, 2, w.take(people, false).Done)

	all := read[tenancyapi.OrganisationList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/organisations"), nil))
	require.Len(t, all.Items, 4)
	var forest string
	for _, o := range all.Items {
		if o.Name == "Skovskolen" {
			forest = o.OrganisationID
		}
	}
	units := read[tenancyapi.UnitList](t, w.call(w.people["municipal_administrator"], "GET", at(tenant.ID(forest), "/units"), nil))
	require.Len(t, units.Items, 2)
	roles := read[tenancyapi.RoleAssignmentList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/role-assignments?scope="+forest), nil))
	require.Len(t, roles.Items, 3)
	for _, a := range roles.Items {
		if a.Role == "tr" {
			require.Equal(t, "2028-07-31T22:00:00Z", a.To.UTC().Format(time.RFC3339), "the last day counts, in Copenhagen")
			require.Equal(t, "2026-07-31T22:00:00Z", a.From.UTC().Format(time.RFC3339))
		}
	}
	require.Equal(t, http.StatusOK, w.call(service("portal"), "POST", "/v1/sign-ins/match", tenancyapi.SignIn{Issuer: "demo", Login: "AASE"}).status)

	// The same lists again change nothing; a corrected one changes what it corrects.
	require.Equal(t, 3, read[tenancyapi.Import](t, w.bring("schools", schoolList)).Unchanged)
	require.Equal(t, 3, read[tenancyapi.Import](t, w.bring("people", peopleList)).Unchanged)
	corrected := read[tenancyapi.Import](t, w.bring("people", strings.ReplaceAll(peopleList, "Bo Kjær", "Bo Kjærgård")))
	require.Equal(t, []int{1, 2}, []int{corrected.Changes, corrected.Unchanged})
	w.take(corrected, false)
	persons := read[tenancyapi.PersonList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons?limit=200"), nil))
	names := map[string]int{}
	for _, p := range persons.Items {
		names[p.Name]++
	}
	require.Equal(t, []int{1, 1, 0}, []int{names["Åse Ærø"], names["Bo Kjærgård"], names["Bo Kjær"]})
	left := read[tenancyapi.Import](t, w.bring("people", peopleHeading+"Bo Kjærgård;bo@skole.dk;bo.kjaer;18;Skovskolen;;Leder;;31.12.2026\n"))
	require.Equal(t, 1, left.Changes)
	w.take(left, false)
	roles = read[tenancyapi.RoleAssignmentList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/role-assignments?scope="+forest), nil))
	for _, a := range roles.Items {
		if a.Role == "leader" {
			require.Equal(t, "2026-12-31T23:00:00Z", a.To.UTC().Format(time.RFC3339), "the role got its end and no second one beside it")
		}
	}
}

func TestNothingOfAWrongListIsTakenInUnasked(t *testing.T) {
	w := newWorld(t)
	self := w.people["municipal_administrator"].subject.ID
	selfLogin := read[tenancyapi.Person](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons/"+self), nil))
	list := peopleHeading +
		"Ny Lærer;ny@skole.dk;ny.laerer;;Nordskolen;Indskoling;Lærer;;\n" + // good
		"Uden Mail;;uden;;Nordskolen;;Leder;;\n" +
		"Ukendt Rolle;a@b.dk;rolle;;Nordskolen;;Konge;;\n" +
		"Ukendt Skole;a@b.dk;skole;;Sydskolen;;Leder;;\n" + // of another municipality
		"Ukendt Enhed;a@b.dk;enhed;;Nordskolen;Findes ikke;Lærer;;\n" +
		"Skæv Dato;a@b.dk;dato;;Nordskolen;;Leder;i morgen;\n" +
		"Omvendt;a@b.dk;omvendt;;Nordskolen;;Leder;01-08-2026;01-07-2026\n" +
		"Skæv Mail;ingen;mail;;Nordskolen;;Leder;;\n" +
		"Kommunal;a@b.dk;kommunal;;Nordskolen;;municipal_administrator;;\n" +
		selfLogin.Name + ";" + selfLogin.Email + ";" + selfLogin.Login + ";;Nordskolen;;Leder;;\n" +
		"To Navne;a@b.dk;to;77;Nordskolen;;Leder;;\n" +
		"Andet Navn;a@b.dk;to;77;Nordskolen;;TR;;\n"
	checked := read[tenancyapi.Import](t, w.bring("people", list))
	var got []string
	for _, p := range checked.Problems {
		got = append(got, fmt.Sprintf("%d %s %s", p.Row, given(p.Column), p.Reason))
	}
	require.Equal(t, []string{
		"3 email missing", "4 role unknown", "5 school unknown", "6 unit unknown", "7 from invalid", "8 to invalid", "9 email invalid",
		"10 role unknown", "11 role forbidden", "13 name conflict",
	}, got)
	require.Equal(t, []int{1, 11}, []int{checked.Creates, checked.Wrong})
	admin, path := w.people["municipal_administrator"], at(w.north, "/imports/"+checked.ImportID)
	w.call(admin, "POST", path+"/apply", tenancyapi.ImportApplication{}, ifMatch(checked.Revision)).refused(t, 409, failure.ImportWrong)
	before := len(read[tenancyapi.PersonList](t, w.call(admin, "GET", at(w.north, "/persons?limit=200"), nil)).Items)

	page := read[tenancyapi.ImportRowList](t, w.call(admin, "GET", path+"/rows?outcome=wrong&limit=4", nil))
	require.Equal(t, 6, page.Items[3].Row)
	page = read[tenancyapi.ImportRowList](t, w.call(admin, "GET", path+"/rows?outcome=wrong&limit=4&cursor="+*page.NextCursor, nil))
	require.Equal(t, 7, page.Items[0].Row)
	require.Equal(t, "Skæv Dato", page.Items[0].Cells["name"])

	done := w.take(checked, true)
	require.Equal(t, 1, done.Done)
	require.Len(t, read[tenancyapi.PersonList](t, w.call(admin, "GET", at(w.north, "/persons?limit=200"), nil)).Items, before+1)
	require.Empty(t, read[tenancyapi.ImportRowList](t, w.call(admin, "GET", path+"/rows", nil)).Items, "the rows are gone")
	w.call(admin, "POST", path+"/apply", tenancyapi.ImportApplication{}, ifMatch(done.Revision)).refused(t, 409, failure.ImportOver)
}

func TestListsThatAreNoListsLeaveNothing(t *testing.T) {
	w := newWorld(t)
	admin := w.people["municipal_administrator"]
	w.bring("people", strings.Repeat("x", 50<<20)).refused(t, 413, failure.RequestTooLarge)
	w.bring("people", "Navn;E-mail;Brugernavn\n").refused(t, 422, failure.ImportEmpty)
	w.bring("cats", peopleList).refused(t, 422, failure.RequestInvalid)
	w.call(admin, "POST", at(w.north, "/imports?kind=people"), []byte("{}")).refused(t, 415, failure.RequestMediaType)
	w.call(admin, "POST", at(w.school, "/imports?kind=people"), []byte(peopleList), csvBody).refused(t, 422, failure.KindMisplaced)
	require.Empty(t, read[tenancyapi.ImportList](t, w.call(admin, "GET", at(w.north, "/imports"), nil)).Items)
	mixed := read[tenancyapi.Import](t, w.bring("people", peopleList+"B\xf8;b@skole.dk;b;;;;;;\n"))
	require.Equal(t, tenancyapi.ImportReason(roster.Mixed), mixed.Problems[0].Reason)

	once := read[tenancyapi.Import](t, w.bring("schools", schoolList, key("the-same-key")))
	require.Equal(t, once.ImportID, read[tenancyapi.Import](t, w.bring("schools", schoolList, key("the-same-key"))).ImportID)
	w.bring("schools", peopleList, key("the-same-key")).refused(t, 409, failure.IdempotencyConflict)
	stranger := w.call(w.people["southern administrator"], "GET", at(w.north, "/imports/"+once.ImportID), nil)
	require.Equal(t, http.StatusForbidden, stranger.status)
	require.Equal(t, http.StatusNotFound, w.call(w.people["southern administrator"], "GET", at(w.south, "/imports/"+once.ImportID), nil).status)

	cancelled := read[tenancyapi.Import](t, w.call(admin, "DELETE", at(w.north, "/imports/"+once.ImportID), nil, ifMatch(once.Revision)))
	require.Equal(t, tenancyapi.ImportStatus("cancelled"), cancelled.Status)
	_, err := w.keys.Get(importKey + once.ImportID)
	require.Error(t, err, "the key of the rows is gone")
	w.call(admin, "POST", at(w.north, "/imports/"+once.ImportID+"/apply"), tenancyapi.ImportApplication{}, ifMatch(cancelled.Revision)).refused(t, 409, failure.ImportOver)
}

// A list that still has somebody who was erased does not bring them back.
func TestAListDoesNotBringBackWhoWasErased(t *testing.T) {
	w := newWorld(t)
	list := peopleHeading + "Glemt Person;glemt@skole.dk;glemt;42;;;;;\n"
	w.take(read[tenancyapi.Import](t, w.bring("people", list)), false)
	id := read[tenancyapi.SignedIn](t, w.signIn("glemt")).PersonID
	require.Equal(t, http.StatusOK, w.erase(w.people["municipal_administrator"], actor{subject: access.Subject{ID: id}}, 1).status)
	again := read[tenancyapi.Import](t, w.bring("people", list))
	require.Equal(t, tenancyapi.ImportReason(roster.Gone), again.Problems[0].Reason, "it is said before anything is taken in")
	require.Zero(t, w.take(again, true).Done)
	_, err := w.keys.Get(personKey + id)
	require.ErrorIs(t, err, keyring.ErrGone, "nobody made the person a new key")
	w.signIn("glemt").refused(t, http.StatusNotFound, failure.SignInUnknown)
}

// A list that waits to be applied is a copy of what it says of people: it goes with the first of them who is erased.
func TestAListThatWaitsGoesWithWhoIsErased(t *testing.T) {
	w := newWorld(t)
	admin := w.people["municipal_administrator"]
	w.take(read[tenancyapi.Import](t, w.bring("people", peopleHeading+"Glemt Person;glemt@skole.dk;glemt;42;;;;;\n")), false)
	id := read[tenancyapi.SignedIn](t, w.signIn("glemt")).PersonID
	byLogin := read[tenancyapi.Import](t, w.bring("people", peopleHeading+"Glemt Nyt Navn;glemt@skole.dk;GLEMT;;;;;;\n"))
	byNumber := read[tenancyapi.Import](t, w.bring("people", peopleHeading+"Glemt Person;glemt@skole.dk;nyt.login;42;;;;;\n"))
	without := read[tenancyapi.Import](t, w.bring("people", peopleHeading+"En Anden;anden@skole.dk;anden;43;;;;;\n"))
	schools := read[tenancyapi.Import](t, w.bring("schools", schoolList))
	require.Equal(t, http.StatusOK, w.erase(admin, actor{subject: access.Subject{ID: id}}, 1).status)
	for _, gone := range []tenancyapi.Import{byLogin, byNumber} {
		one := read[tenancyapi.Import](t, w.call(admin, "GET", at(w.north, "/imports/"+gone.ImportID), nil))
		require.Equal(t, tenancyapi.ImportStatus(importCancelled), one.Status)
		_, err := w.keys.Get(importKey + gone.ImportID)
		require.ErrorIs(t, err, keyring.ErrGone)
		require.Empty(t, read[tenancyapi.ImportRowList](t, w.call(admin, "GET", at(w.north, "/imports/"+gone.ImportID+"/rows"), nil)).Items)
	}
	for _, stays := range []tenancyapi.Import{without, schools} {
		require.Equal(t, tenancyapi.ImportStatus(importChecked), read[tenancyapi.Import](t, w.call(admin, "GET", at(w.north, "/imports/"+stays.ImportID), nil)).Status)
	}
}

// Nobody who was erased after a list was planned comes back by it, and no key is made for them.
func TestWhoIsErasedWhileAListIsTakenInStaysErased(t *testing.T) {
	w := newWorld(t)
	w.take(read[tenancyapi.Import](t, w.bring("people", peopleHeading+"Glemt Person;glemt@skole.dk;glemt;42;;;;;\n")), false)
	id := read[tenancyapi.SignedIn](t, w.signIn("glemt")).PersonID
	ctx := access.WithSubject(tenant.With(t.Context(), w.north), access.Service(Name))
	r, err := w.service.importer(ctx, "somebody")
	require.NoError(t, err)
	rows := []plannedRow{{Row: roster.Row{Number: 2, Cells: map[string]string{
		"name": "Glemt Nyt Navn", "email": "glemt@skole.dk", "login": "glemt", "external_id": "42",
	}}, Outcome: rowChange}}
	plan, err := r.planPerson(ctx, r.people, rows)
	require.NoError(t, err)
	require.Equal(t, rowChange, plan.outcome())
	require.NoError(t, w.service.profiles.forget(id)) // an erasure has come this far
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(r.takePerson(ctx, plan)))
	_, err = w.keys.Get(personKey + id)
	require.ErrorIs(t, err, keyring.ErrGone)
	plans, err := r.each(ctx, roster.People, [][]plannedRow{rows}, true)
	require.NoError(t, err, "the rest of the list goes on")
	require.Equal(t, rowWrong, plans[0].outcome)
	require.Equal(t, roster.Gone, plans[0].problems[0].Reason)
}

// An importer that began before somebody new to it was erased makes them no key that stays.
func TestAKeyForWhoWasJustErasedDoesNotStay(t *testing.T) {
	w := newWorld(t)
	ctx := access.WithSubject(tenant.With(t.Context(), w.north), access.Service(Name))
	r, err := w.service.importer(ctx, "somebody")
	require.NoError(t, err)
	list := peopleHeading + "Glemt Person;glemt@skole.dk;glemt;42;;;;;\n"
	w.take(read[tenancyapi.Import](t, w.bring("people", list)), false)
	id := read[tenancyapi.SignedIn](t, w.signIn("glemt")).PersonID
	require.Equal(t, http.StatusOK, w.erase(w.people["municipal_administrator"], actor{subject: access.Subject{ID: id}}, 1).status)
	rows := []plannedRow{{Row: roster.Row{Number: 2, Cells: map[string]string{
		"name": "Glemt Person", "email": "glemt@skole.dk", "login": "glemt", "external_id": "42",
	}}, Outcome: rowCreate}}
	plans, err := r.each(ctx, roster.People, [][]plannedRow{rows}, true)
	require.NoError(t, err)
	require.Equal(t, roster.Gone, plans[0].problems[0].Reason)
	_, err = w.keys.Get(personKey + id)
	require.ErrorIs(t, err, keyring.ErrGone)
}

func TestAListGivesASchoolItsNewName(t *testing.T) {
	w := newWorld(t)
	w.take(read[tenancyapi.Import](t, w.bring("schools", schoolList)), false)
	renamed := read[tenancyapi.Import](t, w.bring("schools", strings.ReplaceAll(schoolList, "Skovskolen", "Skov- og Søskolen")))
	require.Equal(t, []int{0, 2, 1}, []int{renamed.Creates, renamed.Changes, renamed.Unchanged})
	w.take(renamed, false)
	names := map[string]bool{}
	for _, o := range read[tenancyapi.OrganisationList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/organisations"), nil)).Items {
		names[o.Name] = true
	}
	require.True(t, names["Skov- og Søskolen"])
	require.False(t, names["Skovskolen"])
	retyped := read[tenancyapi.Import](t, w.bring("schools", "Institutionsnummer;Skole;Type;Enhed\n901011;Fjordens Gymnasium;Folkeskole;\n"))
	require.Equal(t, tenancyapi.ImportReason(roster.Conflict), retyped.Problems[0].Reason)
}

// What is in the list is in no file of the service that its key does not open.
func TestRowsOfAListAreSealed(t *testing.T) {
	w := newWorld(t)
	read[tenancyapi.Import](t, w.bring("people", peopleHeading+"Hemmelig Person;hemmelig@skole.dk;hemmelig.login;;;;;;\n"))
	found := 0
	for _, name := range []string{"tenancy.db", "tenancy.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(w.dir, name))
		require.NoError(t, err)
		found += strings.Count(string(raw), "import_files")
		for _, secret := range []string{"Hemmelig Person", "hemmelig@skole.dk", "hemmelig.login"} {
			require.NotContains(t, string(raw), secret)
		}
	}
	require.Positive(t, found, "this looks where rows are kept")
}

// A process that ended in the middle of a list leaves an import that the next one ends, and nobody twice.
func TestAnImportGoesOnWhereItWasLeft(t *testing.T) {
	w := newWorld(t)
	var list strings.Builder
	list.WriteString(peopleHeading)
	for i := range 2*importStride + 10 {
		fmt.Fprintf(&list, "Person %d;p%d@skole.dk;person.%d;%d;Nordskolen;Indskoling;Lærer;;\n", i, i, i, 1000+i)
	}
	checked := read[tenancyapi.Import](t, w.bring("people", list.String()))
	ctx := access.WithSubject(tenant.With(t.Context(), w.north), access.Service(Name))
	stored, err := w.service.store.imports.Get(ctx, checked.ImportID)
	require.NoError(t, err)
	file, err := w.service.store.importFiles.Get(ctx, checked.ImportID)
	require.NoError(t, err)
	rows, err := w.service.profiles.openRows(w.north, checked.ImportID, file.Body.Sealed)
	require.NoError(t, err)
	r, err := w.service.importer(ctx, stored.Body.CreatedBy)
	require.NoError(t, err)
	// The writes of a stride and a half are done, and their progress was never noted.
	plans, err := r.each(ctx, roster.People, groups(roster.People, rows)[:importStride*3/2], true)
	require.NoError(t, err)
	require.False(t, slices.ContainsFunc(plans, func(p planned) bool { return len(p.problems) > 0 }))

	done := w.take(checked, false)
	require.Equal(t, 2*importStride+10, done.Done)
	count := 0
	for d, err := range w.service.store.anywhere.All(ctx, document.Query{Index: "by_scope_anywhere", Equal: []any{string(w.school)}}) {
		require.NoError(t, err)
		if d.Body.Role == access.Employee {
			count++
		}
	}
	require.Equal(t, 2*importStride+10+1, count, "everybody once, beside the one who was there")
	require.Eventually(t, func() bool {
		units := read[tenancyapi.UnitList](t, w.call(w.people["municipal_administrator"], "GET", at(w.school, "/units"), nil))
		return units.Items[0].Headcount == 2*importStride+10+1
	}, time.Minute, 10*time.Millisecond)
}
