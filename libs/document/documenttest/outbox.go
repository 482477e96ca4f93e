package documenttest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func outbox(t *testing.T, backend document.Backend) {
	t.Run("sends each event in an envelope", func(t *testing.T) {
		f := newFixture(t, backend)
		id := uuid.NewString()
		_, err := f.people.Insert(f.ctx, id, person{Login: id}, opened("one"), opened("two"))
		require.NoError(t, err)
		_, err = f.people.Update(f.ctx, id, func(*person) ([]events.Event, error) { return []events.Event{opened("three")}, nil })
		require.NoError(t, err)
		require.NoError(t, f.people.Delete(f.ctx, id, opened("four")))

		b := newBroker()
		f.relay(t, b)
		got := b.await(t, 4)
		f.settled(t)
		owner, _ := tenant.From(f.ctx)
		for i, want := range []struct {
			note     string
			revision int64
		}{{"one", 1}, {"two", 1}, {"three", 2}, {"four", 3}} {
			e := got[i]
			require.NoError(t, e.Validate())
			require.Equal(t, want.revision, e.Revision)
			require.Equal(t, id, e.Subject)
			require.Equal(t, owner, e.Tenant)
			require.Equal(t, "intake", e.Source)
			data, err := events.Decode[events.TechnologyRegistered](e)
			require.NoError(t, err)
			require.Equal(t, want.note, data.Name)
			require.True(t, json.Valid(e.Data))
		}
	})
	t.Run("is woken by a commit", func(t *testing.T) {
		f := newFixture(t, backend)
		b := newBroker()
		f.relay(t, b)
		for i := range 5 {
			_, err := f.people.Insert(f.ctx, uuid.NewString(), person{Login: uuid.NewString()}, opened("now"))
			require.NoError(t, err)
			b.await(t, i+1)
		}
	})
	t.Run("leaves the revision alone", func(t *testing.T) {
		f := newFixture(t, backend)
		id := f.insert(t, person{})[0]
		doc, err := f.people.Update(f.ctx, id, count)
		require.NoError(t, err)
		b := newBroker()
		f.relay(t, b)
		b.await(t, 1)
		f.settled(t)
		_, err = f.people.UpdateAt(f.ctx, id, doc.Revision, count)
		require.NoError(t, err, "an If-Match from before the relay's work still holds")
		b.await(t, 2)
	})
	t.Run("keeps an event that came while others were published", func(t *testing.T) {
		f := newFixture(t, backend)
		id := f.insert(t, person{})[0]
		b := newBroker()
		later := 3
		b.before = func(ctx context.Context, _ []events.Envelope) error {
			if later == 0 {
				return nil
			}
			later--
			_, err := f.people.Update(tenantOf(ctx, f.ctx), id, count)
			return err
		}
		_, err := f.people.Update(f.ctx, id, count)
		require.NoError(t, err)
		f.relay(t, b)
		for i, e := range b.await(t, 4) {
			require.EqualValues(t, i+2, e.Revision)
		}
		f.settled(t)
		require.Len(t, b.got, 4, "no event was published twice")
	})
	t.Run("keeps trying", func(t *testing.T) {
		f := newFixture(t, backend)
		b := newBroker()
		refusals := 3
		b.before = func(context.Context, []events.Envelope) error {
			if refusals == 0 {
				return nil
			}
			refusals--
			return errRefused
		}
		_, err := f.people.Insert(f.ctx, uuid.NewString(), person{Login: "x"}, opened("at last"))
		require.NoError(t, err)
		f.relay(t, b)
		b.await(t, 1)
		f.settled(t)
	})
	t.Run("sends what an earlier relay left", func(t *testing.T) {
		f := newFixture(t, backend)
		id := uuid.NewString()
		_, err := f.people.Insert(f.ctx, id, person{Login: id}, opened("left"))
		require.NoError(t, err)

		down := newBroker()
		tried := make(chan struct{}, 1)
		down.before = func(context.Context, []events.Envelope) error {
			select {
			case tried <- struct{}{}:
			default:
			}
			return errRefused
		}
		stop := f.relay(t, down)
		<-tried
		stop()

		b := newBroker()
		g := reopen(t, backend, f.schema, f.ctx)
		g.relay(t, b)
		b.await(t, 1)
		g.settled(t)
	})
	t.Run("is not cleared at another revision", func(t *testing.T) {
		f := newFixture(t, backend)
		id := f.insert(t, person{})[0]
		doc, err := f.people.Update(f.ctx, id, count)
		require.NoError(t, err)
		records, key := f.records(t), f.key(id)
		for _, revision := range []int64{doc.Revision - 1, doc.Revision + 1} {
			require.ErrorIs(t, records.Acknowledge(f.ctx, key, revision), document.ErrStale)
		}
		require.ErrorIs(t, records.Remove(f.ctx, key, doc.Revision), document.ErrStale, "there are events to publish")
		keys, err := records.Pending(f.ctx, document.Key{}, 10)
		require.NoError(t, err)
		require.Equal(t, []document.Key{key}, keys)
		require.NoError(t, records.Acknowledge(f.ctx, key, doc.Revision))
		keys, err = records.Pending(f.ctx, document.Key{}, 10)
		require.NoError(t, err)
		require.Empty(t, keys)
		require.ErrorIs(t, records.Remove(f.ctx, key, doc.Revision-1), document.ErrStale)
		require.NoError(t, records.Remove(f.ctx, key, doc.Revision))
	})
	t.Run("is swept page by page over all tenants", func(t *testing.T) {
		f := newFixture(t, backend)
		const n = 9
		for range n {
			_, err := f.people.Insert(tenant.With(f.ctx, tenant.New()), uuid.NewString(), person{Login: "x"}, opened("pending"))
			require.NoError(t, err)
		}
		f.insert(t, person{})
		records, after, seen := f.records(t), document.Key{}, 0
		for {
			keys, err := records.Pending(f.ctx, after, 4)
			require.NoError(t, err)
			for _, key := range keys {
				require.Greater(t, key.String(), after.String())
				after = key
				seen++
			}
			if len(keys) < 4 {
				break
			}
		}
		require.Equal(t, n, seen)
	})
}

// tenantOf returns a context that ends as the relay's does and works for the tenant of another.
func tenantOf(ctx, of context.Context) context.Context {
	owner, err := tenant.From(of)
	if err != nil {
		return ctx
	}
	return tenant.With(ctx, owner)
}
