package tenancy

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

// lets has north's administrator say which roles of trust its identity system gives.
func (w *world) lets(roles ...tenancyapi.Role) tenancyapi.Provisioning {
	w.t.Helper()
	by, path := w.people["municipal_administrator"], at(w.north, "/provisioning")
	before := read[tenancyapi.Provisioning](w.t, w.call(by, "GET", path, nil))
	return read[tenancyapi.Provisioning](w.t, w.call(by, "PUT", path, tenancyapi.NewProvisioning{Roles: append([]tenancyapi.Role{}, roles...)}, ifMatch(before.Revision)))
}

// groupNamesOf are the names of all groups that an identity system sees.
func (w *world) groupNamesOf(by actor) (names []string) {
	w.t.Helper()
	for _, g := range read[struct{ Resources []scim.Group }](w.t, w.scim(by, "GET", "/Groups?attributes=displayName", "")).Resources {
		names = append(names, g.DisplayName)
	}
	return names
}

// TestAnOperatorLetsItsIdentitySystemNameRepresentatives goes from nothing to a TR who comes from the identity system, and
// back to nothing: the group is gone then, and who was made TR stays TR.
func TestAnOperatorLetsItsIdentitySystemNameRepresentatives(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	usual := w.groupNamesOf(system)
	require.Len(t, usual, 4)
	group := string(w.school) + "." + access.UnionRepresentative
	brought := read[scim.User](t, w.scim(system, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø"))).ID
	w.scim(system, "PATCH", "/Groups/"+group, adding(brought)).refusedAs(t, 404, "")

	require.Equal(t, []tenancyapi.Role{access.UnionRepresentative}, w.lets(access.UnionRepresentative, access.UnionRepresentative).Roles)
	require.ElementsMatch(t, append(slices.Clone(usual), "Nordskolen – Tillidsrepræsentanter", "Søsterskolen – Tillidsrepræsentanter"), w.groupNamesOf(system))
	require.Equal(t, group, w.group(system, "nordskolen – tillidsrepræsentanter"))
	require.Equal(t, []string{w.people["tr"].subject.ID}, w.membersOf(system, group))
	require.Equal(t, http.StatusNoContent, w.scim(system, "PATCH", "/Groups/"+group, adding(brought)).status)
	require.Equal(t, []access.Assignment{{Role: access.UnionRepresentative, Scope: w.school}}, w.rolesNow(brought))
	with := read[struct{ Resources []scim.Group }](t, w.scim(system, "GET", "/Groups?filter="+url.QueryEscape(`members.value eq "`+brought+`"`), ""))
	require.Equal(t, group, with.Resources[0].ID)
	w.scim(system, "PATCH", "/Groups/"+string(w.school)+"."+access.SafetyRepresentative, adding(brought)).refusedAs(t, 404, "")

	require.Empty(t, w.lets().Roles)
	require.Equal(t, usual, w.groupNamesOf(system))
	w.scim(system, "PATCH", "/Groups/"+group, removing(brought)).refusedAs(t, 404, "")
	require.Len(t, w.rolesNow(brought), 1, "people decide who is one no longer")

	log := read[tenancyapi.AuditEntryList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/audit-entries?action=provisioning.change"), nil))
	require.Len(t, log.Items, 2)
}

// A place keeps an administrator, whatever the identity system says, and one can follow another at once.
func TestAnIdentitySystemChangesAdministrators(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	w.lets(access.MunicipalAdministrator, access.SchoolAdministrator)
	first := w.people["municipal_administrator"].subject.ID
	second := read[scim.User](t, w.scim(system, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø"))).ID
	path := "/Groups/" + string(w.north) + "." + access.MunicipalAdministrator
	g := read[scim.Group](t, w.scim(system, "GET", path, ""))
	require.Equal(t, []string{first}, memberIDs(g))
	w.scim(system, "DELETE", path, "").refusedAs(t, 400, scim.Mutability)
	w.scim(system, "PATCH", path, removing(first)).refusedAs(t, 400, scim.Mutability)
	require.Equal(t, []string{second}, memberIDs(read[scim.Group](t, w.scim(system, "PUT", path, sent(g.DisplayName, "", second)))))
	require.Empty(t, w.rolesNow(first))
	require.Equal(t, []access.Assignment{{Role: access.MunicipalAdministrator, Scope: w.north}}, w.rolesNow(second))
	w.scim(system, "DELETE", path, "").refusedAs(t, 400, scim.Mutability)
	require.Equal(t, "Nordskolen – Administratorer", read[scim.Group](t, w.scim(system, "GET", "/Groups/"+string(w.school)+"."+access.SchoolAdministrator, "")).DisplayName)
	w.scim(system, "GET", "/Groups/"+string(w.north)+".leaders", "").refusedAs(t, 404, "")
	w.scim(system, "GET", "/Groups/"+string(w.south)+"."+access.MunicipalAdministrator, "").refusedAs(t, 404, "")
}

func TestWhatAnIdentitySystemMayGiveIsBounded(t *testing.T) {
	w := newWorld(t)
	by, path := w.people["municipal_administrator"], at(w.north, "/provisioning")
	before := read[tenancyapi.Provisioning](t, w.call(by, "GET", path, nil))
	require.Empty(t, before.Roles, "none unless somebody says so")
	for _, role := range []tenancyapi.Role{access.PlatformOperator, access.Auditor, access.TextReader, access.Employee, "x"} {
		got := w.call(by, "PUT", path, tenancyapi.NewProvisioning{Roles: []tenancyapi.Role{role}}, ifMatch(before.Revision))
		require.Equal(t, http.StatusUnprocessableEntity, got.status, "%s: %s", role, got.body)
	}
	stale := by
	stale.subject.Recent = false
	w.call(stale, "PUT", path, tenancyapi.NewProvisioning{Roles: []tenancyapi.Role{}}, ifMatch(before.Revision)).refused(t, http.StatusUnauthorized, failure.AccessStale)
	w.call(by, "PUT", path, tenancyapi.NewProvisioning{Roles: []tenancyapi.Role{}}, ifMatch(before.Revision+1)).refused(t, http.StatusPreconditionFailed, failure.PreconditionFailed)
	for _, who := range []string{"school_administrator", "leader", "southern administrator", "platform_operator"} {
		w.call(w.people[who], "GET", path, nil).refused(t, http.StatusForbidden, failure.AccessDenied)
		w.call(w.people[who], "PUT", path, tenancyapi.NewProvisioning{Roles: []tenancyapi.Role{}}, ifMatch(before.Revision)).refused(t, http.StatusForbidden, failure.AccessDenied)
	}
}
