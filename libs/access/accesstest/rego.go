// Package accesstest holds policies against their own tests and against plain Go.
//
// RunRego runs the Rego tests beside a policy; Table is a permission table without Rego, and Table.Check
// compares an Authorizer with it on every role and on random questions.
package accesstest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
)

// RunRego runs every test_ rule of the *_test.rego files in the directories against the policy.rego among
// them, joined with the hierarchy as a service compiles it. Each Rego test becomes a subtest, and a policy
// without a test of a denial fails.
func RunRego(t *testing.T, dirs ...string) {
	t.Helper()
	var service, policy string
	tests := map[string]*ast.Module{}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.rego"))
		require.NoError(t, err)
		for _, file := range files {
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			module, err := ast.ParseModule(file, string(source))
			require.NoError(t, err)
			switch name := filepath.Base(file); {
			case name == "policy.rego":
				service = strings.TrimPrefix(module.Package.Path.String(), "data.guldkorn.")
				policy = string(source)
			case strings.HasSuffix(name, "_test.rego"):
				tests[file] = module
			}
		}
	}
	require.NotEmpty(t, policy, "no policy.rego in %v", dirs)
	require.NotEmpty(t, tests, "no *_test.rego in %v", dirs)

	modules, err := access.Modules(service, policy)
	require.NoError(t, err)
	for name, module := range tests {
		modules[name] = module
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	results, err := tester.NewRunner().SetModules(modules).SetTimeout(10*time.Second).RunTests(ctx, nil)
	require.NoError(t, err)
	var allows, denials int
	for result := range results {
		if strings.Contains(result.Name, "denied") {
			denials++
		} else {
			allows++
		}
		t.Run(result.Name, func(t *testing.T) {
			require.NoError(t, result.Error)
			require.False(t, result.Skip, "a skipped test proves nothing")
			require.False(t, result.Fail, "%s", result.Location)
		})
	}
	require.Positive(t, allows, "no Rego test ran")
	require.Positive(t, denials, "no Rego test of a denial (named test_..._denied...) ran")
}
