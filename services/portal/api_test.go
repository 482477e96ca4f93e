package portal

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheAPIEntryKnowsWhatBelongsToWhom(t *testing.T) {
	for path, want := range map[string]string{
		"/api/v1/me":           "tenancy",
		"/api/v1/inbox/7/read": "notification",
		"/api/v1/playbooks":    "dialogue",
		"/api/v1/tenants/abcdefghijkl/rounds/1/open": "intake",
		"/api/v1/tenants/abcdefghijkl/releases":      "reporting",
		"/api/v1/tenants/abcdefghijkl/dialogues/1":   "dialogue",
	} {
		got, ok := apiOwner(path, apiResources, apiRoots)
		require.True(t, ok, path)
		require.Equal(t, want, got, path)
	}
	for _, path := range []string{
		"/api/v1/", "/api/v1/sign-ins/match", "/api/v1/platform", "/api/v1/tenants/abcdefghijkl", "/api/v1/tenants/abcdefghijkl/persons",
		"/api/v1/tenants/abcdefghijkl/role-assignments", "/api/v1/tenants/abcdefghijkl/rounds/1/release-key",
		"/api/v1/tenants/abcdefghijkl/rounds/1/tickets", "/api/v1/tenants/abcdefghijkl/rounds/../persons", "/api/v1/rounds/1/batch",
	} {
		_, ok := apiOwner(path, apiResources, apiRoots)
		require.False(t, ok, path)
	}
}

func TestTheAPIEntryPassesNoCookieOn(t *testing.T) {
	out := apiRequestHeader(http.Header{"Cookie": {"x"}, "Authorization": {"Bearer mine"}, "If-Match": {`"1"`}, "X-Forwarded-For": {"192.0.2.1"}})
	require.Equal(t, http.Header{"If-Match": {`"1"`}}, out)
}
