package documenttest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// refusedAs asserts the code of a failure.
func refusedAs(t *testing.T, code failure.Code, err error) {
	t.Helper()
	require.Equal(t, code, failure.CodeOf(err), "%v", err)
}

func documents(t *testing.T, backend document.Backend) {
	f := newFixture(t, backend)

	t.Run("come back as they were", func(t *testing.T) {
		body := person{
			Name: "Åse \x00 Ærø", Login: "aase", Unit: "5.b", Age: 41, Active: true, Since: start.Add(1234567 * time.Nanosecond),
			Home: home{"Ribe"}, Tags: map[string]int{"a": 1, "b": -2}, Notes: []string{"", "x"},
		}
		id := uuid.NewString()
		inserted, err := f.people.Insert(f.ctx, id, body)
		require.NoError(t, err)
		got, err := f.people.Get(f.ctx, id)
		require.NoError(t, err)
		require.Equal(t, inserted, got)
		body.Since = body.Since.Truncate(time.Millisecond)
		require.Equal(t, body, got.Body)
		owner, _ := tenant.From(f.ctx)
		require.Equal(t, owner, got.Tenant)
		require.Equal(t, id, got.ID)
		require.EqualValues(t, 1, got.Revision)
		require.Equal(t, `"1"`, got.ETag())
		require.Equal(t, got.CreatedAt, got.UpdatedAt)
		require.Equal(t, time.UTC, got.CreatedAt.Location())
	})
	t.Run("tell the day and no finer where they shall not", func(t *testing.T) {
		schema := f.schema
		schema.Name, schema.DaysOnly = "days_"+string(tenant.New()), true
		days := reopen(t, backend, schema, f.ctx)
		id := days.insert(t, person{})[0]
		changed, err := days.people.Update(f.ctx, id, count)
		require.NoError(t, err)
		for _, at := range []time.Time{changed.CreatedAt, changed.UpdatedAt} {
			require.Equal(t, start.Truncate(24*time.Hour), at)
		}
	})
	t.Run("that are not there are not found", func(t *testing.T) {
		_, err := f.people.Get(f.ctx, uuid.NewString())
		refusedAs(t, failure.DocumentNotFound, err)
		_, err = f.people.Update(f.ctx, uuid.NewString(), count)
		refusedAs(t, failure.DocumentNotFound, err)
		refusedAs(t, failure.DocumentNotFound, f.people.Delete(f.ctx, uuid.NewString()))
		refusedAs(t, failure.DocumentNotFound, f.people.Erase(f.ctx, uuid.NewString()))
	})
	t.Run("take an id once", func(t *testing.T) {
		id := f.insert(t, person{})[0]
		_, err := f.people.Insert(f.ctx, id, person{Login: "other"})
		refusedAs(t, failure.DocumentExists, err)
	})
	t.Run("need a proper id", func(t *testing.T) {
		for _, id := range []string{"", strings.Repeat("x", document.MaxID+1), "\xff", "a\x00b"} {
			_, err := f.people.Insert(f.ctx, id, person{})
			refusedAs(t, failure.RequestInvalid, err)
		}
	})
	t.Run("may have a slash in their id", func(t *testing.T) {
		_, err := f.people.Insert(f.ctx, "a/b", person{Login: "slash"})
		require.NoError(t, err)
		got, err := f.people.Get(f.ctx, "a/b")
		require.NoError(t, err)
		require.Equal(t, "a/b", got.ID)
	})
	t.Run("are refused with an event that is not valid", func(t *testing.T) {
		id := uuid.NewString()
		_, err := f.people.Insert(f.ctx, id, person{Login: "invalid"}, events.TechnologyRegistered{})
		require.Error(t, err)
		_, err = f.people.Insert(f.ctx, "not a.route", person{Login: "invalid"}, opened("x"))
		require.ErrorContains(t, err, "subject")
		_, err = f.people.Get(f.ctx, id)
		refusedAs(t, failure.DocumentNotFound, err)
	})
	t.Run("are not half written when the context has ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(f.ctx)
		cancel()
		id := uuid.NewString()
		_, err := f.people.Insert(ctx, id, person{Login: "late"})
		require.ErrorIs(t, err, context.Canceled)
		_, err = f.people.Get(f.ctx, id)
		refusedAs(t, failure.DocumentNotFound, err)
	})
	t.Run("answer a ping", func(t *testing.T) { require.NoError(t, f.store.Ping(f.ctx)) })
}

