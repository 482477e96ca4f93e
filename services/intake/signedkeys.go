package intake

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	ballotboxapi "github.com/guldkorn/guldkorn/libs/api/ballotbox"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// signedKeys is a ballot box's key list with the signature by which it vouches for the round. Whoever stands between the
// two, or answers in the ballot box's place, could otherwise hand in keys of their own and sign for people who do not
// exist. What is signed is described in api-specs/openapi/ballotbox.yaml, under Announcement.
type signedKeys struct {
	Keys        []ballotboxapi.UnitKey `json:"keys"`
	KeyListHash string                 `json:"key_list_hash"`
	SealingKey  string                 `json:"sealing_key"`
	FrameHash   string                 `json:"frame_hash"`
	Signature   string                 `json:"signature"`
}

// vouchedFor is what a ballot box signs beside its own keys, and the units that those are for.
type vouchedFor struct {
	id, releaseKey, rosterHash string
	thresholds                 events.Thresholds
	units                      []string // sorted
}

func vouchedRound(doc document.Document[Round]) vouchedFor {
	r := doc.Body
	return vouchedFor{doc.ID, r.ReleaseKey, r.Frozen.RosterHash, r.Thresholds, answering(r.Frozen.Units)}
}

// check holds a list against its hash, its signature against the one key that is believed, and its units against the
// frozen ones.
func (k signedKeys) check(key ed25519.PublicKey, frozen vouchedFor) error {
	hash, err := k.hash(frozen.id)
	if err != nil {
		return err
	}
	text := strings.Join([]string{
		"guldkorn-round-v1", frozen.id, hash, k.SealingKey, frozen.releaseKey, frozen.rosterHash,
		strconv.Itoa(frozen.thresholds.Means), strconv.Itoa(frozen.thresholds.Distributions), k.FrameHash,
	}, "\n")
	signature, err := base64.RawURLEncoding.Strict().DecodeString(k.Signature)
	if err != nil || hash != k.KeyListHash || !ed25519.Verify(key, []byte(text), signature) {
		return failure.New(failure.RoundKeysForeign)
	}
	var keyed []string
	for _, one := range k.Keys {
		keyed = append(keyed, one.UnitID)
	}
	slices.Sort(keyed)
	if !slices.Equal(frozen.units, keyed) {
		return failure.New(failure.RoundKeysForeign)
	}
	return nil
}

// hash is the SHA-256 of the list's one canonical text, in hex.
func (k signedKeys) hash(roundID string) (string, error) {
	type entry struct {
		KeyID     string `json:"key_id"`
		PublicKey string `json:"public_key"`
		UnitID    string `json:"unit_id"`
	}
	list := struct {
		Keys    []entry `json:"keys"`
		RoundID string  `json:"round_id"`
	}{Keys: []entry{}, RoundID: roundID}
	for _, one := range k.Keys {
		list.Keys = append(list.Keys, entry{one.KeyID, one.PublicKey, one.UnitID})
	}
	slices.SortFunc(list.Keys, func(a, b entry) int { return strings.Compare(a.UnitID, b.UnitID) })
	text, err := json.Marshal(list)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// fingerprint is how tickets name the ballot box.
func (s *Settings) fingerprint() string {
	sum := sha256.Sum256(s.ballotBoxKey)
	return hex.EncodeToString(sum[:])
}
