package tenancy

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestASchoolHiresWithoutItsOperator(t *testing.T) {
	w := newWorld(t)
	admin, municipal, path := w.people["school_administrator"], w.people["municipal_administrator"], at(w.school, "/staff")
	in := tenancyapi.NewStaffMember{
		Login: "Ny.Ansat", Name: ptr("Ny Ansat"), Email: ptr("ny@example.dk"), Role: "employee", UnitID: &w.unit, ExternalID: ptr("4711"),
	}
	made := read[tenancyapi.RoleAssignment](t, w.call(admin, "POST", path, in, key("hire-one-person")))
	require.Equal(t, string(w.school), made.Scope)
	person := read[tenancyapi.Person](t, w.call(municipal, "GET", at(w.north, "/persons/"+made.PersonID), nil))
	require.Equal(t, "Ny Ansat", person.Name)
	require.Equal(t, "4711", *person.ExternalID)
	require.EqualValues(t, "da", person.Language, "the school's")
	require.Equal(t, made, read[tenancyapi.RoleAssignment](t, w.call(admin, "POST", path, in, key("hire-one-person"))), "once, however often it is sent")
	in.Login = "another"
	w.call(admin, "POST", path, in, key("hire-one-person")).refused(t, 409, failure.IdempotencyConflict)

	// Somebody whom the operator knows: by the login alone, or with the right name.
	sister := w.people["sister's administrator"]
	again := read[tenancyapi.RoleAssignment](t, w.call(sister, "POST", at(w.sister, "/staff"), tenancyapi.NewStaffMember{Login: "ny.ansat", Role: "it_guide"}))
	require.Equal(t, made.PersonID, again.PersonID)
	read[tenancyapi.RoleAssignment](t, w.call(admin, "POST", path, tenancyapi.NewStaffMember{
		Login: "ny.ansat", Name: ptr("ny ansat"), Email: ptr("else@example.dk"), Role: "facilitator"}))
	require.Equal(t, person, read[tenancyapi.Person](t, w.call(municipal, "GET", at(w.north, "/persons/"+made.PersonID), nil)), "nothing about them is changed")
	w.call(admin, "POST", path, tenancyapi.NewStaffMember{Login: "ny.ansat", Name: ptr("Bo Kjær"), Email: ptr("bo@example.dk"), Role: "tr"}).refused(t, 409, failure.LoginTaken)
	w.call(admin, "POST", path, tenancyapi.NewStaffMember{Login: "ny.ansat", Role: "facilitator"}).refused(t, 409, failure.RoleHeld)
}

func TestWhoIsHiredLeavesNothingBehindWhenRefused(t *testing.T) {
	w := newWorld(t)
	admin, municipal, path := w.people["school_administrator"], w.people["municipal_administrator"], at(w.school, "/staff")
	before := len(read[tenancyapi.PersonList](t, w.call(municipal, "GET", at(w.north, "/persons?limit=200"), nil)).Items)
	w.call(admin, "POST", path, tenancyapi.NewStaffMember{Login: "nobody", Role: "tr"}).refused(t, 422, failure.LoginUnknown)
	for name, in := range map[string]tenancyapi.NewStaffMember{
		"no e-mail":                {Login: "x", Name: ptr("X"), Role: "tr"},
		"an employee in no unit":   {Login: "x", Name: ptr("X"), Email: ptr("x@example.dk"), Role: "employee"},
		"a unit of another school": {Login: "x", Name: ptr("X"), Email: ptr("x@example.dk"), Role: "employee", UnitID: &w.sisterUnit},
		"a role above the school":  {Login: "x", Name: ptr("X"), Email: ptr("x@example.dk"), Role: "municipal_administrator"},
	} {
		require.Equal(t, 422, w.call(admin, "POST", path, in).status, name)
	}
	// Somebody of another municipality is nobody here.
	southern := read[tenancyapi.Person](t, w.call(w.people["southern administrator"], "GET", at(w.south, "/persons/"+w.people["away administrator"].subject.ID), nil))
	w.call(admin, "POST", path, tenancyapi.NewStaffMember{Login: southern.Login, Role: "tr"}).refused(t, 422, failure.LoginUnknown)
	require.Len(t, read[tenancyapi.PersonList](t, w.call(municipal, "GET", at(w.north, "/persons?limit=200"), nil)).Items, before)

	own := read[tenancyapi.Person](t, w.call(municipal, "GET", at(w.north, "/persons/"+admin.subject.ID), nil)).Login
	w.call(admin, "POST", path, tenancyapi.NewStaffMember{Login: own, Role: "leader"}).refused(t, 403, failure.AccessDenied)
}
