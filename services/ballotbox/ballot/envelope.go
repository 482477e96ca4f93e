package ballot

import (
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/json"
	"fmt"
)

// ReleaseKeySize is the size of the X25519 public key that answers are sealed to.
const ReleaseKeySize = 32

// info separates these envelopes from any other use of the same key (RFC 9180, section 5.1).
const info = "guldkorn answer v1"

// Content is what an envelope holds. Answers go from item, such as "core_task.meaning.gain", to "0", "25", "50",
// "75", "100", "not_relevant" or "do_not_know".
type Content struct {
	RoundID           string            `json:"round_id"`
	Instrument        string            `json:"instrument"`
	InstrumentVersion int               `json:"instrument_version"`
	Answers           map[string]string `json:"answers"`
}

// Seal encrypts content to a round's release key, all contents to the same length.
func Seal(releaseKey []byte, content Content) ([]byte, error) {
	public, err := ecdh.X25519().NewPublicKey(releaseKey)
	if err != nil {
		return nil, fmt.Errorf("ballot: release key: %w", err)
	}
	recipient, err := hpke.NewDHKEMPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("ballot: release key: %w", err)
	}
	raw, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("ballot: %w", err)
	}
	plaintext, err := pad(raw, PlaintextSize)
	if err != nil {
		return nil, err
	}
	encapsulated, sender, err := hpke.NewSender(recipient, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info))
	if err != nil {
		return nil, fmt.Errorf("ballot: seal: %w", err)
	}
	ciphertext, err := sender.Seal([]byte(content.RoundID), plaintext)
	if err != nil {
		return nil, fmt.Errorf("ballot: seal: %w", err)
	}
	return append(encapsulated, ciphertext...), nil
}
