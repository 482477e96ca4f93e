package ballotbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// votes is the file of one round in which the handed-out tokens and the answers lie until the round is closed. Its
// tables are keyed by hashes and hold no time and no sequence. As long as the file lives, its pages and its log do
// show in which order they were filled; that is why each round has its own and why the whole file goes at closing.
type votes struct {
	dir    string
	db     *sql.DB
	writer *writer
}

const votesSchema = `
CREATE TABLE IF NOT EXISTS tokens (
	person    BLOB NOT NULL,    -- hash of the pseudonym
	unit      INTEGER NOT NULL, -- index in the round's sorted units
	request   BLOB NOT NULL,    -- hash of the blinded message
	signature BLOB NOT NULL,
	PRIMARY KEY (person, request)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS handed_out (
	unit   INTEGER PRIMARY KEY,
	tokens INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recoveries (
	recovery BLOB PRIMARY KEY, -- hash of a code that only the person has
	sealed   BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recoveries_left (
	person     BLOB PRIMARY KEY,
	recoveries INTEGER NOT NULL -- how many, not which
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
	nullifier BLOB PRIMARY KEY,
	unit      INTEGER NOT NULL,
	version   INTEGER NOT NULL,
	envelope  BLOB NOT NULL     -- empty: withdrawn
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS paper_entries (
	unit      INTEGER NOT NULL,
	person    BLOB NOT NULL, -- hash of the pseudonym of who entered them
	code      BLOB NOT NULL, -- hash that tells one code from another
	envelopes BLOB NOT NULL, -- sorted, one after another
	PRIMARY KEY (unit, person)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS papers_handed_in (
	unit    INTEGER PRIMARY KEY,
	ballots INTEGER NOT NULL
) WITHOUT ROWID;
`

func openVotes(dir string, health *health) (*votes, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("votes: %w", err)
	}
	if err := syncDir(filepath.Dir(dir)); err != nil {
		return nil, fmt.Errorf("votes: %w", err)
	}
	db, err := openSQLite(filepath.Join(dir, "votes.db"), votesSchema)
	if err != nil {
		return nil, fmt.Errorf("votes: %w", err)
	}
	writer, err := startWriter(db, health)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &votes{dir: dir, db: db, writer: writer}, nil
}

// close waits for what is being written and closes the file; the log is folded into it.
func (v *votes) close() error {
	return errors.Join(v.writer.stop(), v.db.Close())
}

// destroyVotes shreds the file of a round and its journals.
func destroyVotes(dir string) error {
	for _, name := range []string{"votes.db-wal", "votes.db-shm", "votes.db-journal", "votes.db"} {
		if err := shred(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("votes: %w", err)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("votes: %w", err)
	}
	return syncDir(filepath.Dir(dir))
}

// person is the key under which a pseudonym's token is kept.
func person(roundID, pseudonym string) []byte {
	sum := sha256.Sum256([]byte(roundID + "\n" + pseudonym))
	return sum[:]
}

// allowance is how many tokens there are.
type allowance struct {
	person int // for each person
	unit   int // for all people of a unit together
}

// token is one blind signature that a person has.
type token struct {
	person    []byte
	unit      int
	request   []byte
	signature []byte
}

// find returns the token that this request already got, if any. It refuses another request of a person who has all that
// they may have, and everybody when the unit has none left.
func (v *votes) find(t token, most allowance) (signature []byte, err error) {
	err = v.writer.do(func(s *statements) (err error) {
		signature, err = v.existing(s, t, most)
		return err
	})
	return signature, err
}

// issue records a token unless the request has got one, and returns the one that counts.
func (v *votes) issue(t token, most allowance) (signature []byte, err error) {
	err = v.writer.do(func(s *statements) (err error) {
		if signature, err = v.existing(s, t, most); err != nil || signature != nil {
			return err
		}
		if _, err = s.insertToken.Exec(t.person, t.unit, t.request, t.signature); err != nil {
			return err
		}
		signature, s.changed = t.signature, true
		_, err = s.countToken.Exec(t.unit)
		return err
	})
	return signature, err
}

// existing must not be followed by a write when it returns an error.
func (v *votes) existing(s *statements, t token, most allowance) (signature []byte, err error) {
	if err := s.selectToken.QueryRow(t.person, t.request).Scan(&signature); !errors.Is(err, sql.ErrNoRows) {
		return signature, err
	}
	if err := s.mayHaveAnother(t.person, most); err != nil {
		return nil, err
	}
	var handedOut int
	if err := s.selectCount.QueryRow(t.unit).Scan(&handedOut); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if handedOut >= most.unit {
		return nil, failure.New(failure.BallotUnitExhausted)
	}
	return nil, nil
}

// mayHaveAnother refuses a person who has all the tokens that they may have.
func (s *statements) mayHaveAnother(person []byte, most allowance) error {
	var has int
	if err := s.countTokens.QueryRow(person).Scan(&has); err != nil {
		return err
	}
	if has >= most.person {
		return failure.New(failure.BallotTokenIssued)
	}
	return nil
}

// put keeps a vote if its version is higher than the kept one's. The identical vote again is no error.
func (v *votes) put(unit int, vote ballot.Vote) error {
	envelope := vote.Envelope
	if envelope == nil {
		envelope = []byte{}
	}
	return v.writer.do(func(s *statements) error {
		result, err := s.upsertAnswer.Exec(vote.Nullifier[:], unit, vote.Version, envelope)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			s.changed = true
			return err
		}
		var keptUnit, keptVersion int
		var kept []byte
		if err := s.selectAnswer.QueryRow(vote.Nullifier[:]).Scan(&keptUnit, &keptVersion, &kept); err != nil {
			return err
		}
		if keptUnit == unit && keptVersion == vote.Version && bytes.Equal(kept, envelope) {
			return nil
		}
		return failure.New(failure.BallotVersionOld)
	})
}

// nullifiers returns the names of all answers that were not withdrawn, by unit.
func (v *votes) nullifiers(ctx context.Context) (map[int][][]byte, error) {
	rows, err := v.db.QueryContext(ctx, `SELECT unit, nullifier FROM answers WHERE length(envelope) > 0`)
	if err != nil {
		return nil, fmt.Errorf("votes: %w", err)
	}
	defer rows.Close()
	all := map[int][][]byte{}
	for rows.Next() {
		var unit int
		var nullifier []byte
		if err := rows.Scan(&unit, &nullifier); err != nil {
			return nil, fmt.Errorf("votes: %w", err)
		}
		all[unit] = append(all[unit], nullifier)
	}
	return all, rows.Err()
}

// envelope returns the sealed answer of a nullifier.
func (v *votes) envelope(ctx context.Context, nullifier []byte) ([]byte, error) {
	var envelope []byte
	if err := v.db.QueryRowContext(ctx, `SELECT envelope FROM answers WHERE nullifier = ?`, nullifier).Scan(&envelope); err != nil {
		return nil, fmt.Errorf("votes: %w", err)
	}
	return envelope, nil
}
