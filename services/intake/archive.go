package intake

import (
	"context"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// A round that has its result stays in front of everybody for a year, or until somebody puts it away. Archived it is out of
// the list and still there: its page, its result and whatever was agreed on it can be reached as before.

// archivedAfter is how long a result is in front.
const archivedAfter = 365 * 24 * time.Hour

// Archive puts a released round away. A repeat changes nothing.
func (r *Round) Archive(now time.Time) error {
	if r.Status == Archived {
		return nil
	}
	if err := r.at(Released); err != nil {
		return err
	}
	r.Status, r.Archived, r.ArchivedAt = Archived, true, now
	return nil
}

func (s *Intake) archiveRound(c *gin.Context) error {
	return s.command(c, "round.archive", Released, func(context.Context, document.Document[Round]) (func(*Round) error, error) {
		return func(r *Round) error { return r.Archive(s.now()) }, nil
	})
}

// archiveOld puts away what has been in front long enough.
func (s *Intake) archiveOld(ctx context.Context) error {
	old, err := collect(s.everywhere.All(ctx, document.Query{Index: "by_release", Equal: []any{string(Released)}, To: s.now().Add(-archivedAfter)}))
	if err != nil {
		return err
	}
	for _, doc := range old {
		if _, err := s.rounds.Update(tenant.With(ctx, doc.Tenant), doc.ID, func(r *Round) ([]events.Event, error) { return nil, r.Archive(s.now()) }); err != nil {
			return err
		}
	}
	return nil
}
