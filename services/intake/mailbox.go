package intake

import (
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Mailbox is the public key that colleagues write confidentially to a representative with; its id is the
// representative's. The private key is made from a code that only the representative has, in their browser, and is never
// here: whoever loses the code has lost what was written to it, and a successor in the role inherits nothing.
type Mailbox struct {
	PersonID  string `bson:"person_id"`
	PublicKey string `bson:"public_key"` // X25519, base64url
	KeyHash   string `bson:"key_hash"`   // what sender and receiver can compare
	Since     Date   `bson:"since"`
	ToldOn    Date   `bson:"told_on"` // when the representative last heard that something waits
}

// confidentialKeySize is the size of an X25519 public key.
const confidentialKeySize = 32

// parseKey reads the X25519 public key in a field of a request.
func parseKey(field, text string) (*ecdh.PublicKey, *failure.Error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != confidentialKeySize {
		return nil, failure.Invalid(field, "an X25519 public key, 32 bytes in base64url")
	}
	key, err := ecdh.X25519().NewPublicKey(raw)
	if err != nil {
		return nil, failure.Invalid(field, "an X25519 public key, 32 bytes in base64url")
	}
	return key, nil
}

// Take puts a key into the mailbox. The same key again changes nothing; another one begins anew, and what was written to
// the one before cannot be continued.
func (m *Mailbox) Take(person, publicKey string, today Date) error {
	key, wrong := parseKey("public_key", publicKey)
	if wrong != nil {
		return wrong
	}
	if m.PublicKey == publicKey {
		return nil
	}
	sum := sha256.Sum256(key.Bytes())
	m.PersonID, m.PublicKey, m.KeyHash, m.Since = person, publicKey, hex.EncodeToString(sum[:]), today
	return nil
}

// Tell says to the representative that something waits, at most once a day.
func (m *Mailbox) Tell(today Date) []events.Event {
	if m.ToldOn == today {
		return nil
	}
	m.ToldOn = today
	return []events.Event{events.ConfidentialMessagesWaiting{ReceiverID: m.PersonID}}
}
