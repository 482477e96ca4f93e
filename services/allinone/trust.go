package allinone

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/intake"
)

// issuers sign tokens: every service, and the set-up that makes the first organisations and the demo.
var issuers = append([]string{caller.SetupIssuer}, platform.Services...)

// trust holds the keys of all issuers: in one process every service knows the others' public keys.
type trust struct {
	private map[string]ed25519.PrivateKey
	public  map[string]ed25519.PublicKey
}

func (t trust) signer(issuer string, now func() time.Time) *access.Signer {
	return access.NewSigner(t.private[issuer], issuer, now)
}

// readTrust reads the Ed25519 keys of all issuers below dir and makes those that are missing.
func readTrust(dir string) (trust, error) {
	t := trust{private: map[string]ed25519.PrivateKey{}, public: map[string]ed25519.PublicKey{}}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return t, fmt.Errorf("signing keys: %w", err)
	}
	for _, issuer := range issuers {
		path := filepath.Join(dir, issuer+".pem")
		key, err := platform.ReadSigningKey(path)
		if errors.Is(err, os.ErrNotExist) {
			key, err = makeSigningKey(path)
		}
		if err != nil {
			return t, fmt.Errorf("signing key of %s: %w", issuer, err)
		}
		t.private[issuer], t.public[issuer] = key, publicKey(key)
	}
	return t, nil
}

func publicKey(key ed25519.PrivateKey) ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

func makeSigningKey(path string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

// WriteKeys makes the keys of a deployment of separate services below dir, and prints nothing secret: trust/ has one
// signing key for each service, keys/intake the key that tickets are signed with, keys/ballotbox the one with which the ballot
// box vouches for its rounds, and shared.env what every service is
// told of the others' keys. What exists is kept.
func WriteKeys(dir string) error {
	t, err := readTrust(filepath.Join(dir, "trust"))
	if err != nil {
		return err
	}
	ring, err := keyring.Open(filepath.Join(dir, "keys", "intake"))
	if err != nil {
		return err
	}
	ticket, err := intake.TicketKey(ring)
	if err != nil {
		return err
	}
	if ring, err = keyring.Open(filepath.Join(dir, "keys", "ballotbox")); err != nil {
		return err
	}
	box, err := ballotbox.Identity(ring)
	if err != nil {
		return err
	}
	trusted := make([]string, 0, len(issuers))
	for _, issuer := range issuers {
		trusted = append(trusted, issuer+"="+base64.StdEncoding.EncodeToString(t.public[issuer]))
	}
	encode := func(key ed25519.PrivateKey) string { return base64.StdEncoding.EncodeToString(publicKey(key)) }
	text := fmt.Sprintf("TRUSTED_KEYS=%s\nTICKET_KEY=%s\nBALLOTBOX_SIGNING_KEY=%s\n", strings.Join(trusted, ","), encode(ticket), encode(box))
	return os.WriteFile(filepath.Join(dir, "shared.env"), []byte(text), 0o600)
}
