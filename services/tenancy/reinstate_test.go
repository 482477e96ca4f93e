package tenancy

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

// TestASuspensionIsLiftedByAnAdministrator suspends somebody the two ways that an identity system has, and lets them in
// again: without the roles that ended, and known to the identity system as before.
func TestASuspensionIsLiftedByAnAdministrator(t *testing.T) {
	w := newWorld(t)
	entra := w.identitySystem()
	u := read[scim.User](t, w.scim(entra, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø")))
	teacher := actor{"Åse", access.Subject{ID: u.ID, Tenant: w.north}}
	path := at(w.north, "/persons/"+u.ID)
	for name, suspend := range map[string]func() answer{
		"inactive": func() answer {
			return w.scim(entra, "PATCH", "/Users/"+u.ID, patchOf(`{"op": "Replace", "path": "active", "value": "False"}`))
		},
		"removed": func() answer { return w.scim(entra, "DELETE", "/Users/"+u.ID, "") },
	} {
		w.assign(teacher, "employee", w.school, w.unit)
		require.Less(t, suspend().status, 300, name)
		suspended := w.personOf(teacher)
		require.True(t, *suspended.Suspended, name)
		w.call(w.people["school_administrator"], "POST", path+"/reinstate", nil, ifMatch(suspended.Revision)).refused(t, 403, failure.AccessDenied)
		w.call(w.people["municipal_administrator"], "POST", path+"/reinstate", nil).refused(t, 428, failure.PreconditionMissing)
		w.call(w.people["municipal_administrator"], "POST", path+"/reinstate", nil, ifMatch(suspended.Revision-1)).refused(t, 412, failure.PreconditionFailed)
		w.signIn("aase@nordby.dk").refused(t, 404, failure.SignInUnknown)

		back := w.call(w.people["municipal_administrator"], "POST", path+"/reinstate", nil, ifMatch(suspended.Revision))
		require.Equal(t, http.StatusOK, back.status, name)
		require.Nil(t, read[tenancyapi.Person](t, back).Suspended, name)
		require.Equal(t, u.ID, read[tenancyapi.SignedIn](t, w.signIn("aase@nordby.dk")).PersonID, name)
		require.Empty(t, w.rolesNow(u.ID), name)
		require.True(t, w.matching(entra, `externalId eq "17"`)[0].Active, name)
	}
	log := read[tenancyapi.AuditEntryList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/audit-entries?action=person.reinstate"), nil))
	require.Equal(t, tenancyapi.AuditEntryDecision("denied"), log.Items[len(log.Items)-1].Decision)
	require.Equal(t, u.ID, log.Items[0].ResourceID)
}
