package reporting

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"go.mongodb.org/mongo-driver/v2/bson"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/document"
)

// signingKeyName is where the key that releases are signed with lies in reporting's ring.
const signingKeyName = "release-signing"

// encoding is how keys and signatures travel. Strict: a signature has one text and no other.
var encoding = base64.RawURLEncoding.Strict()

// SignedRelease is a release as a file that proves itself: whoever knows reporting's public key needs nothing of this
// platform to see that the release is the one that was made.
type SignedRelease struct {
	Format      string          `json:"format"`
	ContentHash string          `json:"content_hash"`
	SigningKey  string          `json:"signing_key"` // Ed25519, base64url
	Signature   string          `json:"signature"`   // base64url
	Release     json.RawMessage `json:"release"`     // canonical, byte for byte as it was stored
}

// signedText is what is signed of a release. Its first line keeps the signature from counting for anything else.
func signedText(contentHash string) []byte {
	return []byte("guldkorn-release-signature-v1\n" + contentHash)
}

// sign puts the signature beside the content. It is made once, with the release.
func (s *stored) sign(key ed25519.PrivateKey) {
	s.SigningKey = publicText(key)
	s.Signature = encoding.EncodeToString(ed25519.Sign(key, signedText(s.ContentHash)))
}

func (s stored) signed() SignedRelease {
	return SignedRelease{
		Format: string(api.GuldkornSignedReleaseV1), ContentHash: s.ContentHash, SigningKey: s.SigningKey, Signature: s.Signature, Release: s.Content,
	}
}

// bytes is the one text of the file. HTML is not escaped in it, for that would change the release.
func (s SignedRelease) bytes() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(s)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// ErrNotSigned says that a file is not a release as the key's owner made it.
var ErrNotSigned = errors.New("not a release as it was signed")

// ReadSignedRelease reads a file and holds every byte of it against what the owner of the key has signed.
func ReadSignedRelease(file []byte, key ed25519.PublicKey) (SignedRelease, error) {
	var s SignedRelease
	if err := json.Unmarshal(file, &s); err != nil {
		return s, fmt.Errorf("%w: %w", ErrNotSigned, err)
	}
	text, err := s.bytes()
	if err != nil {
		return s, fmt.Errorf("%w: %w", ErrNotSigned, err)
	}
	signature, err := encoding.DecodeString(s.Signature)
	switch {
	case err != nil || s.Format != string(api.GuldkornSignedReleaseV1) || !bytes.Equal(text, file):
		return s, fmt.Errorf("%w: the file is not in the form that it is made in", ErrNotSigned)
	case contentHash(s.Release) != s.ContentHash:
		return s, fmt.Errorf("%w: the release was changed", ErrNotSigned)
	case s.SigningKey != encoding.EncodeToString(key):
		return s, fmt.Errorf("%w: another key signed it", ErrNotSigned)
	case !ed25519.Verify(key, signedText(s.ContentHash), signature):
		return s, fmt.Errorf("%w: the signature is not of this release", ErrNotSigned)
	}
	return s, nil
}

// publicText is the public half of a key as it is published.
func publicText(key ed25519.PrivateKey) string {
	return encoding.EncodeToString(key.Public().(ed25519.PublicKey))
}

// ReadSigningKey reads a public key as it is published.
func ReadSigningKey(text string) (ed25519.PublicKey, error) {
	raw, err := encoding.DecodeString(text)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, errors.New("not an Ed25519 public key in base64url")
	}
	return raw, nil
}

// signReleases gives a signature to the releases that were made before there were any. What they say stays as it was.
func signReleases(key ed25519.PrivateKey) document.Migration {
	return document.Migration{Name: "sign releases", Run: func(ctx context.Context, s *document.Store) error {
		return document.Rewrite(ctx, s, releaseSchema, func(_ document.Key, body bson.Raw) (bson.Raw, error) {
			var one stored
			if err := bson.Unmarshal(body, &one); err != nil || one.Signature != "" {
				return body, err
			}
			one.sign(key)
			return bson.Marshal(one)
		})
	}}
}

// getSigningKey answers anybody: a release is to be checked also by those who cannot sign in here.
func (s *Service) getSigningKey(c *gin.Context) error {
	c.Header("Cache-Control", "public, max-age=3600")
	c.JSON(http.StatusOK, api.SigningKey{SigningKey: publicText(s.signing)})
	return nil
}
