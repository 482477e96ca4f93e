package allinone

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/allinone/demo"
)

// TestAnIdentitySystemBringsPeople leads an account through its life from outside, with the municipality's key: made,
// found, placed in a unit, seen by the other services, renamed and deactivated. Keys of others and of other scopes are
// turned away at each step.
func TestAnIdentitySystemBringsPeople(t *testing.T) {
	m := &matrix{journey: startDemo(t)}
	m.places()
	municipality, school := m.tenants["municipality"], m.tenants["school"]
	key := m.key("birgit.kommune", municipality, access.ScopeProvisioning)
	strangers := map[string]string{
		"another municipality's": m.key("karl.kommune", m.tenants["other_municipality"], access.ScopeProvisioning),
		"one that only reads":    m.key("birgit.kommune", municipality, access.ScopePeople, access.ScopeOrganisation),
		"the school's":           m.key("sanne.admin", school, access.ScopePeople),
	}
	base := "/tenants/" + string(municipality) + "/scim/v2"
	send := func(method, path, body string, want int, out any) {
		t.Helper()
		for name, stranger := range strangers {
			status, answer := m.tells(stranger, method, base+path, "application/scim+json", body)
			require.Equal(t, http.StatusForbidden, status, "%s key: %s", name, answer)
			require.Contains(t, answer, "urn:ietf:params:scim:api:messages:2.0:Error")
		}
		status, answer := m.tells(key, method, base+path, "application/scim+json", body)
		require.Equal(t, want, status, "%s %s: %s", method, path, answer)
		if out != nil {
			require.NoError(t, json.Unmarshal([]byte(answer), out))
		}
	}
	type list struct {
		TotalResults int
		Resources    []struct{ ID, UserName, DisplayName string }
	}
	var config struct{ Patch, Filter struct{ Supported bool } }
	send("GET", "/ServiceProviderConfig", "", http.StatusOK, &config)
	require.True(t, config.Patch.Supported && config.Filter.Supported)
	byName := "/Users?filter=" + url.QueryEscape(`userName eq "ny.laerer"`)
	var found list
	send("GET", byName, "", http.StatusOK, &found)
	require.Zero(t, found.TotalResults)

	var made struct {
		ID     string
		Active bool
	}
	send("POST", "/Users", `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": "90210", "userName": "ny.laerer", "active": true,
		"displayName": "Ny Lærer", "emails": [{"type": "work", "primary": true, "value": "ny.laerer@havnelund.example"}]}`, http.StatusCreated, &made)
	send("GET", byName, "", http.StatusOK, &found)
	require.Equal(t, made.ID, found.Resources[0].ID)
	portal := m.services.AsService(m.services.Person, access.Portal)
	signIn := func() error {
		return portal.Call(t.Context(), "tenancy", http.MethodPost, "/v1/sign-ins/match", tenancyapi.SignIn{Issuer: demo.Issuer, Login: "ny.laerer"}, new(tenancyapi.SignedIn))
	}
	require.NoError(t, signIn())

	var units tenancyapi.UnitList
	m.get("tenancy", school, "/units", &units)
	group := string(school) + "." + units.Items[0].UnitID
	patch := func(operation string) string {
		return `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [` + operation + `]}`
	}
	send("PATCH", "/Groups/"+group, patch(fmt.Sprintf(`{"op": "Add", "path": "members", "value": [{"value": %q}]}`, made.ID)), http.StatusNoContent, nil)
	teacher := m.services.As(made.ID, municipality)
	m.soon("the role reaches intake", func() error {
		return teacher.Get(t.Context(), "intake", "/v1/tenants/"+string(school)+"/technologies", nil)
	})

	send("PATCH", "/Users/"+made.ID, patch(`{"op": "Replace", "path": "active", "value": "False"}`), http.StatusOK, &made)
	require.False(t, made.Active)
	require.Equal(t, failure.SignInUnknown, failure.CodeOf(signIn()))
	m.soon("the end of the role reaches intake", func() error {
		if err := teacher.Get(t.Context(), "intake", "/v1/tenants/"+string(school)+"/technologies", nil); failure.CodeOf(err) != failure.AccessDenied {
			return fmt.Errorf("let in or failed: %w", err)
		}
		return nil
	})
	send("DELETE", "/Users/"+made.ID, "", http.StatusNoContent, nil)
	send("GET", byName, "", http.StatusOK, &found)
	require.Zero(t, found.TotalResults)
	require.NotContains(t, m.log.String(), "Ny Lærer")
	require.NotContains(t, m.log.String(), "ny.laerer")
	require.NotContains(t, m.log.String(), key)

	for _, elsewhere := range []tenant.ID{m.tenants["other_municipality"], school, m.tenants["platform"], m.tenants["union"]} {
		status, answer := m.program(key, http.MethodGet, "/tenants/"+string(elsewhere)+"/scim/v2/Users")
		require.Equal(t, http.StatusForbidden, status, answer)
	}
}

// soon waits for what an event brings about.
func (m *matrix) soon(what string, try func() error) {
	m.t.Helper()
	require.NoError(m.t, caller.Eventually(m.t.Context(), what, func() (bool, error) {
		err := try()
		return err == nil, err
	}))
}
