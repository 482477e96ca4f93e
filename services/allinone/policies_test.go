package allinone

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access/accesstest"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// TestOneSignedBundleReplacesPoliciesOfAllServices publishes a bundle that takes something from a teacher in two services,
// and starts again where the bundle cannot be had.
func TestOneSignedBundleReplacesPoliciesOfAllServices(t *testing.T) {
	policies, dir := accesstest.NewPublisher(t, "EdDSA"), t.TempDir()
	key := filepath.Join(t.TempDir(), "policies.pem")
	require.NoError(t, os.WriteFile(key, []byte(policies.Public), 0o600))
	t.Setenv("ACCESS_BUNDLE_URL", policies.URL())
	t.Setenv("ACCESS_BUNDLE_KEY", key)
	t.Setenv("ACCESS_BUNDLE_EVERY", "1s")

	j, stop := start(t, Options{Demo: true, DataDir: dir})
	m := &matrix{journey: j, tenants: map[string]tenant.ID{}, ids: map[string]string{}}
	m.places()
	teacher := m.known("maja.laerer")
	ask := func(m *matrix, service, path string) failure.Code {
		err := m.services.As(teacher.ID, teacher.Tenant).Get(t.Context(), service, "/v1/tenants/"+string(m.tenants["school"])+path, nil)
		return failure.CodeOf(err)
	}
	denied := func(m *matrix, service, path string) error {
		if code := ask(m, service, path); code != failure.AccessDenied {
			return fmt.Errorf("answered %q", code)
		}
		return nil
	}
	require.Empty(t, ask(m, "intake", "/technologies"))
	require.Empty(t, ask(m, "dialogue", "/dialogues"))

	policies.Publish(policies.Signed("1", map[string]string{
		"intake":   without(t, "intake", `"technology.read": {"school_administrator", "leader", "employee", `, `"technology.read": {"school_administrator", "leader", `),
		"dialogue": without(t, "dialogue", `"dialogue.list": at_table`, `"dialogue.list": {"leader"}`),
	}))
	for service, path := range map[string]string{"intake": "/technologies", "dialogue": "/dialogues"} {
		m.soon("a new policy of "+service, func() error { return denied(m, service, path) })
	}
	require.Empty(t, ask(m, "intake", "/rounds"), "what the bundle says as before goes on")
	require.Empty(t, ask(m, "tenancy", "/forums"), "what the bundle says nothing about goes on")
	stop()

	policies.Publish(nil)
	j, stop = start(t, Options{Demo: true, DataDir: dir})
	t.Cleanup(stop)
	again := &matrix{journey: j, tenants: m.tenants}
	again.soon("the policy that was kept", func() error { return denied(again, "intake", "/technologies") })
}

// without is the policy of a service with one text replaced.
func without(t *testing.T, service, from, to string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", service, "policy.rego"))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(raw), from), "%s in the policy of %s", from, service)
	return strings.Replace(string(raw), from, to, 1)
}

func TestHalfASettingOfPoliciesIsAMistake(t *testing.T) {
	t.Setenv("ACCESS_BUNDLE_URL", "https://policies.example/bundle.tar.gz")
	err := Run(t.Context(), Options{DataDir: t.TempDir(), Listen: "127.0.0.1:0", JSON: true})
	require.Equal(t, host.ExitConfig, host.ExitCode(err))
	require.ErrorContains(t, err, "ACCESS_BUNDLE_KEY")
	require.NotContains(t, err.Error(), "ACCESS_BUNDLE_DIRECTORY", "which is the data directory's")
}
