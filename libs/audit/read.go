package audit

import (
	"context"
	"iter"
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Entries returns the chain of the context's tenant from its beginning.
func (l *Log) Entries(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for d, err := range l.blocks.All(ctx, document.Query{Index: bySeq}) {
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range d.Body.entries(d.Tenant) {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// Verify is the function Verify on the chain of the context's tenant.
func (l *Log) Verify(ctx context.Context, known ...Head) (Finding, error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return Finding{}, err
	}
	return Verify(owner, l.Entries(ctx), known...)
}

// Tenants returns the tenants that have a chain. It asks nobody, so it is for tools that own the database.
func (l *Log) Tenants(ctx context.Context) ([]tenant.ID, error) {
	var list []tenant.ID
	for d, err := range l.anybody.All(ctx, document.Query{Index: beginnings, Equal: []any{int64(1)}}) {
		if err != nil {
			return nil, err
		}
		list = append(list, d.Tenant)
	}
	return list, nil
}

// Filter says which entries a search wants; what is empty counts for nothing.
type Filter struct {
	Action, Subject string
	From, To        time.Time // From inclusive, To exclusive
	Limit           int       // entries per page
	Cursor          string    // Next of the page before
}

func (f Filter) wants(e Entry) bool {
	return (f.Action == "" || f.Action == e.Action) && (f.Subject == "" || f.Subject == e.Subject)
}

// Page is one part of what a search found, the newest entry first. Next is empty at the end. A page may hold fewer
// entries than asked for and still have a next one: a page looks at a bounded part of the chain.
type Page struct {
	Entries []Entry
	Next    string
}

// maxSearched is how many entries one page looks at.
const maxSearched = 10_000

// Search looks for entries of the context's tenant, from the newest to the oldest.
func (l *Log) Search(ctx context.Context, f Filter) (Page, error) {
	q := document.Query{Index: bySeq, Descending: true, Limit: document.MaxLimit}
	before, err := l.bounds(ctx, f, &q)
	if err != nil {
		return Page{}, err
	}
	page := Page{Entries: []Entry{}}
	searched := 0
	for d, err := range l.blocks.All(ctx, q) {
		if err != nil {
			return Page{}, err
		}
		entries := d.Body.entries(d.Tenant)
		for i := len(entries) - 1; i >= 0; i-- {
			e := entries[i]
			if before > 0 && e.Seq >= before {
				continue
			}
			if len(page.Entries) == f.Limit || searched == maxSearched {
				page.Next = strconv.FormatInt(e.Seq+1, 10)
				return page, nil
			}
			if searched++; f.wants(e) {
				page.Entries = append(page.Entries, e)
			}
		}
	}
	return page, nil
}

// bounds turns the filter's times and cursor into bounds of the chain, and returns before which entry the page begins,
// 0 for no bound. Times rise along the chain.
func (l *Log) bounds(ctx context.Context, f Filter, q *document.Query) (before int64, err error) {
	if f.Cursor != "" {
		if before, err = strconv.ParseInt(f.Cursor, 10, 64); err != nil || before < 1 {
			return 0, failure.New(failure.CursorInvalid)
		}
		q.To = before
	}
	if !f.From.IsZero() {
		first, found, err := l.firstSince(ctx, f.From)
		if err != nil {
			return 0, err
		}
		if !found { // everything is older
			first = 1<<63 - 1
		}
		q.From = first
	}
	if !f.To.IsZero() {
		first, found, err := l.firstSince(ctx, f.To)
		if err != nil {
			return 0, err
		}
		if found && (before == 0 || first < before) {
			q.To = first
		}
	}
	return before, nil
}

// firstSince returns the number of the first entry at or after a time.
func (l *Log) firstSince(ctx context.Context, at time.Time) (int64, bool, error) {
	page, err := l.blocks.Find(ctx, document.Query{Index: byTime, From: at, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return 0, false, err
	}
	return page.Items[0].Body.First, true, nil
}
