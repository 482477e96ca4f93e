package documenttest

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// oracle compares queries with a slice that is sorted and cut by plain Go.
func oracle(t *testing.T, backend document.Backend) {
	f := newFixture(t, backend)
	var all []document.Document[person]
	r := rapid.Custom(func(t *rapid.T) person {
		return person{
			Name: rapid.SampledFrom([]string{"", "a", "aa", "b", "Å", "\U0001F600", "\uffff", "a\x00b"}).Draw(t, "name"),
			Unit: rapid.SampledFrom([]string{"u", "v"}).Draw(t, "unit"),
			Age:  rapid.SampledFrom([]int{-1 << 40, -2, 0, 1, 2, 1 << 31, 1 << 53}).Draw(t, "age"),
		}
	})
	for i := range 60 {
		p := r.Example(i)
		p.Login = uuid.NewString()
		doc, err := f.people.Insert(f.ctx, uuid.NewString(), p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, doc)
	}
	stranger := tenant.With(f.ctx, tenant.New())
	if _, err := f.people.Insert(stranger, uuid.NewString(), r.Example(1)); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		q := document.Query{Index: "by_unit", Descending: rapid.Bool().Draw(t, "descending"), Limit: rapid.IntRange(3, 70).Draw(t, "limit")}
		example := rapid.SampledFrom(all)
		model := example.Draw(t, "equal").Body
		q.Equal = []any{model.Unit, model.Age, model.Name}[:rapid.IntRange(0, 3).Draw(t, "fields")]
		if len(q.Equal) < 3 && rapid.Bool().Draw(t, "from") {
			q.From = field(example.Draw(t, "lower").Body, len(q.Equal))
		}
		if len(q.Equal) < 3 && rapid.Bool().Draw(t, "to") {
			q.To = field(example.Draw(t, "upper").Body, len(q.Equal))
		}
		want := expected(all, q)
		got := []string{}
		for {
			page, err := f.people.Find(f.ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, doc := range page.Items {
				got = append(got, doc.ID)
			}
			if page.Next == "" {
				break
			}
			if len(page.Items) != q.Limit {
				t.Fatalf("a page of %d with a next one, limit %d", len(page.Items), q.Limit)
			}
			q.Cursor = page.Next
		}
		if !slices.Equal(want, got) {
			t.Fatalf("%+v\nwant %v\ngot  %v", q, want, got)
		}
	})
}

// field returns the n-th field of the index by_unit.
func field(p person, n int) any { return []any{p.Unit, p.Age, p.Name}[n] }

// compare orders two values of one field.
func compare(a, b any) int {
	if a, ok := a.(int); ok {
		return cmp.Compare(a, b.(int))
	}
	return strings.Compare(a.(string), b.(string))
}

// expected returns the ids that a query over by_unit has to find, in order.
func expected(all []document.Document[person], q document.Query) []string {
	var found []document.Document[person]
	for _, doc := range all {
		matches := true
		for i, v := range q.Equal {
			matches = matches && compare(field(doc.Body, i), v) == 0
		}
		next := len(q.Equal)
		matches = matches && (q.From == nil || compare(field(doc.Body, next), q.From) >= 0)
		matches = matches && (q.To == nil || compare(field(doc.Body, next), q.To) < 0)
		if matches {
			found = append(found, doc)
		}
	}
	slices.SortFunc(found, func(a, b document.Document[person]) int {
		order := strings.Compare(a.ID, b.ID)
		for i := 2; i >= 0; i-- {
			order = cmp.Or(compare(field(a.Body, i), field(b.Body, i)), order)
		}
		if q.Descending {
			return -order
		}
		return order
	})
	ids := []string{}
	for _, doc := range found {
		ids = append(ids, doc.ID)
	}
	return ids
}
