package tenancy

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func keyInput(scopes ...tenancyapi.KeyScope) tenancyapi.NewAPIKey {
	return tenancyapi.NewAPIKey{Name: "Lønsystem", Scopes: scopes, ExpiresAt: time.Now().AddDate(0, 6, 0)}
}

func (w *world) newKey(by actor, owner tenant.ID, scopes ...tenancyapi.KeyScope) tenancyapi.CreatedAPIKey {
	w.t.Helper()
	return read[tenancyapi.CreatedAPIKey](w.t, w.call(by, "POST", at(owner, "/api-keys"), keyInput(scopes...)))
}

// match is what the portal does with a key that somebody sends.
func (w *world) match(secret string) answer {
	w.t.Helper()
	return w.call(service("portal"), "POST", "/v1/api-keys/match", tenancyapi.SentAPIKey{Secret: secret})
}

// program is whoever has the key.
func (w *world) program(secret string) actor {
	w.t.Helper()
	m := read[tenancyapi.MatchedAPIKey](w.t, w.match(secret))
	s := access.Subject{ID: m.KeyID, Tenant: tenant.ID(m.TenantID), Key: true}
	for _, scope := range m.Scopes {
		s.Scopes = append(s.Scopes, string(scope))
	}
	return actor{"a program", s}
}

func TestAKeyIsShownOnceAndStoredAsAHash(t *testing.T) {
	w := newWorld(t)
	admin := w.people["municipal_administrator"]
	made := w.call(admin, "POST", at(w.north, "/api-keys"), keyInput(access.ScopePeople, access.ScopePeople), key("the-same-key"))
	k := read[tenancyapi.CreatedAPIKey](t, made)
	require.Equal(t, []tenancyapi.KeyScope{access.ScopePeople}, k.Key.Scopes)
	require.Equal(t, admin.subject.ID, k.Key.CreatedBy)
	require.Nil(t, k.Key.LastUsedOn)

	d, err := w.service.store.apiKeys.Get(tenant.With(t.Context(), w.north), k.Key.KeyID)
	require.NoError(t, err)
	parsed, err := access.ParseKey(k.Secret)
	require.NoError(t, err)
	require.Equal(t, parsed.Hash(), d.Body.Hash)
	listed := w.call(admin, "GET", at(w.north, "/api-keys"), nil)
	require.NotContains(t, string(listed.body), d.Body.Hash)
	require.NotContains(t, string(listed.body), k.Secret[len(k.Secret)-20:])

	match := read[tenancyapi.MatchedAPIKey](t, w.match(k.Secret))
	require.Equal(t, tenancyapi.MatchedAPIKey{KeyID: k.Key.KeyID, TenantID: string(w.north), Scopes: k.Key.Scopes, ExpiresAt: k.Key.ExpiresAt}, match)
	used := read[tenancyapi.APIKeyList](t, w.call(admin, "GET", at(w.north, "/api-keys"), nil))
	require.Equal(t, time.Now().UTC().Format(time.DateOnly), *used.Items[0].LastUsedOn, "the day and nothing finer")
	revision := used.Items[0].Revision
	read[tenancyapi.MatchedAPIKey](t, w.match(k.Secret))
	used = read[tenancyapi.APIKeyList](t, w.call(admin, "GET", at(w.north, "/api-keys"), nil))
	require.Equal(t, revision, used.Items[0].Revision, "once a day is written")
}

func TestARepeatedRequestShowsNoKeyAgain(t *testing.T) {
	w := newWorld(t)
	admin, in := w.people["school_administrator"], keyInput(access.ScopeReleases)
	read[tenancyapi.CreatedAPIKey](t, w.call(admin, "POST", at(w.school, "/api-keys"), in, key("the-same-key")))
	w.call(admin, "POST", at(w.school, "/api-keys"), in, key("the-same-key")).refused(t, http.StatusConflict, failure.KeyShown)
	list := read[tenancyapi.APIKeyList](t, w.call(admin, "GET", at(w.school, "/api-keys"), nil))
	require.Len(t, list.Items, 1)
}

func TestKeysThatOpenNothing(t *testing.T) {
	w := newWorld(t)
	admin := w.people["municipal_administrator"]
	ctx := tenant.With(t.Context(), w.north)
	good := w.newKey(admin, w.north, access.ScopePeople)
	parsed, err := access.ParseKey(good.Secret)
	require.NoError(t, err)
	change := func(id string, fn func(*apiKey)) {
		_, err := w.service.store.apiKeys.Update(ctx, id, func(k *apiKey) ([]events.Event, error) { fn(k); return nil, nil })
		require.NoError(t, err)
	}

	revoked := w.newKey(admin, w.north, access.ScopePeople)
	path := at(w.north, "/api-keys/"+revoked.Key.KeyID+"/revoke")
	first := read[tenancyapi.APIKey](t, w.call(admin, "POST", path, nil))
	require.NotNil(t, first.RevokedAt)
	require.Equal(t, first, read[tenancyapi.APIKey](t, w.call(admin, "POST", path, nil)), "once more is no mistake, and changes nothing")
	expired := w.newKey(admin, w.north, access.ScopePeople)
	change(expired.Key.KeyID, func(k *apiKey) { k.ExpiresAt = time.Now().Add(-time.Millisecond) })

	// A stranger's secret that happens to begin as a real one does, even with nothing else to compare it with.
	sameStart := access.NewKey(w.north)
	change(revoked.Key.KeyID, func(k *apiKey) { k.Prefix = sameStart.Prefix() })
	change(expired.Key.KeyID, func(k *apiKey) { k.Prefix = parsed.Prefix() })

	for name, secret := range map[string]string{
		"revoked": revoked.Secret, "expired": expired.Secret, "unknown": access.NewKey(w.north).Token(),
		"wrong secret with the right prefix": sameStart.Token(),
		"another tenant's":                   access.NewKey(w.south).Token(),
		"of a tenant that is not there":      access.NewKey(tenant.New()).Token(),
		"wrong checksum":                     good.Secret[:len(good.Secret)-1] + other(good.Secret[len(good.Secret)-1:]),
		"the real one in another tenant":     "gk_" + string(w.south) + good.Secret[len("gk_")+tenant.Length:],
		"the hash itself":                    parsed.Hash(),
		"a person's token":                   "eyJhbGciOiJFZERTQSJ9.e30.c2ln",
	} {
		t.Run(name, func(t *testing.T) { w.match(secret).refused(t, http.StatusNotFound, failure.KeyUnknown) })
	}
	read[tenancyapi.MatchedAPIKey](t, w.match(good.Secret)) // beside one with the same prefix
}

