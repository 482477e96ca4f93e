package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/guldkorn/guldkorn/libs/document"
)

// maxBatch is how many changes share a commit at most. A commit costs what it has to write: since ids are random, few
// changes have no page in common, and of a thousand many do.
const maxBatch = 2048

var errClosed = errors.New("sqlite: the database is closed")

// writer owns the one connection that writes. Since a commit waits for the disk, all changes that have come in by the
// time it begins go into it together.
type writer struct {
	db       *sql.DB
	changes  chan *change
	closing  chan struct{}
	finished chan struct{}
	once     sync.Once

	statements map[string]*sql.Stmt // of the writing goroutine
}

// change is one statement. It stands for itself: if it is refused, the others of its batch are not.
type change struct {
	statement string
	args      []any
	affected  int64
	err       error
	done      chan struct{}
}

func newWriter(ctx context.Context, dsn string) (*writer, error) {
	db, err := sql.Open("sqlite", dsn+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	w := &writer{
		db: db, changes: make(chan *change, maxBatch), closing: make(chan struct{}), finished: make(chan struct{}),
		statements: map[string]*sql.Stmt{},
	}
	go w.run()
	return w, nil
}

// exec runs one statement and returns, once it is durable, how many rows it touched. A change that has begun is not
// given up when the context ends: its outcome is known in a moment.
func (w *writer) exec(ctx context.Context, statement string, args ...any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	c := &change{statement: statement, args: args, done: make(chan struct{})}
	select {
	case w.changes <- c:
	case <-w.closing:
		return 0, errClosed
	}
	select {
	case <-c.done:
		return c.affected, c.err
	case <-w.finished:
	}
	select {
	case <-c.done: // it was in the last batch
		return c.affected, c.err
	default:
		return 0, errClosed
	}
}

// alone runs several statements in a transaction of their own.
func (w *writer) alone(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// close lets the batch under way end and closes the connection.
func (w *writer) close() error {
	w.once.Do(func() { close(w.closing) })
	<-w.finished
	return w.db.Close()
}

func (w *writer) run() {
	defer close(w.finished)
	for {
		select {
		case <-w.closing:
			return
		case first := <-w.changes:
			batch := []*change{first}
			for len(batch) < maxBatch && len(w.changes) > 0 {
				batch = append(batch, <-w.changes)
			}
			w.commit(batch)
		}
	}
}

// commit runs a batch in one transaction and tells each change its outcome.
func (w *writer) commit(batch []*change) {
	if err := w.transact(batch); err != nil {
		for _, c := range batch {
			c.affected, c.err = 0, err
		}
	}
	for _, c := range batch {
		close(c.done)
	}
}

func (w *writer) transact(batch []*change) error {
	for _, c := range batch { // before the transaction: it takes the only connection
		if err := w.prepare(c.statement); err != nil {
			return err
		}
	}
	tx, err := w.db.Begin()
	if err != nil {
		return err
	}
	for _, c := range batch {
		result, err := tx.Stmt(w.statements[c.statement]).Exec(c.args...)
		switch {
		case isDuplicate(err):
			c.err = document.ErrDuplicate // SQLite has undone this statement alone
		case err != nil:
			return errors.Join(err, tx.Rollback())
		default:
			if c.affected, err = result.RowsAffected(); err != nil {
				return errors.Join(err, tx.Rollback())
			}
		}
	}
	return tx.Commit()
}

func (w *writer) prepare(statement string) error {
	if _, ok := w.statements[statement]; ok {
		return nil
	}
	prepared, err := w.db.Prepare(statement)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	w.statements[statement] = prepared
	return nil
}

func isDuplicate(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) &&
		(e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE)
}
