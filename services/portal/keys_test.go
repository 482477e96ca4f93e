package portal

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
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

// A program that brings people speaks a protocol of its own, with headers of its own; a person's session does not open it.
func TestIdentitySystemsComeThroughTheEntry(t *testing.T) {
	s, secret, _ := keyed(t)
	var seen *http.Request
	s.services["tenancy"].HandleFunc("PATCH /v1/tenants/"+operatorID+"/scim/v2/Users/p1", func(w http.ResponseWriter, r *http.Request) {
		seen = r
		w.Header().Set("Content-Type", "application/scim+json")
		w.Header().Set("ETag", `W/"4"`)
		w.WriteHeader(http.StatusBadRequest)
	})
	b := s.browser()
	path := "/api/v1/tenants/" + operatorID + "/scim/v2/Users/p1"
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, b.address+path+"?attributes=id", strings.NewReader("{}"))
	require.NoError(t, err)
	for name, value := range map[string]string{"Authorization": "Bearer " + secret, "Content-Type": "application/scim+json", "If-Match": `W/"3"`} {
		r.Header.Set(name, value)
	}
	got := b.do(r)
	require.Equal(t, http.StatusBadRequest, got.StatusCode, "its own refusals reach it as they are")
	require.Equal(t, []string{"application/scim+json", `W/"4"`}, []string{got.Header.Get("Content-Type"), got.Header.Get("ETag")})
	require.Equal(t, []string{"application/scim+json", `W/"3"`, "id"}, []string{seen.Header.Get("Content-Type"), seen.Header.Get("If-Match"), seen.URL.Query().Get("attributes")})
	_, ok := apiOwner(path, apiResources, apiRoots)
	require.False(t, ok, "not for a session")
}

// Whatever an identity system is refused, it is in the form of its protocol, also by the portal itself.
func TestIdentitySystemsAreRefusedInTheirProtocol(t *testing.T) {
	s, secret, revoked := keyed(t)
	base := "/api/v1/tenants/" + operatorID + "/scim/v2"
	s.services["tenancy"].HandleFunc("GET /v1/tenants/"+operatorID+"/scim/v2/Devices", func(w http.ResponseWriter, _ *http.Request) {
		failure.Write(w, failure.New(failure.RequestNoRoute), "da")
	})
	refused := func(got page, status int) {
		t.Helper()
		require.Equal(t, status, got.StatusCode, got.body)
		require.Equal(t, "application/scim+json", got.Header.Get("Content-Type"))
		var e struct {
			Schemas        []string
			Status, Detail string
		}
		require.NoError(t, json.Unmarshal([]byte(got.body), &e))
		require.Equal(t, []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, e.Schemas)
		require.Equal(t, strconv.Itoa(status), e.Status)
		require.NotEmpty(t, e.Detail)
	}
	b := s.browser()
	nobody := b.program(http.MethodGet, base+"/Users", "somebody else's")
	refused(nobody, http.StatusUnauthorized)
	require.Equal(t, "Bearer", nobody.Header.Get("WWW-Authenticate"))
	b.signIn("bo", "/")
	refused(b.program(http.MethodGet, base+"/Users", ""), http.StatusUnauthorized)
	refused(b.program(http.MethodGet, "/api/v1/tenants/"+operatorID+"/scim/../units", secret), http.StatusNotFound)
	refused(b.program(http.MethodGet, base+"/Devices", secret), http.StatusNotFound)
	s.services["tenancy"].HandleFunc("GET /v1/tenants/"+operatorID+"/scim/v2/Users", func(http.ResponseWriter, *http.Request) {
		panic(http.ErrAbortHandler) // the service is gone before it has answered
	})
	refused(b.program(http.MethodGet, base+"/Users", secret), http.StatusServiceUnavailable)
	revoked.Store(true)
	s.pass(keyTime)
	gone := b.program(http.MethodGet, base+"/Users", secret)
	refused(gone, http.StatusUnauthorized)
	require.Contains(t, gone.Header.Get("WWW-Authenticate"), "invalid_token")
	require.Equal(t, "application/problem+json", b.program(http.MethodGet, "/api/v1/tenants/"+operatorID+"/units", secret).Header.Get("Content-Type"), "programs that read are told as everybody is")
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

// TestAKeyIsMadeShownOnceAndRevoked does what an administrator does, in a browser.
func TestAKeyIsMadeShownOnceAndRevoked(t *testing.T) {
	s := newStage(t)
	secret := access.NewKey(operatorID).Token()
	var made tenancyapi.NewAPIKey
	var list tenancyapi.APIKeyList
	list.Items = []tenancyapi.APIKey{}
	path := under(operatorID, "api-keys")
	s.services["tenancy"].HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { respond(t, w, list) })
	s.services["tenancy"].HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&made); err != nil {
			t.Error(err)
		}
		if len(made.Scopes) == 0 {
			failure.Write(w, failure.Invalid("scopes", "one or more"), "da")
			return
		}
		k := tenancyapi.APIKey{KeyID: "k1", Name: made.Name, Scopes: made.Scopes, Prefix: "abcdefgh", CreatedAt: s.now(), ExpiresAt: made.ExpiresAt, Revision: 1}
		list.Items = append(list.Items, k)
		respond(t, w, tenancyapi.CreatedAPIKey{Secret: secret, Key: k})
	})
	s.services["tenancy"].HandleFunc("POST "+path+"/k1/revoke", func(w http.ResponseWriter, _ *http.Request) {
		list.Items[0].RevokedAt = pointer(s.now())
		respond(t, w, list.Items[0])
	})

	bo := browsertest.New(t).Person("an administrator")
	s.arrives(bo)
	page := s.address + "/operators/" + operatorID + "/keys"
	bo.Open(page)
	require.Equal(t, s.address+"/api/v1/tenants/"+operatorID+"/scim/v2", browsertest.Evaluate[string](bo, `document.querySelector("#scim").textContent`))
	bo.Fill("#name", "Lønsystem")
	bo.Click("#key-create")
	bo.Wait(".form-error") // nothing was chosen
	bo.Check()
	bo.Click(`label[for="scope-1"]`)
	bo.Click("#key-create")
	bo.Wait("#made")
	bo.Check()
	require.Equal(t, secret, browsertest.Evaluate[string](bo, `document.querySelector("#secret").textContent`))
	require.Equal(t, []tenancyapi.KeyScope{access.ScopePeople}, made.Scopes)
	require.Equal(t, time.Date(2027, 5, 25, 21, 59, 59, 0, time.UTC), made.ExpiresAt.UTC(), "through the day proposed, in Copenhagen")

	bo.Open(page)
	bo.WaitFor("show the secret no more", `!document.querySelector("#secret") && document.body.textContent.includes("Lønsystem")`)
	bo.Click("#keys button")
	bo.WaitFor("be told that it is revoked", `document.body.textContent.includes("spærret 24. november 2026") && !document.querySelector("#keys button")`)
	require.NotContains(t, s.log.String(), secret)
	bo.Leave()
}
