package allinone

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// program asks the portal with an API key and returns status and body.
func (m *matrix) program(key, method, path string) (int, string) {
	m.t.Helper()
	return m.tells(key, method, path, "", "")
}

// tells is program for one that has something to say.
func (m *matrix) tells(key, method, path, kind, body string) (int, string) {
	m.t.Helper()
	request, err := http.NewRequestWithContext(m.t.Context(), method, m.addresses.Portal+"/api/v1"+path, strings.NewReader(body))
	require.NoError(m.t, err)
	request.Header.Set("Authorization", "Bearer "+key)
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(m.t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(m.t, err)
	return response.StatusCode, string(raw)
}

// key makes a key of a tenant as one of the demo's people.
func (m *matrix) key(login string, owner tenant.ID, scopes ...tenancyapi.KeyScope) string {
	m.t.Helper()
	by := m.known(login)
	var key tenancyapi.CreatedAPIKey
	require.NoError(m.t, m.services.As(by.ID, by.Tenant).Create(m.t.Context(), "tenancy", "/v1/tenants/"+string(owner)+"/api-keys",
		tenancyapi.NewAPIKey{Name: "Program", Scopes: scopes, ExpiresAt: time.Now().AddDate(0, 1, 0)}, &key))
	return key.Secret
}

// TestProgramsReadWhatTheirKeysOpen makes a key of a school and one of its municipality, and reads with each of them
// through the portal from the services that decide: only what the key's scopes name, at every place.
func TestProgramsReadWhatTheirKeysOpen(t *testing.T) {
	m := &matrix{journey: startDemo(t)}
	m.places()
	school := m.key("sanne.admin", m.tenants["school"], access.ScopeOrganisation, access.ScopePeople, access.ScopeReleases)
	above := m.key("birgit.kommune", m.tenants["municipality"], access.ScopeOrganisation, access.ScopePeople)

	for _, c := range []struct {
		path  string
		where map[string][]string // place to the keys that are let in
	}{
		{"/organisation", map[string][]string{"school": {school, above}, "sibling": {above}, "municipality": {above}}},
		{"/units", map[string][]string{"school": {school, above}, "sibling": {above}, "municipality": {above}}},
		{"/persons", map[string][]string{"school": {school, above}, "sibling": {above}, "municipality": {above}}},
		{"/staff", map[string][]string{"school": {school}, "municipality": {above}}},
		{"/releases", map[string][]string{"school": {school}}},
	} {
		for place, owner := range m.tenants {
			for name, key := range map[string]string{"the school's": school, "the municipality's": above} {
				want := http.StatusForbidden
				for _, let := range c.where[place] {
					if let == key {
						want = http.StatusOK
					}
				}
				got, body := m.program(key, http.MethodGet, "/tenants/"+string(owner)+c.path)
				require.Equal(t, want, got, "%s key, %s of %s: %s", name, c.path, place, body)
			}
		}
	}
	for _, path := range []string{"/rounds", "/dialogues", "/actions", "/forums", "/quiet-hours", "/api-keys"} {
		got, _ := m.program(school, http.MethodGet, "/tenants/"+string(m.tenants["school"])+path)
		require.Equal(t, http.StatusNotFound, got, path)
	}
	got, _ := m.program(school, http.MethodPost, "/tenants/"+string(m.tenants["school"])+"/units")
	require.Equal(t, http.StatusForbidden, got, "a key writes nothing")
	require.NotContains(t, m.log.String(), school)
	require.NotContains(t, m.log.String(), above)
}
