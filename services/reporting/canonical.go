package reporting

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"
)

// canonical writes a value as the one JSON text that its hash is taken of, by RFC 8785: names sorted, no spaces, nothing
// escaped that need not be.
func canonical(value any) ([]byte, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	text := jsontext.Value(raw)
	err = text.Canonicalize()
	return text, err
}

// contentHash is the SHA-256 of a canonical text in hex.
func contentHash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// releaseID is the short form of the content hash that addresses a release.
func releaseID(hash string) string { return hash[:32] }
