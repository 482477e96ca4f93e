package tenancy

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (w *world) writeUnion(by actor, assignment, union string) answer {
	w.t.Helper()
	return w.call(by, "PUT", "/v1/me/unions/"+assignment, tenancyapi.NewMyUnion{Union: union})
}

// Which union somebody represents is between them and the key.
func TestAUnionIsItsRepresentativesAlone(t *testing.T) {
	w := newWorld(t)
	tr, own := w.people["tr"], w.assignments["tr"].AssignmentID
	second := w.person(w.north, "Bo")
	other := w.assign(second, access.UnionRepresentative, w.school, "")

	require.Equal(t, "Kanariefuglenes Forbund", read[tenancyapi.MyUnion](t, w.writeUnion(tr, own, "Kanariefuglenes Forbund")).Union)
	require.Equal(t, "Undulaternes Forbund", read[tenancyapi.MyUnion](t, w.writeUnion(second, other.AssignmentID, "Undulaternes Forbund")).Union, "a school has several")
	unions := func(by actor) []tenancyapi.MyUnion {
		return read[tenancyapi.MyUnionList](t, w.call(by, "GET", "/v1/me/unions", nil)).Items
	}
	require.Equal(t, []tenancyapi.MyUnion{{AssignmentID: own, Scope: ptr(string(w.school)), Union: "Kanariefuglenes Forbund"}}, unions(tr))

	require.Equal(t, http.StatusNoContent, w.call(second, "DELETE", "/v1/me/unions/"+other.AssignmentID, nil).status)
	require.Equal(t, []tenancyapi.MyUnion{{AssignmentID: other.AssignmentID, Scope: ptr(string(w.school))}}, unions(second), "there is one to write")
	w.call(second, "DELETE", "/v1/me/unions/"+other.AssignmentID, nil).refused(t, 404, failure.DocumentNotFound)
	w.call(second, "DELETE", "/v1/me/unions/"+own, nil).refused(t, 404, failure.DocumentNotFound)

	for name, by := range w.people {
		if name != "tr" {
			w.writeUnion(by, own, "En anden").refused(t, 404, failure.DocumentNotFound)
			require.Empty(t, unions(by), name)
		}
	}
	w.writeUnion(w.people["leader"], w.assignments["leader"].AssignmentID, "Lederne").refused(t, 404, failure.DocumentNotFound)
	w.writeUnion(tr, own, strings.Repeat("a", maxUnion+1)).refused(t, 422, failure.RequestInvalid)
	w.writeUnion(service("portal"), own, "En anden").refused(t, 403, failure.AccessDenied)
	require.Equal(t, 0, w.mentions("anariefuglenes"), "in no file that the service or the broker keeps")

	archived := w.call(tr, "GET", "/v1/me/export", nil)
	require.Equal(t, http.StatusOK, archived.status)
	inside, data := unpacked(t, archived.body)
	require.Equal(t, []tenancyapi.MyUnion{{AssignmentID: own, Union: "Kanariefuglenes Forbund"}}, data.Unions)
	require.Contains(t, inside["index.html"], "Kanariefuglenes Forbund")

	gone := w.people["tr"]
	read[tenancyapi.DataRequest](t, w.erase(w.people["municipal_administrator"], gone, 1))
	left, err := w.service.unionsOf(tenant.With(t.Context(), w.north), gone.subject.ID)
	require.NoError(t, err)
	require.Empty(t, left)
}

// That somebody is a TR is seen at their school and by those who give the role, and not by whoever runs the platform, audits
// above the school or reads with a program.
func TestWhoSeesThatSomebodyIsATR(t *testing.T) {
	w := newWorld(t)
	sees := func(path string, by string) bool {
		list := read[tenancyapi.RoleAssignmentList](t, w.call(w.people[by], "GET", at(w.north, "/role-assignments?limit=200&"+path), nil))
		for _, a := range list.Items {
			if a.Role == access.UnionRepresentative {
				return true
			}
		}
		return false
	}
	for by, want := range map[string]bool{"school_administrator": true, "municipal_administrator": true, "platform_operator": false, "auditor": false} {
		require.Equal(t, want, sees("scope="+string(w.school), by), by)
		require.Equal(t, want, sees("person_id="+w.people["tr"].subject.ID, by), by)
	}
	roles := func(by actor) map[string][]tenancyapi.Role {
		byPerson := map[string][]tenancyapi.Role{}
		for _, one := range read[tenancyapi.StaffList](t, w.call(by, "GET", at(w.school, "/staff"), nil)).Items {
			byPerson[one.PersonID] = one.Roles
		}
		return byPerson
	}
	tr := w.people["tr"].subject.ID
	require.Contains(t, roles(w.people["leader"])[tr], tenancyapi.Role("tr"))
	made := w.newKey(w.people["school_administrator"], w.school, access.ScopePeople)
	require.NotContains(t, roles(w.program(made.Secret))[tr], tenancyapi.Role("tr"))
}