func updates(t *testing.T, backend document.Backend) {
	f := newFixture(t, backend)

	t.Run("raise the revision", func(t *testing.T) {
		id := f.insert(t, person{Name: "before"})[0]
		first, err := f.people.Get(f.ctx, id)
		require.NoError(t, err)
		second, err := f.people.Update(f.ctx, id, func(p *person) ([]events.Event, error) {
			p.Name = "after"
			return nil, nil
		})
		require.NoError(t, err)
		require.EqualValues(t, 2, second.Revision)
		require.Equal(t, "after", second.Body.Name)
		require.Equal(t, first.CreatedAt, second.CreatedAt)
		require.True(t, second.UpdatedAt.After(first.UpdatedAt))
		got, err := f.people.Get(f.ctx, id)
		require.NoError(t, err)
		require.Equal(t, second, got)
	})
	t.Run("that change nothing write nothing", func(t *testing.T) {
		id := f.insert(t, person{Tags: map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}})[0]
		for range 20 { // maps are written in another order each time
			doc, err := f.people.Update(f.ctx, id, func(*person) ([]events.Event, error) { return nil, nil })
			require.NoError(t, err)
			require.EqualValues(t, 1, doc.Revision)
		}
		doc, err := f.people.Update(f.ctx, id, func(*person) ([]events.Event, error) { return []events.Event{opened("same")}, nil })
		require.NoError(t, err)
		require.EqualValues(t, 2, doc.Revision, "an event is a change")
	})
	t.Run("that are refused write nothing", func(t *testing.T) {
		id := f.insert(t, person{})[0]
		_, err := f.people.Update(f.ctx, id, func(p *person) ([]events.Event, error) {
			p.Name = "changed"
			return nil, errRefused
		})
		require.ErrorIs(t, err, errRefused)
		_, err = f.people.Update(f.ctx, id, func(p *person) ([]events.Event, error) {
			p.Name = "changed"
			return []events.Event{events.TechnologyRegistered{}}, nil
		})
		require.Error(t, err)
		doc, err := f.people.Get(f.ctx, id)
		require.NoError(t, err)
		require.EqualValues(t, 1, doc.Revision)
		require.Empty(t, doc.Body.Name)
	})
	t.Run("at a revision are refused at another", func(t *testing.T) {
		id := f.insert(t, person{})[0]
		doc, err := f.people.UpdateAt(f.ctx, id, 1, count)
		require.NoError(t, err)
		require.EqualValues(t, 2, doc.Revision)
		for _, stale := range []int64{0, 1, 3} {
			_, err = f.people.UpdateAt(f.ctx, id, stale, count)
			refusedAs(t, failure.PreconditionFailed, err)
		}
	})
	t.Run("give up when others never stop", func(t *testing.T) {
		id := f.insert(t, person{})[0]
		others := reopen(t, backend, f.schema, f.ctx)
		runs := 0
		_, err := f.people.Update(f.ctx, id, func(p *person) ([]events.Event, error) {
			runs++
			p.Name = "mine"
			_, err := others.people.Update(f.ctx, id, func(p *person) ([]events.Event, error) {
				p.Count++
				return nil, nil
			})
			return nil, err
		})
		refusedAs(t, failure.DocumentConflict, err)
		doc, err := f.people.Get(f.ctx, id)
		require.NoError(t, err)
		require.Equal(t, runs, doc.Body.Count)
		require.Empty(t, doc.Body.Name)
	})
	t.Run("may insert", func(t *testing.T) {
		id := uuid.NewString()
		for i := range 3 {
			doc, err := f.people.Upsert(f.ctx, id, func(p *person, exists bool) ([]events.Event, error) {
				require.Equal(t, i > 0, exists)
				require.Equal(t, i, p.Count)
				p.Login = "upserted"
				return count(p)
			})
			require.NoError(t, err)
			require.EqualValues(t, i+1, doc.Revision)
		}
		_, err := f.people.Upsert(f.ctx, uuid.NewString(), func(p *person, _ bool) ([]events.Event, error) {
			p.Login = "upserted"
			return nil, nil
		})
		refusedAs(t, failure.DocumentExists, err)
	})
}

