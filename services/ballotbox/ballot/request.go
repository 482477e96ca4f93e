package ballot

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"fmt"

	"github.com/cloudflare/circl/blindsign/blindrsa"
)

// Request is a voter's side of one blind signature: what is sent, and what must be kept to unblind the answer.
type Request struct {
	Blinded []byte // sent to the signer
	Message []byte // 32 random bytes and the public key; shown with the token later

	client blindrsa.Client
	state  blindrsa.State
}

// NewRequest blinds a public key for a unit's key.
func NewRequest(unit *rsa.PublicKey, publicKey ed25519.PublicKey) (*Request, error) {
	client, err := blindrsa.NewClient(variant, unit)
	if err != nil {
		return nil, fmt.Errorf("ballot: %w", err)
	}
	message, err := client.Prepare(rand.Reader, publicKey)
	if err != nil {
		return nil, fmt.Errorf("ballot: prepare: %w", err)
	}
	blinded, state, err := client.Blind(rand.Reader, message)
	if err != nil {
		return nil, fmt.Errorf("ballot: blind: %w", err)
	}
	return &Request{Blinded: blinded, Message: message, client: client, state: state}, nil
}

// Finalize unblinds the signer's answer into a token and verifies it.
func (r *Request) Finalize(signature []byte) ([]byte, error) {
	token, err := r.client.Finalize(r.state, signature)
	if err != nil {
		return nil, fmt.Errorf("ballot: the signature does not fit: %w", err)
	}
	return token, nil
}
