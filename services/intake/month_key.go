package intake

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"fmt"
)

// Keys of a month in the ring: one that experiences are sealed to until the month is over, and one that they are stored
// under afterwards. The secret of its roster is named as that of a round (roster.go).
func batchKeyName(monthID string) string { return "months/" + monthID + "/batch" }
func toldKeyName(monthID string) string  { return "months/" + monthID + "/told" }

// monthKey encrypts what is told and answered in a month (AES-256-GCM), each under its experience's id.
type monthKey []byte

const monthKeySize = 32

func newMonthKey() ([]byte, error) {
	key := make([]byte, monthKeySize)
	_, err := rand.Read(key)
	return key, err
}

// toldKey returns the key of a month. Nobody makes a second one once it is destroyed: what it would open is gone.
func (s *Intake) toldKey(monthID string) (monthKey, error) { return s.keys.Get(toldKeyName(monthID)) }

func (k monthKey) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func (k monthKey) seal(id string, value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	aead, err := k.cipher()
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, plain, []byte(id)), nil
}

func (k monthKey) open(id string, sealed []byte, into any) error {
	aead, err := k.cipher()
	if err != nil {
		return err
	}
	plain, err := aead.Open(nil, nil, sealed, []byte(id))
	if err != nil {
		return fmt.Errorf("an experience cannot be opened with its month's key: %w", err)
	}
	return json.Unmarshal(plain, into)
}
