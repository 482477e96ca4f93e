package main

import (
	"fmt"
	"io"
	"os"

	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/reporting"
)

// verifyRelease checks a signed release against the key that its makers publish. The key in the file itself proves
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
	signed, err := reporting.ReadSignedRelease(text, known)
	if err != nil {
		return host.ExitCode(fmt.Errorf("%s: %w", file, err))
	}
	fmt.Fprintf(out, "intact: release %s is as it was signed with %s\n", signed.ContentHash, signed.SigningKey)
	return host.ExitOK
}
