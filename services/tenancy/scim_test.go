package tenancy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

var scimContent = header{"Content-Type", scim.ContentType}

// identitySystem is north's, with a key of its own.
func (w *world) identitySystem() actor {
	w.t.Helper()
	return w.program(w.newKey(w.people["municipal_administrator"], w.north, access.ScopeProvisioning).Secret)
}

// scim sends a request of the protocol to north's address; body is JSON as it goes out.
func (w *world) scim(by actor, method, path, body string, headers ...header) answer {
	w.t.Helper()
	var in any
	if body != "" {
		in = []byte(body)
	}
	return w.call(by, method, at(w.north, "/scim/v2"+path), in, append([]header{scimContent}, headers...)...)
}

// refusedAs checks a refusal in the protocol's own form.
func (a answer) refusedAs(t testing.TB, status int, kind string) {
	t.Helper()
	var e struct {
		Schemas          []string
		Status, ScimType string
		Detail           string
	}
	require.NoError(t, json.Unmarshal(a.body, &e), "%s", a.body)
	require.Equal(t, []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, e.Schemas)
	require.Equal(t, status, a.status, "%s", a.body)
	require.Equal(t, fmt.Sprint(status), e.Status)
	require.Equal(t, kind, e.ScimType, "%s", a.body)
	require.NotEmpty(t, e.Detail)
}

// page is a list of users as it comes.
type page struct {
	TotalResults, StartIndex, ItemsPerPage int
	Resources                              []scim.User
}

func (w *world) users(by actor, query url.Values) page {
	w.t.Helper()
	return read[page](w.t, w.scim(by, "GET", "/Users?"+query.Encode(), ""))
}

// matching are the users of a filter.
func (w *world) matching(by actor, filter string) []scim.User {
	w.t.Helper()
	found := w.users(by, url.Values{"filter": {filter}})
	require.Equal(w.t, len(found.Resources), found.TotalResults)
	return found.Resources
}

// entraUser is a creation as Entra ID's default mapping sends it: with much that nobody here keeps.
func entraUser(number, login, name string) string {
	given, family, _ := strings.Cut(name, " ")
	return fmt.Sprintf(`{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"externalId": %q, "userName": %q, "active": true, "displayName": %q,
		"emails": [{"primary": true, "type": "work", "value": %q}],
		"name": {"formatted": %q, "givenName": %q, "familyName": %q},
		"title": "Lærer", "preferredLanguage": "da-DK", "meta": {"resourceType": "User"},
		"phoneNumbers": [{"type": "work", "value": "+45 12345678"}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Indskoling", "manager": {"value": "x"}}
	}`, number, login, name, login, name, given, family)
}

func patchOf(operations string) string {
	return `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [` + operations + `]}`
}

