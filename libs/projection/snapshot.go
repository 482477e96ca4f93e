package projection

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Everything is the index by which an owner's collection is read for a snapshot. Its order does not change, so that
// what is there from the first page to the last is in one of them.
var Everything = document.Index{Name: "everything", Across: true}

// Snapshot answers a request of another service with one page of a collection: for each entity the event that tell
// makes of it, at its revision. Whether the caller may ask is decided before. An entity that has ended is told of like
// any other: whoever was away may still believe that it has not.
func Snapshot[T any](c *gin.Context, service string, from *document.Across[T], tell func(document.Document[T]) events.Event) error {
	ctx := c.Request.Context()
	cursor, limit, err := rest.Page(c)
	if err != nil {
		return err
	}
	page, err := from.Find(ctx, document.Query{Index: Everything.Name, Cursor: cursor, Limit: limit})
	if err != nil {
		return err
	}
	list := rest.List[events.Envelope]{Items: make([]events.Envelope, len(page.Items)), Next: page.Next}
	for i, d := range page.Items {
		if list.Items[i], err = events.New(tenant.With(ctx, d.Tenant), service, d.ID, d.Revision, d.UpdatedAt, tell(d)); err != nil {
			return err
		}
	}
	c.JSON(http.StatusOK, list)
	return nil
}
