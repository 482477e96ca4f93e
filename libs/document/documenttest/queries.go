package documenttest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (f *fixture) names(t *testing.T, q document.Query) []string {
	t.Helper()
	found := []string{}
	for doc, err := range f.people.All(f.ctx, q) {
		require.NoError(t, err)
		found = append(found, doc.Body.Name)
	}
	return found
}

func queries(t *testing.T, backend document.Backend) {
	f := newFixture(t, backend)
	f.insert(t,
		person{Name: "a", Unit: "u", Age: 30, Active: true, Since: start.Add(3 * time.Hour), Home: home{"Ribe"}},
		person{Name: "b", Unit: "u", Age: -1, Active: false, Since: start.Add(2 * time.Hour), Home: home{"Ribe"}},
		person{Name: "c", Unit: "u", Age: 30, Active: true, Since: start.Add(1 * time.Hour), Home: home{"Vejle"}},
		person{Name: "d", Unit: "v", Age: 200, Active: true, Since: start, Home: home{"Æbelø"}},
		person{Name: "e", Unit: "", Age: 0, Active: false, Since: time.Unix(0, 0), Home: home{""}},
	)
	for _, c := range []struct {
		query document.Query
		want  []string
	}{
		{document.Query{Index: "by_unit", Equal: []any{"u"}}, []string{"b", "a", "c"}},
		{document.Query{Index: "by_unit", Equal: []any{"u"}, Descending: true}, []string{"c", "a", "b"}},
		{document.Query{Index: "by_unit", Equal: []any{"u", 30}}, []string{"a", "c"}},
		{document.Query{Index: "by_unit", Equal: []any{"u", int64(30), "c"}}, []string{"c"}},
		{document.Query{Index: "by_unit", Equal: []any{""}}, []string{"e"}},
		{document.Query{Index: "by_unit", Equal: []any{"absent"}}, []string{}},
		{document.Query{Index: "by_unit", From: "u", To: "v"}, []string{"b", "a", "c"}},
		{document.Query{Index: "by_unit"}, []string{"e", "b", "a", "c", "d"}},
		{document.Query{Index: "by_unit", Equal: []any{"u"}, From: 0}, []string{"a", "c"}},
		{document.Query{Index: "by_unit", Equal: []any{"u"}, To: 30}, []string{"b"}},
		{document.Query{Index: "by_unit", Equal: []any{"u"}, From: 30, To: 31, Descending: true}, []string{"c", "a"}},
		{document.Query{Index: "by_active", Equal: []any{true}}, []string{"d", "c", "a"}},
		{document.Query{Index: "by_active", Equal: []any{true}, From: start.Add(time.Hour), To: start.Add(3 * time.Hour)}, []string{"c"}},
		{document.Query{Index: "by_active", Equal: []any{false}, Descending: true}, []string{"b", "e"}},
		{document.Query{Index: "by_town", From: "Æ"}, []string{"d"}},
		{document.Query{Index: "by_town", Equal: []any{"Vejle"}}, []string{"c"}},
	} {
		t.Run(fmt.Sprintf("%s %v %v-%v %v", c.query.Index, c.query.Equal, c.query.From, c.query.To, c.query.Descending), func(t *testing.T) {
			require.Equal(t, c.want, f.names(t, c.query))
		})
	}
	t.Run("are counted and passed over", func(t *testing.T) {
		for _, c := range []struct {
			query document.Query
			count int
			want  []string
		}{
			{document.Query{Index: "by_unit"}, 5, []string{"e", "b", "a", "c", "d"}},
			{document.Query{Index: "by_unit", Skip: 2}, 5, []string{"a", "c", "d"}},
			{document.Query{Index: "by_unit", Skip: 2, Limit: 1}, 5, []string{"a", "c", "d"}},
			{document.Query{Index: "by_unit", Skip: 5}, 5, []string{}},
			{document.Query{Index: "by_unit", Equal: []any{"u"}, Descending: true, Skip: 1}, 3, []string{"a", "b"}},
			{document.Query{Index: "by_unit", Equal: []any{"u"}, To: 30, Skip: 1}, 1, []string{}},
			{document.Query{Index: "by_active", Equal: []any{true}, From: start.Add(time.Hour)}, 2, []string{"c", "a"}},
			{document.Query{Index: "by_town", Equal: []any{"absent"}}, 0, []string{}},
		} {
			n, err := f.people.Count(f.ctx, c.query)
			require.NoError(t, err)
			require.Equal(t, c.count, n, "%+v", c.query)
			require.Equal(t, c.want, f.names(t, c.query), "%+v", c.query)
		}
		n, err := f.people.Count(tenant.With(f.ctx, tenant.New()), document.Query{Index: "by_unit"})
		require.NoError(t, err)
		require.Zero(t, n, "another tenant's")
		_, err = f.people.Count(f.ctx, document.Query{Index: "across_units"})
		require.ErrorContains(t, err, "an index across ten")
	})
	t.Run("follow a change", func(t *testing.T) {
		page, err := f.people.Find(f.ctx, document.Query{Index: "by_town", Equal: []any{"Vejle"}})
		require.NoError(t, err)
		_, err = f.people.Update(f.ctx, page.Items[0].ID, func(p *person) ([]events.Event, error) {
			p.Home.Town = "Ry"
			return nil, nil
		})
		require.NoError(t, err)
		require.Empty(t, f.names(t, document.Query{Index: "by_town", Equal: []any{"Vejle"}}))
		require.Equal(t, []string{"c"}, f.names(t, document.Query{Index: "by_town", Equal: []any{"Ry"}}))
	})
	t.Run("that no index answers are errors", func(t *testing.T) {
		for text, q := range map[string]document.Query{
			"declares no index":   {Index: "by_shoe_size"},
			"values for":          {Index: "by_town", Equal: []any{"a", "b"}},
			"want a string":       {Index: "by_town", Equal: []any{1}},
			"want a integer":      {Index: "by_unit", Equal: []any{"u"}, From: "x"},
			"nothing given":       {Index: "by_unit", Equal: []any{nil}},
			"no field is left":    {Index: "by_town", Equal: []any{"a"}, To: "b"},
			"want a boolean":      {Index: "by_active", Equal: []any{"true"}},
			"want a time":         {Index: "by_active", Equal: []any{true}, To: "2026"},
			"an index across ten": {Index: "across_units"},
		} {
			_, err := f.people.Find(f.ctx, q)
			require.ErrorContains(t, err, text)
			require.Equal(t, failure.InternalError, failure.CodeOf(err))
		}
	})
}

