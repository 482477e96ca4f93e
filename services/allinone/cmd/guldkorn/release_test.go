package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/host"
)

// The file is made here by what api-specs/openapi/reporting.yaml says of it, and not by the code that reads it.
func TestReleaseVerify(t *testing.T) {
	dir := t.TempDir()
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	release := `{"format":"guldkorn-release-v1","round":{"title":"Hvad hjælper & hvad hæmmer?"}}`
	sum := sha256.Sum256([]byte(release))
	hash := hex.EncodeToString(sum[:])
	signature := ed25519.Sign(private, []byte("guldkorn-release-signature-v1\n"+hash))
	text := fmt.Sprintf(`{"format":"guldkorn-signed-release-v1","content_hash":%q,"signing_key":%q,"signature":%q,"release":%s}`, hash, encode(public), encode(signature), release)
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	good := write("good.json", text)
	changed := write("changed.json", string(bytes.Replace([]byte(text), []byte("hvad hæmmer"), []byte("hvad hammer"), 1)))
	said := `{"format":"guldkorn-paraphrases-v1","release_hash":"` + hash + `","release_id":"` + hash[:32] + `","round_id":"r","themes":[{"paraphrases":["Mange mangler tid."],"theme":"core_task"}]}`
	sum = sha256.Sum256([]byte(said))
	saidHash := hex.EncodeToString(sum[:])
	signature = ed25519.Sign(private, []byte("guldkorn-paraphrases-signature-v1\n"+saidHash))
	beside := fmt.Sprintf(`{"content_hash":%q,"signing_key":%q,"signature":%q,"paraphrases":%s}`, saidHash, encode(public), encode(signature), said)
	for name, c := range map[string]struct {
		args []string
		code int
	}{
		"as it was made":      {[]string{good, "--key", encode(public)}, host.ExitOK},
		"changed":             {[]string{changed, "--key", encode(public)}, host.ExitFailure},
		"what readers wrote":  {[]string{write("said.json", beside), "--key", encode(public)}, host.ExitOK},
		"a word of theirs":    {[]string{write("other.json", strings.Replace(beside, "Mange", "Alle", 1)), "--key", encode(public)}, host.ExitFailure},
		"another key":         {[]string{good, "--key", encode(make([]byte, 32))}, host.ExitFailure},
		"no such file":        {[]string{filepath.Join(dir, "none"), "--key", encode(public)}, host.ExitFailure},
		"no key":              {[]string{good}, host.ExitConfig},
		"a key that is none":  {[]string{good, "--key", "key"}, host.ExitConfig},
		"no file":             {[]string{"--key", encode(public)}, host.ExitConfig},
		"one word too many":   {[]string{good, "--key", encode(public), "more"}, host.ExitConfig},
		"a file that is none": {[]string{write("prose", "hello"), "--key", encode(public)}, host.ExitFailure},
	} {
		var out bytes.Buffer
		require.Equal(t, c.code, run(t.Context(), append([]string{"release", "verify"}, c.args...), &out, io.Discard), name)
		require.Equal(t, c.code == host.ExitOK, out.Len() > 0, name)
	}
}
