package portal

import (
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/host/platform"
)

// What is withheld from the pages' logs is not reachable beside them.
func TestTheAPIEntryWithholdsWhatPagesKeepQuiet(t *testing.T) {
	for _, path := range []string{
		"/api/v1/tenants/abcdefghijkl/rounds/7/tickets",
		"/api/v1/tenants/abcdefghijkl/dialogues/7/phases/8/contributions",
		"/api/v1/tenants/abcdefghijkl/dialogues/7/phases/8/contributions/9",
		"/api/v1/tenants/abcdefghijkl/dialogues/7/phases/8/ballots",
		"/api/v1/tenants/abcdefghijkl/dialogues/7/inputs",
		"/api/v1/tenants/abcdefghijkl/dialogues/7/inputs/8/answer",
		"/api/v1/tenants/abcdefghijkl/dialogues/7/raised-inputs",
		"/api/v1/tenants/abcdefghijkl/confidential/conversations",
		"/api/v1/tenants/abcdefghijkl/confidential/sent/read",
		"/api/v1/tenants/abcdefghijkl/experiences",
		"/api/v1/tenants/abcdefghijkl/experiences/months/7/told",
	} {
		_, ok := apiOwner(path, apiResources, apiRoots)
		require.False(t, ok, path)
	}
	_, ok := apiOwner("/api/v1/tenants/abcdefghijkl/dialogues/7", apiResources, apiRoots)
	require.True(t, ok)
}

// A quiet route that is spelt otherwise than it is served would be logged like any other.
func TestQuietRoutesAreServed(t *testing.T) {
	engine := gin.New()
	p := &Portal{assets: &assets{}}
	p.routes(engine, &platform.Deps{})
	served := map[string]bool{}
	for _, r := range engine.Routes() {
		served[r.Path] = true
	}
	for _, route := range quietRoutes {
		require.True(t, served[route], route)
	}
}
