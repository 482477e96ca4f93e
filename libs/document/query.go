package document

import (
	"context"
	"fmt"
	"iter"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Query asks for the documents that a declared index has under the values Equal of its leading fields, in the order
// of its remaining fields and then the id. From (inclusive) and To (exclusive) bound the first of the remaining
// fields. Descending turns the whole order round.
type Query struct {
	Index      string
	Equal      []any
	From, To   any
	Descending bool
	Skip       int    // documents to pass over, for protocols that count; costs a step in the index for each
	Limit      int    // documents per page: DefaultLimit if zero, never more than MaxLimit
	Cursor     string // Next of the page before
}

// The sizes of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// Find returns one page of the documents of the context's tenant. A query that no declared index answers is an error
// of the program; a cursor of another tenant, index or Equal is the failure request.cursor_invalid.
func (c *Collection[T]) Find(ctx context.Context, q Query) (Page[T], error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return Page[T]{}, err
	}
	return c.find(ctx, owner, q)
}

// Count returns how many documents of the context's tenant a query has, on all its pages. It costs a step in the index
// for each of them.
func (c *Collection[T]) Count(ctx context.Context, q Query) (int, error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return 0, err
	}
	scan, err := c.scan(owner, q)
	if err != nil {
		return 0, err
	}
	n, err := c.records.Count(ctx, scan)
	if err != nil {
		return 0, fmt.Errorf("document: count %s by %s: %w", c.schema.Name, q.Index, err)
	}
	return n, nil
}

// All returns the documents of all pages, one page at a time.
func (c *Collection[T]) All(ctx context.Context, q Query) iter.Seq2[Document[T], error] {
	return pages(q, func(q Query) (Page[T], error) { return c.Find(ctx, q) })
}

// find runs a query of one tenant, or of all tenants if owner is empty.
func (c *Collection[T]) find(ctx context.Context, owner tenant.ID, q Query) (Page[T], error) {
	scan, err := c.scan(owner, q)
	if err != nil {
		return Page[T]{}, err
	}
	if q.Cursor != "" {
		if scan.After, err = c.place(scan, q.Cursor); err != nil {
			return Page[T]{}, err
		}
	}
	limit := scan.Limit
	scan.Limit++ // one more tells whether there is a next page
	records, err := c.records.Find(ctx, scan)
	if err != nil {
		return Page[T]{}, fmt.Errorf("document: find %s by %s: %w", c.schema.Name, q.Index, err)
	}
	var page Page[T]
	if len(records) > limit {
		records = records[:limit]
		if page.Next, err = c.cursor(scan, records[limit-1]); err != nil {
			return Page[T]{}, err
		}
	}
	page.Items = make([]Document[T], len(records))
	for i, r := range records {
		if page.Items[i], err = decode[T](r); err != nil {
			return Page[T]{}, err
		}
	}
	return page, nil
}

// scan checks a query against its index.
func (c *Collection[T]) scan(owner tenant.ID, q Query) (Scan, error) {
	index, err := c.schema.Index(q.Index)
	if err != nil {
		return Scan{}, err
	}
	wrong := func(format string, args ...any) (Scan, error) {
		return Scan{}, fmt.Errorf("document: query of %s by %s: %s", c.schema.Name, q.Index, fmt.Sprintf(format, args...))
	}
	if index.Across != (owner == "") {
		return wrong("an index across tenants is for an Across, and only such a one is")
	}
	if len(q.Equal) > len(index.Fields) {
		return wrong("%d values for %d fields", len(q.Equal), len(index.Fields))
	}
	s := Scan{Tenant: owner, Index: index, Descending: q.Descending, Skip: max(q.Skip, 0), Limit: min(q.Limit, MaxLimit)}
	if q.Limit <= 0 {
		s.Limit = DefaultLimit
	}
	for i, v := range q.Equal {
		field := index.Fields[i]
		if v, err = c.kinds[field].value(v); err != nil {
			return wrong("field %s: %v", field, err)
		}
		s.Equal = append(s.Equal, v)
	}
	for _, bound := range []struct {
		given any
		into  *any
	}{{q.From, &s.From}, {q.To, &s.To}} {
		if bound.given == nil {
			continue
		}
		if len(s.Rest()) == 0 {
			return wrong("no field is left for From and To")
		}
		field := s.Rest()[0]
		if *bound.into, err = c.kinds[field].value(bound.given); err != nil {
			return wrong("field %s: %v", field, err)
		}
	}
	return s, nil
}

// pages runs a query page by page.
func pages[T any](q Query, find func(Query) (Page[T], error)) iter.Seq2[Document[T], error] {
	return func(yield func(Document[T], error) bool) {
		if q.Limit == 0 {
			q.Limit = MaxLimit
		}
		for {
			page, err := find(q)
			if err != nil {
				yield(Document[T]{}, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q.Cursor, q.Skip = page.Next, 0
		}
	}
}
