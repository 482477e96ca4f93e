package keyring

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
)

// SigningKey returns the Ed25519 key of this name and makes it first if there is none. The ring keeps its seed.
func (r *Ring) SigningKey(name string) (ed25519.PrivateKey, error) {
	seed, err := r.Ensure(name, func() ([]byte, error) {
		fresh := make([]byte, ed25519.SeedSize)
		_, err := rand.Read(fresh)
		return fresh, err
	})
	if err != nil {
		return nil, err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("keyring: %s is no Ed25519 seed of %d bytes", name, ed25519.SeedSize)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
