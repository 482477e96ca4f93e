package ballotbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// registry keeps the rounds and the public halves of their keys. Nothing in it is about a voter: who fetched a token
// and what was answered lie in a file of each round's own (votes.go), which is gone once the round is closed.
type registry struct{ db *sql.DB }

const registrySchema = `
CREATE TABLE IF NOT EXISTS rounds (
	round_id   TEXT PRIMARY KEY,
	state      TEXT NOT NULL,
	frame      BLOB NOT NULL,
	result     BLOB,
	closed_on  TEXT NOT NULL DEFAULT '',
	cleaned    INTEGER NOT NULL DEFAULT 0, -- keys and ballots are destroyed
	batch_gone INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS extensions (
	round_id          TEXT PRIMARY KEY,
	closes_on         TEXT NOT NULL,
	visible_to_all_on TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tightenings (
	round_id   TEXT PRIMARY KEY,
	tightening BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replies (
	round_id TEXT NOT NULL,
	reply_id TEXT NOT NULL, -- a hash of a code that only the sender has
	sealed   BLOB NOT NULL, -- to a key of that code
	PRIMARY KEY (round_id, reply_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS papers (
	round_id TEXT PRIMARY KEY,
	paper    BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys (
	key_id     TEXT PRIMARY KEY,
	public_key TEXT NOT NULL,
	secret     TEXT NOT NULL,              -- name in the keyring
	ready      INTEGER NOT NULL DEFAULT 0, -- the secret is in the keyring
	round_id   TEXT NOT NULL DEFAULT '',   -- '' is the pool
	unit_id    TEXT NOT NULL               -- in the pool the key id, so that the index below holds there too
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS keys_of_round ON keys (round_id, unit_id);
`

func openRegistry(path string) (*registry, error) {
	db, err := openSQLite(path, registrySchema)
	if err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	return &registry{db: db}, nil
}

func (r *registry) close() error { return r.db.Close() }

