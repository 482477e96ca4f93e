package tenancy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// TestBadInput sends what must be refused, each with the field that the answer has to point at.
func TestBadInput(t *testing.T) {
	w := newWorld(t)
	person := func(field, value string) string {
		in := map[string]string{"name": "Anna", "email": "anna@example.dk", "login": "anna", "language": "da"}
		in[field] = value
		raw, _ := json.Marshal(in) // strings always marshal
		return string(raw)
	}
	leader := w.people["leader"].subject.ID
	role := func(more string) string { return fmt.Sprintf(`{"person_id":%q,"scope":%q,%s}`, leader, w.school, more) }
	forum := func(members string) string {
		return `{"kind":"med","name":"MED","mandate":"consultation","members":` + members + `}`
	}
	cases := []struct {
		path, body string
		status     int
		code       failure.Code
		field      string
	}{
		{at(w.north, "/persons"), person("name", ""), 422, failure.RequestInvalid, "name"},
		{at(w.north, "/persons"), person("name", strings.Repeat("å", 121)), 422, failure.RequestInvalid, "name"},
		{at(w.north, "/persons"), person("name", " Anna"), 422, failure.RequestInvalid, "name"},
		{at(w.north, "/persons"), person("name", "An\u202ena"), 422, failure.RequestInvalid, "name"},
		{at(w.north, "/persons"), person("name", "An\nna"), 422, failure.RequestInvalid, "name"},
		{at(w.north, "/persons"), person("email", "anna"), 422, failure.RequestInvalid, "email"},
		{at(w.north, "/persons"), person("email", "Anna <anna@example.dk>"), 422, failure.RequestInvalid, "email"},
		{at(w.north, "/persons"), person("email", "anna@localhost"), 422, failure.RequestInvalid, "email"},
		{at(w.north, "/persons"), person("email", "a@example.dk\r\nBcc: b@example.dk"), 422, failure.RequestInvalid, "email"},
		{at(w.north, "/persons"), person("login", strings.Repeat("x", 201)), 422, failure.RequestInvalid, "login"},
		{at(w.north, "/persons"), person("language", "sv"), 422, failure.RequestInvalid, "language"},
		{at(w.north, "/persons"), person("cpr", "1"), 400, failure.RequestUnknownField, "cpr"},
		{at(w.north, "/persons"), `{"name":7}`, 400, failure.RequestWrongType, "name"},
		{at(w.north, "/persons"), `{"name":"A`, 400, failure.RequestMalformed, ""},
		{at(w.north, "/persons"), "{\"name\":\"\xff\"}", 400, failure.RequestEncoding, ""},
		{at(w.north, "/persons"), `{"name":"` + strings.Repeat("a", 1<<20) + `"}`, 413, failure.RequestTooLarge, ""},
		{at(w.school, "/persons"), person("name", "Anna"), 422, failure.KindMisplaced, "tenant_id"},
		{at(w.platform, "/organisations"), `{"kind":"school","name":"S","language":"da","institution_type":"vuc"}`, 422, failure.KindMisplaced, "kind"},
		{at(w.school, "/organisations"), `{"kind":"school","name":"S","language":"da","institution_type":"vuc"}`, 422, failure.KindMisplaced, "kind"},
		{at(w.platform, "/organisations"), `{"kind":"empire","name":"S","language":"da"}`, 422, failure.RequestInvalid, "kind"},
		{at(w.platform, "/organisations"), `{"kind":"municipality","name":"S","language":"da","code":"1234"}`, 422, failure.RequestInvalid, "code"},
		{at(w.platform, "/organisations"), `{"kind":"municipality","name":"S","language":"da","institution_type":"vuc"}`, 422, failure.RequestInvalid, "institution_type"},
		{at(w.north, "/organisations"), `{"kind":"school","name":"S","language":"da"}`, 422, failure.RequestInvalid, "institution_type"},
		{at(w.north, "/units"), `{"name":"U"}`, 422, failure.KindMisplaced, "tenant_id"},
		{at(w.school, "/units"), `{"name":"U","parent_id":"nowhere"}`, 422, failure.ForeignIdentifier, "parent_id"},
		{at(w.north, "/role-assignments"), role(`"role":"king"`), 422, failure.RequestInvalid, "role"},
		{at(w.north, "/role-assignments"), role(`"role":"municipal_analyst"`), 422, failure.RoleMisplaced, "role"},
		{at(w.north, "/role-assignments"), role(`"role":"employee"`), 422, failure.RequestInvalid, "unit_id"},
		{at(w.north, "/role-assignments"), role(`"role":"tr","unit_id":"u"`), 422, failure.RequestInvalid, "unit_id"},
		{at(w.north, "/role-assignments"), role(`"role":"tr","from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"`), 422, failure.RequestInvalid, "to"},
		{at(w.north, "/role-assignments"), `{"person_id":"p","scope":"Nordby","role":"tr"}`, 422, failure.RequestInvalid, "scope"},
		{at(w.school, "/forums"), forum(`[]`), 422, failure.RequestInvalid, "members"},
		{at(w.school, "/forums"), forum(`[{"person_id":"` + leader + `","role":"queen"}]`), 422, failure.RequestInvalid, "members.0.role"},
		{at(w.school, "/forums"), forum(`[{"person_id":"` + leader + `","role":"chair"},{"person_id":"` + leader + `","role":"tr"}]`), 422, failure.RequestInvalid, "members.1.person_id"},
		{at(w.school, "/forums"), forum(`[{"person_id":"stranger","role":"chair"}]`), 422, failure.PersonWithoutAccess, "members.0.person_id"},
		{at(w.union, "/forums"), forum(`[]`), 422, failure.KindMisplaced, "tenant_id"},
	}
	for _, c := range cases {
		got := w.call(service("setup"), "POST", c.path, []byte(c.body))
		var p failure.Problem
		require.NoError(t, json.Unmarshal(got.body, &p), "%.100s", c.body)
		require.Equal(t, c.code, p.Code, "%.100s: %s", c.body, got.body)
		require.Equal(t, c.status, got.status, "%.100s", c.body)
		require.Equal(t, c.field, p.Field, "%.100s", c.body)
	}
	w.call(service("notification"), "POST", at(w.north, "/persons/lookup"), tenancyapi.PersonLookup{PersonIds: []string{}}).
		refused(t, 422, failure.RequestInvalid)
	w.call(w.people["municipal_administrator"], "GET", at(w.north, "/role-assignments?scope="+string(w.north)+"&person_id=p"), nil).
		refused(t, 422, failure.RequestInvalid)
	w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons?limit=0"), nil).refused(t, 422, failure.RequestInvalid)
	w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons?cursor=x"), nil).refused(t, 400, failure.CursorInvalid)

	// Several mistakes come back together, in the language that was asked for.
	got := w.call(service("setup"), "POST", at(w.north, "/persons"), []byte(`{"name":"","email":"x","login":"l","language":"da"}`), header{"Accept-Language", "da"})
	var p failure.Problem
	require.NoError(t, json.Unmarshal(got.body, &p))
	require.Len(t, p.Errors, 2)
	require.Equal(t, "Noget i det indsendte skal rettes.", p.Title)

	// Nothing of all this was written.
	persons := read[tenancyapi.PersonList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons?limit=200"), nil))
	require.Len(t, persons.Items, 14)
	units := read[tenancyapi.UnitList](t, w.call(w.people["leader"], "GET", at(w.school, "/units"), nil))
	require.Len(t, units.Items, 1)
}

// TestNamesAreNormalised: the same name written with a combining letter is the same name.
func TestNamesAreNormalised(t *testing.T) {
	w := newWorld(t)
	u := read[tenancyapi.Unit](t, w.call(service("setup"), "POST", at(w.school, "/units"), tenancyapi.NewUnit{Name: "A\u030arhus"}))
	require.Equal(t, "Århus", u.Name)
	p := w.call(service("setup"), "POST", at(w.north, "/persons"), tenancyapi.NewPerson{Name: "Ann", Email: "a@example.dk", Login: "ka\u030are", Language: "da"})
	require.Equal(t, http.StatusCreated, p.status)
	w.call(service("setup"), "POST", at(w.north, "/persons"), tenancyapi.NewPerson{Name: "Ann", Email: "a@example.dk", Login: "KÅRE", Language: "da"}).
		refused(t, 409, failure.LoginTaken)
}
