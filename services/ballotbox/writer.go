package ballotbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
)

// writer is the only one that touches a round's file while the round is current. It takes all requests that wait,
// does them in one transaction in random order, and lets each caller go on only when that transaction is on the disk:
// one sync for many answers, and no answer acknowledged that a power cut could take back.
type writer struct {
	conn   *sql.Conn
	work   chan *job
	health *health

	statements statements
	ended      chan struct{}
	mu         sync.RWMutex // held for reading while handing in work, so that none comes after stop
	stopped    bool
}

// batchSize bounds one transaction.
const batchSize = 256

// statements are prepared once per file.
type statements struct {
	changed bool // something was written in this transaction

	selectToken, countTokens, insertToken, selectCount, countToken, upsertAnswer, selectAnswer,
	selectRecovery, insertRecovery, selectLeft, countLeft,
	selectHandedIn, insertHandedIn, selectEntries, upsertEntry, dropEntries *sql.Stmt
}

type prepared struct {
	statement **sql.Stmt
	text      string
}

func (s *statements) texts() []prepared {
	return []prepared{
		{&s.selectToken, `SELECT signature FROM tokens WHERE person = ? AND request = ?`},
		{&s.countTokens, `SELECT count(*) FROM tokens WHERE person = ?`},
		{&s.insertToken, `INSERT INTO tokens (person, unit, request, signature) VALUES (?, ?, ?, ?)`},
		{&s.selectCount, `SELECT tokens FROM handed_out WHERE unit = ?`},
		{&s.countToken, `INSERT INTO handed_out (unit, tokens) VALUES (?, 1) ON CONFLICT (unit) DO UPDATE SET tokens = tokens + 1`},
		{&s.upsertAnswer, `INSERT INTO answers (nullifier, unit, version, envelope) VALUES (?, ?, ?, ?)
			ON CONFLICT (nullifier) DO UPDATE SET version = excluded.version, envelope = excluded.envelope
			WHERE excluded.version > version AND excluded.unit = unit`},
		{&s.selectRecovery, `SELECT sealed FROM recoveries WHERE recovery = ?`},
		{&s.insertRecovery, `INSERT INTO recoveries (recovery, sealed) VALUES (?, ?)`},
		{&s.selectLeft, `SELECT recoveries FROM recoveries_left WHERE person = ?`},
		{&s.countLeft, `INSERT INTO recoveries_left (person, recoveries) VALUES (?, 1) ON CONFLICT (person) DO UPDATE SET recoveries = recoveries + 1`},
		{&s.selectHandedIn, `SELECT ballots FROM papers_handed_in WHERE unit = ?`},
		{&s.insertHandedIn, `INSERT INTO papers_handed_in (unit, ballots) VALUES (?, ?)`},
		{&s.selectEntries, `SELECT code, envelopes FROM paper_entries WHERE unit = ? AND person <> ?`},
		{&s.upsertEntry, `INSERT INTO paper_entries (unit, person, code, envelopes) VALUES (?, ?, ?, ?)
			ON CONFLICT (unit, person) DO UPDATE SET code = excluded.code, envelopes = excluded.envelopes`},
		{&s.dropEntries, `DELETE FROM paper_entries WHERE unit = ? AND code <> ?`},
		{&s.selectAnswer, `SELECT unit, version, envelope FROM answers WHERE nullifier = ?`},
	}
}

// close frees the statements; SQLite keeps a file open and locked while one is left.
func (s *statements) close() error {
	var errs []error
	for _, p := range s.texts() {
		if *p.statement != nil {
			errs = append(errs, (*p.statement).Close())
		}
	}
	return errors.Join(errs...)
}

type job struct {
	do   func(*statements) error
	err  error
	done chan struct{}
}

