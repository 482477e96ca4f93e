package apitest

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// Operation is one operation of a service's description.
type Operation struct {
	Service    string
	ID         string // operationId, unique within the service
	Method     string
	Path       string
	Permission string // x-permission: the action that its handler asks the policy about
}

// Operations returns every operation that is described, sorted by service and id. It fails for one without a
// permission.
func Operations(t testing.TB) []Operation {
	t.Helper()
	var all []Operation
	for _, service := range described(t) {
		for path, item := range load(t, service).Paths.Map() {
			for method, operation := range item.Operations() {
				permission, _ := operation.Extensions["x-permission"].(string)
				require.NotEmpty(t, permission, "%s: %s has no x-permission", service, operation.OperationID)
				all = append(all, Operation{service, operation.OperationID, method, path, permission})
			}
		}
	}
	slices.SortFunc(all, func(a, b Operation) int {
		return strings.Compare(a.Service+"/"+a.ID, b.Service+"/"+b.ID)
	})
	return all
}

// File returns the path of a file of api-specs.
func File(name string) string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "../../../api-specs", name)
}

// described returns the services that have a description.
func described(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(File("openapi"))
	require.NoError(t, err)
	var services []string
	for _, entry := range entries {
		services = append(services, strings.TrimSuffix(entry.Name(), ".yaml"))
	}
	return services
}

// load reads a service's description and checks that it is valid OpenAPI.
func load(t testing.TB, service string) *openapi3.T {
	t.Helper()
	spec, err := openapi3.NewLoader().LoadFromFile(File("openapi/" + service + ".yaml"))
	require.NoError(t, err)
	require.NoError(t, spec.Validate(t.Context()))
	return spec
}
