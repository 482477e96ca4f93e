package documenttest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func migrations(t *testing.T, backend document.Backend) {
	ctx := t.Context()
	// The database remembers migrations for ever, so these come after whatever an earlier run has left.
	known := earlier(t, backend)
	list := func(more ...document.Migration) []document.Migration {
		return append(known[:len(known):len(known)], more...)
	}
	store := func() *document.Store { return document.NewStore(backend, "intake", (&clock{now: start}).Now) }

	t.Run("run once, in their order", func(t *testing.T) {
		var ran []string
		step := func(name string, err error) document.Migration {
			return document.Migration{Name: name, Run: func(context.Context, *document.Store) error {
				ran = append(ran, name)
				return err
			}}
		}
		first, second := "first "+uuid.NewString(), "second "+uuid.NewString()
		require.ErrorIs(t, store().Migrate(ctx, list(step(first, nil), step(second, errRefused))...), errRefused)
		require.NoError(t, store().Migrate(ctx, list(step(first, nil), step(second, nil))...))
		require.NoError(t, store().Migrate(ctx, list(step(first, nil), step(second, nil))...))
		require.Equal(t, []string{first, second, second}, ran)

		require.ErrorContains(t, store().Migrate(ctx, list(step(first, nil))...), "does not know")
		known = list(step(first, nil), step(second, nil))
		require.ErrorContains(t, store().Migrate(ctx, list(step(first, nil))...), "twice")
	})
	t.Run("run in one process at a time", func(t *testing.T) {
		var running, runs atomic.Int32
		m := document.Migration{Name: "alone " + uuid.NewString(), Run: func(context.Context, *document.Store) error {
			if running.Add(1) != 1 {
				return fmt.Errorf("two at once")
			}
			runs.Add(1)
			running.Add(-1)
			return nil
		}}
		for _, err := range together(4, func(int) error { return store().Migrate(ctx, list(m)...) }) {
			require.NoError(t, err)
		}
		require.EqualValues(t, 1, runs.Load())
		known = list(m)
	})
	t.Run("rewrite the bodies of all tenants for a new index", func(t *testing.T) {
		type before struct {
			Name string `bson:"name"`
		}
		type after struct {
			Name string `bson:"name"`
			Size int    `bson:"size"`
		}
		old := document.Schema{Name: "things_" + string(tenant.New()), Indexes: []document.Index{{Name: "by_name", Fields: []string{"name"}}}}
		things, err := document.Open[before](ctx, store(), old)
		require.NoError(t, err)
		tenants := []context.Context{tenant.With(ctx, tenant.New()), tenant.With(ctx, tenant.New())}
		for _, ctx := range tenants {
			for _, name := range []string{"a", "bbb", "cc"} {
				_, err := things.Insert(ctx, name, before{name})
				require.NoError(t, err)
			}
			require.NoError(t, things.Delete(ctx, "a"))
		}

		renewed := document.Schema{Name: old.Name, Indexes: []document.Index{{Name: "by_name", Fields: []string{"size", "name"}}}}
		s := store()
		require.NoError(t, s.Migrate(ctx, list(document.Migration{Name: "size " + uuid.NewString(), Run: func(ctx context.Context, s *document.Store) error {
			return document.Rewrite(ctx, s, renewed, func(_ document.Key, body bson.Raw) (bson.Raw, error) {
				var b before
				if err := bson.Unmarshal(body, &b); err != nil {
					return nil, err
				}
				return bson.Marshal(after{b.Name, len(b.Name)})
			})
		}})...))
		sized, err := document.Open[after](ctx, s, renewed)
		require.NoError(t, err)
		for _, ctx := range tenants {
			var names []string
			for doc, err := range sized.All(ctx, document.Query{Index: "by_name", Limit: 1}) {
				require.NoError(t, err)
				names = append(names, doc.Body.Name)
			}
			require.Equal(t, []string{"cc", "bbb"}, names)
		}
	})
}

// earlier returns a migration for each that the database has had.
func earlier(t *testing.T, backend document.Backend) []document.Migration {
	t.Helper()
	records, err := backend.Open(t.Context(), document.Schema{Name: "_migrations"})
	require.NoError(t, err)
	had, err := records.Walk(t.Context(), document.Key{}, 1<<20)
	require.NoError(t, err)
	var list []document.Migration
	for _, r := range had {
		list = append(list, document.Migration{Name: r.Key.ID})
	}
	return list
}

func restart(t *testing.T, open func(t *testing.T) document.Backend) {
	ctx := tenant.With(t.Context(), tenant.New())
	var schema document.Schema
	var id string
	t.Run("before", func(t *testing.T) {
		f := newFixture(t, open(t))
		schema = f.schema
		f.ctx = ctx
		id = f.insert(t, person{Name: "stays", Login: "taken", Unit: "u"})[0]
		_, err := f.people.Update(ctx, id, count)
		require.NoError(t, err)
	})
	t.Run("after", func(t *testing.T) {
		f := reopen(t, open(t), schema, ctx)
		doc, err := f.people.Get(ctx, id)
		require.NoError(t, err)
		require.Equal(t, "stays", doc.Body.Name)
		require.EqualValues(t, 2, doc.Revision)
		require.Equal(t, []string{"stays"}, f.names(t, document.Query{Index: "by_unit", Equal: []any{"u"}}))
		_, err = f.people.Insert(ctx, uuid.NewString(), person{Login: "taken"})
		require.Error(t, err)
		b := newBroker()
		f.relay(t, b)
		require.EqualValues(t, 2, b.await(t, 1)[0].Revision)
		f.settled(t)
	})
}