func startWriter(db *sql.DB, health *health) (*writer, error) {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, fmt.Errorf("writer: %w", err)
	}
	w := &writer{conn: conn, work: make(chan *job, batchSize), health: health, ended: make(chan struct{})}
	for _, p := range w.statements.texts() {
		if *p.statement, err = conn.PrepareContext(context.Background(), p.text); err != nil {
			return nil, errors.Join(fmt.Errorf("writer: %w", err), w.statements.close(), conn.Close())
		}
	}
	go w.run()
	return w, nil
}

// do runs fn in the next transaction and returns when that is durable. A failure.Error of fn is the caller's alone;
// any other error undoes the whole transaction for everybody in it.
func (w *writer) do(fn func(*statements) error) error {
	j := &job{do: fn, done: make(chan struct{})}
	w.mu.RLock()
	if w.stopped {
		w.mu.RUnlock()
		return failure.New(failure.Unavailable)
	}
	w.work <- j
	w.mu.RUnlock()
	<-j.done
	return j.err
}

// stop ends the writer when everything handed in is done.
func (w *writer) stop() error {
	w.mu.Lock()
	if w.stopped {
		w.mu.Unlock()
		return nil
	}
	w.stopped = true
	close(w.work)
	w.mu.Unlock()
	<-w.ended
	return errors.Join(w.statements.close(), w.conn.Close())
}

func (w *writer) run() {
	defer close(w.ended)
	batch := make([]*job, 0, batchSize)
	for first := range w.work {
		batch = w.gather(append(batch[:0], first))
		shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
		err := w.transact(batch)
		if err != nil || w.statements.changed { // reading works on a full disk, too
			w.health.note(err)
		}
		for _, j := range batch {
			if err != nil {
				j.err = storageFailure(err)
			}
			close(j.done)
		}
	}
}

// gather adds what waits already, without waiting for more.
func (w *writer) gather(batch []*job) []*job {
	for len(batch) < batchSize {
		select {
		case j, ok := <-w.work:
			if !ok {
				return batch
			}
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

func (w *writer) transact(batch []*job) error {
	w.statements.changed = false
	ctx := context.Background() // what was begun is finished, whoever still waits for it
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, j := range batch {
		j.err = j.do(&w.statements)
		if refusal := (*failure.Error)(nil); j.err != nil && !errors.As(j.err, &refusal) {
			return w.rollBack(ctx, j.err)
		}
	}
	if w.statements.changed {
		failpoint.Hit("before-commit")
	}
	if _, err := w.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return w.rollBack(ctx, err)
	}
	if w.statements.changed {
		failpoint.Hit("after-commit-before-ack")
	}
	return nil
}

// rollBack undoes the transaction; SQLite may have done so by itself, which is then no further error.
func (w *writer) rollBack(ctx context.Context, cause error) error {
	_, _ = w.conn.ExecContext(ctx, "ROLLBACK")
	return cause
}

func storageFailure(err error) error {
	if diskFull(err) {
		return failure.New(failure.BallotStorageFull).Because(err)
	}
	return failure.New(failure.Unavailable).Because(err)
}

// health tells operators that storage fails and that it works again, once each time, and nothing about the requests
// that met it.
type health struct {
	logger *slog.Logger
	bad    atomic.Bool
}

func (h *health) note(err error) {
	switch {
	case err != nil && !h.bad.Swap(true):
		h.logger.Error("storage takes nothing", "full", diskFull(err), "error", err.Error())
	case err == nil && h.bad.Load() && h.bad.Swap(false):
		h.logger.Info("storage works again")
	}
}

// shuffle brings n things into an order that nothing but crypto/rand knows (Fisher-Yates).
func shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, below(uint64(i+1)))
	}
}

// below returns a uniform number in [0, n) by rejection.
func below(n uint64) int {
	var raw [8]byte
	for limit := -n % n; ; { // 2^64 mod n: values below it would favour small results
		_, _ = rand.Read(raw[:]) // crypto/rand.Read never fails (Go 1.24 and later)
		if v := binary.LittleEndian.Uint64(raw[:]); v >= limit {
			return int(v % n)
		}
	}
}
