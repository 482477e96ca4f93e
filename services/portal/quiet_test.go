package portal

import (
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/host/platform"
)

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
