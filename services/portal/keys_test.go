package portal

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// program sends a request as one that has a key.
func (b *browser) program(method, path, token string) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.address+path, http.NoBody)
	require.NoError(b.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	return b.do(r)
}

// keyed is a stage on which tenancy knows one key until it is revoked.
func keyed(t *testing.T) (s *stage, secret string, revoked *atomic.Bool) {
	t.Helper()
	s, revoked = newStage(t), &atomic.Bool{}
	secret = access.NewKey(operatorID).Token()
	s.services["tenancy"].HandleFunc("POST /v1/api-keys/match", func(w http.ResponseWriter, _ *http.Request) {
		if revoked.Load() {
			failure.Write(w, failure.New(failure.KeyUnknown), "da")
			return
		}
		respond(t, w, tenancyapi.MatchedAPIKey{KeyID: "k1", TenantID: operatorID, Scopes: []tenancyapi.KeyScope{access.ScopePeople}, ExpiresAt: s.now().Add(10 * time.Minute)})
	})
	s.on("tenancy", "GET /v1/tenants/"+operatorID+"/persons", tenancyapi.PersonList{Items: []tenancyapi.Person{}})
	return s, secret, revoked
}

func (s *stage) count(call string) int {
	return len(slices.DeleteFunc(s.calls(), func(a asked) bool { return a.call != call }))
}

func TestAProgramReadsWithItsKey(t *testing.T) {
	s, secret, _ := keyed(t)
	path := "/api/v1/tenants/" + operatorID + "/persons"
	for range 3 {
		got := s.browser().program(http.MethodGet, path, secret)
		require.Equal(t, http.StatusOK, got.StatusCode, got.body)
	}
	require.Equal(t, 1, s.count("POST /v1/api-keys/match"), "asked once in a while")
	calls := s.calls()
	require.Equal(t, access.Subject{ID: "k1", Tenant: operatorID, Key: true, Scopes: []string{access.ScopePeople}}, calls[len(calls)-1].subject)
	require.NotContains(t, s.log.String(), secret)
	require.NotContains(t, s.log.String(), secret[len(secret)-20:])
}

func TestARevokedKeyCountsNoLongerThanHalfAMinute(t *testing.T) {
	s, secret, revoked := keyed(t)
	path := "/api/v1/tenants/" + operatorID + "/persons"
	require.Equal(t, http.StatusOK, s.browser().program(http.MethodGet, path, secret).StatusCode)
	revoked.Store(true)
	s.pass(keyTime)
	got := s.browser().program(http.MethodGet, path, secret)
	require.Equal(t, http.StatusUnauthorized, got.StatusCode)
	require.Equal(t, `Bearer error="invalid_token"`, got.Header.Get("WWW-Authenticate"))
	require.Contains(t, got.body, string(failure.PortalKeyRefused))
}

func TestAKeyIsNotAskedAboutWhenItCannotBeOne(t *testing.T) {
	s, secret, _ := keyed(t)
	for _, wrong := range []string{secret + "a", secret[:len(secret)-2] + "77", "gk_", strings.ToUpper(secret[:4]) + secret[4:]} {
		got := s.browser().program(http.MethodGet, "/api/v1/tenants/"+operatorID+"/persons", wrong)
		require.NotEqual(t, http.StatusOK, got.StatusCode, wrong)
	}
	require.Zero(t, s.count("POST /v1/api-keys/match"))
}

// What a key cannot have a scope for is not there for it, whoever is signed in beside it.
func TestAKeyReachesFewResources(t *testing.T) {
	s, secret, _ := keyed(t)
	both := s.browser()
	both.signIn("bo", "/")
	for _, path := range []string{"me", "inbox", "tenants/" + operatorID + "/dialogues", "tenants/" + operatorID + "/rounds", "tenants/" + operatorID + "/api-keys", "tenants/" + operatorID + "/role-assignments"} {
		require.Equal(t, http.StatusNotFound, both.program(http.MethodGet, "/api/v1/"+path, secret).StatusCode, path)
	}
	require.Equal(t, http.StatusOK, both.program(http.MethodGet, "/api/v1/tenants/"+operatorID+"/persons", secret).StatusCode)
	calls := s.calls()
	require.True(t, calls[len(calls)-1].subject.Key, "the key counts, not the session")
}

func TestKeysAreForgotten(t *testing.T) {
	now := time.Now()
	k := newKeys(nil, func() time.Time { return now })
	for i := range keysKept + 10 {
		k.remember([32]byte{byte(i), byte(i >> 8)}, foundKey{access.Subject{Tenant: tenant.ID(operatorID)}, now.Add(keyTime)})
	}
	require.Len(t, k.found, keysKept)
	now = now.Add(keyTime)
	_, ok := k.remembered([32]byte{})
	require.False(t, ok)
	k.remember([32]byte{31: 1}, foundKey{access.Subject{}, now.Add(keyTime)})
	require.Len(t, k.found, 1)
}