func creation(t *testing.T, backend document.Backend) {
	f := newFixture(t, backend)
	cr := document.Creation{ID: uuid.NewString(), Request: "hash of the request"}
	first, repeated, err := f.people.Create(f.ctx, cr, person{Name: "first", Login: "first"}, opened("created"))
	require.NoError(t, err)
	require.False(t, repeated)

	t.Run("finds the same document again", func(t *testing.T) {
		again, repeated, err := f.people.Create(f.ctx, cr, person{Name: "first", Login: "first"}, opened("created"))
		require.NoError(t, err)
		require.True(t, repeated)
		require.Equal(t, first, again)
		r, err := f.records(t).Get(f.ctx, f.key(cr.ID))
		require.NoError(t, err)
		require.Len(t, r.Outbox, 1, "the event is sent once")
	})
	t.Run("finds it as it is now", func(t *testing.T) {
		changed, err := f.people.Update(f.ctx, cr.ID, count)
		require.NoError(t, err)
		again, repeated, err := f.people.Create(f.ctx, cr, person{Name: "first", Login: "first"})
		require.NoError(t, err)
		require.True(t, repeated)
		require.Equal(t, changed, again)
	})
	t.Run("refuses another request under the same id", func(t *testing.T) {
		_, _, err := f.people.Create(f.ctx, document.Creation{ID: cr.ID, Request: "another"}, person{Login: "second"})
		refusedAs(t, failure.IdempotencyConflict, err)
	})
	t.Run("refuses a unique value that another id has", func(t *testing.T) {
		_, _, err := f.people.Create(f.ctx, document.Creation{ID: uuid.NewString(), Request: cr.Request}, person{Login: "first"})
		refusedAs(t, failure.DocumentExists, err)
	})
	t.Run("does not bring a deleted document back", func(t *testing.T) {
		require.NoError(t, f.people.Delete(f.ctx, cr.ID))
		_, _, err := f.people.Create(f.ctx, cr, person{Login: "first"})
		refusedAs(t, failure.DocumentNotFound, err)
	})
}

func unique(t *testing.T, backend document.Backend) {
	f := newFixture(t, backend)
	taken := f.insert(t, person{Login: "taken"})[0]
	other := f.insert(t, person{Login: "other"})[0]

	_, err := f.people.Insert(f.ctx, uuid.NewString(), person{Login: "taken"})
	refusedAs(t, failure.DocumentExists, err)

	_, err = f.people.Update(f.ctx, other, func(p *person) ([]events.Event, error) {
		p.Login = "taken"
		return nil, nil
	})
	refusedAs(t, failure.DocumentExists, err)
	doc, err := f.people.Get(f.ctx, other)
	require.NoError(t, err)
	require.Equal(t, "other", doc.Body.Login)

	elsewhere := tenant.With(f.ctx, tenant.New())
	_, err = f.people.Insert(elsewhere, uuid.NewString(), person{Login: "taken"})
	require.NoError(t, err, "unique within the tenant")

	_, err = f.people.Update(f.ctx, taken, func(p *person) ([]events.Event, error) {
		p.Login = "left"
		return nil, nil
	})
	require.NoError(t, err)
	f.insert(t, person{Login: "taken"})
}

