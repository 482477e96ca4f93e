package documenttest

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// everyMethod calls each method of a collection for one id and hands the error to check.
func everyMethod(ctx context.Context, people *document.Collection[person], id string, check func(method string, err error)) {
	_, err := people.Get(ctx, id)
	check("Get", err)
	_, err = people.Update(ctx, id, count)
	check("Update", err)
	_, err = people.UpdateAt(ctx, id, 1, count)
	check("UpdateAt", err)
	check("Delete", people.Delete(ctx, id))
	check("Erase", people.Erase(ctx, id))
}

func tenants(t *testing.T, backend document.Backend) {
	f := newFixture(t, backend)
	id := f.insert(t, person{Name: "mine", Login: "l", Unit: "u", Age: 7})[0]
	stranger := tenant.With(f.ctx, tenant.New())

	t.Run("do not reach each other's documents", func(t *testing.T) {
		everyMethod(stranger, f.people, id, func(method string, err error) {
			require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err), method)
		})
		for _, q := range []document.Query{
			{Index: "by_id"}, {Index: "by_unit"}, {Index: "by_unit", Equal: []any{"u"}}, {Index: "by_login", Equal: []any{"l"}}, {Index: "by_unit", Equal: []any{"u"}, From: 0},
		} {
			page, err := f.people.Find(stranger, q)
			require.NoError(t, err)
			require.Empty(t, page.Items)
			for range f.people.All(stranger, q) {
				require.Fail(t, "a stranger sees a document")
			}
		}
		doc, err := f.people.Get(f.ctx, id)
		require.NoError(t, err)
		require.EqualValues(t, 1, doc.Revision)
	})
	t.Run("may use the same id", func(t *testing.T) {
		_, err := f.people.Insert(stranger, id, person{Name: "theirs", Login: "l"})
		require.NoError(t, err)
		_, _, err = f.people.Create(tenant.With(f.ctx, tenant.New()), document.Creation{ID: id, Request: "r"}, person{Login: "l"})
		require.NoError(t, err)
		_, err = f.people.Upsert(tenant.With(f.ctx, tenant.New()), id, func(_ *person, exists bool) ([]events.Event, error) {
			require.False(t, exists)
			return nil, nil
		})
		require.NoError(t, err)
		require.NoError(t, f.people.Delete(stranger, id))
		doc, err := f.people.Get(f.ctx, id)
		require.NoError(t, err)
		require.Equal(t, "mine", doc.Body.Name)
	})
	t.Run("have to be named", func(t *testing.T) {
		nobody := context.WithoutCancel(t.Context())
		check := func(method string, err error) { require.ErrorIs(t, err, tenant.ErrMissing, method) }
		everyMethod(nobody, f.people, id, check)
		_, err := f.people.Insert(nobody, uuid.NewString(), person{})
		check("Insert", err)
		_, _, err = f.people.Create(nobody, document.Creation{ID: uuid.NewString(), Request: "r"}, person{})
		check("Create", err)
		_, err = f.people.Upsert(nobody, id, func(*person, bool) ([]events.Event, error) { return nil, nil })
		check("Upsert", err)
		_, err = f.people.Find(nobody, document.Query{Index: "by_id"})
		check("Find", err)
		for _, err := range f.people.All(nobody, document.Query{Index: "by_id"}) {
			check("All", err)
		}
	})
	t.Run("are read across behind a guard only", func(t *testing.T) {
		other := tenant.With(f.ctx, tenant.New())
		_, err := f.people.Insert(other, uuid.NewString(), person{Unit: "u", Age: 3})
		require.NoError(t, err)
		q := document.Query{Index: "across_units", Equal: []any{"u"}}

		everyone := document.NewAcross(f.people, func(context.Context) error { return nil })
		for ctx, name := range map[context.Context]string{f.ctx: "a tenant", context.WithoutCancel(t.Context()): "none"} {
			page, err := everyone.Find(ctx, q)
			require.NoError(t, err, name)
			require.Len(t, page.Items, 2, name)
			require.Equal(t, []int{3, 7}, []int{page.Items[0].Body.Age, page.Items[1].Body.Age}, name)
		}
		q.Limit = 1
		var ages []int
		for doc, err := range everyone.All(f.ctx, q) {
			require.NoError(t, err)
			ages = append(ages, doc.Body.Age)
		}
		require.Equal(t, []int{3, 7}, ages)

		every := map[document.Key]int{}
		for doc, err := range everyone.All(f.ctx, document.Query{Index: "everything", Limit: 1}) {
			require.NoError(t, err)
			key := document.Key{Tenant: doc.Tenant, ID: doc.ID}
			require.NotContains(t, every, key, "each once")
			every[key] = doc.Body.Age
		}
		require.Subset(t, slices.Collect(maps.Values(every)), []int{3, 7}, "page by page without a field to order by")

		for _, guard := range []func(context.Context) error{nil, func(context.Context) error { return failure.New(failure.AccessDenied) }} {
			page, err := document.NewAcross(f.people, guard).Find(f.ctx, q)
			require.Error(t, err)
			require.Empty(t, page.Items)
		}
		_, err = everyone.Find(f.ctx, document.Query{Index: "by_unit", Equal: []any{"u"}})
		require.ErrorContains(t, err, "across")
		_, err = f.people.Find(f.ctx, q)
		require.ErrorContains(t, err, "across")
	})
}

