package ballot

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
)

// Announcement is what a ballot box signs once for every round with its own long-lived key: which keys count, to which
// keys requests and answers are sealed, who is asked, and the least that is ever shown. Whoever holds one cannot be shown another.
type Announcement struct {
	RoundID       string
	KeyListHash   string
	SealingKey    string // to which requests are sealed
	ReleaseKey    string
	RosterHash    string // empty where intake keeps none
	Means         int
	Distributions int
	FrameHash     string // SHA-256 of everything else that was frozen, hex
}

// Text is the one text that is signed.
func (a Announcement) Text() []byte {
	return []byte(strings.Join([]string{
		"guldkorn-round-v1", a.RoundID, a.KeyListHash, a.SealingKey, a.ReleaseKey, a.RosterHash,
		strconv.Itoa(a.Means), strconv.Itoa(a.Distributions), a.FrameHash,
	}, "\n"))
}

// Sign returns the signature in base64url.
func (a Announcement) Sign(key ed25519.PrivateKey) string {
	return Encode64(ed25519.Sign(key, a.Text()))
}

// ErrForeignAnnouncement says that a ballot box other than the known one vouches for a round, or nobody.
var ErrForeignAnnouncement = errors.New("ballot: the round is not signed by the ballot box's key")

// Verify checks a signature in base64url.
func (a Announcement) Verify(key ed25519.PublicKey, signature string) error {
	raw, err := Decode64(signature, ed25519.SignatureSize)
	if err != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, a.Text(), raw) {
		return ErrForeignAnnouncement
	}
	return nil
}

// Fingerprint is how a ballot box's public key is told to people and named in tickets: SHA-256, hex.
func Fingerprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:])
}
