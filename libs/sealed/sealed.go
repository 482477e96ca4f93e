// Package sealed reads what a ballot box hands over of a closed round or month: envelopes, all of one length, that the one
// key made for it opens. The browser's side of it is in the ballot box's form (services/ballotbox/client).
package sealed

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Size is how many bytes every answer has before sealing, so that length tells nothing.
const Size = 4096

const (
	info    = "guldkorn answer v1"
	keySize = 32 // bytes of an X25519 key
)

// NewKey makes a key that answers are sealed to (RFC 9180, DHKEM X25519).
func NewKey() ([]byte, error) {
	key, err := hpke.DHKEM(ecdh.X25519()).GenerateKey()
	if err != nil {
		return nil, err
	}
	return key.Bytes()
}

// PublicKey returns the public half of a key as it travels: base64url without padding.
func PublicKey(private []byte) (string, error) {
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(private)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), nil
}

// Open opens the envelope of one answer to a round.
func Open(key hpke.PrivateKey, roundID, envelope string) ([]byte, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(envelope, "="))
	if err != nil {
		return nil, fmt.Errorf("envelope is not base64url: %w", err)
	}
	if len(sealed) < keySize {
		return nil, errors.New("envelope is too short")
	}
	recipient, err := hpke.NewRecipient(sealed[:keySize], key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info))
	if err != nil {
		return nil, err
	}
	return recipient.Open([]byte(roundID), sealed[keySize:])
}

// Read reads an opened answer by item and refuses whatever the form cannot have sent: another length, round or
// instrument, repeated items, text after the end. Its errors never quote an answer.
func Read(plain []byte, roundID, instrument string, version int) (map[string]string, error) {
	if len(plain) != Size {
		return nil, fmt.Errorf("answer has %d bytes, not %d", len(plain), Size)
	}
	text := bytes.TrimRight(plain, " ")
	if !utf8.Valid(text) {
		return nil, errors.New("answer is not UTF-8")
	}
	var content struct {
		RoundID    string       `json:"round_id"`
		Instrument string       `json:"instrument"`
		Version    int          `json:"instrument_version"`
		Answers    singleValues `json:"answers"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&content); err != nil {
		return nil, errors.New("answer is not the JSON of the form") // the decoder's error would quote the answer
	}
	if int(decoder.InputOffset()) != len(text) {
		return nil, errors.New("answer goes on after its end")
	}
	if content.RoundID != roundID || content.Instrument != instrument || content.Version != version {
		return nil, errors.New("answer is to another round or instrument")
	}
	if content.Answers == nil {
		return nil, errors.New("answer holds no answers")
	}
	return content.Answers, nil
}

// singleValues is a JSON object of strings in which no name stands twice, which encoding/json would let pass.
type singleValues map[string]string

// UnmarshalJSON implements json.Unmarshaler.
func (v *singleValues) UnmarshalJSON(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return errors.New("not an object")
	}
	*v = singleValues{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		value, err := decoder.Token()
		if err != nil {
			return err
		}
		text, isText := value.(string)
		if _, twice := (*v)[name.(string)]; twice || !isText {
			return errors.New("a name stands twice or has no text")
		}
		(*v)[name.(string)] = text
	}
	if _, err := decoder.Token(); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one object")
	}
	return nil
}
