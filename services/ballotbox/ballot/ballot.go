// Package ballot is what a voter and the ballot box agree on: sizes, keys, tokens, signed statements and sealed
// envelopes. It does no I/O and keeps nothing; the browser's counterpart is client/src/ballot.js.
//
// A voter makes an Ed25519 key pair, has the public key blind-signed by the unit's key (RFC 9474), and from then on
// is known by that public key alone. Nothing in an answer leads back to the ticket with which the blind signature was
// fetched, since the signer never saw what it signed.
package ballot

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Sizes in bytes. All requests that hand in, change or withdraw an answer are equally long (RequestSize), so that their
// length says nothing.
const (
	AnswerSize    = 8192                       // an answer before it is sealed into its request
	PlaintextSize = 4096                       // padded answers inside an envelope
	EnvelopeSize  = 32 + PlaintextSize + 16    // encapsulated key, ciphertext, authentication tag
	TokenSize     = KeyBits / 8                // RSA signature
	RecoverySize  = 12 + 2048 + 16             // a sealed ballot: nonce, padded ballot, authentication tag; only browsers open it
	MessageSize   = 32 + ed25519.PublicKeySize // random prefix (RFC 9474, section 4.1) and the voter's public key
)

// MaxVersion bounds how often an answer can be changed; it also keeps clocks out of the version number.
const MaxVersion = 9999

// Answer is what a request to hand in an answer holds. Binary fields are base64url without padding.
type Answer struct {
	KeyID     string `json:"key_id"`
	PublicKey string `json:"public_key"`
	Message   string `json:"message"`
	Token     string `json:"token"`
	Version   int    `json:"version"`
	Envelope  string `json:"envelope"` // empty withdraws the answer
	Signature string `json:"signature"`
}

// Encode returns what is sealed into a request, padded with spaces to AnswerSize.
func (a Answer) Encode() ([]byte, error) {
	raw, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	return pad(raw, AnswerSize)
}

// Statement is what a voter signs for one version of an answer.
func Statement(roundID string, version int, envelope string) []byte {
	return []byte("guldkorn-answer-v1\n" + roundID + "\n" + strconv.Itoa(version) + "\n" + envelope)
}

// Nullifier is the name under which a voter's answer is kept: SHA-256 of the public key, in hex.
func Nullifier(publicKey ed25519.PublicKey) string {
	sum := sha256.Sum256(publicKey)
	return hex.EncodeToString(sum[:])
}

// Vote is an answer that has proven itself.
type Vote struct {
	Nullifier [sha256.Size]byte
	Version   int
	Envelope  []byte // empty: withdrawn
}

// Verify checks an answer of a round against the unit key that it names: sizes, token and signature.
func (a Answer) Verify(roundID string, key *Verifier) (Vote, error) {
	publicKey, err := decode("public_key", a.PublicKey, ed25519.PublicKeySize)
	if err != nil {
		return Vote{}, err
	}
	message, err := decode("message", a.Message, MessageSize)
	if err != nil {
		return Vote{}, err
	}
	token, err := decode("token", a.Token, TokenSize)
	if err != nil {
		return Vote{}, err
	}
	signature, err := decode("signature", a.Signature, ed25519.SignatureSize)
	if err != nil {
		return Vote{}, err
	}
	vote := Vote{Nullifier: sha256.Sum256(publicKey), Version: a.Version}
	if a.Envelope != "" {
		if vote.Envelope, err = decode("envelope", a.Envelope, EnvelopeSize); err != nil {
			return Vote{}, err
		}
	}
	switch {
	case a.Version < 1 || a.Version > MaxVersion:
		return Vote{}, failure.Invalid("version", fmt.Sprintf("1 to %d", MaxVersion))
	case string(message[MessageSize-ed25519.PublicKeySize:]) != string(publicKey):
		return Vote{}, failure.New(failure.BallotTokenInvalid).At("message")
	case key.verify(message, token) != nil:
		return Vote{}, failure.New(failure.BallotTokenInvalid).At("token")
	case !ed25519.Verify(publicKey, Statement(roundID, a.Version, a.Envelope), signature):
		return Vote{}, failure.New(failure.BallotSignatureWrong).At("signature")
	}
	return vote, nil
}

// ErrTooLong says that something does not fit into its fixed size.
var ErrTooLong = errors.New("ballot: too long for its fixed size")

func pad(raw []byte, size int) ([]byte, error) {
	if len(raw) > size {
		return nil, ErrTooLong
	}
	padded := make([]byte, size)
	for i := copy(padded, raw); i < size; i++ {
		padded[i] = ' '
	}
	return padded, nil
}

var encoding = base64.RawURLEncoding.Strict()

// Encode64 renders bytes as base64url without padding.
func Encode64(raw []byte) string { return encoding.EncodeToString(raw) }

// Decode64 reads base64url without padding of exactly size bytes. There is one spelling for each value.
func Decode64(text string, size int) ([]byte, error) {
	if len(text) != encoding.EncodedLen(size) {
		return nil, fmt.Errorf("ballot: want %d characters of base64url", encoding.EncodedLen(size))
	}
	raw, err := encoding.DecodeString(text)
	if err != nil || len(raw) != size { // the decoder skips line breaks: then bytes are missing
		return nil, fmt.Errorf("ballot: want base64url of %d bytes", size)
	}
	return raw, nil
}

func decode(field, text string, size int) ([]byte, error) {
	raw, err := Decode64(text, size)
	if err != nil {
		return nil, failure.Invalid(field, fmt.Sprintf("%d bytes in base64url", size))
	}
	return raw, nil
}
