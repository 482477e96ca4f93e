package ballotbox

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// bulletinDays is for how many days after closing everybody can check that their answer is in.
const bulletinDays = 90

// Bulletin is what is published of a closed round: the hash of every sealed answer in the batch, sorted, so that each
// person finds their own and the order says nothing; and the hash of the batch that reporting counts. The box's signature
// ties the two together: it cannot show the voters one set of answers and hand over another without leaving proof.
type Bulletin struct {
	RoundID    string   `json:"round_id"`
	BatchHash  string   `json:"batch_hash"`
	Hashes     []string `json:"hashes"`
	SigningKey string   `json:"signing_key"`
	Signature  string   `json:"signature"`
}

// text is what is signed.
func (b Bulletin) text() []byte {
	return []byte("guldkorn-bulletin-v1\n" + b.RoundID + "\n" + b.BatchHash + "\n" + strings.Join(b.Hashes, "\n"))
}

// Verify checks that a ballot box has published this.
func (b Bulletin) Verify(key ed25519.PublicKey) error {
	signature, err := ballot.Decode64(b.Signature, ed25519.SignatureSize)
	if err != nil || !slices.IsSorted(b.Hashes) || !ed25519.Verify(key, b.text(), signature) {
		return errors.New("bulletin: not signed by the ballot box's key")
	}
	return nil
}

// hashOf is how an answer is named on the bulletin and on a receipt.
func hashOf(envelope []byte) string {
	sum := sha256.Sum256(envelope)
	return hex.EncodeToString(sum[:])
}

// publish writes the bulletin of a batch. It is on the disk before the round counts as closed.
func (b *Box) publish(roundID, batchHash string, hashes []string) error {
	slices.Sort(hashes)
	bulletin := Bulletin{RoundID: roundID, BatchHash: batchHash, Hashes: hashes, SigningKey: ballot.Encode64(b.SigningKey())}
	bulletin.Signature = ballot.Encode64(ed25519.Sign(b.identity, bulletin.text()))
	raw, err := json.Marshal(bulletin)
	if err != nil {
		return fmt.Errorf("bulletin: %w", err)
	}
	path := b.bulletinPath(roundID)
	file, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("bulletin: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.Write(raw)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("bulletin: %w", err)
	}
	failpoint.Hit("after-bulletin-before-rename")
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("bulletin: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

const bulletinSuffix = ".bulletin.json"

func (b *Box) bulletinPath(roundID string) string {
	return filepath.Join(b.dir, batchesDir, roundID+bulletinSuffix)
}

// getBulletin answers anybody: what it says is no secret, and it says nothing of anybody.
func (b *Box) getBulletin(c *gin.Context) error {
	r, err := b.round(c.Request.Context(), c.Param("round_id"))
	if err != nil {
		return err
	}
	switch now := r.now(); now.State {
	case Preparing:
		return failure.New(failure.BallotRoundUnknown)
	case Closed:
	default:
		return failure.New(failure.BallotRoundNotClosed)
	}
	raw, err := os.ReadFile(b.bulletinPath(c.Param("round_id")))
	if errors.Is(err, os.ErrNotExist) {
		return failure.New(failure.BallotBulletinGone)
	}
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "application/json", raw)
	return nil
}

// expireBulletins deletes those whose days are over, and the replies to what is on them.
func (b *Box) expireBulletins(ctx context.Context) error {
	oldest := b.now().In(time.UTC).AddDate(0, 0, -bulletinDays).Format(time.DateOnly)
	if err := b.registry.expireReplies(ctx, oldest); err != nil {
		return err
	}
	kept, err := filepath.Glob(filepath.Join(b.dir, batchesDir, "*"+bulletinSuffix))
	if err != nil {
		return err
	}
	for _, path := range kept {
		record, err := b.registry.round(ctx, strings.TrimSuffix(filepath.Base(path), bulletinSuffix))
		if err != nil {
			return err
		}
		if record == nil || record.State != Closed || record.ClosedOn >= oldest {
			continue
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("delete bulletin: %w", err)
		}
	}
	return nil
}
