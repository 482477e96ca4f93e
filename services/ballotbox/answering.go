package ballotbox

import (
	"context"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// answer keeps an answer, a changed answer or a withdrawal, and returns when it is on the disk. Who sends it is
// proven by the token alone: it fits one unit's key of this round, and was signed without being seen.
func (b *Box) answer(ctx context.Context, roundID, nullifier string, a ballot.Answer) error {
	r, err := b.round(ctx, roundID)
	if err != nil {
		return err
	}
	now := r.now()
	if err := now.mayAnswer(); err != nil { // before the expensive part; put asks again
		return err
	}
	key, ok := now.keys[a.KeyID]
	if !ok {
		return failure.New(failure.BallotKeyUnlisted).At("key_id")
	}
	vote, err := a.Verify(roundID, nullifier, key.verifier)
	if err != nil {
		return err
	}
	if err := r.put(key.unit, vote); err != nil {
		return err
	}
	failpoint.Hit("after-write-before-ack")
	return nil
}

// put stores a vote while the round is open. Closing waits for it.
func (r *round) put(unit int, vote ballot.Vote) error {
	r.gate.RLock()
	defer r.gate.RUnlock()
	if err := r.now().mayAnswer(); err != nil {
		return err
	}
	file, err := r.file()
	if err != nil {
		return err
	}
	return file.put(unit, vote)
}
