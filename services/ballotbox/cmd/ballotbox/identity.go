package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"path/filepath"

	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// identitySettings are what the key needs.
type identitySettings struct {
	DataDirectory string `env:"DATA_DIRECTORY,required"`
	KeyDirectory  string `env:"KEY_DIRECTORY"`
}

// identity makes the box's own key if there is none, and prints its public half: what whoever runs intake is told, and the
// fingerprint that both read to each other over the telephone.
func identity(out io.Writer) error {
	values, err := host.Environment()
	if err != nil {
		return err
	}
	var s identitySettings
	if err := host.Settings(values, &s); err != nil {
		return err
	}
	if s.KeyDirectory == "" {
		s.KeyDirectory = filepath.Join(s.DataDirectory, "keys")
	}
	ring, err := keyring.Open(s.KeyDirectory)
	if err != nil {
		return err
	}
	key, err := ballotbox.Identity(ring)
	if err != nil {
		return err
	}
	public := key.Public().(ed25519.PublicKey)
	_, err = fmt.Fprintf(out, "BALLOTBOX_SIGNING_KEY=%s\n# fingerprint %s\n", base64.StdEncoding.EncodeToString(public), ballot.Fingerprint(public))
	return err
}
