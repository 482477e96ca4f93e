package ballotbox

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// Whoever told an experience can be answered, though nobody knows who it was. The sender's browser makes a name and a key
// from the receipt code and seals them in with the experience; a reader's answer comes here sealed to that key, under that
// name, and is fetched with the code. The box can neither open it nor say whose it is.

// sealedReply is a reply as it comes and goes.
type sealedReply struct {
	Sealed string `json:"sealed"`
}

func (b *Box) putReply(c *gin.Context) error {
	asked, err := host.Decode[sealedReply](c)
	if err != nil {
		return err
	}
	sealed, err := ballot.Decode64(asked.Sealed, ballot.ReplySize)
	if err != nil {
		return failure.Invalid("sealed", fmt.Sprintf("%d bytes in base64url", ballot.ReplySize))
	}
	if err := b.mayReply(c); err != nil {
		return err
	}
	if err := b.registry.keepReply(c.Request.Context(), c.Param("round_id"), c.Param("reply_id"), sealed); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// getReply gives a sealed reply to whoever knows its name, which is as hard to guess as the code.
func (b *Box) getReply(c *gin.Context) error {
	if err := b.mayReply(c); err != nil {
		return err
	}
	sealed, err := b.registry.reply(c.Request.Context(), c.Param("round_id"), c.Param("reply_id"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, sealedReply{ballot.Encode64(sealed)})
	return nil
}

// mayReply refuses what cannot have a reply: nobody has read anything of a month that is not closed.
func (b *Box) mayReply(c *gin.Context) error {
	r, err := b.round(c.Request.Context(), c.Param("round_id"))
	if err != nil {
		return err
	}
	switch now := r.now(); {
	case now.Frame.Kind != Month, !hashPattern.MatchString(c.Param("reply_id")):
		return failure.New(failure.BallotReplyUnknown)
	case now.State != Closed:
		return failure.New(failure.BallotRoundNotClosed)
	}
	return nil
}

// keepReply stores a reply under its name. The identical one again is no error; what was said stays as it was said.
func (r *registry) keepReply(ctx context.Context, roundID, name string, sealed []byte) error {
	kept, err := r.reply(ctx, roundID, name)
	switch {
	case failure.CodeOf(err) == failure.BallotReplyUnknown:
		return r.write(ctx, "reply", `INSERT INTO replies (round_id, reply_id, sealed) VALUES (?, ?, ?)`, roundID, name, sealed)
	case err != nil:
		return err
	case !bytes.Equal(kept, sealed):
		return failure.New(failure.BallotReplyTaken)
	}
	return nil
}

func (r *registry) reply(ctx context.Context, roundID, name string) (sealed []byte, err error) {
	err = r.db.QueryRowContext(ctx, `SELECT sealed FROM replies WHERE round_id = ? AND reply_id = ?`, roundID, name).Scan(&sealed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, failure.New(failure.BallotReplyUnknown)
	case err != nil:
		return nil, fmt.Errorf("registry: reply: %w", err)
	}
	return sealed, nil
}

// expireReplies deletes the replies of what was closed before a date.
func (r *registry) expireReplies(ctx context.Context, date string) error {
	return r.write(ctx, "expire replies", `DELETE FROM replies WHERE round_id IN (SELECT round_id FROM rounds WHERE state = ? AND closed_on < ?)`, Closed, date)
}
