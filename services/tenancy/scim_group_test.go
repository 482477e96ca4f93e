package tenancy

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

// group returns the id of north's group of a name.
func (w *world) group(by actor, name string) string {
	w.t.Helper()
	found := read[struct{ Resources []scim.Group }](w.t, w.scim(by, "GET", "/Groups?excludedAttributes=members&filter="+url.QueryEscape(`displayName eq "`+name+`"`), ""))
	require.Len(w.t, found.Resources, 1, name)
	require.Empty(w.t, found.Resources[0].Members)
	return found.Resources[0].ID
}

// membersOf are the ids of who is in a group.
func (w *world) membersOf(by actor, group string) []string {
	w.t.Helper()
	ids := []string{}
	for _, m := range read[scim.Group](w.t, w.scim(by, "GET", "/Groups/"+group, "")).Members {
		ids = append(ids, m.Value)
	}
	return ids
}

func adding(ids ...string) string {
	var values []string
	for _, id := range ids {
		values = append(values, `{"value": "`+id+`"}`)
	}
	return patchOf(`{"op": "Add", "path": "members", "value": [` + strings.Join(values, ", ") + `]}`)
}

func removing(id string) string {
	return patchOf(`{"op": "Remove", "path": "members[value eq \"` + id + `\"]"}`)
}

