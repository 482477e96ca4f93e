package tenancy

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/projection"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// getSnapshot tells services that keep a directory what there is now; see package projection. It holds what the events
// hold, and so nobody's name.
func (s *Service) getSnapshot(c *gin.Context) error {
	switch c.Param("kind") {
	case "organisations":
		return snapshot(c, s, s.store.organisations, func(d document.Document[organisation]) events.Event {
			return d.Body.created(tenant.ID(d.ID))
		})
	case "units":
		return snapshot(c, s, s.store.units, func(d document.Document[unit]) events.Event { return d.Body.changed(d.ID) })
	case "forums":
		return snapshot(c, s, s.store.forums, func(d document.Document[forum]) events.Event { return d.Body.changed(d.ID) })
	case "role-assignments":
		return snapshot(c, s, s.store.assignments, func(d document.Document[assignment]) events.Event { return d.Body.assigned(d.ID) })
	}
	return failure.NotFound("snapshot")
}

func snapshot[T any](c *gin.Context, s *Service, of *document.Collection[T], tell func(document.Document[T]) events.Event) error {
	mayCopy := func(ctx context.Context) error { return s.decide(ctx, "snapshot.read", "snapshot", "", nil) }
	return projection.Snapshot(c, Name, document.NewAcross(of, mayCopy), tell)
}