// TestEntraBringsChangesAndDeactivatesSomebody goes through the life of an account as Entra ID leads it: it looks the
// account up, creates it, changes it and deactivates it, in its own way of writing.
func TestEntraBringsChangesAndDeactivatesSomebody(t *testing.T) {
	w := newWorld(t)
	entra := w.identitySystem()
	require.Empty(t, w.matching(entra, `userName eq "aase@nordby.dk"`))
	made := w.scim(entra, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø"))
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	u := read[scim.User](t, made)
	require.Equal(t, scim.User{
		Schemas: []string{scim.UserSchema}, ID: u.ID, ExternalID: "17", UserName: "aase@nordby.dk", Name: scim.Name{Formatted: "Åse Ærø"},
		DisplayName: "Åse Ærø", PreferredLanguage: "da", Active: true, Emails: []scim.Email{{Value: "aase@nordby.dk", Type: "work", Primary: true}},
		Meta: scim.Meta{ResourceType: "User", Created: u.Meta.Created, LastModified: u.Meta.LastModified, Location: "Users/" + u.ID, Version: `W/"1"`},
	}, u)
	require.Equal(t, `W/"1"`, made.etag)
	w.scim(entra, "POST", "/Users", entraUser("18", "AASE@nordby.dk", "Åse Ærø")).refusedAs(t, 409, scim.Uniqueness)
	w.scim(entra, "POST", "/Users", entraUser("17", "another@nordby.dk", "Åse Ærø")).refusedAs(t, 409, scim.Uniqueness)
	for _, filter := range []string{`userName eq "Aase@Nordby.dk"`, `externalId eq "17"`, `id eq "` + u.ID + `" and active eq true`} {
		require.Equal(t, []scim.User{u}, w.matching(entra, filter), filter)
	}

	path := "/Users/" + u.ID
	for _, c := range []struct {
		operations string
		change     func(*scim.User)
	}{
		{`{"op": "Replace", "path": "displayName", "value": "Åse Bro"}`, func(u *scim.User) { u.DisplayName, u.Name.Formatted = "Åse Bro", "Åse Bro" }},
		{`{"op": "Add", "path": "emails[type eq \"work\"].value", "value": "aase.bro@nordby.dk"}`, func(u *scim.User) { u.Emails[0].Value = "aase.bro@nordby.dk" }},
		{`{"op": "Replace", "value": {"userName": "aase.bro@nordby.dk", "name.formatted": "Åse B. Bro", "emails[type eq \"work\"].value": "ab@nordby.dk",
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "Udskoling"}}`, func(u *scim.User) {
			u.UserName, u.DisplayName, u.Name.Formatted, u.Emails[0].Value = "aase.bro@nordby.dk", "Åse B. Bro", "Åse B. Bro", "ab@nordby.dk"
		}},
		{`{"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:preferredLanguage", "value": "en-GB"}, {"op": "Remove", "path": "title"}`,
			func(u *scim.User) { u.PreferredLanguage = "en" }},
	} {
		c.change(&u)
		got := w.scim(entra, "PATCH", path, patchOf(c.operations))
		now := read[scim.User](t, got)
		u.Meta.LastModified, u.Meta.Version = now.Meta.LastModified, now.Meta.Version
		require.Equal(t, u, now, c.operations)
		require.Equal(t, now.Meta.Version, got.etag)
	}
	again := read[scim.User](t, w.scim(entra, "PATCH", path, patchOf(`{"op": "Replace", "path": "displayName", "value": "Åse B. Bro"}`)))
	require.Equal(t, u, again, "nothing changed, so nothing is written")

	teacher := actor{"Åse", access.Subject{ID: u.ID, Tenant: w.north}}
	role := w.assign(teacher, "employee", w.school, w.unit)
	require.Equal(t, u.ID, read[tenancyapi.SignedIn](t, w.signIn("aase.bro@nordby.dk")).PersonID)
	read[tenancyapi.Me](t, w.call(teacher, "GET", "/v1/me", nil))

	gone := read[scim.User](t, w.scim(entra, "PATCH", path, patchOf(`{"op": "Replace", "path": "active", "value": "False"}`)))
	require.False(t, gone.Active)
	w.signIn("aase.bro@nordby.dk").refused(t, 404, failure.SignInUnknown)
	w.call(teacher, "GET", "/v1/me", nil).refused(t, 404, failure.DocumentNotFound)
	ended, err := w.service.store.assignments.Get(tenant.With(t.Context(), w.north), role.AssignmentID)
	require.NoError(t, err)
	require.True(t, ended.Body.over(time.Now()))
	require.Equal(t, []scim.User{gone}, w.matching(entra, `userName eq "aase.bro@nordby.dk"`), "Entra looks for whom it deactivated")
	require.True(t, *w.personOf(teacher).Suspended, "the administrator sees it")
	require.Equal(t, []scim.User{gone}, w.matching(entra, "active eq false"))
	w.call(service("setup"), "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{PersonID: u.ID, Role: "employee", Scope: string(w.school), UnitID: &w.unit}).
		refused(t, 409, failure.PersonSuspended)

	back := read[scim.User](t, w.scim(entra, "PATCH", path, patchOf(`{"op": "Replace", "value": {"active": "True"}}`)))
	require.True(t, back.Active)
	require.Equal(t, u.ID, read[tenancyapi.SignedIn](t, w.signIn("aase.bro@nordby.dk")).PersonID)
	require.Empty(t, w.rolesNow(u.ID), "roles are given anew")
	require.Nil(t, w.personOf(teacher).Suspended)
}

// rolesNow are the roles that somebody has at this moment.
func (w *world) rolesNow(person string) []access.Assignment {
	w.t.Helper()
	roles, err := w.service.rolesOf(w.t.Context(), person)
	require.NoError(w.t, err)
	return roles
}

// Deleting takes nothing from the school's records: the person is only out of the identity system's sight, and is the
// same one on coming back.
func TestDeletingTakesOutAndErasesNothing(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	u := read[scim.User](t, w.scim(system, "POST", "/Users", entraUser("17", "bo@nordby.dk", "Bo Kjær")))
	path := "/Users/" + u.ID
	w.assign(actor{"Bo", access.Subject{ID: u.ID, Tenant: w.north}}, "leader", w.school, "")
	require.Equal(t, http.StatusNoContent, w.scim(system, "DELETE", path, "").status)
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
		w.scim(system, method, path, `{"userName": "x"}`).refusedAs(t, 404, "")
	}
	require.Empty(t, w.matching(system, `userName eq "bo@nordby.dk"`))
	require.Empty(t, w.matching(system, `externalId eq "17"`))
	require.Empty(t, w.matching(system, `id eq "`+u.ID+`"`))
	require.Empty(t, w.rolesNow(u.ID))
	w.signIn("bo@nordby.dk").refused(t, 404, failure.SignInUnknown)
	kept := read[tenancyapi.Person](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons/"+u.ID), nil))
	require.Equal(t, "Bo Kjær", kept.Name)

	w.scim(system, "POST", "/Users", entraUser("18", "bo@nordby.dk", "Another Bo")).refusedAs(t, 409, scim.Uniqueness)
	back := read[scim.User](t, w.scim(system, "POST", "/Users", entraUser("17", "bo.kjaer@nordby.dk", "Bo Kjær")))
	require.Equal(t, u.ID, back.ID)
	require.Equal(t, "bo.kjaer@nordby.dk", back.UserName)
	require.Empty(t, w.rolesNow(u.ID))

	// Whom an administrator erased no system brings back.
	revision := read[tenancyapi.Person](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons/"+u.ID), nil)).Revision
	require.Equal(t, http.StatusOK, w.erase(w.people["municipal_administrator"], actor{subject: access.Subject{ID: u.ID}}, revision).status)
	w.scim(system, "GET", path, "").refusedAs(t, 404, "")
	w.scim(system, "POST", "/Users", entraUser("17", "bo@nordby.dk", "Bo Kjær")).refusedAs(t, 409, scim.Uniqueness)
}

// A list and an identity system that know somebody by the same number or login mean the same person.
func TestListsAndIdentitySystemsMeanTheSamePeople(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	w.take(read[tenancyapi.Import](t, w.bring("people", peopleHeading+"Åse Ærø;aase@nordby.dk;aase;17;Nordskolen;Indskoling;Lærer;;\n")), false)
	listed := w.matching(system, `externalId eq "17"`)
	require.Len(t, listed, 1)
	require.Equal(t, listed, w.matching(system, `userName eq "AASE"`))
	w.scim(system, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø")).refusedAs(t, 409, scim.Uniqueness)

	for _, number := range []string{"18", ""} { // with the number from the beginning, and given it later
		login := "bo" + number + "@nordby.dk"
		u := read[scim.User](t, w.scim(system, "POST", "/Users", strings.ReplaceAll(entraUser(number, login, "Bo Kjær"), `"externalId": "",`, "")))
		if number == "" {
			number = "19"
			u = read[scim.User](t, w.scim(system, "PATCH", "/Users/"+u.ID, patchOf(`{"op": "Add", "path": "externalId", "value": "19"}`)))
		}
		list := peopleHeading + "Bo Kjærgård;" + login + ";bo.changed" + number + ";" + number + ";Nordskolen;Indskoling;Lærer;;\n"
		checked := read[tenancyapi.Import](t, w.bring("people", list))
		require.Equal(t, []int{0, 1, 0}, []int{checked.Creates, checked.Changes, checked.Wrong}, "%+v", checked.Problems)
		w.take(checked, false)
		now := w.matching(system, `externalId eq "`+number+`"`)
		require.Len(t, now, 1)
		require.Equal(t, []string{u.ID, "Bo Kjærgård", "bo.changed" + number}, []string{now[0].ID, now[0].DisplayName, now[0].UserName})
	}

	// Nobody whom the identity system has deactivated is given a role by a list.
	bo := w.matching(system, `externalId eq "18"`)[0]
	w.scim(system, "PATCH", "/Users/"+bo.ID, patchOf(`{"op": "Replace", "path": "active", "value": false}`))
	checked := read[tenancyapi.Import](t, w.bring("people", peopleHeading+"Bo Kjærgård;bo18@nordby.dk;bo.changed18;18;Nordskolen;;Leder;;\n"))
	require.Equal(t, 1, checked.Wrong)
	require.Equal(t, tenancyapi.ImportColumn("role"), *checked.Problems[0].Column)
}

// Two people whom an identity system could harm most: a last administrator, and a representative.
func TestWhatAnIdentitySystemMayNotDo(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	admin, tr := w.people["municipal_administrator"].subject.ID, w.people["tr"].subject.ID
	off := patchOf(`{"op": "Replace", "value": {"active": false, "displayName": "Somebody Else"}}`)
	before := read[scim.User](t, w.scim(system, "GET", "/Users/"+admin, ""))
	w.scim(system, "PATCH", "/Users/"+admin, off).refusedAs(t, 400, scim.Mutability)
	w.scim(system, "PUT", "/Users/"+admin, `{"userName": "`+before.UserName+`", "active": false}`).refusedAs(t, 400, scim.Mutability)
	w.scim(system, "DELETE", "/Users/"+admin, "").refusedAs(t, 400, scim.Mutability)
	require.Equal(t, before, read[scim.User](t, w.scim(system, "GET", "/Users/"+admin, "")), "nothing was written")
	require.NotEmpty(t, w.rolesNow(admin))
	w.hireAs("second administrator", "municipal_administrator", w.north, w.north, "")
	require.False(t, read[scim.User](t, w.scim(system, "PATCH", "/Users/"+admin, off)).Active)
	require.Empty(t, w.rolesNow(admin))

	w.scim(system, "PATCH", "/Users/"+tr, patchOf(`{"op": "Replace", "path": "userName", "value": "mine@nordby.dk"}`)).refusedAs(t, 400, scim.Mutability)
	require.Equal(t, "Nyt Navn", read[scim.User](t, w.scim(system, "PATCH", "/Users/"+tr, patchOf(`{"op": "Replace", "path": "displayName", "value": "Nyt Navn"}`))).DisplayName)
	renamed := w.scim(system, "PATCH", "/Users/"+w.people["leader"].subject.ID, patchOf(`{"op": "Replace", "path": "userName", "value": "leder@nordby.dk"}`))
	require.Equal(t, "leder@nordby.dk", read[scim.User](t, renamed).UserName)
}

// What is refused leaves everything as it was, and says in the protocol's words why.
func TestSCIMRefusesAndLeavesNothingBehind(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	u := read[scim.User](t, w.scim(system, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø")))
	other := read[scim.User](t, w.scim(system, "POST", "/Users", entraUser("18", "bo@nordby.dk", "Bo Kjær")))
	path := "/Users/" + u.ID
	before := w.users(system, nil)
	user := func(change string) string { return `{"userName": "ny@nordby.dk", "displayName": "Ny", ` + change + `}` }
	for name, c := range map[string]struct {
		got    answer
		status int
		kind   string
	}{
		"no JSON":                    {w.scim(system, "POST", "/Users", `{"userName": `), 400, scim.InvalidSyntax},
		"a list":                     {w.scim(system, "POST", "/Users", `[]`), 400, scim.InvalidSyntax},
		"no UTF-8":                   {w.scim(system, "POST", "/Users", "{\"userName\": \"\xff\"}"), 400, scim.InvalidSyntax},
		"another media type":         {w.scim(system, "POST", "/Users", entraUser("1", "a@b.dk", "A B"), header{"Content-Type", "text/plain"}), 400, scim.InvalidSyntax},
		"too large":                  {w.scim(system, "POST", "/Users", user(`"title": "`+strings.Repeat("x", 64<<10)+`"`)), 413, ""},
		"no name":                    {w.scim(system, "POST", "/Users", `{"userName": "ny@nordby.dk"}`), 400, scim.InvalidValue},
		"no address":                 {w.scim(system, "POST", "/Users", `{"userName": "ny", "displayName": "Ny"}`), 400, scim.InvalidValue},
		"a name of control letters":  {w.scim(system, "POST", "/Users", `{"userName": "ny@nordby.dk", "displayName": "N\u0000y"}`), 400, scim.InvalidValue},
		"a number for a name":        {w.scim(system, "POST", "/Users", user(`"externalId": 7`)), 400, scim.InvalidValue},
		"neither true nor false":     {w.scim(system, "POST", "/Users", user(`"active": "maybe"`)), 400, scim.InvalidValue},
		"emails as text":             {w.scim(system, "POST", "/Users", user(`"emails": "a@b.dk"`)), 400, scim.InvalidSyntax},
		"an absurd address":          {w.scim(system, "POST", "/Users", user(`"emails": [{"value": "a@b"}]`)), 400, scim.InvalidValue},
		"a change of nothing":        {w.scim(system, "PATCH", path, patchOf("")), 400, scim.InvalidSyntax},
		"a change without schema":    {w.scim(system, "PATCH", path, `{"Operations": [{"op": "add", "path": "displayName", "value": "X"}]}`), 400, scim.InvalidSyntax},
		"an unknown operation":       {w.scim(system, "PATCH", path, patchOf(`{"op": "move", "path": "displayName", "value": "X"}`)), 400, scim.InvalidSyntax},
		"a removal of everything":    {w.scim(system, "PATCH", path, patchOf(`{"op": "remove"}`)), 400, scim.NoTarget},
		"a removal of the userName":  {w.scim(system, "PATCH", path, patchOf(`{"op": "remove", "path": "userName"}`)), 400, scim.Mutability},
		"a path that is none":        {w.scim(system, "PATCH", path, patchOf(`{"op": "add", "path": "emails[", "value": "x"}`)), 400, scim.InvalidPath},
		"a good step and a bad one":  {w.scim(system, "PATCH", path, patchOf(`{"op": "add", "path": "displayName", "value": "X"}, {"op": "add", "path": "active", "value": 7}`)), 400, scim.InvalidValue},
		"another's userName":         {w.scim(system, "PATCH", path, patchOf(`{"op": "replace", "value": {"active": false, "userName": "BO@nordby.dk"}}`)), 409, scim.Uniqueness},
		"another's number":           {w.scim(system, "PATCH", path, patchOf(`{"op": "replace", "path": "externalId", "value": "18"}`)), 409, scim.Uniqueness},
		"another version":            {w.scim(system, "PATCH", path, patchOf(`{"op": "replace", "path": "displayName", "value": "X"}`), header{"If-Match", `W/"7"`}), 412, ""},
		"deleting another version":   {w.scim(system, "DELETE", path, "", header{"If-Match", `W/"7"`}), 412, ""},
		"nobody":                     {w.scim(system, "PATCH", "/Users/nobody", patchOf(`{"op": "replace", "path": "displayName", "value": "X"}`)), 404, ""},
		"somebody of another place":  {w.scim(system, "GET", "/Users/"+w.people["southern administrator"].subject.ID, ""), 404, ""},
		"a count in words":           {w.scim(system, "GET", "/Users?count=ten", ""), 400, scim.InvalidValue},
		"attributes and exclusions":  {w.scim(system, "GET", "/Users?attributes=id&excludedAttributes=name", ""), 400, scim.InvalidValue},
		"a filter that scans":        {w.scim(system, "GET", "/Users?filter="+url.QueryEscape(`displayName co "a"`), ""), 400, scim.InvalidFilter},
		"a filter of an alternative": {w.scim(system, "GET", "/Users?filter="+url.QueryEscape(`userName eq "a" or userName eq "b"`), ""), 400, scim.InvalidFilter},
		"a filter that is none":      {w.scim(system, "GET", "/Users?filter="+url.QueryEscape(`userName eq`), ""), 400, scim.InvalidFilter},
		"a filter of a megabyte":     {w.scim(system, "GET", "/Users?filter="+strings.Repeat("a", 900<<10), ""), 400, scim.InvalidFilter},
	} {
		t.Run(name, func(t *testing.T) {
			c.got.refusedAs(t, c.status, c.kind)
			require.NotContains(t, string(c.got.body), "nordby", "an error repeats nothing")
		})
	}
	require.Equal(t, before, w.users(system, nil))
	matched := w.scim(system, "PATCH", path, patchOf(`{"op": "replace", "path": "displayName", "value": "X"}`), header{"If-Match", u.Meta.Version})
	require.Equal(t, "X", read[scim.User](t, matched).DisplayName)
	require.Equal(t, other, read[scim.User](t, w.scim(system, "GET", "/Users/"+other.ID, "")))
}

func TestUsersComeInPages(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	for i := range 7 {
		read[scim.User](t, w.scim(system, "POST", "/Users", entraUser(fmt.Sprint(100+i), fmt.Sprintf("p%d@nordby.dk", i), "Person Nr")))
	}
	all := w.users(system, nil)
	require.Equal(t, len(all.Resources), all.TotalResults)
	require.Equal(t, 1, all.StartIndex)
	var ids []string
	for first := 1; ; first += 3 {
		p := w.users(system, url.Values{"startIndex": {fmt.Sprint(first)}, "count": {"3"}, "attributes": {"userName"}})
		require.Equal(t, []int{all.TotalResults, first, len(p.Resources)}, []int{p.TotalResults, p.StartIndex, p.ItemsPerPage})
		if len(p.Resources) == 0 {
			break
		}
		for _, u := range p.Resources {
			ids = append(ids, u.ID)
			require.NotEmpty(t, u.UserName)
			require.Empty(t, u.DisplayName, "only what was asked for")
		}
	}
	var want []string
	for _, u := range all.Resources {
		want = append(want, u.ID)
	}
	require.Equal(t, want, ids)
	none := w.users(system, url.Values{"count": {"0"}})
	require.Equal(t, []int{all.TotalResults, 0}, []int{none.TotalResults, len(none.Resources)})
	require.Equal(t, all.TotalResults, w.users(system, url.Values{"startIndex": {"-4"}, "count": {"9999"}}).ItemsPerPage)
	require.Empty(t, w.matching(system, "active eq true and active eq false"))
	require.Empty(t, w.matching(system, `userName eq "p1@nordby.dk" and externalId eq "102"`))
	without := read[scim.User](t, w.scim(system, "GET", "/Users/"+ids[len(ids)-1]+"?excludedAttributes=emails,meta", ""))
	require.Empty(t, without.Emails)
	require.NotEmpty(t, without.DisplayName)
}

// TestSCIMIsForTheMunicipalitysOwnKey sends every operation with keys of others, of other scopes, and as people.
func TestSCIMIsForTheMunicipalitysOwnKey(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	person := w.people["employee"].subject.ID
	northern := w.people["municipal_administrator"]
	strangers := map[string]actor{
		"south's key":          w.program(w.newKey(w.people["southern administrator"], w.south, access.ScopeProvisioning).Secret),
		"a key that reads":     w.program(w.newKey(northern, w.north, access.ScopePeople, access.ScopeOrganisation).Secret),
		"a school's key":       w.program(w.newKey(w.people["school_administrator"], w.school, access.ScopePeople).Secret),
		"a forged school key":  {"forged", access.Subject{ID: "k", Tenant: w.school, Key: true, Scopes: []string{access.ScopeProvisioning}}},
		"the administrator":    northern,
		"the portal on behalf": service("portal"),
		"an employee":          w.people["employee"],
	}
	change := patchOf(`{"op": "replace", "path": "displayName", "value": "Taget Over"}`)
	requests := []struct{ method, path, body string }{
		{"GET", "/ServiceProviderConfig", ""}, {"GET", "/ResourceTypes", ""}, {"GET", "/Schemas", ""}, {"GET", "/Users", ""},
		{"POST", "/Users", entraUser("99", "ny@nordby.dk", "Ny Person")}, {"POST", "/Users", "{"},
		{"GET", "/Users/" + person, ""}, {"GET", "/Users/nobody", ""}, {"PUT", "/Users/" + person, entraUser("99", "ny@nordby.dk", "Ny Person")},
		{"PATCH", "/Users/" + person, change}, {"DELETE", "/Users/" + person, ""},
	}
	before := w.users(system, nil)
	for name, by := range strangers {
		for _, r := range requests {
			w.scim(by, r.method, r.path, r.body).refusedAs(t, 403, "")
			require.Empty(t, w.matching(system, `userName eq "ny@nordby.dk"`), "%s %s %s", name, r.method, r.path)
		}
	}
	require.Equal(t, before, w.users(system, nil))
	for _, elsewhere := range []tenant.ID{w.school, w.south, w.platform, w.union} {
		for _, r := range requests {
			var in any
			if r.body != "" {
				in = []byte(r.body)
			}
			w.call(system, r.method, at(elsewhere, "/scim/v2"+r.path), in, scimContent).refusedAs(t, 403, "")
		}
	}
	denied := read[tenancyapi.AuditEntryList](t, w.call(w.people["auditor"], "GET", at(w.north, "/audit-entries?action=scim.provision&limit=200"), nil))
	require.NotEmpty(t, denied.Items)
	require.True(t, slices.ContainsFunc(denied.Items, func(e tenancyapi.AuditEntry) bool {
		return e.Decision == "denied" && strings.HasPrefix(e.Subject, "key:")
	}))
}

// The municipality's log says which key did what to whom.
func TestTheAuditLogNamesTheKeyThatBringsPeople(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	u := read[scim.User](t, w.scim(system, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø")))
	w.scim(system, "PATCH", "/Users/"+u.ID, patchOf(`{"op": "Replace", "path": "active", "value": false}`))
	w.scim(system, "DELETE", "/Users/"+u.ID, "")
	log := read[tenancyapi.AuditEntryList](t, w.call(w.people["auditor"], "GET", at(w.north, "/audit-entries?subject="+url.QueryEscape("key:"+system.subject.ID)), nil))
	var said []string
	for _, e := range log.Items {
		require.Equal(t, u.ID, e.ResourceID)
		said = append(said, e.Action+" "+string(e.Decision))
	}
	require.Equal(t, []string{"scim.deactivate allowed", "scim.deactivate allowed", "scim.provision allowed", "scim.provision allowed"}, said)
}

// A process that ended between a suspension and the end of the roles leaves an event that brings it about.
func TestRolesOfSomebodySuspendedEndInAnyCase(t *testing.T) {
	w := newWorld(t)
	ctx := tenant.With(t.Context(), w.north)
	id := w.people["leader"].subject.ID
	before, err := w.service.store.persons.Get(ctx, id)
	require.NoError(t, err)
	_, err = w.service.store.persons.UpdateAt(ctx, id, before.Revision, func(p *person) ([]events.Event, error) {
		return p.provisioned(id, false), nil
	})
	require.NoError(t, err)
	within(t, func() bool { return len(w.rolesNow(id)) == 0 })
}