// TestGroupsGiveAndEndRoles moves somebody through the groups of a school as Entra ID does: found by name, members added
// and removed one by one.
func TestGroupsGiveAndEndRoles(t *testing.T) {
	w := newWorld(t)
	entra := w.identitySystem()
	second := w.newUnit(w.school, "Udskoling")
	first, other, leaders := w.group(entra, "Nordskolen – Indskoling"), w.group(entra, "nordskolen – udskoling"), w.group(entra, "Nordskolen – Ledere")
	require.Equal(t, []string{w.people["employee"].subject.ID}, w.membersOf(entra, first))
	require.Equal(t, []string{w.people["leader"].subject.ID}, w.membersOf(entra, leaders))
	u := read[scim.User](t, w.scim(entra, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø")))
	change := func(group, operations string) {
		t.Helper()
		got := w.scim(entra, "PATCH", "/Groups/"+group, operations)
		require.Equal(t, http.StatusNoContent, got.status, "%s", got.body)
	}
	employee := func(unit string) []access.Assignment {
		return []access.Assignment{{Role: access.Employee, Scope: w.school, Unit: unit}}
	}

	change(first, adding(u.ID))
	require.Equal(t, employee(w.unit), w.rolesNow(u.ID))
	units := read[tenancyapi.UnitList](t, w.call(w.people["leader"], "GET", at(w.school, "/units"), nil))
	require.Equal(t, 2, units.Items[0].Headcount, "counted when the answer is there")
	held := len(w.everHeld(u.ID))
	change(first, adding(u.ID))
	require.Len(t, w.everHeld(u.ID), held, "once more changes nothing")
	change(other, adding(u.ID))
	require.Equal(t, employee(second), w.rolesNow(u.ID), "moved")
	change(first, removing(u.ID))
	require.Equal(t, employee(second), w.rolesNow(u.ID), "and no longer there to be removed")
	change(leaders, adding(u.ID))
	require.Len(t, w.rolesNow(u.ID), 2)
	of := read[struct{ Resources []scim.Group }](t, w.scim(entra, "GET", "/Groups?attributes=displayName&filter="+url.QueryEscape(`members[value eq "`+u.ID+`"]`), ""))
	names := []string{of.Resources[0].DisplayName, of.Resources[1].DisplayName}
	require.ElementsMatch(t, []string{"Nordskolen – Udskoling", "Nordskolen – Ledere"}, names)
	change(leaders, removing(u.ID))
	change(other, removing(u.ID))
	require.Empty(t, w.rolesNow(u.ID))
	require.NotEmpty(t, w.everHeld(u.ID), "what was is kept")

	// The whole list at once, as Okta sends it, answered with the group.
	sent := w.scim(entra, "PATCH", "/Groups/"+leaders+"?attributes=members", patchOf(`{"op": "replace", "path": "members", "value": [{"value": "`+u.ID+`"}]}`))
	require.Equal(t, u.ID, read[scim.Group](t, sent).Members[0].Value)
	require.Empty(t, w.rolesNow(w.people["leader"].subject.ID))

	// The school's own log says which key gave and ended what.
	log := read[tenancyapi.AuditEntryList](t, w.call(w.people["school_administrator"], "GET", at(w.school, "/audit-entries?limit=200&subject="+url.QueryEscape("key:"+entra.subject.ID)), nil))
	said := map[string]int{}
	for _, e := range log.Items {
		said[e.Action+" "+e.ResourceID]++
	}
	require.Equal(t, 2, said["scim.assign "+u.ID+"/employee"])
	require.Equal(t, 2, said["scim.assign "+u.ID+"/leader"])
	require.Equal(t, 1, said["scim.unassign "+w.people["leader"].subject.ID+"/leader"])
}

// What somebody is employed as goes along to another unit, though SCIM knows nothing of it.
func TestAnEmployeeMovedByAGroupStaysInTheStaffGroup(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	w.newUnit(w.school, "Udskoling")
	p := w.person(w.north, "Åse Ærø")
	read[tenancyapi.RoleAssignment](t, w.call(service("setup"), "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: p.subject.ID, Role: access.Employee, Scope: string(w.school), UnitID: &w.unit, StaffGroup: ptr(tenancyapi.StaffGroup("teacher"))}))
	got := w.scim(system, "PATCH", "/Groups/"+w.group(system, "Nordskolen – Udskoling"), adding(p.subject.ID))
	require.Equal(t, http.StatusNoContent, got.status, "%s", got.body)
	held := w.everHeld(p.subject.ID)
	require.Len(t, held, 2)
	for _, d := range held {
		require.Equal(t, "teacher", d.Body.StaffGroup)
	}
}

// everHeld are the roles that somebody has or had.
func (w *world) everHeld(person string) []document.Document[assignment] {
	w.t.Helper()
	held, err := w.service.store.held(w.t.Context(), person)
	require.NoError(w.t, err)
	return held
}

// What is refused of a change of a group is refused before any of it is done, and no other role can be come by.
func TestGroupsRefuse(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	staff, leaders := w.group(system, "Nordskolen – Indskoling"), w.group(system, "Nordskolen – Ledere")
	u := read[scim.User](t, w.scim(system, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø")))
	off := read[scim.User](t, w.scim(system, "POST", "/Users", strings.Replace(entraUser("18", "bo@nordby.dk", "Bo Kjær"), `"active": true`, `"active": false`, 1)))
	require.False(t, off.Active)
	before := w.membersOf(system, staff)
	path := "/Groups/" + staff
	for name, c := range map[string]struct {
		got    answer
		status int
		kind   string
	}{
		"a good one and a stranger":  {w.scim(system, "PATCH", path, adding(u.ID, w.people["southern administrator"].subject.ID)), 400, scim.InvalidValue},
		"a good one and nobody":      {w.scim(system, "PATCH", path, adding(u.ID, "nobody")), 400, scim.InvalidValue},
		"a good one and no id":       {w.scim(system, "PATCH", path, adding(u.ID, "")), 400, scim.InvalidValue},
		"somebody deactivated":       {w.scim(system, "PATCH", path, adding(u.ID, off.ID)), 400, scim.InvalidValue},
		"a new name":                 {w.scim(system, "PATCH", path, patchOf(`{"op": "add", "path": "members", "value": [{"value": "`+u.ID+`"}]}, {"op": "replace", "path": "displayName", "value": "X"}`)), 400, scim.Mutability},
		"another school's":           {w.scim(system, "PATCH", "/Groups/"+string(w.away)+".leaders", adding(u.ID)), 404, ""},
		"the municipality's leaders": {w.scim(system, "PATCH", "/Groups/"+string(w.north)+".leaders", adding(u.ID)), 404, ""},
		"representatives":            {w.scim(system, "PATCH", "/Groups/"+string(w.school)+".tr", adding(u.ID)), 404, ""},
		"another school's unit":      {w.scim(system, "PATCH", "/Groups/"+string(w.school)+"."+w.sisterUnit, adding(u.ID)), 404, ""},
		"no id of a group":           {w.scim(system, "GET", "/Groups/leaders", ""), 404, ""},
		"a group without a part":     {w.scim(system, "GET", "/Groups/"+string(w.school)+".", ""), 404, ""},
		"a filter that scans":        {w.scim(system, "GET", "/Groups?filter="+url.QueryEscape(`displayName sw "Nord"`), ""), 400, scim.InvalidFilter},
	} {
		t.Run(name, func(t *testing.T) { c.got.refusedAs(t, c.status, c.kind) })
	}
	require.Equal(t, before, w.membersOf(system, staff))
	require.Empty(t, w.everHeld(u.ID))
	south := w.program(w.newKey(w.people["southern administrator"], w.south, access.ScopeProvisioning).Secret)
	for _, by := range []actor{south, w.people["municipal_administrator"], w.people["leader"], service("portal")} {
		w.scim(by, "GET", "/Groups", "").refusedAs(t, 403, "")
		w.scim(by, "GET", "/Groups/"+leaders, "").refusedAs(t, 403, "")
		w.scim(by, "PATCH", "/Groups/"+leaders, adding(u.ID)).refusedAs(t, 403, "")
	}
	w.call(south, "PATCH", at(w.south, "/scim/v2/Groups/"+leaders), []byte(adding(u.ID)), scimContent).refusedAs(t, 404, "")
	w.call(south, "GET", at(w.south, "/scim/v2/Groups/"+leaders), nil, scimContent).refusedAs(t, 404, "")
	theirs := read[struct{ Resources []scim.Group }](t, w.call(south, "GET", at(w.south, "/scim/v2/Groups"), nil, scimContent))
	require.Len(t, theirs.Resources, 2, "the unit and the leaders of south's one school")
	require.Empty(t, read[struct{ Resources []scim.Group }](t, w.call(south, "GET",
		at(w.south, "/scim/v2/Groups?filter="+url.QueryEscape(`members.value eq "`+w.people["leader"].subject.ID+`"`)), nil, scimContent)).Resources)
}

func TestGroupsComeInPages(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	type list struct {
		TotalResults int
		Resources    []scim.Group
	}
	all := read[list](t, w.scim(system, "GET", "/Groups", ""))
	require.Equal(t, 4, all.TotalResults)
	var names []string
	for first := 1; first <= 5; first += 2 {
		got := read[list](t, w.scim(system, "GET", fmt.Sprintf("/Groups?startIndex=%d&count=2&attributes=displayName", first), ""))
		require.Equal(t, 4, got.TotalResults)
		for _, g := range got.Resources {
			names = append(names, g.DisplayName)
		}
	}
	require.Equal(t, []string{"Nordskolen – Ledere", "Nordskolen – Indskoling", "Søsterskolen – Ledere", "Søsterskolen – Indskoling"}, names)
}
