package tenancy

import (
	"net/http"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

// everySCIMOperation sends each operation once, well-formed.
func (w *world) everySCIMOperation() {
	w.t.Helper()
	system := w.identitySystem()
	for _, path := range []string{"/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/Users", "/Groups"} {
		got := w.scim(system, "GET", path, "")
		require.Equal(w.t, http.StatusOK, got.status, "%s", got.body)
	}
	u := read[scim.User](w.t, w.scim(system, "POST", "/Users", entraUser("4711", "scim@nordby.dk", "Åse Ærø")))
	path := "/Users/" + u.ID
	read[scim.User](w.t, w.scim(system, "GET", path, ""))
	read[scim.User](w.t, w.scim(system, "PUT", path, entraUser("4711", "scim@nordby.dk", "Åse Bro")))
	group := w.group(system, "Nordskolen – Ledere")
	require.Equal(w.t, http.StatusNoContent, w.scim(system, "PATCH", "/Groups/"+group, adding(u.ID)).status)
	w.lets(access.SafetyRepresentative)
	made := read[scim.Group](w.t, w.scim(system, "POST", "/Groups", sent("Nordskolen – Indskoling", "of-all-operations")))
	require.Equal(w.t, http.StatusOK, w.scim(system, "PUT", "/Groups/"+made.ID, sent(made.DisplayName, "of-all-operations", u.ID)).status)
	require.Equal(w.t, http.StatusNoContent, w.scim(system, "DELETE", "/Groups/"+made.ID, "").status)
	require.Contains(w.t, w.membersOf(system, group), u.ID)
	read[scim.User](w.t, w.scim(system, "PATCH", path, patchOf(`{"op": "replace", "path": "active", "value": false}`)))
	require.Equal(w.t, http.StatusNoContent, w.scim(system, "DELETE", path, "").status)
}
