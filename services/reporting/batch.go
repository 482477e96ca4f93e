package reporting

import (
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/guldkorn/guldkorn/libs/sealed"
)

// batch is what the ballot box hands over of a closed round: sealed answers in random order.
type batch struct {
	RoundID string `json:"round_id"`
	Units   []struct {
		UnitID  string   `json:"unit_id"`
		Answers []string `json:"answers"`
	} `json:"units"`
}

// readBatch reads a batch whose hash was compared before and holds it against the frame: it must be of this round, of its
// units, each once, and hold no more answers than a unit has people. A batch that does not is no result of this
// round, and there is no release from it.
func readBatch(raw []byte, round Round) (batch, error) {
	var b batch
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, fmt.Errorf("batch of round %s is not JSON: %w", round.RoundID, err)
	}
	if b.RoundID != round.RoundID {
		return b, fmt.Errorf("batch of round %s says that it is of round %s", round.RoundID, b.RoundID)
	}
	headcounts := map[string]int{}
	for _, u := range round.Units {
		headcounts[u.ID] = u.Headcount
	}
	for _, u := range b.Units {
		headcount, known := headcounts[u.UnitID]
		if !known {
			return b, fmt.Errorf("batch of round %s has unit %s, which was not asked or comes twice", round.RoundID, u.UnitID)
		}
		if len(u.Answers) > headcount {
			return b, fmt.Errorf("batch of round %s has more answers in unit %s than people", round.RoundID, u.UnitID)
		}
		delete(headcounts, u.UnitID)
	}
	return b, nil
}

// sealedAnswer is an answer of a batch on its way to being read.
type sealedAnswer struct {
	unit, envelope string
	answer         Answer
	err            error
}

// open opens every answer with the release key, on all cores. One that cannot be opened, is not what the form sends, or is the very
// envelope of another is refused and counted; the others stand. If none can be read though there are enough for a
// figure, the fault is hardly theirs, and nothing is computed, so that the key is kept. It tells as it goes how many of
// how many are opened.
func (b batch) open(private []byte, round Round, tell func(opened, all int)) (answers []Answer, refused int, err error) {
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(private)
	if err != nil {
		return nil, 0, fmt.Errorf("release key of round %s: %w", round.RoundID, err)
	}
	items := round.items()
	var all []sealedAnswer
	seen := map[string]bool{}
	for _, u := range b.Units {
		for _, envelope := range u.Answers {
			if seen[envelope] {
				refused++
				continue
			}
			seen[envelope] = true
			all = append(all, sealedAnswer{unit: u.UnitID, envelope: envelope})
		}
	}
	var work sync.WaitGroup
	var opened atomic.Int64
	cores := runtime.GOMAXPROCS(0)
	for first := range cores {
		work.Go(func() {
			for i := first; i < len(all); i += cores {
				all[i].answer, all[i].err = openAnswer(key, round, items, all[i].envelope)
				tell(int(opened.Add(1)), len(all))
			}
		})
	}
	work.Wait()
	for _, one := range all {
		if one.err != nil {
			refused++
			continue
		}
		one.answer.Unit = one.unit
		answers = append(answers, one.answer)
	}
	if len(answers) == 0 && refused >= round.minimums().Means {
		return nil, refused, fmt.Errorf("not one answer of round %s can be read", round.RoundID)
	}
	return answers, refused, nil
}

func openAnswer(key hpke.PrivateKey, round Round, items map[string]bool, envelope string) (Answer, error) {
	plain, err := sealed.Open(key, round.RoundID, envelope)
	if err != nil {
		return Answer{}, err
	}
	return readAnswer(plain, round, items)
}
