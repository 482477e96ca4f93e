package ballotbox

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// A ballot that is fetched on one device can be taken up on another. Before its request for a signature is sent, the
// browser leaves it here, sealed under a code that only the person has, under a name that is a hash of that code. The box
// can neither open it nor say whose it is: it counts how many a person has left, so that nobody fills the disk, and not
// which. They lie in the round's file and go with it.

// maxRecoveries bounds how many sealed ballots one person can leave for each of their tokens: one for each device tried
// before a token is fetched.
const maxRecoveries = 5

// maxRecoveryRequest bounds the body: a ticket, and a sealed ballot in base64url.
const maxRecoveryRequest = 8192

var recoveryPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

type sealedBallot struct {
	Ticket string `json:"ticket"`
	Sealed string `json:"sealed"`
}

type recoveredBallot struct {
	Sealed string `json:"sealed"`
}

func (b *Box) putRecovery(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxRecoveryRequest)
	asked, err := host.Decode[sealedBallot](c)
	if err != nil {
		return err
	}
	if err := b.keepRecovery(c.Request.Context(), c.Param("round_id"), c.Param("recovery_id"), asked); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (b *Box) keepRecovery(ctx context.Context, roundID, name string, asked sealedBallot) error {
	r, err := b.round(ctx, roundID)
	if err != nil {
		return err
	}
	now := r.now()
	if err := now.maySign(); err != nil {
		return err
	}
	claims, err := b.tickets.read(asked.Ticket, roundID, now.listHash)
	if err != nil {
		return err
	}
	id, err := recoveryID(name)
	if err != nil {
		return err
	}
	sealed, err := ballot.Decode64(asked.Sealed, ballot.RecoverySize)
	if err != nil {
		return failure.Invalid("sealed", fmt.Sprintf("%d bytes in base64url", ballot.RecoverySize))
	}
	_, err = r.withTokens(func(v *votes) ([]byte, error) {
		return nil, v.keepRecovery(person(roundID, claims.Pseudonym), id, sealed, allowance{person: now.Frame.tokensEach()})
	})
	return err
}

// getRecovery gives a sealed ballot to whoever knows its name, which is as hard to guess as the code.
func (b *Box) getRecovery(c *gin.Context) error {
	r, err := b.round(c.Request.Context(), c.Param("round_id"))
	if err != nil {
		return err
	}
	id, err := recoveryID(c.Param("recovery_id"))
	if err != nil {
		return err
	}
	sealed, err := r.withTokens(func(v *votes) ([]byte, error) { return v.recovery(id) })
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, recoveredBallot{ballot.Encode64(sealed)})
	return nil
}

func recoveryID(name string) ([]byte, error) {
	if !recoveryPattern.MatchString(name) {
		return nil, failure.New(failure.BallotRecoveryUnknown)
	}
	return hex.DecodeString(name)
}

// keepRecovery stores a sealed ballot under its name. The identical one again is no error. Who has all their
// tokens already needs no other ballot, and would not get it signed.
func (v *votes) keepRecovery(person, id, sealed []byte, most allowance) error {
	return v.writer.do(func(s *statements) error {
		var kept []byte
		switch err := s.selectRecovery.QueryRow(id).Scan(&kept); {
		case err == nil && bytes.Equal(kept, sealed):
			return nil
		case err == nil:
			return failure.New(failure.BallotRecoveryTaken)
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		if err := s.mayHaveAnother(person, most); err != nil {
			return err
		}
		var left int
		if err := s.selectLeft.QueryRow(person).Scan(&left); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if left >= maxRecoveries*most.person {
			return failure.New(failure.BallotRecoveryFull)
		}
		if _, err := s.insertRecovery.Exec(id, sealed); err != nil {
			return err
		}
		s.changed = true
		_, err := s.countLeft.Exec(person)
		return err
	})
}

func (v *votes) recovery(id []byte) (sealed []byte, err error) {
	err = v.writer.do(func(s *statements) error {
		err := s.selectRecovery.QueryRow(id).Scan(&sealed)
		if errors.Is(err, sql.ErrNoRows) {
			return failure.New(failure.BallotRecoveryUnknown)
		}
		return err
	})
	return sealed, err
}
