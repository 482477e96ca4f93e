package ballotbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// Two people enter the papers of a unit, each for themselves, and what they entered counts only if it is the same. The box
// compares without reading: both work with one code that never comes here, and what their browsers seal follows from the
// code and the answers alone (client/src/paper.js). So equal papers are equal envelopes, and unequal ones say nothing.
// What agrees goes among the other answers in the same transaction, and from there on nothing tells it from them.

// maxPaperRequest bounds an entry: a ticket, and as many envelopes as a unit can have.
const maxPaperRequest = 480 << 10

// paperEntry is what one person entered of a unit's papers.
type paperEntry struct {
	Ticket    string   `json:"ticket"`
	Code      string   `json:"code"` // a hash that tells one code from another
	Anew      bool     `json:"anew"` // forget what was entered under another code
	Envelopes []string `json:"envelopes"`
}

// How two entries compare.
const (
	paperWaiting = "waiting" // nobody else has entered the unit's papers
	paperDiffers = "differs"
	paperAgreed  = "agreed" // they are handed in
)

// paperState is how an entry compares with the other person's.
type paperState struct {
	State     string `json:"state"`
	Unmatched []int  `json:"unmatched"` // those of one's own papers that the other has not, counted from 0
	Missing   int    `json:"missing"`   // how many the other has, and one has not oneself
}

func (b *Box) putPaper(c *gin.Context) error {
	paper, err := host.Decode[Paper](c)
	if err != nil {
		return err
	}
	now, err := b.setPaper(c.Request.Context(), c.Param("round_id"), paper)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, roundState{now.RoundID, now.State})
	return nil
}

func (b *Box) putPaperEntry(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxPaperRequest)
	asked, err := host.Decode[paperEntry](c)
	if err != nil {
		return err
	}
	state, err := b.enterPaper(c.Request.Context(), c.Param("round_id"), asked)
	if err != nil {
		return err
	}
	failpoint.Hit("after-write-before-ack")
	c.JSON(http.StatusOK, state)
	return nil
}

func (b *Box) enterPaper(ctx context.Context, roundID string, asked paperEntry) (paperState, error) {
	r, err := b.round(ctx, roundID)
	if err != nil {
		return paperState{}, err
	}
	now := r.now()
	if err := now.mayAnswer(); err != nil {
		return paperState{}, err
	}
	claims, err := b.tickets.readPaper(asked.Ticket, roundID, now.listHash)
	if err != nil {
		return paperState{}, err
	}
	unit, known := now.units[claims.Unit]
	switch {
	case !known:
		return paperState{}, failure.New(failure.BallotTicketInvalid)
	case len(asked.Envelopes) > now.paperOf(unit):
		return paperState{}, failure.New(failure.BallotPaperTooMany).At("envelopes")
	}
	entry := papers{unit: unit, voters: now.Frame.Units[unit].Voters, person: person(roundID, claims.Pseudonym), anew: asked.Anew}
	if entry.code, err = hex.DecodeString(asked.Code); err != nil || len(entry.code) != sha256.Size {
		return paperState{}, failure.Invalid("code", "SHA-256 in hex")
	}
	for n, text := range asked.Envelopes {
		envelope, err := ballot.Decode64(text, ballot.EnvelopeSize)
		if err != nil || slices.ContainsFunc(entry.envelopes, func(other []byte) bool { return bytes.Equal(other, envelope) }) {
			return paperState{}, failure.Invalid(fmt.Sprintf("envelopes.%d", n), fmt.Sprintf("%d bytes in base64url, no two alike", ballot.EnvelopeSize))
		}
		entry.envelopes = append(entry.envelopes, envelope)
	}
	return r.enter(entry)
}

// enter stores an entry while the round is open. Closing waits for it.
func (r *round) enter(entry papers) (paperState, error) {
	r.gate.RLock()
	defer r.gate.RUnlock()
	now := r.now()
	if err := now.mayAnswer(); err != nil {
		return paperState{}, err
	}
	file, err := r.file()
	if err != nil {
		return paperState{}, err
	}
	return file.enter(now.RoundID, entry)
}

// papers are what one person entered of a unit.
type papers struct {
	unit, voters int
	person, code []byte
	anew         bool
	envelopes    [][]byte // in the order in which they were entered
}

// text is the one form in which two entries are compared: sorted, since papers have no order.
func (p papers) text() []byte {
	return append([]byte{}, slices.Concat(slices.SortedFunc(slices.Values(p.envelopes), bytes.Compare)...)...) // empty, not nil
}

