package ballotbox

import (
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// answer keeps an answer, a changed answer or a withdrawal, and returns when it is on the disk. Who sends it is
// proven by the token alone: it fits one unit's key of this round, and was signed without being seen.
func (r *round) answer(a ballot.Answer) error {
	now := r.now()
	key, ok := now.keys[a.KeyID]
	if !ok {
		return failure.New(failure.BallotKeyUnlisted).At("key_id")
	}
	vote, err := a.Verify(now.RoundID, key.verifier)
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
