package tenancy

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// TestIdsOfOtherTenantsFindNothing asks, where the caller may, for what lies elsewhere.
func TestIdsOfOtherTenantsFindNothing(t *testing.T) {
	w := newWorld(t)
	north, away := w.people["municipal_administrator"], w.people["away administrator"]
	stranger := w.people["away administrator"].subject.ID
	foreign := w.assignments["southern administrator"]
	setup := service("setup")
	leader := w.people["leader"]

	for name, c := range map[string]struct {
		got    answer
		status int
	}{
		"unit of another school":   {w.call(w.people["leader"], "GET", at(w.school, "/units/"+w.sisterUnit), nil), 404},
		"unit to change":           {w.call(w.people["school_administrator"], "PATCH", at(w.school, "/units/"+w.sisterUnit), tenancyapi.UnitChange{Name: ptr("x")}, ifMatch(1)), 404},
		"parent of another school": {w.call(setup, "POST", at(w.school, "/units"), tenancyapi.NewUnit{Name: "x", ParentID: &w.sisterUnit}), 422},
		"forum of another school":  {w.call(service("dialogue"), "GET", at(w.sister, "/forums/"+w.forum.ForumID), nil), 404},
		"forum to seat": {w.call(w.people["sister's administrator"], "PUT", at(w.sister, "/forums/"+w.forum.ForumID+"/members"),
			tenancyapi.ForumMembers{Members: []tenancyapi.ForumMember{{PersonID: w.people["sister's administrator"].subject.ID, Role: "chair"}}}, ifMatch(1)), 404},
		"person of another municipality": {w.call(north, "GET", at(w.north, "/persons/"+stranger), nil), 404},
		"member of another municipality": {w.call(leader, "POST", at(w.school, "/forums"), tenancyapi.NewForum{Kind: "trio", Name: "x", Mandate: "advises",
			Members: []tenancyapi.ForumMember{{PersonID: stranger, Role: "member"}}}), 422},
		"role for a stranger":      {w.call(north, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{PersonID: stranger, Role: "leader", Scope: string(w.school)}), 422},
		"role in a foreign school": {w.call(setup, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{PersonID: leader.subject.ID, Role: "leader", Scope: string(w.away)}), 422},
		"role through another tenant": {w.call(away, "POST", at(w.north, "/role-assignments"),
			tenancyapi.NewRoleAssignment{PersonID: leader.subject.ID, Role: "leader", Scope: string(w.away)}), 422},
		"role in a foreign unit": {w.call(setup, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
			PersonID: w.person(w.north, "x").subject.ID, Role: "employee", Scope: string(w.school), UnitID: &w.sisterUnit}), 422},
		"role in no tenant at all": {w.call(setup, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
			PersonID: leader.subject.ID, Role: "leader", Scope: string(tenant.New())}), 422},
		"assignment of another municipality": {w.call(north, "POST", at(w.north, "/role-assignments/"+foreign.AssignmentID+"/end"), tenancyapi.RoleEnd{}, ifMatch(1)), 404},
		"assignment through its own tenant":  {w.call(north, "POST", at(w.south, "/role-assignments/"+foreign.AssignmentID+"/end"), tenancyapi.RoleEnd{}, ifMatch(1)), 403},
		"tenant that does not exist":         {w.call(north, "GET", at(tenant.New(), "/organisation"), nil), 403},
		"the same for a service":             {w.call(setup, "GET", at(tenant.New(), "/organisation"), nil), 404},
		"malformed tenant":                   {w.call(setup, "GET", at("Nordskolen", "/organisation"), nil), 400},
	} {
		require.Equal(t, c.status, c.got.status, "%s: %s", name, c.got.body)
	}

	roles := read[tenancyapi.RoleAssignmentList](t, w.call(w.people["sister's administrator"], "GET", at(w.north, "/role-assignments?person_id="+leader.subject.ID), nil))
	require.Empty(t, roles.Items, "an administrator of another school sees none of the roles")
	schools := read[tenancyapi.OrganisationList](t, w.call(leader, "GET", at(w.north, "/organisations"), nil))
	require.Len(t, schools.Items, 1, "a leader sees the own school among the municipality's")
	require.Equal(t, string(w.school), schools.Items[0].OrganisationID)
}