// against tells how an entry compares with another's.
func (p papers) against(other []byte) paperState {
	theirs := map[string]bool{}
	for envelope := range slices.Chunk(other, ballot.EnvelopeSize) {
		theirs[string(envelope)] = true
	}
	state := paperState{State: paperAgreed, Unmatched: []int{}, Missing: len(theirs)}
	for n, envelope := range p.envelopes {
		if theirs[string(envelope)] {
			state.Missing--
		} else {
			state.Unmatched = append(state.Unmatched, n)
		}
	}
	if len(state.Unmatched)+state.Missing > 0 {
		state.State = paperDiffers
	}
	return state
}

// nearer keeps the state that differs least, should more than two people have entered the same papers.
func (s paperState) nearer(than paperState) bool {
	return than.State == paperWaiting || len(s.Unmatched)+s.Missing < len(than.Unmatched)+than.Missing
}

// paperNullifier is the name under which a paper's answer is kept. There is no key to it, so nobody can change the answer
// afterwards, and the same paper twice is one answer.
func paperNullifier(roundID string, envelope []byte) [sha256.Size]byte {
	return sha256.Sum256(append([]byte("guldkorn-paper-v1\n"+roundID+"\n"), envelope...))
}

// enter stores an entry in place of the person's earlier one. If somebody else has entered the same, the papers are handed
// in, all of them or none, and what was entered stays what it is.
func (v *votes) enter(roundID string, p papers) (state paperState, err error) {
	err = v.writer.do(func(s *statements) error {
		state = paperState{State: paperWaiting, Unmatched: []int{}}
		handedIn, err := s.papersHandedIn(p.unit)
		if err != nil {
			return err
		}
		err = s.otherEntries(p, func(code, envelopes []byte) error {
			if !bytes.Equal(code, p.code) {
				if p.anew && !handedIn {
					return nil
				}
				return failure.New(failure.BallotPaperCode)
			}
			if one := p.against(envelopes); one.nearer(state) {
				state = one
			}
			return nil
		})
		if err != nil {
			return err
		}
		if handedIn {
			if state.State == paperAgreed {
				return nil // a repeat
			}
			return failure.New(failure.BallotPaperDone)
		}
		if state.State == paperAgreed {
			if err := s.roomFor(p); err != nil {
				return err
			}
		}
		s.changed = true // no refusal from here on
		if p.anew {
			if _, err := s.dropEntries.Exec(p.unit, p.code); err != nil {
				return err
			}
		}
		if _, err := s.upsertEntry.Exec(p.unit, p.person, p.code, p.text()); err != nil || state.State != paperAgreed {
			return err
		}
		for _, envelope := range p.envelopes {
			name := paperNullifier(roundID, envelope)
			if _, err := s.upsertAnswer.Exec(name[:], p.unit, 1, envelope); err != nil {
				return err
			}
		}
		_, err = s.insertHandedIn.Exec(p.unit, len(p.envelopes))
		return err
	})
	return state, err
}

// papersHandedIn tells whether two people have agreed on a unit's papers already.
func (s *statements) papersHandedIn(unit int) (bool, error) {
	var ballots int
	err := s.selectHandedIn.QueryRow(unit).Scan(&ballots)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// otherEntries gives what others than the person have entered of the unit.
func (s *statements) otherEntries(p papers, give func(code, envelopes []byte) error) error {
	rows, err := s.selectEntries.Query(p.unit, p.person)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var code, envelopes []byte
		if err := rows.Scan(&code, &envelopes); err != nil {
			return err
		}
		if err := give(code, envelopes); err != nil {
			return err
		}
	}
	return rows.Err()
}

// roomFor refuses papers for which the unit has no people left: numbers that came after its tokens were handed out.
func (s *statements) roomFor(p papers) error {
	var handedOut int
	if err := s.selectCount.QueryRow(p.unit).Scan(&handedOut); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if handedOut+len(p.envelopes) > p.voters {
		return failure.New(failure.BallotUnitExhausted)
	}
	return nil
}

// papers is how many papers were handed in, in all units together.
func (v *votes) papers(ctx context.Context) (ballots int, err error) {
	err = v.db.QueryRowContext(ctx, `SELECT coalesce(sum(ballots), 0) FROM papers_handed_in`).Scan(&ballots)
	if err != nil {
		return 0, fmt.Errorf("votes: %w", err)
	}
	return ballots, nil
}
