package intake

import (
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/json"
	"fmt"
)

// authorInfo separates these envelopes from any other use of the same key (RFC 9180, section 5.1).
const authorInfo = "guldkorn confidential author v1"

// author is who wrote a message.
type author struct {
	PersonID string `json:"person_id"`
}

// sealAuthor writes down who is asking so that the mailbox's owner can read it and nobody else, this service included.
// So the representative knows for certain which colleague it is, without a list of who writes to whom anywhere. It is
// bound to the conversation by the hash of the sender's secret and to the message by its id. Ids are of one length.
func sealAuthor(to Mailbox, person, accessHash, messageID string) ([]byte, error) {
	key, wrong := parseKey("public_key", to.PublicKey)
	if wrong != nil {
		return nil, wrong
	}
	plain, err := json.Marshal(author{PersonID: person})
	if err != nil {
		return nil, fmt.Errorf("seal author: %w", err)
	}
	return sealTo(key, authorInfo, accessHash+"\n"+messageID, plain)
}

// sealTo encrypts to a key (RFC 9180): the encapsulated key, then the ciphertext, which is bound to what it belongs to.
func sealTo(key *ecdh.PublicKey, info, bound string, plain []byte) ([]byte, error) {
	recipient, err := hpke.NewDHKEMPublicKey(key)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	encapsulated, sender, err := hpke.NewSender(recipient, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	sealed, err := sender.Seal([]byte(bound), plain)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return append(encapsulated, sealed...), nil
}
