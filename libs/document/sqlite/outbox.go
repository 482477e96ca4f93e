package sqlite

import (
	"context"
	"database/sql"
	"slices"

	"github.com/guldkorn/guldkorn/libs/document"
)

// declareOutbox makes the table of the events that wait to be published: a row for each document that has some. It is
// written in the transaction of the change that the events are of, and lies apart from the documents so that they are
// not rewritten when their events have gone out. Its rows follow each other as the changes did, which the times in the
// events tell as well, and so a commit writes few of its pages.
func declareOutbox(ctx context.Context, tx *sql.Tx, schema document.Schema) error {
	outbox := quote(outboxName(schema))
	if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+outbox+` (
		tenant TEXT NOT NULL, id TEXT NOT NULL, entries BLOB NOT NULL, UNIQUE (tenant, id)) STRICT`); err != nil {
		return err
	}
	return moveOutbox(ctx, tx, schema)
}

// moveOutbox takes over what waits in the documents of a file that was made when they held their events themselves.
func moveOutbox(ctx context.Context, tx *sql.Tx, schema document.Schema) error {
	present, err := strs(ctx, tx, `SELECT name FROM pragma_table_info(?)`, schema.Name)
	if err != nil || !slices.Contains(present, "outbox") {
		return err
	}
	name, outbox := quote(schema.Name), quote(outboxName(schema))
	for _, statement := range []string{
		`INSERT INTO ` + outbox + ` (tenant, id, entries) SELECT tenant, id, outbox FROM ` + name + ` WHERE pending = 1`,
		`DROP INDEX IF EXISTS ` + quote(schema.Name+".pending"),
		`ALTER TABLE ` + name + ` DROP COLUMN pending`,
		`ALTER TABLE ` + name + ` DROP COLUMN outbox`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