func paging(t *testing.T, backend document.Backend) {
	f := newFixture(t, backend)
	for i := range 25 {
		f.insert(t, person{Name: fmt.Sprintf("n%02d", i%5), Unit: "u", Age: i / 10})
	}
	q := document.Query{Index: "by_unit", Equal: []any{"u"}, Limit: 4}

	t.Run("ends without a cursor", func(t *testing.T) {
		for _, descending := range []bool{false, true} {
			q, seen, sizes := q, map[string]bool{}, []int{}
			q.Descending = descending
			for {
				page, err := f.people.Find(f.ctx, q)
				require.NoError(t, err)
				sizes = append(sizes, len(page.Items))
				for _, doc := range page.Items {
					require.False(t, seen[doc.ID], "seen twice")
					seen[doc.ID] = true
				}
				if page.Next == "" {
					break
				}
				q.Cursor = page.Next
			}
			require.Equal(t, []int{4, 4, 4, 4, 4, 4, 1}, sizes)
		}
		page, err := f.people.Find(f.ctx, document.Query{Index: "by_unit", Equal: []any{"u"}, Limit: 25})
		require.NoError(t, err)
		require.Len(t, page.Items, 25)
		require.Empty(t, page.Next, "a full last page is the last")
	})
	t.Run("has a size", func(t *testing.T) {
		g := newFixture(t, backend)
		for range document.DefaultLimit + 1 {
			g.insert(t, person{})
		}
		for limit, want := range map[int]int{0: document.DefaultLimit, 7: 7, 1 << 30: document.DefaultLimit + 1} {
			page, err := g.people.Find(g.ctx, document.Query{Index: "by_id", Limit: limit})
			require.NoError(t, err)
			require.Len(t, page.Items, want)
		}
	})
	t.Run("neither skips nor repeats under inserts and deletes", func(t *testing.T) {
		before := map[string]bool{}
		for doc, err := range f.people.All(f.ctx, q) {
			require.NoError(t, err)
			before[doc.ID] = true
		}
		seen := map[string]bool{}
		q := q
		for page, more := 0, true; more; page++ {
			found, err := f.people.Find(f.ctx, q)
			require.NoError(t, err)
			for _, doc := range found.Items {
				require.False(t, seen[doc.ID], "seen twice")
				seen[doc.ID] = true
			}
			q.Cursor, more = found.Next, found.Next != ""
			f.insert(t, person{Name: "n00", Unit: "u", Age: 0}, person{Name: "n99", Unit: "u", Age: page % 3})
			require.NoError(t, f.people.Delete(f.ctx, found.Items[len(found.Items)-1].ID), "where the cursor stands")
		}
		for id := range before {
			require.True(t, seen[id], "skipped")
		}
	})
	t.Run("refuses a cursor of another query", func(t *testing.T) {
		first, err := f.people.Find(f.ctx, q)
		require.NoError(t, err)
		elsewhere := tenant.With(f.ctx, tenant.New())
		_, err = f.people.Insert(elsewhere, uuid.NewString(), person{Unit: "u"})
		require.NoError(t, err)
		flipped := []byte(first.Next)
		flipped[len(flipped)/2] ^= 1
		for name, change := range map[string]func(*document.Query){
			"changed":         func(q *document.Query) { q.Cursor = string(flipped) },
			"cut":             func(q *document.Query) { q.Cursor = first.Next[:len(first.Next)-2] },
			"longer":          func(q *document.Query) { q.Cursor = first.Next + "AAAA" },
			"not a cursor":    func(q *document.Query) { q.Cursor = "x" },
			"not base64":      func(q *document.Query) { q.Cursor = "!!" },
			"another index":   func(q *document.Query) { *q = document.Query{Index: "by_id"} },
			"another value":   func(q *document.Query) { q.Equal = []any{"v"} },
			"another length":  func(q *document.Query) { q.Equal = []any{"u", 0} },
			"another bound":   func(q *document.Query) { q.To = 2 },
			"other direction": func(q *document.Query) { q.Descending = true },
		} {
			q := q
			q.Cursor = first.Next
			change(&q)
			if q.Cursor == "" {
				q.Cursor = first.Next
			}
			_, err := f.people.Find(f.ctx, q)
			require.Equal(t, failure.CursorInvalid, failure.CodeOf(err), name)
		}
		q := q
		q.Cursor = first.Next
		_, err = f.people.Find(elsewhere, q)
		refusedAs(t, failure.CursorInvalid, err)
	})
}