// round returns one round with its keys, or nil if there is none.
func (r *registry) round(ctx context.Context, roundID string) (*record, error) {
	found, err := r.rounds(ctx, `round_id = ?`, roundID)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// current returns the rounds that are not closed; uncleaned those that are, with keys or ballots still about; expired
// those that were closed before a date and still have their batch.
func (r *registry) current(ctx context.Context) ([]*record, error) {
	return r.rounds(ctx, `state <> ?`, Closed)
}

func (r *registry) uncleaned(ctx context.Context) ([]*record, error) {
	return r.rounds(ctx, `state = ? AND cleaned = 0`, Closed)
}

func (r *registry) expired(ctx context.Context, date string) ([]*record, error) {
	return r.rounds(ctx, `state = ? AND batch_gone = 0 AND closed_on < ?`, Closed, date)
}

func (r *registry) rounds(ctx context.Context, where string, arguments ...any) ([]*record, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT round_id, state, frame, result, closed_on, batch_gone FROM rounds WHERE `+where, arguments...)
	if err != nil {
		return nil, fmt.Errorf("registry: rounds: %w", err)
	}
	defer rows.Close()
	var records []*record
	for rows.Next() {
		var frame, result []byte
		one := &record{}
		if err := rows.Scan(&one.RoundID, &one.State, &frame, &result, &one.ClosedOn, &one.BatchGone); err != nil {
			return nil, fmt.Errorf("registry: rounds: %w", err)
		}
		if err := json.Unmarshal(frame, &one.Frame); err != nil {
			return nil, fmt.Errorf("registry: frame: %w", err)
		}
		if result != nil {
			if err := json.Unmarshal(result, &one.Result); err != nil {
				return nil, fmt.Errorf("registry: result: %w", err)
			}
		}
		records = append(records, one)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil { // closed before the next query: there is one connection
		return nil, fmt.Errorf("registry: rounds: %w", err)
	}
	for _, one := range records {
		if one.Keys, err = r.keys(ctx, one.RoundID); err != nil {
			return nil, err
		}
		if one.Extension, err = r.extension(ctx, one.RoundID); err != nil {
			return nil, err
		}
		if one.Tightened, err = beside[Tightening](ctx, r, "tightening", `SELECT tightening FROM tightenings WHERE round_id = ?`, one.RoundID); err != nil {
			return nil, err
		}
		if one.Paper, err = beside[Paper](ctx, r, "paper", `SELECT paper FROM papers WHERE round_id = ?`, one.RoundID); err != nil {
			return nil, err
		}
	}
	return records, nil
}

// keys returns the keys that a round has so far, sorted by unit.
func (r *registry) keys(ctx context.Context, roundID string) ([]ballot.Key, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT unit_id, key_id, public_key FROM keys WHERE round_id = ? ORDER BY unit_id`, roundID)
	if err != nil {
		return nil, fmt.Errorf("registry: keys: %w", err)
	}
	defer rows.Close()
	var keys []ballot.Key
	for rows.Next() {
		var k ballot.Key
		if err := rows.Scan(&k.UnitID, &k.KeyID, &k.PublicKey); err != nil {
			return nil, fmt.Errorf("registry: keys: %w", err)
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

// extension returns how a round was extended, or nil if it was not.
func (r *registry) extension(ctx context.Context, roundID string) (*Extension, error) {
	var e Extension
	err := r.db.QueryRowContext(ctx, `SELECT closes_on, visible_to_all_on FROM extensions WHERE round_id = ?`, roundID).
		Scan(&e.ClosesOn, &e.VisibleToAllOn)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("registry: extension: %w", err)
	}
	return &e, nil
}

// addExtension keeps the extension of a round.
func (r *registry) addExtension(ctx context.Context, roundID string, e Extension) error {
	return r.write(ctx, "extension", `INSERT INTO extensions (round_id, closes_on, visible_to_all_on) VALUES (?, ?, ?)`,
		roundID, e.ClosesOn, e.VisibleToAllOn)
}

// beside returns what is kept beside a round's frame, or nil if there is nothing.
func beside[T any](ctx context.Context, r *registry, what, query, roundID string) (*T, error) {
	var raw []byte
	err := r.db.QueryRowContext(ctx, query, roundID).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	var v T
	if err == nil {
		err = json.Unmarshal(raw, &v)
	}
	if err != nil {
		return nil, fmt.Errorf("registry: %s: %w", what, err)
	}
	return &v, nil
}

// addPaper keeps how many people of a round answer on paper.
func (r *registry) addPaper(ctx context.Context, roundID string, p Paper) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("registry: paper: %w", err)
	}
	return r.write(ctx, "paper", `INSERT INTO papers (round_id, paper) VALUES (?, ?)`, roundID, raw)
}

// setTightening keeps the contract of a round as it was tightened last.
func (r *registry) setTightening(ctx context.Context, roundID string, t Tightening) error {
	raw, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("registry: tightening: %w", err)
	}
	return r.write(ctx, "tightening", `INSERT INTO tightenings (round_id, tightening) VALUES (?, ?)
		ON CONFLICT (round_id) DO UPDATE SET tightening = excluded.tightening`, roundID, raw)
}

// insert keeps a new round.
func (r *registry) insert(ctx context.Context, roundID string, frame Frame) error {
	raw, err := json.Marshal(frame)
	if err != nil {
		return fmt.Errorf("registry: frame: %w", err)
	}
	return r.write(ctx, "insert round", `INSERT INTO rounds (round_id, state, frame) VALUES (?, ?, ?)`, roundID, Preparing, raw)
}

// setState moves a round on.
func (r *registry) setState(ctx context.Context, roundID string, state State) error {
	return r.write(ctx, "round state", `UPDATE rounds SET state = ? WHERE round_id = ?`, state, roundID)
}

