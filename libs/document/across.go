package document

import (
	"context"
	"errors"
	"iter"
)

// Across reads one collection over all tenants, for what operators and unions may see of others. A guard decides on
// every read; without one nothing is read.
type Across[T any] struct {
	collection *Collection[T]
	guard      func(context.Context) error
}

// NewAcross returns the reader across tenants of a collection. guard returns nil if the context's subject may.
func NewAcross[T any](c *Collection[T], guard func(context.Context) error) *Across[T] {
	return &Across[T]{c, guard}
}

// Find returns one page of the documents of all tenants, over an index declared Across.
func (a *Across[T]) Find(ctx context.Context, q Query) (Page[T], error) {
	if a.guard == nil {
		return Page[T]{}, errors.New("document: a read across tenants has no guard")
	}
	if err := a.guard(ctx); err != nil {
		return Page[T]{}, err
	}
	return a.collection.find(ctx, "", q)
}

// All returns the documents of all pages, one page at a time.
func (a *Across[T]) All(ctx context.Context, q Query) iter.Seq2[Document[T], error] {
	return pages(q, func(q Query) (Page[T], error) { return a.Find(ctx, q) })
}
