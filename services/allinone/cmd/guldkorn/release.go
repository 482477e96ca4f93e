package main

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/reporting"
)

// verifyRelease checks a signed release, or what was published beside one in its readers' words, against the key that its makers publish. The key in the file itself proves
// nothing: whoever makes up a release can sign it with a key of their own.
func verifyRelease(file, key string, out io.Writer) int {
	known, err := reporting.ReadSigningKey(key)
	if file == "" || err != nil {
		return host.ExitCode(&host.ConfigError{Mistakes: []string{"release verify: want FILE --key KEY; the portal shows its key at /.well-known/guldkorn-releases"}})
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return host.ExitCode(err)
	}
	what, err := signedBy(text, known)
	if err != nil {
		return host.ExitCode(fmt.Errorf("%s: %w", file, err))
	}
	fmt.Fprintf(out, "intact: %s with %s\n", what, key)
	return host.ExitOK
}

// signedBy says what a file is that the owner of the key has signed.
func signedBy(text []byte, key ed25519.PublicKey) (string, error) {
	var file struct {
		Paraphrases json.RawMessage `json:"paraphrases"`
	}
	if json.Unmarshal(text, &file) == nil && file.Paraphrases != nil {
		said, err := reporting.ReadSignedParaphrases(text, key)
		return fmt.Sprintf("paraphrases %s to release %s are as they were signed", said.ContentHash, said.Paraphrases.ReleaseHash), err
	}
	signed, err := reporting.ReadSignedRelease(text, key)
	return fmt.Sprintf("release %s is as it was signed", signed.ContentHash), err
}
