package ballotbox

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// keyMaker makes RSA keys ahead, since each takes some tenths of a second and a round needs one for every unit. The
// secrets lie in the keyring, so that a restart loses none and closing a round can destroy its own.
type keyMaker struct {
	registry *registry
	ring     *keyring.Ring
	spare    int // keys kept ahead of any demand
	retry    time.Duration

	mu   sync.Mutex // held while keys are given to a round
	wake chan struct{}
	owed map[string]int // keys that preparing rounds still lack, by round
}

func newKeyMaker(registry *registry, ring *keyring.Ring, spare int) *keyMaker {
	return &keyMaker{
		registry: registry, ring: ring, spare: spare, retry: 10 * time.Second,
		wake: make(chan struct{}, 1), owed: map[string]int{},
	}
}

// clear destroys what an interrupted make left behind.
func (m *keyMaker) clear(ctx context.Context) error {
	half, err := m.registry.halfMade(ctx)
	if err != nil {
		return err
	}
	for id, secret := range half {
		if err := m.ring.Destroy(secret); err != nil {
			return err
		}
		if err := m.registry.removeKey(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// run makes keys whenever fewer are there than are owed and spare, until ctx ends. A failure to store one (a full
// disk) is retried after a while.
func (m *keyMaker) run(ctx context.Context, health *health) error {
	for ctx.Err() == nil {
		missing, err := m.missing(ctx)
		if err == nil && missing > 0 {
			err = m.makeOne(ctx)
		}
		if ctx.Err() != nil {
			break
		}
		if err != nil || missing > 0 {
			health.note(err)
		}
		switch {
		case err != nil:
			select {
			case <-time.After(m.retry):
			case <-ctx.Done():
			}
		case missing == 0:
			select {
			case <-m.wake:
			case <-ctx.Done():
			}
		}
	}
	return nil
}

func (m *keyMaker) missing(ctx context.Context) (int, error) {
	pool, err := m.registry.pool(ctx)
	if err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	wanted := m.spare
	for _, n := range m.owed {
		wanted += n
	}
	return max(wanted-pool, 0), nil
}

func (m *keyMaker) makeOne(ctx context.Context) error {
	key, err := rsa.GenerateKey(rand.Reader, ballot.KeyBits)
	if err != nil {
		return fmt.Errorf("make key: %w", err)
	}
	public, err := ballot.NewKey("", &key.PublicKey)
	if err != nil {
		return err
	}
	var random [16]byte
	_, _ = rand.Read(random[:]) // crypto/rand.Read never fails (Go 1.24 and later)
	secret := "unit-" + hex.EncodeToString(random[:])
	if err := m.registry.addKey(ctx, public, secret); err != nil {
		return err
	}
	if err := m.ring.Put(secret, x509.MarshalPKCS1PrivateKey(key)); err != nil {
		return errors.Join(err, m.registry.removeKey(ctx, public.KeyID))
	}
	return m.registry.readyKey(ctx, public.KeyID)
}

// provide gives a round's units keys from the pool as far as it goes and returns all that the round has by now. What
// is lacking is made next.
func (m *keyMaker) provide(ctx context.Context, roundID string, units []Unit) ([]ballot.Key, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys, err := m.registry.keys(ctx, roundID)
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, k := range keys {
		has[k.UnitID] = true
	}
	for _, u := range units {
		if has[u.UnitID] {
			continue
		}
		taken, err := m.registry.takeKey(ctx, roundID, u.UnitID)
		if err != nil {
			return nil, err
		}
		if !taken {
			break
		}
	}
	if keys, err = m.registry.keys(ctx, roundID); err != nil {
		return nil, err
	}
	m.owe(roundID, len(units)-len(keys))
	return keys, nil
}

// owe notes how many keys a round lacks and wakes the maker. The caller holds mu.
func (m *keyMaker) owe(roundID string, n int) {
	if n > 0 {
		m.owed[roundID] = n
	} else {
		delete(m.owed, roundID)
	}
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// signers loads the private keys of a round by key id.
func (m *keyMaker) signers(ctx context.Context, roundID string) (map[string]*ballot.Signer, error) {
	names, err := m.registry.secrets(ctx, roundID)
	if err != nil {
		return nil, err
	}
	signers := map[string]*ballot.Signer{}
	for id, name := range names {
		der, err := m.ring.Get(name)
		if err != nil {
			return nil, err
		}
		key, err := x509.ParsePKCS1PrivateKey(der)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", name, err)
		}
		if signers[id], err = ballot.NewSigner(key); err != nil {
			return nil, fmt.Errorf("key %s: %w", name, err)
		}
	}
	return signers, nil
}

// destroy removes the private keys of a round for ever.
func (m *keyMaker) destroy(ctx context.Context, roundID string) error {
	names, err := m.registry.secrets(ctx, roundID)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := m.ring.Destroy(name); err != nil {
			return err
		}
	}
	return m.ring.Destroy(sealingName(roundID))
}
