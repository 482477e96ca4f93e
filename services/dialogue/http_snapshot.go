package dialogue

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/projection"
)

// getSnapshot tells services that keep a copy of dialogues or actions which there are; see package projection. It holds
// what the events hold: no text, and nothing of what anybody wrote or chose.
func (s *service) getSnapshot(c *gin.Context) error {
	switch c.Param("kind") {
	case "dialogues":
		return snapshot(c, s, s.meetings.Collection, func(d document.Document[Meeting]) events.Event { return d.Body.created(d.ID) })
	case "actions":
		return snapshot(c, s, s.actions, func(d document.Document[Action]) events.Event { return d.Body.reached(d.ID) })
	}
	return failure.NotFound("snapshot")
}

func snapshot[T any](c *gin.Context, s *service, of *document.Collection[T], tell func(document.Document[T]) events.Event) error {
	mayCopy := func(ctx context.Context) error { return s.decideAnywhere(ctx, "snapshot.read", "snapshot") }
	return projection.Snapshot(c, Name, document.NewAcross(of, mayCopy), tell)
}