// setClosed records the outcome of closing; from here on the batch is what the round is.
func (r *registry) setClosed(ctx context.Context, roundID string, result Result, closedOn string) error {
	raw, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("registry: result: %w", err)
	}
	return r.write(ctx, "close round", `UPDATE rounds SET state = ?, result = ?, closed_on = ? WHERE round_id = ?`, Closed, raw, closedOn, roundID)
}

// setCleaned records that keys and ballots of a closed round are destroyed.
func (r *registry) setCleaned(ctx context.Context, roundID string) error {
	return r.write(ctx, "clean round", `UPDATE rounds SET cleaned = 1 WHERE round_id = ?`, roundID)
}

// setBatchGone records that the batch is deleted.
func (r *registry) setBatchGone(ctx context.Context, roundID string) error {
	return r.write(ctx, "delete batch", `UPDATE rounds SET batch_gone = 1 WHERE round_id = ?`, roundID)
}

// addKey notes a key whose secret is about to be stored, readyKey that it is stored.
func (r *registry) addKey(ctx context.Context, key ballot.Key, secret string) error {
	return r.write(ctx, "add key", `INSERT INTO keys (key_id, public_key, secret, unit_id) VALUES (?, ?, ?, ?)`,
		key.KeyID, key.PublicKey, secret, key.KeyID)
}

func (r *registry) readyKey(ctx context.Context, keyID string) error {
	return r.write(ctx, "ready key", `UPDATE keys SET ready = 1 WHERE key_id = ?`, keyID)
}

// takeKey gives a key of the pool to a unit of a round. It tells false when the pool is empty.
func (r *registry) takeKey(ctx context.Context, roundID, unitID string) (bool, error) {
	result, err := r.exec(ctx, "take key", `UPDATE keys SET round_id = ?, unit_id = ?
		WHERE key_id = (SELECT key_id FROM keys WHERE round_id = '' AND ready = 1 LIMIT 1)`, roundID, unitID)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// pool returns how many keys nobody has yet.
func (r *registry) pool(ctx context.Context) (int, error) {
	var n int
	if err := r.db.QueryRowContext(ctx, `SELECT count(*) FROM keys WHERE round_id = '' AND ready = 1`).Scan(&n); err != nil {
		return 0, fmt.Errorf("registry: pool: %w", err)
	}
	return n, nil
}

// secrets returns the keyring names of a round's keys by key id.
func (r *registry) secrets(ctx context.Context, roundID string) (map[string]string, error) {
	return r.names(ctx, `SELECT key_id, secret FROM keys WHERE round_id = ?`, roundID)
}

// halfMade returns the keys whose secret may or may not have been stored when the process ended.
func (r *registry) halfMade(ctx context.Context) (map[string]string, error) {
	return r.names(ctx, `SELECT key_id, secret FROM keys WHERE ready = 0`)
}

func (r *registry) removeKey(ctx context.Context, keyID string) error {
	return r.write(ctx, "remove key", `DELETE FROM keys WHERE key_id = ?`, keyID)
}

func (r *registry) names(ctx context.Context, query string, arguments ...any) (map[string]string, error) {
	rows, err := r.db.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, fmt.Errorf("registry: secrets: %w", err)
	}
	defer rows.Close()
	names := map[string]string{}
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, fmt.Errorf("registry: secrets: %w", err)
		}
		names[id] = name
	}
	return names, rows.Err()
}

func (r *registry) write(ctx context.Context, what, statement string, arguments ...any) error {
	_, err := r.exec(ctx, what, statement, arguments...)
	return err
}

// exec is the one way to write into the registry, so that a crash test finds a place before and after each write.
func (r *registry) exec(ctx context.Context, what, statement string, arguments ...any) (sql.Result, error) {
	failpoint.Hit("before " + what)
	result, err := r.db.ExecContext(ctx, statement, arguments...)
	if err != nil {
		return nil, fmt.Errorf("registry: %s: %w", what, err)
	}
	failpoint.Hit("after " + what)
	return result, nil
}
