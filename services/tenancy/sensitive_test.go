package tenancy

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// TestWhatIsSensitiveTakesARecentSignIn: somebody who finds an administrator's browser open makes no key and no
// administrator, moves no sign-in elsewhere and erases nobody.
func TestWhatIsSensitiveTakesARecentSignIn(t *testing.T) {
	w := newWorld(t)
	p := w.provider(w.north)
	stale := w.people["municipal_administrator"]
	stale.subject.Recent = false
	leader := w.people["leader"].subject.ID
	provider := at(w.north, "/sign-in-providers/"+p.ProviderID)
	role := func(name string, scope tenant.ID) tenancyapi.NewRoleAssignment {
		return tenancyapi.NewRoleAssignment{PersonID: leader, Role: tenancyapi.Role(name), Scope: string(scope)}
	}
	for name, got := range map[string]answer{
		"a key":                    w.call(stale, "POST", at(w.north, "/api-keys"), keyInput(access.ScopePeople)),
		"a provider":               w.call(stale, "POST", at(w.north, "/sign-in-providers"), providerInput()),
		"another provider":         w.call(stale, "PATCH", provider, tenancyapi.SignInProviderChange{Issuer: ptr("https://evil.example")}, ifMatch(1)),
		"no provider":              w.call(stale, "DELETE", provider, nil),
		"erasure":                  w.erase(stale, w.people["leader"], 1),
		"a school's administrator": w.call(stale, "POST", at(w.north, "/role-assignments"), role("school_administrator", w.school)),
		"an administrator":         w.call(stale, "POST", at(w.north, "/role-assignments"), role("municipal_administrator", w.north)),
	} {
		require.Equal(t, http.StatusUnauthorized, got.status, "%s: %s", name, got.body)
		got.refused(t, http.StatusUnauthorized, failure.AccessStale)
	}
	administrator := w.people["municipal_administrator"]
	require.Empty(t, read[tenancyapi.APIKeyList](t, w.call(stale, "GET", at(w.north, "/api-keys"), nil)).Items)
	require.Equal(t, p, read[tenancyapi.SignInProvider](t, w.call(stale, "GET", provider, nil)))
	read[tenancyapi.Person](t, w.call(administrator, "GET", at(w.north, "/persons/"+leader), nil))
	log := read[tenancyapi.AuditEntryList](t, w.call(administrator, "GET", at(w.north, "/audit-entries?action=api_key.create"), nil))
	require.Empty(t, log.Items, "it is not in the log of what was permitted or denied")

	read[tenancyapi.RoleAssignment](t, w.call(stale, "POST", at(w.north, "/role-assignments"), role("tr", w.school)))
}
