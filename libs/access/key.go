package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"strings"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

// What an API key may be given. None opens what is said at a school, save that the school's own key reads the releases
// that all of its staff can. All but one only read: an operator's identity system brings people and gives some roles.
const (
	ScopeOrganisation = "organisation:read"
	ScopePeople       = "people:read"
	ScopeReleases     = "releases:read"
	ScopeProvisioning = "scim"
)

// Scopes returns every scope there is.
func Scopes() []string {
	return []string{ScopeOrganisation, ScopePeople, ScopeReleases, ScopeProvisioning}
}

// Key is what a program sends as its bearer token: gk_<tenant>_<secret><checksum>. The leading gk_ and the checksum let
// scanners of source code tell a leaked key from other text, and let a mistyped one be refused without a look-up.
type Key struct {
	Tenant tenant.ID
	secret string // 256 random bits
}

const (
	keyMark        = "gk_"
	keySecretSize  = 52 // characters of 32 bytes
	keyCheckSize   = 7  // characters of a CRC-32
	keyRecognising = 8  // characters of the secret that are kept to know a key by
	keySize        = len(keyMark) + tenant.Length + 1 + keySecretSize + keyCheckSize
)

var (
	keyEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

	errKey = errors.New("access: not an API key") // one for all reasons: whoever guesses learns nothing, and the text is a secret
)

// NewKey makes a key for a tenant.
func NewKey(owner tenant.ID) Key {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // crypto/rand.Read never fails (Go 1.24 and later)
	return Key{owner, keyEncoding.EncodeToString(raw[:])}
}

// IsKey tells whether a bearer token wants to be an API key.
func IsKey(token string) bool { return strings.HasPrefix(token, keyMark) }

// ParseKey reads a key. It has exactly one way of being written.
func ParseKey(token string) (Key, error) {
	if len(token) != keySize || !IsKey(token) || token[len(keyMark)+tenant.Length] != '_' {
		return Key{}, errKey
	}
	owner, err := tenant.Parse(token[len(keyMark):][:tenant.Length])
	if err != nil {
		return Key{}, errKey
	}
	k := Key{owner, token[keySize-keySecretSize-keyCheckSize:][:keySecretSize]}
	raw, err := keyEncoding.DecodeString(k.secret)
	if err != nil || keyEncoding.EncodeToString(raw) != k.secret { // the last character has bits to spare
		return Key{}, errKey
	}
	if subtle.ConstantTimeCompare([]byte(k.Token()), []byte(token)) != 1 {
		return Key{}, errKey
	}
	return k, nil
}

// Token is the key as it is shown once and sent.
func (k Key) Token() string {
	body := keyMark + string(k.Tenant) + "_" + k.secret
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE([]byte(body)))
	return body + keyEncoding.EncodeToString(sum[:])
}

// Prefix is what a key is recognised and found by; it opens nothing.
func (k Key) Prefix() string { return k.secret[:keyRecognising] }

// Hash is what is stored instead of the key. A plain hash suffices: 256 random bits cannot be guessed.
func (k Key) Hash() string {
	sum := sha256.Sum256([]byte(k.Token()))
	return hex.EncodeToString(sum[:])
}

// Matches tells whether a stored hash is this key's, in a time that does not depend on where they differ.
func (k Key) Matches(hash string) bool {
	return subtle.ConstantTimeCompare([]byte(k.Hash()), []byte(hash)) == 1
}
