package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
)

const sealingKey = 32 // bytes: AES-256

// Seal encrypts under the key of this name (AES-256-GCM, the nonce in front) and makes the key first if there is none.
// bound is what the text belongs to: it opens together with the same alone.
func (r *Ring) Seal(name string, plain, bound []byte) ([]byte, error) {
	key, err := r.Ensure(name, func() ([]byte, error) {
		fresh := make([]byte, sealingKey)
		_, err := rand.Read(fresh)
		return fresh, err
	})
	if err != nil {
		return nil, err
	}
	aead, err := sealer(name, key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, plain, bound), nil
}

// Open decrypts what Seal has, or returns ErrGone once the key is destroyed.
func (r *Ring) Open(name string, sealed, bound []byte) ([]byte, error) {
	key, err := r.Get(name)
	if err != nil {
		return nil, err
	}
	aead, err := sealer(name, key)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, sealed, bound)
	if err != nil {
		return nil, fmt.Errorf("keyring: open under %s: %w", name, err)
	}
	return plain, nil
}

func sealer(name string, key []byte) (cipher.AEAD, error) {
	if len(key) != sealingKey {
		return nil, fmt.Errorf("keyring: %s has %d bytes, not %d", name, len(key), sealingKey)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}
