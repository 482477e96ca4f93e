package reporting

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

// What an answer is sealed with and how large it is. The browser's side of it is in the ballot box's form.
const (
	sealInfo   = "guldkorn answer v1"
	answerSize = 4096 // bytes of every answer before sealing, so that length tells nothing
	keySize    = 32   // bytes of an X25519 key
)

// Answer is what one person answered: item id to value. Whose it is nobody knows.
type Answer struct {
	Unit   string
	Values map[string]Value
}

// Value is an answer to one item: 0, 25, 50, 75 or 100, or Missing.
type Value int8

// Missing is the answer "not relevant" or "do not know". It is an answer, and never the middle.
const Missing Value = -1

var values = map[string]Value{"0": 0, "25": 25, "50": 50, "75": 75, "100": 100, "not_relevant": Missing, "do_not_know": Missing}

// newReleaseKey makes the key that the answers of a round are sealed to (RFC 9180, DHKEM X25519).
func newReleaseKey() ([]byte, error) {
	key, err := hpke.DHKEM(ecdh.X25519()).GenerateKey()
	if err != nil {
		return nil, err
	}
	return key.Bytes()
}

// publicKey returns the public half of a release key as it travels: base64url without padding.
func publicKey(private []byte) (string, error) {
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(private)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), nil
}

// unseal opens the envelope of one answer to a round.
func unseal(key hpke.PrivateKey, roundID, envelope string) ([]byte, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(envelope, "="))
	if err != nil {
		return nil, fmt.Errorf("envelope is not base64url: %w", err)
	}
	if len(sealed) < keySize {
		return nil, errors.New("envelope is too short")
	}
	recipient, err := hpke.NewRecipient(sealed[:keySize], key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(sealInfo))
	if err != nil {
		return nil, err
	}
	return recipient.Open([]byte(roundID), sealed[keySize:])
}

// readAnswer reads an opened answer and refuses whatever the form cannot have sent: another length, round or
// instrument, unknown or repeated items, other values, text after the end. A blank form is an answer that says nothing.
func readAnswer(plain []byte, roundID string, instrument Instrument, items map[string]bool) (map[string]Value, error) {
	if len(plain) != answerSize {
		return nil, fmt.Errorf("answer has %d bytes, not %d", len(plain), answerSize)
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
	if content.RoundID != roundID || content.Instrument != instrument.ID || content.Version != instrument.Version {
		return nil, errors.New("answer is to another round or instrument")
	}
	if content.Answers == nil {
		return nil, errors.New("answer holds no answers")
	}
	answers := make(map[string]Value, len(content.Answers))
	for item, text := range content.Answers {
		value, known := values[text]
		if !items[item] || !known {
			return nil, errors.New("answer holds an item or a value that the form does not have")
		}
		answers[item] = value
	}
	return answers, nil
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
