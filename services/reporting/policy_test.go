package reporting

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/accesstest"
)

func TestPolicyInRego(t *testing.T) { accesstest.RunRego(t, ".") }

func TestPolicyAgainstPlainGo(t *testing.T) {
	authorizer, err := access.NewAuthorizer(t.Context(), Name, policy)
	require.NoError(t, err)
	readers := []string{access.Leader, access.UnionRepresentative, access.SafetyRepresentative, access.Employee}
	common := append([]string{access.MunicipalAnalyst, access.MunicipalAdministrator}, readers...)
	words := []string{access.UnionRepresentative, access.SafetyRepresentative, access.TextReader}
	permissions := map[string][]string{
		"release.list": readers, "release.read": readers,
		"common_release.list": common, "common_release.read": common,
		"text.read": words, "text.paraphrase": words,
		"follow_through.read": {access.MunicipalAdministrator, access.MunicipalAnalyst},
		"benchmark.read":      {access.UnionAnalyst},
	}
	here := func(s access.Subject, r access.Resource, roles []string) bool {
		return slices.ContainsFunc(roles, func(role string) bool { return s.Has(role, r.Tenant) })
	}
	accesstest.Table{
		Permissions: permissions,
		Services:    map[string][]string{"release_key.ensure": {"intake"}, "snapshot.read": {"dialogue"}},
		Keys:        map[string][]string{"release.list": {access.ScopeReleases}, "release.read": {access.ScopeReleases}},
		Extra: func(s access.Subject, action string, r access.Resource, allowed bool) bool {
			if s.Service != "" {
				return allowed
			}
			if s.Key {
				return allowed && s.Tenant == r.Tenant && (action != "release.read" || r.Attributes["visible_to"] == "all")
			}
			if slices.Contains([]string{"common_release.list", "common_release.read"}, action) {
				allowed = s.IsPerson() && (r.Attributes["staff_below"] == true || here(s, r, permissions[action]))
			} else {
				allowed = allowed && here(s, r, permissions[action])
			}
			if action == "common_release.read" {
				stage := r.Attributes["visible_to"]
				foremost := append([]string{access.MunicipalAnalyst}, readers[:3]...)
				allowed = allowed && (stage == "all" || stage == "representatives" && here(s, r, foremost))
			}
			if action == "release.read" {
				stage := r.Attributes["visible_to"]
				allowed = allowed && (stage == "all" || stage == "representatives" && here(s, r, readers[:3]))
			}
			if action == "text.read" || action == "text.paraphrase" {
				allowed = allowed && !here(s, r, []string{access.Leader})
				if agreed, given := r.Attributes["readers"].([]string); given {
					allowed = allowed && here(s, r, agreed)
				}
			}
			return allowed
		},
	}.Check(t, authorizer)
}
