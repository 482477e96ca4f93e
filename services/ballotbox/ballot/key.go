package ballot

import (
	"cmp"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/cloudflare/circl/blindsign/blindrsa"
)

// KeyBits is the size of a unit's RSA key.
const KeyBits = 3072

// variant is RSABSSA-SHA384-PSS-Randomized (RFC 9474, section 5).
const variant = blindrsa.SHA384PSSRandomized

// Key is the public key of one unit in one round.
type Key struct {
	UnitID    string `json:"unit_id"`
	KeyID     string `json:"key_id"`
	PublicKey string `json:"public_key"` // base64url of the SubjectPublicKeyInfo
}

// NewKey describes a public key as that of a unit.
func NewKey(unitID string, key *rsa.PublicKey) (Key, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return Key{}, fmt.Errorf("ballot: %w", err)
	}
	return Key{UnitID: unitID, KeyID: keyID(der), PublicKey: Encode64(der)}, nil
}

func keyID(der []byte) string {
	sum := sha256.Sum256(der)
	return Encode64(sum[:])
}

// RSA parses the public key and checks it against the key id.
func (k Key) RSA() (*rsa.PublicKey, error) {
	der, err := encoding.DecodeString(k.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("ballot: public key: %w", err)
	}
	if keyID(der) != k.KeyID {
		return nil, errors.New("ballot: the key id is not that of the public key")
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("ballot: public key: %w", err)
	}
	key, ok := parsed.(*rsa.PublicKey)
	if !ok || key.N.BitLen() != KeyBits {
		return nil, fmt.Errorf("ballot: not an RSA key of %d bits", KeyBits)
	}
	return key, nil
}

// ListHash is the fingerprint of a round's key list: SHA-256 of its one canonical text, in hex. A ticket carries it,
// so that nobody is given a key of their own by which to recognise them.
func ListHash(roundID string, keys []Key) string {
	type entry struct {
		KeyID     string `json:"key_id"`
		PublicKey string `json:"public_key"`
		UnitID    string `json:"unit_id"`
	}
	list := struct {
		Keys    []entry `json:"keys"`
		RoundID string  `json:"round_id"`
	}{Keys: []entry{}, RoundID: roundID}
	for _, k := range keys {
		list.Keys = append(list.Keys, entry{k.KeyID, k.PublicKey, k.UnitID})
	}
	slices.SortFunc(list.Keys, func(a, b entry) int { return cmp.Compare(a.UnitID, b.UnitID) })
	text, err := json.Marshal(list)
	if err != nil {
		panic("ballot: strings that cannot be JSON: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Verifier checks tokens of one unit.
type Verifier struct{ tokens blindrsa.Verifier }

// NewVerifier prepares a public key for checking tokens.
func NewVerifier(key *rsa.PublicKey) (*Verifier, error) {
	v, err := blindrsa.NewVerifier(variant, key)
	if err != nil {
		return nil, fmt.Errorf("ballot: %w", err)
	}
	return &Verifier{tokens: v}, nil
}

func (v *Verifier) verify(message, token []byte) error { return v.tokens.Verify(message, token) }
