package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

// store is the floor's: one table in SQLite with a durable group commit, and nothing else. It is set up as the ballot
// box's own, so that both do the same for the same promise.
type store struct {
	db     *sql.DB
	conn   *sql.Conn
	upsert *sql.Stmt
	work   chan *pending
	ended  chan struct{}
}

type entry struct {
	key     string
	version int
	body    []byte
}

type pending struct {
	entry
	done chan error
}

const (
	schema = `CREATE TABLE entries (key TEXT PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID`
	upsert = `INSERT INTO entries (key, version, body) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body`
	group  = 256 // entries in one commit at most
)

func openStore(dir string) (*store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	query := url.Values{"_pragma": {"locking_mode(EXCLUSIVE)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "cache_size(-1024)"}}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "floor.db")+"?"+query.Encode())
	if err != nil {
		return nil, err
	}
	s := &store{db: db, work: make(chan *pending, group), ended: make(chan struct{})}
	ctx := context.Background()
	if s.conn, err = db.Conn(ctx); err == nil {
		if _, err = s.conn.ExecContext(ctx, schema); err == nil {
			s.upsert, err = s.conn.PrepareContext(ctx, upsert)
		}
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	go s.run()
	return s, nil
}

// put returns when the entry is on the disk.
func (s *store) put(e entry) error {
	p := &pending{e, make(chan error, 1)}
	s.work <- p
	return <-p.done
}

// run commits all that waits at once.
func (s *store) run() {
	defer close(s.ended)
	for first := range s.work {
		waiting := append(make([]*pending, 0, group), first)
		for more := true; more && len(waiting) < group; {
			select {
			case p, ok := <-s.work:
				if more = ok; ok {
					waiting = append(waiting, p)
				}
			default:
				more = false
			}
		}
		err := s.commit(waiting)
		for _, p := range waiting {
			p.done <- err
		}
	}
}

func (s *store) commit(waiting []*pending) error {
	ctx := context.Background()
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, p := range waiting {
		if _, err := s.upsert.ExecContext(ctx, p.key, p.version, p.body); err != nil {
			_, undo := s.conn.ExecContext(ctx, "ROLLBACK")
			return errors.Join(err, undo)
		}
	}
	_, err := s.conn.ExecContext(ctx, "COMMIT")
	return err
}

// close ends the store when nobody puts any more.
func (s *store) close() error {
	close(s.work)
	<-s.ended
	return errors.Join(s.upsert.Close(), s.conn.Close(), s.db.Close())
}
