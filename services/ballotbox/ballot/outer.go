package ballot

import (
	"crypto/ecdh"
	"crypto/hpke"
	"fmt"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// RequestSize is the body of every request that hands in an answer: encapsulated key, sealed answer, authentication tag.
const RequestSize = 32 + AnswerSize + 16

// outerInfo keeps these envelopes apart from the answers' own, inside them.
const outerInfo = "guldkorn request v1"

// SealOuter seals the body of a request to a round's sealing key, so that nobody between the browser and the ballot box
// learns which answer it changes: not a proxy that ends TLS, and not whoever reads its memory later.
func SealOuter(sealingKey []byte, roundID string, body []byte) ([]byte, error) {
	public, err := ecdh.X25519().NewPublicKey(sealingKey)
	if err != nil {
		return nil, fmt.Errorf("ballot: sealing key: %w", err)
	}
	recipient, err := hpke.NewDHKEMPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("ballot: sealing key: %w", err)
	}
	encapsulated, sender, err := hpke.NewSender(recipient, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(outerInfo))
	if err != nil {
		return nil, fmt.Errorf("ballot: seal: %w", err)
	}
	ciphertext, err := sender.Seal([]byte(roundID), body)
	if err != nil {
		return nil, fmt.Errorf("ballot: seal: %w", err)
	}
	return append(encapsulated, ciphertext...), nil
}

// OpenOuter opens what SealOuter made.
func OpenOuter(key *ecdh.PrivateKey, roundID string, sealed []byte) ([]byte, error) {
	if len(sealed) != RequestSize {
		return nil, failure.New(failure.BallotSizeWrong)
	}
	private, err := hpke.NewDHKEMPrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("ballot: sealing key: %w", err)
	}
	recipient, err := hpke.NewRecipient(sealed[:32], private, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(outerInfo))
	if err != nil {
		return nil, failure.New(failure.BallotSealWrong).Because(err)
	}
	body, err := recipient.Open([]byte(roundID), sealed[32:])
	if err != nil {
		return nil, failure.New(failure.BallotSealWrong).Because(err)
	}
	return body, nil
}
