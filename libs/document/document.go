// Package document stores the entities of one service: tenant-scoped, with a revision and an outbox each.
//
// A service opens typed collections on its store and declares with them the indexes that it will ask by. What
// the package promises, on every backend:
//
//   - The tenant comes from the context and is part of every key. Work without a tenant is an error. Reads across
//     tenants need an Across, which a guard stands before.
//   - A document changes by load, apply, compare-and-set on its revision. Nobody's change is lost.
//   - The events of a change are written in the same single-document update, into the document's outbox. A Relay
//     publishes them and empties it; what a crash leaves pending is found by the relay's sweep.
//   - A query runs over a declared index or not at all, so nothing scans a collection by accident.
//   - Times are UTC and whole milliseconds.
//
// The package knows no database. Backends are packages of their own (sqlite, mongo), and documenttest holds the one
// behaviour suite that each of them has to pass.
package document

import (
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Document is one entity as stored. Body has `bson` tags.
type Document[T any] struct {
	ID        string
	Tenant    tenant.ID
	Revision  int64 // 1 when inserted, one more with every change
	CreatedAt time.Time
	UpdatedAt time.Time
	Body      T
}

// ETag returns the entity tag of the revision, for the HTTP headers ETag and If-Match.
func (d Document[T]) ETag() string { return `"` + strconv.FormatInt(d.Revision, 10) + `"` }

// Creation is an insert that may be asked for twice: ID is derived from the client's idempotency key, Request is a
// hash of what was asked for ("" makes a repeat a plain collision).
type Creation struct {
	ID      string
	Request string
}

// Page is one part of an answer. Next is the cursor of the following page, empty at the end.
type Page[T any] struct {
	Items []Document[T]
	Next  string
}

func decode[T any](r Record) (Document[T], error) {
	d := Document[T]{ID: r.Key.ID, Tenant: r.Key.Tenant, Revision: r.Revision, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}
	return d, unmarshal(r.Body, &d.Body)
}