// leaving takes a tenant away whole.
func leaving(t *testing.T, backend document.Backend) {
	f := newFixture(t, backend)
	second, err := document.Open[person](f.ctx, f.store, document.Schema{Name: "more_" + string(tenant.New()), Indexes: indexes})
	require.NoError(t, err)
	_, err = document.Open[person](f.ctx, f.store, document.Schema{Name: "none_" + string(tenant.New()), Indexes: indexes})
	require.NoError(t, err)
	stays := tenant.With(f.ctx, tenant.New())
	for range 300 { // more than a page of a walk
		f.insert(t, person{})
	}
	gone := f.insert(t, person{})[0]
	require.NoError(t, f.people.Delete(f.ctx, gone))
	told := uuid.NewString()
	_, err = second.Insert(f.ctx, told, person{Login: told}, opened("told"))
	require.NoError(t, err)
	for _, c := range []*document.Collection[person]{f.people, second} {
		_, err = c.Insert(stays, "stays", person{Login: "s"})
		require.NoError(t, err)
	}

	counts, err := f.store.CountTenant(f.ctx)
	require.NoError(t, err)
	require.Equal(t, []int64{1, 300}, slices.Sorted(maps.Values(counts)), "live ones only")
	for range 2 {
		require.NoError(t, f.store.EraseTenant(f.ctx))
		counts, err = f.store.CountTenant(f.ctx)
		require.NoError(t, err)
		require.Empty(t, counts)
	}
	_, err = f.records(t).Get(f.ctx, f.key(gone))
	require.ErrorIs(t, err, document.ErrNotFound, "a tombstone, too")
	_, err = f.people.Insert(f.ctx, gone, person{Login: "again"})
	require.NoError(t, err, "the id is free")

	b := newBroker()
	f.relay(t, b)
	require.Equal(t, told, b.await(t, 1)[0].Subject, "what was pending is still told")
	for _, c := range []*document.Collection[person]{f.people, second} {
		doc, err := c.Get(stays, "stays")
		require.NoError(t, err)
		require.EqualValues(t, 1, doc.Revision)
	}
	nobody := context.WithoutCancel(t.Context())
	require.ErrorIs(t, f.store.EraseTenant(nobody), tenant.ErrMissing)
	_, err = f.store.CountTenant(nobody)
	require.ErrorIs(t, err, tenant.ErrMissing)
}
