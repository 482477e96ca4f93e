package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/document"
)

// declare makes the table, its columns, its indexes and its outbox be as the schema says.
func declare(ctx context.Context, tx *sql.Tx, schema document.Schema) error {
	_, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+quote(schema.Name)+` (
		tenant TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL,
		created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
		state INTEGER NOT NULL, request TEXT NOT NULL, body BLOB NOT NULL,
		PRIMARY KEY (tenant, id)) STRICT, WITHOUT ROWID`)
	if err != nil {
		return err
	}
	if err := declareOutbox(ctx, tx, schema); err != nil {
		return err
	}
	if err := addColumns(ctx, tx, schema); err != nil {
		return err
	}
	return replaceIndexes(ctx, tx, schema)
}

// addColumns adds the columns of index fields that are new and fills them from the bodies.
func addColumns(ctx context.Context, tx *sql.Tx, schema document.Schema) error {
	present, err := strs(ctx, tx, `SELECT name FROM pragma_table_info(?)`, schema.Name)
	if err != nil {
		return err
	}
	var added []string
	for _, field := range schema.Fields() {
		if slices.Contains(present, columnOf(field)) {
			continue
		}
		if _, err := tx.ExecContext(ctx, `ALTER TABLE `+quote(schema.Name)+` ADD COLUMN `+column(field)+` ANY`); err != nil {
			return err
		}
		added = append(added, field)
	}
	if len(added) == 0 {
		return nil
	}
	return fill(ctx, tx, schema.Name, added)
}

// fill writes the columns of these fields for all rows that are there.
func fill(ctx context.Context, tx *sql.Tx, table string, fields []string) error {
	var assignments []string
	for _, field := range fields {
		assignments = append(assignments, column(field)+" = ?")
	}
	update := `UPDATE ` + quote(table) + ` SET ` + strings.Join(assignments, ", ") + ` WHERE tenant = ? AND id = ?`
	var after document.Key
	for {
		page, err := bodies(ctx, tx, table, after)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			args, err := columnValues(r.Body, fields)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, update, append(args, string(r.Key.Tenant), r.Key.ID)...); err != nil {
				return err
			}
		}
		after = page[len(page)-1].Key
	}
}

// bodies returns the keys and bodies of the first rows after a key.
func bodies(ctx context.Context, tx *sql.Tx, table string, after document.Key) ([]document.Record, error) {
	rows, err := tx.QueryContext(ctx, `SELECT tenant, id, body FROM `+quote(table)+
		` WHERE (tenant, id) > (?, ?) ORDER BY tenant, id LIMIT 256`, string(after.Tenant), after.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var page []document.Record
	for rows.Next() {
		var r document.Record
		if err := rows.Scan(&r.Key.Tenant, &r.Key.ID, (*[]byte)(&r.Body)); err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	return page, rows.Err()
}

// replaceIndexes makes the declared indexes and drops those that are declared differently or not any more. An index
// holds live rows only, so a tombstone has no unique values.
func replaceIndexes(ctx context.Context, tx *sql.Tx, schema document.Schema) error {
	wanted := map[string]string{}
	for _, index := range schema.Indexes {
		name := indexName(schema, index)
		unique := ""
		if index.Unique {
			unique = "UNIQUE "
		}
		wanted[name] = `CREATE ` + unique + `INDEX ` + quote(name) + ` ON ` + quote(schema.Name) +
			` (` + strings.Join(indexColumns(index), ", ") + `) WHERE state = 0`
	}
	present, err := tx.QueryContext(ctx, `SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`, schema.Name)
	if err != nil {
		return err
	}
	defer present.Close()
	var obsolete []string
	for present.Next() {
		var name, statement string
		if err := present.Scan(&name, &statement); err != nil {
			return err
		}
		if wanted[name] == statement {
			delete(wanted, name)
		} else {
			obsolete = append(obsolete, name)
		}
	}
	if err := present.Err(); err != nil {
		return err
	}
	for _, name := range obsolete {
		if _, err := tx.ExecContext(ctx, `DROP INDEX `+quote(name)); err != nil {
			return err
		}
	}
	for _, statement := range wanted {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func outboxName(schema document.Schema) string { return schema.Name + ".outbox" }

func indexName(schema document.Schema, index document.Index) string {
	return schema.Name + ".by." + index.Name
}

// indexColumns returns the columns of an index. SQLite itself appends what the primary key has and they lack.
func indexColumns(index document.Index) []string {
	var columns []string
	if !index.Across {
		columns = append(columns, "tenant")
	}
	for _, field := range index.Fields {
		columns = append(columns, column(field))
	}
	switch {
	case index.Unique:
		return columns
	case index.Across:
		return append(columns, "tenant", "id")
	}
	return append(columns, "id")
}

// columnValues returns what the columns of these fields hold for a body.
func columnValues(body bson.Raw, fields []string) ([]any, error) {
	values, err := document.Values(body, fields)
	for i := range values {
		values[i] = native(values[i])
	}
	return values, err
}

func columnOf(field string) string { return "body." + field }
func column(field string) string   { return quote(columnOf(field)) }

// quote makes an identifier of a name, which document.Schema.Validate has let through.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func strs(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("scan: %w", err)
		}
		found = append(found, s)
	}
	return found, rows.Err()
}