// other is a different character of the same alphabet.
func other(character string) string {
	if character == "a" {
		return "i" // differs in bits that count, since the last character of a checksum has spare ones
	}
	return "a"
}

func TestWhatAKeyMayBeGiven(t *testing.T) {
	w := newWorld(t)
	school, municipality := w.people["school_administrator"], w.people["municipal_administrator"]
	for name, c := range map[string]struct {
		by     actor
		owner  tenant.ID
		change func(*tenancyapi.NewAPIKey)
		field  string
	}{
		"a school's results from above": {municipality, w.north, func(k *tenancyapi.NewAPIKey) { k.Scopes = []tenancyapi.KeyScope{access.ScopeReleases} }, "scopes"},
		"nothing":                       {school, w.school, func(k *tenancyapi.NewAPIKey) { k.Scopes = []tenancyapi.KeyScope{} }, "scopes"},
		"something unknown":             {school, w.school, func(k *tenancyapi.NewAPIKey) { k.Scopes = []tenancyapi.KeyScope{"everything"} }, "scopes"},
		"more than a year":              {school, w.school, func(k *tenancyapi.NewAPIKey) { k.ExpiresAt = time.Now().AddDate(1, 0, 1) }, "expires_at"},
		"a time that has passed":        {school, w.school, func(k *tenancyapi.NewAPIKey) { k.ExpiresAt = time.Now() }, "expires_at"},
		"no name":                       {school, w.school, func(k *tenancyapi.NewAPIKey) { k.Name = " " }, "name"},
	} {
		in := keyInput(access.ScopePeople)
		c.change(&in)
		got := w.call(c.by, "POST", at(c.owner, "/api-keys"), in)
		require.Equal(t, http.StatusUnprocessableEntity, got.status, "%s: %s", name, got.body)
		require.Contains(t, string(got.body), `"`+c.field+`"`, name)
	}
}

// TestAKeyReadsInItsTenantAlone sends everything that a key could read, with every scope, at every tenant.
func TestAKeyReadsInItsTenantAlone(t *testing.T) {
	w := newWorld(t)
	of := map[string]tenant.ID{"north": w.north, "school": w.school}
	programs := map[string]actor{
		"north organisation":  w.program(w.newKey(w.people["municipal_administrator"], w.north, access.ScopeOrganisation).Secret),
		"north people":        w.program(w.newKey(w.people["municipal_administrator"], w.north, access.ScopePeople).Secret),
		"school organisation": w.program(w.newKey(w.people["school_administrator"], w.school, access.ScopeOrganisation).Secret),
		"school people":       w.program(w.newKey(w.people["school_administrator"], w.school, access.ScopePeople).Secret),
		"school releases":     w.program(w.newKey(w.people["school_administrator"], w.school, access.ScopeReleases).Secret),
	}
	may := map[string][]string{
		"GET north /organisation": {"north organisation"}, "GET school /organisation": {"north organisation", "school organisation"},
		"GET north /organisations": {"north organisation"}, "GET school /organisations": {"north organisation", "school organisation"},
		"GET north /units": {"north organisation"}, "GET school /units": {"north organisation", "school organisation"},
		"GET north /persons": {"north people"}, "GET school /persons": {"north people", "school people"},
		"GET school /staff": {"school people"}, "GET north /staff": {"north people"},
	}
	others := map[string]tenant.ID{"south": w.south, "sister": w.sister, "away": w.away, "platform": w.platform}
	for name, by := range programs {
		for _, path := range []string{"/organisation", "/organisations", "/units", "/persons", "/staff", "/forums", "/role-assignments?scope=" + string(w.school), "/api-keys"} {
			for where, owner := range of {
				got := w.call(by, "GET", at(owner, path), nil)
				want := http.StatusForbidden
				for _, let := range may["GET "+where+" "+path] {
					if let == name {
						want = http.StatusOK
					}
				}
				if path[:5] == "/role" && got.status == http.StatusOK { // the list itself is for everybody, and shows what one may see
					require.Empty(t, read[tenancyapi.RoleAssignmentList](t, got).Items)
					continue
				}
				require.Equal(t, want, got.status, "%s: %s %s: %s", name, where, path, got.body)
			}
			for where, owner := range others {
				if where == "sister" && by.subject.Tenant == w.north {
					continue // a school of the municipality
				}
				got := w.call(by, "GET", at(owner, path), nil)
				require.Equal(t, http.StatusForbidden, got.status, "%s: %s %s: %s", name, where, path, got.body)
			}
		}
		require.Equal(t, http.StatusForbidden, w.call(by, "GET", "/v1/me", nil).status, name)
		require.Equal(t, http.StatusForbidden, w.call(by, "POST", at(w.school, "/units"), tenancyapi.NewUnit{Name: "x"}).status, name)
		require.Equal(t, http.StatusForbidden, w.call(by, "GET", "/v1/snapshots/units", nil).status, name)
	}
}
