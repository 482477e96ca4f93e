package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/guldkorn/guldkorn/libs/document"
)

// maxBatch is how many changes share a commit at most. A commit costs what it has to write: since ids are random, few
// changes have no page in common, and of a thousand many do.
const maxBatch = 2048

// manyChanges is how many changes have to wait for a commit to be worth holding up for more; see gather.
const manyChanges = 8

// The log is brought into the file and emptied when no change has come for quiet, and after longestLog in any case: so
// it does not keep what was erased.
const (
	quiet      = time.Second
	longestLog = time.Minute
)

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

// change is what happens together or not at all. It stands for itself: if it is refused, the others of its batch are
// not.
type change struct {
	first    step
	rest     []step // taken if the first has touched a row
	affected int64  // rows by the first
	err      error
	done     chan struct{}
}

// step is one statement of a change.
type step struct {
	statement string
	args      []any
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

// exec makes a change and returns, once it is durable, how many rows its first step touched. Only the first may meet a
// value that is taken. A change that has begun is not given up when the context ends: its outcome is known in a moment.
func (w *writer) exec(ctx context.Context, first step, rest ...step) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	c := &change{first: first, rest: rest, done: make(chan struct{})}
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
	rest := time.NewTimer(longestLog)
	rest.Stop()
	var (
		since time.Time     // when the log began to hold something
		took  time.Duration // by the last commit
	)
	for {
		select {
		case <-w.closing:
			return
		case first := <-w.changes:
			batch := w.gather(first, took)
			began := time.Now()
			w.commit(batch)
			took = time.Since(began)
			if since.IsZero() {
				since = time.Now()
			}
			rest.Reset(max(0, min(quiet, time.Until(since.Add(longestLog)))))
		case <-rest.C:
			if w.emptyLog() {
				since = time.Time{}
			} else {
				rest.Reset(quiet)
			}
		}
	}
}

// gather returns a change with all those that share its commit: what has come by now and, where that is much, what
// keeps coming within the time that the last commit took. Under load each of them comes to its end sooner that way,
// since the commit of twice as many takes far less than twice as long.
func (w *writer) gather(first *change, lastTook time.Duration) []*change {
	batch := []*change{first}
	for len(batch) < maxBatch && len(w.changes) > 0 {
		batch = append(batch, <-w.changes)
	}
	if len(batch) < manyChanges {
		return batch
	}
	longestGap := lastTook / 8
	end, gap := time.NewTimer(lastTook), time.NewTimer(longestGap)
	defer end.Stop()
	defer gap.Stop()
	for len(batch) < maxBatch {
		select {
		case c := <-w.changes:
			batch = append(batch, c)
			gap.Reset(longestGap)
		case <-gap.C:
			return batch
		case <-end.C:
			return batch
		}
	}
	return batch
}

// emptyLog brings the log into the file and tells whether it is empty then, which it cannot be while somebody reads from
// it. It waits for nobody.
func (w *writer) emptyLog() bool {
	var busy, pages, done int
	_, err := w.db.Exec("PRAGMA busy_timeout = 0")
	if err == nil {
		err = w.db.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &done)
	}
	_, reset := w.db.Exec("PRAGMA busy_timeout = " + busyTimeout)
	return err == nil && reset == nil && busy == 0
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
		if err := w.prepare(c.first); err != nil {
			return err
		}
		for _, s := range c.rest {
			if err := w.prepare(s); err != nil {
				return err
			}
		}
	}
	tx, err := w.db.Begin()
	if err != nil {
		return err
	}
	for _, c := range batch {
		if err := w.make(tx, c); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

// make takes the steps of a change. It returns an error if the transaction cannot go on.
func (w *writer) make(tx *sql.Tx, c *change) (err error) {
	switch c.affected, err = w.take(tx, c.first); {
	case isDuplicate(err):
		c.err = document.ErrDuplicate // SQLite has undone this statement alone
		return nil
	case err != nil || c.affected == 0:
		return err
	}
	for _, s := range c.rest {
		if _, err := w.take(tx, s); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) take(tx *sql.Tx, s step) (affected int64, err error) {
	result, err := tx.Stmt(w.statements[s.statement]).Exec(s.args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (w *writer) prepare(s step) error {
	if _, ok := w.statements[s.statement]; ok {
		return nil
	}
	prepared, err := w.db.Prepare(s.statement)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	w.statements[s.statement] = prepared
	return nil
}

func isDuplicate(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) &&
		(e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE)
}
