package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/document"
)

// table is one collection. It implements document.Records.
type table struct {
	backend *Backend
	schema  document.Schema
	fields  []string

	insert, replace, remove string
	enqueue, acknowledge    string
	get, pending, walk      string

	mu      sync.Mutex
	queries map[string]*sql.Stmt // one per shape of a query
}

const rowColumns = `tenant, id, revision, created_at, updated_at, state, request, body`

func newTable(b *Backend, schema document.Schema) *table {
	t := &table{backend: b, schema: schema, fields: schema.Fields(), queries: map[string]*sql.Stmt{}}
	name, outbox := quote(schema.Name), quote(outboxName(schema))
	var columns, marks, assignments strings.Builder
	for _, field := range t.fields {
		columns.WriteString(", " + column(field))
		marks.WriteString(", ?")
		assignments.WriteString(", " + column(field) + " = ?")
	}
	const at = ` WHERE tenant = ? AND id = ? AND revision = ?`
	t.insert = `INSERT INTO ` + name + ` (` + rowColumns + columns.String() + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?` + marks.String() + `)`
	t.replace = `UPDATE ` + name + ` SET revision = revision + 1, created_at = ?, updated_at = ?, state = ?, body = ?` + assignments.String() + at
	t.remove = `DELETE FROM ` + name + at +
		` AND NOT EXISTS (SELECT 1 FROM ` + outbox + ` AS o WHERE (o.tenant, o.id) = (` + name + `.tenant, ` + name + `.id))`
	t.enqueue = `INSERT INTO ` + outbox + ` (tenant, id, entries) VALUES (?, ?, ?)
		ON CONFLICT (tenant, id) DO UPDATE SET entries = CAST(entries || excluded.entries AS BLOB)`
	t.acknowledge = `DELETE FROM ` + outbox + ` WHERE (tenant, id) = (SELECT tenant, id FROM ` + name + at + `)`
	t.get = `SELECT ` + t.recordColumns() + ` FROM ` + name + ` WHERE tenant = ? AND id = ?`
	t.pending = `SELECT tenant, id FROM ` + outbox + ` WHERE (tenant, id) > (?, ?) ORDER BY tenant, id LIMIT ?`
	t.walk = `SELECT ` + t.recordColumns() + ` FROM ` + name + ` WHERE (tenant, id) > (?, ?) ORDER BY tenant, id LIMIT ?`
	return t
}

// recordColumns is what a query of records asks for: the row and what waits in the outbox for it, all of one moment.
func (t *table) recordColumns() string {
	name := quote(t.schema.Name)
	return rowColumns + `, (SELECT entries FROM ` + quote(outboxName(t.schema)) + ` AS o WHERE (o.tenant, o.id) = (` + name + `.tenant, ` + name + `.id))`
}

// live returns what a scan reads from. It names the index: without statistics SQLite prefers the order of the primary
// key, which is to read the whole tenant, to an index that has the row.
func (t *table) live(index document.Index) string {
	return ` FROM ` + quote(t.schema.Name) + ` INDEXED BY ` + quote(indexName(t.schema, index)) + ` WHERE state = 0`
}

// Get implements document.Records.
func (t *table) Get(ctx context.Context, key document.Key) (document.Record, error) {
	found, err := t.records(ctx, t.get, string(key.Tenant), key.ID)
	if err != nil {
		return document.Record{}, err
	}
	if len(found) == 0 {
		return document.Record{}, document.ErrNotFound
	}
	return found[0], nil
}

// Insert implements document.Records.
func (t *table) Insert(ctx context.Context, r document.Record) error {
	values, err := columnValues(r.Body, t.fields)
	if err != nil {
		return err
	}
	args := []any{
		string(r.Key.Tenant), r.Key.ID, r.Revision, r.CreatedAt.UnixMilli(), r.UpdatedAt.UnixMilli(),
		int(r.State), r.Request, []byte(r.Body),
	}
	_, err = t.change(ctx, r.Key, step{t.insert, append(args, values...)}, r.Outbox...)
	return err
}

// Replace implements document.Records.
func (t *table) Replace(ctx context.Context, key document.Key, revision int64, c document.Change) error {
	values, err := columnValues(c.Body, t.fields)
	if err != nil {
		return err
	}
	args := append([]any{c.CreatedAt.UnixMilli(), c.UpdatedAt.UnixMilli(), int(c.State), []byte(c.Body)}, values...)
	var events []document.Outgoing
	if c.Outgoing != nil {
		events = append(events, *c.Outgoing)
	}
	return stale(t.change(ctx, key, step{t.replace, append(args, string(key.Tenant), key.ID, revision)}, events...))
}

// change writes a row and, with it, the events of the change.
func (t *table) change(ctx context.Context, key document.Key, row step, events ...document.Outgoing) (int64, error) {
	if len(events) == 0 {
		return t.backend.write.exec(ctx, row)
	}
	entries, err := encode(events...)
	if err != nil {
		return 0, err
	}
	return t.backend.write.exec(ctx, row, step{t.enqueue, []any{string(key.Tenant), key.ID, entries}})
}

// Acknowledge implements document.Records.
func (t *table) Acknowledge(ctx context.Context, key document.Key, revision int64) error {
	return stale(t.backend.write.exec(ctx, step{t.acknowledge, []any{string(key.Tenant), key.ID, revision}}))
}

// Remove implements document.Records.
func (t *table) Remove(ctx context.Context, key document.Key, revision int64) error {
	return stale(t.backend.write.exec(ctx, step{t.remove, []any{string(key.Tenant), key.ID, revision}}))
}

// stale says what it means that a change of a row of a certain revision met none.
func stale(affected int64, err error) error {
	if err == nil && affected == 0 {
		return document.ErrStale
	}
	return err
}

// Find implements document.Records.
func (t *table) Find(ctx context.Context, s document.Scan) ([]document.Record, error) {
	if s.Skip > 0 {
		last, err := t.skipped(ctx, s)
		if err != nil || last == nil {
			return nil, err
		}
		s.After = last
	}
	query, args := t.find(s)
	return t.records(ctx, query, args...)
}

// find returns the query of Find, of a scan that skips nothing, and its arguments.
func (t *table) find(s document.Scan) (string, []any) {
	conditions, args := where(s)
	return `SELECT ` + t.recordColumns() + t.live(s.Index) + conditions + order(s) + ` LIMIT ?`, append(args, s.Limit)
}

// skipped returns the last place that a scan passes over, nil if it does not have so many. An OFFSET in the query of
// the records themselves would look up each record that it passes over; this one stays within the index.
func (t *table) skipped(ctx context.Context, s document.Scan) (*document.Place, error) {
	query, args := t.skip(s)
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	place := &document.Place{Values: make([]any, len(s.Rest())), Key: document.Key{Tenant: s.Tenant}}
	var into []any
	for i := range place.Values {
		into = append(into, &place.Values[i])
	}
	if s.Index.Across {
		into = append(into, &place.Key.Tenant)
	}
	return place, rows.Scan(append(into, &place.Key.ID)...)
}

// skip returns the query of skipped and its arguments.
func (t *table) skip(s document.Scan) (string, []any) {
	conditions, args := where(s)
	return `SELECT ` + strings.Join(orderColumns(s), ", ") + t.live(s.Index) + conditions + order(s) + ` LIMIT 1 OFFSET ?`, append(args, s.Skip-1)
}

// Count implements document.Records.
func (t *table) Count(ctx context.Context, s document.Scan) (n int, err error) {
	query, args := t.size(s)
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	if rows.Next() {
		err = rows.Scan(&n)
	}
	return n, errors.Join(err, rows.Err())
}

// Pending implements document.Records.
func (t *table) Pending(ctx context.Context, after document.Key, limit int) ([]document.Key, error) {
	rows, err := t.query(ctx, t.pending, string(after.Tenant), after.ID, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []document.Key
	for rows.Next() {
		var key document.Key
		if err := rows.Scan(&key.Tenant, &key.ID); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}

// Walk implements document.Records.
func (t *table) Walk(ctx context.Context, after document.Key, limit int) ([]document.Record, error) {
	return t.records(ctx, t.walk, string(after.Tenant), after.ID, limit)
}

// size returns the query of Count and its arguments.
func (t *table) size(s document.Scan) (string, []any) {
	s.After = nil
	conditions, args := where(s)
	return `SELECT count(*)` + t.live(s.Index) + conditions, args
}

// where returns the conditions of a scan and their arguments.
func where(s document.Scan) (string, []any) {
	var b strings.Builder
	var args []any
	and := func(condition string, values ...any) {
		b.WriteString(" AND " + condition)
		for _, v := range values {
			args = append(args, native(v))
		}
	}
	if !s.Index.Across {
		and("tenant = ?", string(s.Tenant))
	}
	for i, v := range s.Equal {
		and(column(s.Index.Fields[i])+" = ?", v)
	}
	if s.From != nil {
		and(column(s.Rest()[0])+" >= ?", s.From)
	}
	if s.To != nil {
		and(column(s.Rest()[0])+" < ?", s.To)
	}
	if s.After != nil {
		beyond := ">"
		if s.Descending {
			beyond = "<"
		}
		place := append([]any{}, s.After.Values...)
		if s.Index.Across {
			place = append(place, string(s.After.Key.Tenant))
		}
		place = append(place, s.After.Key.ID)
		and("("+strings.Join(orderColumns(s), ", ")+") "+beyond+" ("+strings.Repeat("?, ", len(place)-1)+"?)", place...)
	}
	return b.String(), args
}

// order returns the order of a scan.
func order(s document.Scan) string {
	direction := ""
	if s.Descending {
		direction = " DESC"
	}
	return " ORDER BY " + strings.Join(orderColumns(s), direction+", ") + direction
}

// orderColumns returns the columns that a scan is ordered by.
func orderColumns(s document.Scan) []string {
	var columns []string
	for _, field := range s.Rest() {
		columns = append(columns, column(field))
	}
	if s.Index.Across {
		columns = append(columns, "tenant")
	}
	return append(columns, "id")
}

// native returns a value of document.Values as SQLite stores it.
func native(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UnixMilli()
	case bool:
		if v {
			return 1
		}
		return 0
	}
	return v
}

func (t *table) records(ctx context.Context, query string, args ...any) ([]document.Record, error) {
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []document.Record
	for rows.Next() {
		var (
			r                document.Record
			created, updated int64
			outbox           sql.RawBytes
		)
		if err := rows.Scan(&r.Key.Tenant, &r.Key.ID, &r.Revision, &created, &updated, &r.State, &r.Request, (*[]byte)(&r.Body), &outbox); err != nil {
			return nil, err
		}
		r.CreatedAt, r.UpdatedAt = time.UnixMilli(created).UTC(), time.UnixMilli(updated).UTC()
		if r.Outbox, err = outgoing(outbox); err != nil {
			return nil, fmt.Errorf("outbox of %s: %w", r.Key, err)
		}
		found = append(found, r)
	}
	return found, rows.Err()
}

func (t *table) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	statement, err := t.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

func (t *table) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if statement, ok := t.queries[query]; ok {
		return statement, nil
	}
	statement, err := t.backend.read.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	t.queries[query] = statement
	return statement, nil
}

// encode returns entries of the outbox: BSON documents one after the other, so that a change only appends.
func encode(outbox ...document.Outgoing) ([]byte, error) {
	var entries []byte
	for _, out := range outbox {
		raw, err := bson.Marshal(out)
		if err != nil {
			return nil, err
		}
		entries = append(entries, raw...)
	}
	return entries, nil
}

func outgoing(entries []byte) ([]document.Outgoing, error) {
	var outbox []document.Outgoing
	for len(entries) > 0 {
		raw, err := bson.Raw(nil), error(nil)
		if raw, entries, err = first(entries); err != nil {
			return nil, err
		}
		var out document.Outgoing
		if err := bson.Unmarshal(raw, &out); err != nil {
			return nil, err
		}
		outbox = append(outbox, out)
	}
	return outbox, nil
}

// first splits off the first BSON document, which begins with its length.
func first(entries []byte) (bson.Raw, []byte, error) {
	if len(entries) < 5 {
		return nil, nil, errors.New("cut short")
	}
	n := int(entries[0]) | int(entries[1])<<8 | int(entries[2])<<16 | int(entries[3])<<24
	if n < 5 || n > len(entries) {
		return nil, nil, errors.New("cut short")
	}
	return bson.Raw(entries[:n]), entries[n:], nil
}
