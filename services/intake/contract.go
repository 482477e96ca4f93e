package intake

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Contract is, with the thresholds, what people are promised of a round before they answer: who runs the ballot box, what the
// result is broken down by, who reads free text, and who agreed to that. Announcing freezes it under a hash that stands on
// the form and on the round's page. From then on it can be tightened until the round opens, and never loosened.
type Contract struct {
	Agreed      Agreed    `bson:"agreed"`
	TextReaders []string  `bson:"text_readers"`
	Hash        string    `bson:"hash"` // since the announcement
	TightenedAt time.Time `bson:"tightened_at"`
}

// Agreed is the forum of leaders and staff that agreed to the contract, and when; empty if nobody said so.
type Agreed struct {
	ForumID   string `bson:"forum_id" json:"forum_id"`
	ForumName string `bson:"forum_name" json:"forum_name"`
	On        Date   `bson:"on" json:"on"`
}

// Host is who runs the ballot box. Single means whoever runs everything else, split an independent party.
type Host struct {
	Name  string `bson:"name" json:"name"`
	Trust string `bson:"trust" json:"trust"` // single or split
}

// The ways of running a ballot box.
const (
	singleTrust = "single"
	splitTrust  = "split"
)

// by is what the result is broken down by, declared before anybody answers: units or staff groups. It is one of them and never
// both. They cross, and where two divisions of the same people are told, so is what few have in common (the crossed case of
// TestAttackerFindsPlantedLeaks in libs/disclosure); and a further one would need ballots of its own, since an answer says
// nothing about who gave it.
func (r *Round) by() string { return cmp.Or(r.Breakdown, events.ByUnit) }

// breakdowns are by, as the contract lists it.
func (r *Round) breakdowns() []string { return []string{r.by()} }

// textReaders read free text unless others are agreed on: the representatives of the staff.
func textReaders() []string { return slices.Clone(representatives) }

// possibleReaders may be agreed on to read free text: the representatives, and who is given the role of a text reader for it.
// No leader and no operator is among them.
func possibleReaders() []string { return append(textReaders(), access.TextReader) }

// readers checks who is to read free text; nil are the representatives.
func readers(field string, asked *[]string) ([]string, *failure.Error) {
	if asked == nil {
		return textReaders(), nil
	}
	for n, role := range *asked {
		if !slices.Contains(possibleReaders(), role) || slices.Contains((*asked)[:n], role) {
			return nil, failure.Invalid(field, strings.Join(possibleReaders(), " or ")+", each once")
		}
	}
	return slices.DeleteFunc(possibleReaders(), func(role string) bool { return !slices.Contains(*asked, role) }), nil
}

// contractHash is the SHA-256, in hex, of what the contract promises.
func (r *Round) contractHash() string {
	raw, err := json.Marshal(struct {
		Thresholds  events.Thresholds `json:"thresholds"`
		Breakdowns  []string          `json:"breakdowns"`
		BallotBox   Host              `json:"ballot_box"`
		Agreed      Agreed            `json:"agreed"`
		TextReaders []string          `json:"text_readers"`
	}{r.Thresholds, r.breakdowns(), r.Frozen.BallotBox, r.Contract.Agreed, r.Contract.TextReaders})
	if err != nil {
		panic(err) // strings and numbers
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Tighten raises thresholds and takes readers away, after the announcement and before the round opens. What changes
// nothing is a repeat.
func (r *Round) Tighten(id string, limits events.Thresholds, textReaders []string, now time.Time) ([]events.Event, error) {
	read, wrongReaders := readers("text_readers", &textReaders)
	for _, role := range read {
		if !slices.Contains(r.Contract.TextReaders, role) {
			wrongReaders = failure.Invalid("text_readers", "no more than those who are agreed on")
		}
	}
	wrongMeans := threshold("thresholds.means", limits.Means, r.Thresholds.Means)
	wrongDistributions := threshold("thresholds.distributions", limits.Distributions, max(r.Thresholds.Distributions, limits.Means))
	if err := failure.Together(wrongMeans, wrongDistributions, wrongReaders); err != nil {
		return nil, err
	}
	if limits == r.Thresholds && slices.Equal(read, r.Contract.TextReaders) {
		return nil, nil
	}
	if err := r.at(Announced); err != nil {
		return nil, err
	}
	r.Thresholds, r.Contract.TextReaders, r.Contract.TightenedAt = limits, read, now
	r.Contract.Hash = r.contractHash()
	r.Unfinished = true
	return []events.Event{events.RoundTightened{RoundID: id, Thresholds: limits, TextReaders: &read, ContractHash: r.Contract.Hash}}, nil
}

// Tightened tells whether the contract is stricter than it was announced.
func (r *Round) Tightened() bool { return moment(r.Contract.TightenedAt) != nil }

// FinishTelling records that the ballot box knows all there is to know and shows the contract as it is now, unless it was
// tightened further or the round has gone on meanwhile.
func (r *Round) FinishTelling(hash string) {
	if r.Status == Announced && r.Contract.Hash == hash {
		r.Unfinished = false
	}
}
