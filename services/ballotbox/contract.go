package ballotbox

import (
	"context"
	"regexp"
	"slices"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Contract is what people are promised of a round beside its thresholds. The box prints it on the form; what it means is
// intake's matter.
type Contract struct {
	BallotBox   Host     `json:"ballot_box"`
	Breakdowns  []string `json:"breakdowns"`
	Agreed      *Agreed  `json:"agreed,omitempty"`
	TextReaders []string `json:"text_readers"`
	Hash        string   `json:"hash"`
}

// Host is who runs this ballot box.
type Host struct {
	Name  string `json:"name"`
	Trust string `json:"trust"` // single or split
}

// Agreed is who agreed to the contract, and when.
type Agreed struct {
	ForumID   string `json:"forum_id"`
	ForumName string `json:"forum_name"`
	On        string `json:"on"`
}

var contractHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (c *Contract) valid() bool {
	short := func(text string, most int) bool { return text != "" && len([]rune(text)) <= most }
	words := func(list []string) bool {
		return len(list) <= 5 && !slices.ContainsFunc(list, func(word string) bool { return !short(word, 40) })
	}
	agreed := c.Agreed == nil || short(c.Agreed.ForumID, 64) && short(c.Agreed.ForumName, 200) && validDate(c.Agreed.On)
	return short(c.BallotBox.Name, 200) && (c.BallotBox.Trust == "single" || c.BallotBox.Trust == "split") &&
		words(c.Breakdowns) && words(c.TextReaders) && agreed && contractHash.MatchString(c.Hash)
}

// Tightening is a stricter contract. Like an extension it is kept beside the frame.
type Tightening struct {
	Thresholds  Thresholds `json:"thresholds"`
	TextReaders []string   `json:"text_readers"`
	Hash        string     `json:"hash"`
}

func (t Tightening) equals(other Tightening) bool {
	return t.Thresholds == other.Thresholds && t.Hash == other.Hash && slices.Equal(t.TextReaders, other.TextReaders)
}

// looser tells whether t promises less than what is in force.
func (t Tightening) looser(now Tightening) bool {
	more := slices.ContainsFunc(t.TextReaders, func(reader string) bool { return !slices.Contains(now.TextReaders, reader) })
	return t.Thresholds.Means < now.Thresholds.Means || t.Thresholds.Distributions < now.Thresholds.Distributions || more
}

// inForce is what the form shows now.
func (r *record) inForce() Tightening {
	if r.Tightened != nil {
		return *r.Tightened
	}
	now := Tightening{Thresholds: r.Frame.Thresholds}
	if r.Frame.Contract != nil {
		now.TextReaders, now.Hash = r.Frame.Contract.TextReaders, r.Frame.Contract.Hash
	}
	return now
}

func (r *record) thresholds() Thresholds { return r.inForce().Thresholds }

func (r *record) contract() *Contract {
	if r.Frame.Contract == nil || r.Tightened == nil {
		return r.Frame.Contract
	}
	now := *r.Frame.Contract
	now.TextReaders, now.Hash = r.Tightened.TextReaders, r.Tightened.Hash
	return &now
}

// tighten shows a stricter contract. Once answers are taken nothing moves any more, so that everybody answers under the same.
func (b *Box) tighten(ctx context.Context, id string, asked Tightening) (*view, error) {
	r, err := b.round(ctx, id)
	if err != nil {
		return nil, err
	}
	if !contractHash.MatchString(asked.Hash) {
		return nil, failure.Invalid("hash", "a SHA-256 in hex")
	}
	r.command.Lock()
	defer r.command.Unlock()
	now := r.now()
	switch {
	case asked.equals(now.inForce()):
		return now, nil
	case now.State == Preparing:
		return nil, failure.New(failure.BallotRoundNotReady)
	case now.State != Announced || now.Frame.Contract == nil || asked.looser(now.inForce()):
		return nil, failure.New(failure.BallotRoundDiffers)
	}
	if err := b.registry.setTightening(ctx, id, asked); err != nil {
		return nil, err
	}
	if err := r.move(func(now *record) { now.Tightened = &asked }); err != nil {
		return nil, err
	}
	return r.now(), nil
}
