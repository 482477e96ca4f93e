package intake

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Conversation is what somebody at a school and a representative whom they chose write to each other. All that is said
// in it is encrypted in their browsers to the two of them. Who began it is stored nowhere that anybody but the
// representative can read (author.go): the other side comes back with a secret that only their own device or code has.
// Days are the finest times.
type Conversation struct {
	ReceiverID string    `bson:"receiver_id"`
	KeyHash    string    `bson:"key_hash"`    // of the receiver's key that it is written to
	SenderKey  string    `bson:"sender_key"`  // X25519, base64url, of this conversation alone
	AccessHash string    `bson:"access_hash"` // SHA-256 of the sender's secret
	Messages   []Message `bson:"messages"`
	LastOn     Date      `bson:"last_on"`
	Untold     bool      `bson:"untold"` // the receiver has not heard yet that something waits
	Closed     bool      `bson:"closed"`
}

// Message is one message, sealed to each of the two.
type Message struct {
	ID           string `bson:"id"`
	FromReceiver bool   `bson:"from_receiver"`
	On           Date   `bson:"on"`
	ForReceiver  []byte `bson:"for_receiver"`
	ForSender    []byte `bson:"for_sender"`
	Author       []byte `bson:"author"` // who wrote it, sealed to the receiver; empty in the receiver's own
}

// Sizes of a sealed message: all texts are padded to one of three lengths, so that the length tells little.
const (
	sealOverhead = confidentialKeySize + 16 // HPKE's encapsulated key and AES-GCM's tag

	// mostSealed is how many bytes of sealed text a conversation may have: some two hundred short messages, and few enough
	// that a page of conversations is read without harm.
	mostSealed = 512 << 10
)

var paddedSizes = []int{1 << 10, 4 << 10, 16 << 10}

// confidentialDays is how long a conversation is kept after its last message, as free text is (privacy.md 6).
const confidentialDays = 90

var messagePattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// validate says what is wrong with a message as it was sent.
func (m Message) validate(field string) *failure.Error {
	switch {
	case !messagePattern.MatchString(m.ID):
		return failure.Invalid(field+".message_id", "a version 4 UUID in small letters")
	case !slices.Contains(paddedSizes, len(m.ForReceiver)-sealOverhead):
		return failure.Invalid(field+".for_receiver", fmt.Sprintf("sealed text, padded to one of %v bytes", paddedSizes))
	case len(m.ForReceiver) != len(m.ForSender):
		return failure.Invalid(field+".for_sender", "as long as for_receiver")
	}
	return nil
}

// Begin starts a conversation with a representative's mailbox.
func Begin(to Mailbox, keyHash, senderKey, accessHash string, first Message, today Date) (Conversation, error) {
	_, wrongKey := parseKey("sender_key", senderKey)
	var wrongAccess *failure.Error
	if raw, err := hex.DecodeString(accessHash); err != nil || len(raw) != sha256.Size {
		wrongAccess = failure.Invalid("access_hash", "a SHA-256 in hex")
	}
	if err := failure.Together(wrongKey, wrongAccess, first.validate("message")); err != nil {
		return Conversation{}, err
	}
	if to.KeyHash != keyHash {
		return Conversation{}, failure.New(failure.ConfidentialKeyChanged)
	}
	first.FromReceiver, first.On = false, today
	return Conversation{
		ReceiverID: to.PersonID, KeyHash: keyHash, SenderKey: senderKey, AccessHash: accessHash,
		Messages: []Message{first}, LastOn: today, Untold: true,
	}, nil
}

// Add puts a message at the end. One that is there already, by the same side, changes nothing: the browser may have lost
// the answer.
func (c *Conversation) Add(m Message, today Date) error {
	if err := m.validate("message"); err != nil {
		return err
	}
	i := slices.IndexFunc(c.Messages, func(one Message) bool { return one.ID == m.ID })
	if i >= 0 && c.Messages[i].FromReceiver == m.FromReceiver {
		return nil
	}
	switch {
	case i >= 0:
		return failure.New(failure.DocumentExists).At("message_id")
	case c.Closed:
		return failure.New(failure.ConfidentialClosed)
	case c.sealed()+m.sealed() > mostSealed:
		return failure.New(failure.ConfidentialFull)
	}
	m.On = today
	c.Messages, c.LastOn = append(c.Messages, m), today
	c.Untold = c.Untold || !m.FromReceiver
	return nil
}

func (m Message) sealed() int { return len(m.ForReceiver) + len(m.ForSender) }

func (c Conversation) sealed() (bytes int) {
	for _, m := range c.Messages {
		bytes += m.sealed()
	}
	return bytes
}

// Fits tells whether the conversation can go on with what is in the mailbox now.
func (c Conversation) Fits(m Mailbox) bool {
	return m.PersonID == c.ReceiverID && m.KeyHash == c.KeyHash
}

// Opens tells whether an access secret is the sender's.
func (c Conversation) Opens(access string) bool {
	return subtle.ConstantTimeCompare([]byte(accessHash(access)), []byte(c.AccessHash)) == 1
}

// accessHash is what is stored of a sender's secret.
func accessHash(access string) string {
	sum := sha256.Sum256([]byte(access))
	return hex.EncodeToString(sum[:])
}
