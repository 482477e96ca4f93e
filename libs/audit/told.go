package audit

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// told is what holds an event until it is published.
type told struct{}

// Told returns a recorder for a service that has no log of its own: it tells of privileged actions, permitted or
// refused, and whoever keeps the tenant's log takes them in with RecordOnce. A record is durable once the recorder
// returns. Of other refusals it says nothing: who wanted to see what at a school is no matter of account.
func Told[E events.Event](ctx context.Context, store *document.Store, now func() time.Time, wrap func(events.AccessRecord) E) (access.Recorder, error) {
	waiting, err := document.Open[told](ctx, store, document.Schema{Name: "told_decisions"})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, r access.Record) error {
		if !r.Privileged {
			return nil
		}
		ctx, id := tenant.With(ctx, r.Tenant), uuid.NewString()
		_, err := waiting.Insert(ctx, id, told{}, wrap(events.AccessRecord{
			Subject: r.Subject, Action: r.Action, ResourceType: r.ResourceType, ResourceID: r.ResourceID,
			Denied: !r.Allowed, DecidedAt: now().UTC().Truncate(time.Millisecond),
		}))
		if err != nil {
			return err
		}
		return waiting.Erase(context.WithoutCancel(ctx), id) // the event goes out all the same
	}, nil
}
