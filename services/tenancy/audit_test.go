package tenancy

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// chain returns a tenant's audit log.
func (w *world) chain(of tenant.ID) []audit.Entry {
	w.t.Helper()
	var list []audit.Entry
	for e, err := range w.service.audit.Entries(tenant.With(w.t.Context(), of)) {
		require.NoError(w.t, err)
		list = append(list, e)
	}
	return list
}

func TestDecisionsAreAudited(t *testing.T) {
	w := newWorld(t)
	by, to := w.people["school_administrator"], w.person(w.north, "Ny")
	before := len(w.chain(w.school))
	given := w.call(by, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: to.subject.ID, Role: "facilitator", Scope: string(w.school)})
	require.Equal(t, http.StatusCreated, given.status, "%s", given.body)
	stranger := w.people["southern administrator"]
	require.Equal(t, http.StatusForbidden, w.call(stranger, "GET", at(w.school, "/units"), nil).status)
	require.Equal(t, http.StatusOK, w.call(by, "GET", at(w.school, "/units"), nil).status)

	chain := w.chain(w.school)
	require.Len(t, chain, before+2, "reading is no entry")
	role, denied := chain[before], chain[before+1]
	require.Equal(t, by.subject.ID, role.Subject)
	require.Equal(t, "role_assignment.create", role.Action)
	require.Equal(t, to.subject.ID+"/facilitator", role.ResourceID)
	require.Equal(t, audit.Allowed, role.Decision)
	require.Equal(t, stranger.subject.ID, denied.Subject)
	require.Equal(t, "unit.read", denied.Action)
	require.Equal(t, audit.Denied, denied.Decision)
	require.Equal(t, "service:setup", chain[0].Subject, "who set the school up is there too")

	prose := "Anna was seen crying"
	w.call(stranger, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: prose, Role: tenancyapi.Role(prose), Scope: string(w.school)})
	chain = w.chain(w.school)
	require.Empty(t, chain[len(chain)-1].ResourceID, "what a caller makes up is not recorded")

	nowhere := tenant.New()
	require.Equal(t, http.StatusForbidden, w.call(stranger, "GET", at(nowhere, "/units"), nil).status)
	require.Empty(t, w.chain(nowhere), "a tenant that does not exist gets no log")
}