func tombstones(t *testing.T, backend document.Backend) {
	f := newFixture(t, backend)
	t.Run("are invisible and hold nothing", func(t *testing.T) {
		id := f.insert(t, person{Name: "secret", Login: "gone", Unit: "u"})[0]
		require.NoError(t, f.people.Delete(f.ctx, id, opened("deleted")))
		_, err := f.people.Get(f.ctx, id)
		refusedAs(t, failure.DocumentNotFound, err)
		_, err = f.people.Update(f.ctx, id, count)
		refusedAs(t, failure.DocumentNotFound, err)
		refusedAs(t, failure.DocumentNotFound, f.people.Delete(f.ctx, id))
		for _, q := range []document.Query{{Index: "by_id"}, {Index: "by_unit", Equal: []any{"u"}}, {Index: "by_login", Equal: []any{"gone"}}} {
			page, err := f.people.Find(f.ctx, q)
			require.NoError(t, err)
			require.Empty(t, page.Items)
		}
		r, err := f.records(t).Get(f.ctx, f.key(id))
		require.NoError(t, err)
		require.Equal(t, document.Tombstone, r.State)
		require.EqualValues(t, 2, r.Revision)
		require.NotContains(t, string(r.Body), "secret")
		require.Len(t, r.Outbox, 1)
	})
	t.Run("give up their unique values but not their id", func(t *testing.T) {
		for range 3 {
			id := f.insert(t, person{Login: "again"})[0]
			require.NoError(t, f.people.Delete(f.ctx, id))
			_, err := f.people.Insert(f.ctx, id, person{Login: "again"})
			refusedAs(t, failure.DocumentExists, err)
		}
	})
	t.Run("come back by an upsert with a higher revision", func(t *testing.T) {
		id := f.insert(t, person{Name: "old", Login: "phoenix"})[0]
		require.NoError(t, f.people.Delete(f.ctx, id))
		doc, err := f.people.Upsert(f.ctx, id, func(p *person, exists bool) ([]events.Event, error) {
			require.False(t, exists)
			require.Empty(t, p.Name)
			p.Login = "phoenix"
			return nil, nil
		})
		require.NoError(t, err)
		require.EqualValues(t, 3, doc.Revision)
	})
	t.Run("are erased", func(t *testing.T) {
		live := f.insert(t, person{})[0]
		dead := f.insert(t, person{})[0]
		require.NoError(t, f.people.Delete(f.ctx, dead))
		for _, id := range []string{live, dead} {
			require.NoError(t, f.people.Erase(f.ctx, id))
			_, err := f.records(t).Get(f.ctx, f.key(id))
			require.ErrorIs(t, err, document.ErrNotFound)
		}
	})
	t.Run("that wait for their events are erased after them", func(t *testing.T) {
		id := uuid.NewString()
		_, err := f.people.Insert(f.ctx, id, person{Name: "secret", Login: "pending"}, opened("last words"))
		require.NoError(t, err)
		require.NoError(t, f.people.Erase(f.ctx, id))
		r, err := f.records(t).Get(f.ctx, f.key(id))
		require.NoError(t, err)
		require.NotContains(t, string(r.Body), "secret", "the body is gone at once")
		require.NoError(t, f.people.Erase(f.ctx, id), "again is harmless")

		b := newBroker()
		f.relay(t, b)
		f.settled(t)
		require.Eventually(t, func() bool {
			_, err := f.records(t).Get(f.ctx, f.key(id))
			return err == document.ErrNotFound
		}, time.Minute, 5*time.Millisecond)
		found := false
		for _, e := range b.all() {
			found = found || e.Subject == id
		}
		require.True(t, found, "its event was published")
	})
	t.Run("are erased while the relay takes their events", func(t *testing.T) {
		stop := f.relay(t, newBroker())
		defer stop()
		for _, err := range together(8, func(int) error {
			for range 25 {
				id := uuid.NewString()
				if _, err := f.people.Insert(f.ctx, id, person{Login: id}, opened("brief")); err != nil {
					return err
				}
				if err := f.people.Erase(f.ctx, id); err != nil {
					return err
				}
			}
			return nil
		}) {
			require.NoError(t, err)
		}
		f.settled(t)
	})
}
