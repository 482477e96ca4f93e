// Package sqlite stores documents in one SQLite file: the embedded backend of libs/document.
//
// The file is in WAL mode and every commit is on the disk before it is acknowledged (synchronous=FULL). One connection
// writes; changes that arrive while a commit is under way share the next one. A pool of others reads. A table holds
// the body as BSON, with one column per declared index field beside it, and is WITHOUT ROWID: what is stored is
// ordered by its key, and nothing tells in which order it came. Deleted content is overwritten (secure_delete), and the
// log is emptied when the writer rests, each minute at least if nobody reads just then.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/guldkorn/guldkorn/libs/document"
)

const (
	// readers is how many reads run side by side.
	readers = 4
	// checkpointPages is how long the log grows before a commit waits for it to be brought into the file; see emptyLog
	// for when that is done otherwise. Ids are random, so changes that follow each other lie far apart: the longer the
	// log, the more of them share the writing of a page.
	checkpointPages = "65536" // 256 MB
	// busyTimeout is how long a lock of another process is waited for, in milliseconds.
	busyTimeout = "10000"
	// writerCache is how much of the file the writer keeps at hand, of which each change needs a page per index.
	writerCache = "-32000" // KiB
)

// Backend is one database file. It implements document.Backend.
type Backend struct {
	write *writer
	read  *sql.DB
}

var _ document.Backend = (*Backend)(nil)

// Open opens or makes the database file at path, readable by its owner alone.
func Open(ctx context.Context, path string) (*Backend, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	write, err := newWriter(ctx, dsn(path,
		"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout("+busyTimeout+")", "secure_delete(ON)",
		"wal_autocheckpoint("+checkpointPages+")", "cache_size("+writerCache+")"))
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	read, err := sql.Open("sqlite", dsn(path, "busy_timeout("+busyTimeout+")", "query_only(ON)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", path, err), write.close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &Backend{write, read}, nil
}

func dsn(path string, pragmas ...string) string {
	location := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"_pragma": pragmas, "_dqs": {"0"}}.Encode()}
	return location.String()
}

// Open implements document.Backend.
func (b *Backend) Open(ctx context.Context, schema document.Schema) (document.Records, error) {
	if err := b.write.alone(ctx, func(tx *sql.Tx) error { return declare(ctx, tx, schema) }); err != nil {
		return nil, fmt.Errorf("sqlite: declare %s: %w", schema.Name, err)
	}
	return newTable(b, schema), nil
}

// Ping implements document.Backend.
func (b *Backend) Ping(ctx context.Context) error { return b.read.PingContext(ctx) }

// Close ends both kinds of connections. What was acknowledged is on the disk already.
func (b *Backend) Close() error { return errors.Join(b.read.Close(), b.write.close()) }
