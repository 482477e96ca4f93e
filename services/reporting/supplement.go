package reporting

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// A release never changes, so what its readers make of the texts comes beside it: one supplement to a release, made
// when the readers publish, addressed by its content, signed, and never changed either. It holds paraphrases by theme,
// and neither how many wrote nor who reads. Whoever may see the release may see it.
type supplement struct {
	ReleaseID   string `bson:"release_id"`
	ContentHash string `bson:"content_hash"`
	SigningKey  string `bson:"signing_key"`
	Signature   string `bson:"signature"`
	Content     []byte `bson:"content"` // canonical JSON; never changed
}

// supplementText is what is signed of a supplement. Its first line keeps it apart from the signature of a release.
func supplementText(contentHash string) []byte {
	return []byte("guldkorn-paraphrases-signature-v1\n" + contentHash)
}

// newSupplement writes down what is published to a release.
func newSupplement(release document.Document[stored], content pages, key ed25519.PrivateKey) (supplement, error) {
	published := api.Paraphrases{
		Format: api.GuldkornParaphrasesV1, ReleaseID: release.ID, ReleaseHash: release.Body.ContentHash, RoundID: release.Body.RoundID,
		Themes: []api.ThemeParaphrases{},
	}
	for _, theme := range themes {
		one := api.ThemeParaphrases{Theme: api.Theme(theme), Paraphrases: []string{}}
		for _, p := range content[theme].Paraphrases {
			one.Paraphrases = append(one.Paraphrases, p.Text)
		}
		if len(one.Paraphrases) > 0 {
			published.Themes = append(published.Themes, one)
		}
	}
	if len(published.Themes) == 0 {
		return supplement{}, failure.New(failure.ParaphrasesNone)
	}
	raw, err := canonical(published)
	if err != nil {
		return supplement{}, err
	}
	s := supplement{ReleaseID: release.ID, ContentHash: contentHash(raw), SigningKey: publicText(key), Content: raw}
	s.Signature = encoding.EncodeToString(ed25519.Sign(key, supplementText(s.ContentHash)))
	return s, nil
}

func (s supplement) signed() api.SignedParaphrases {
	return api.SignedParaphrases{ContentHash: s.ContentHash, SigningKey: s.SigningKey, Signature: s.Signature, Paraphrases: s.paraphrases()}
}

func (s supplement) paraphrases() (p api.Paraphrases) {
	if err := json.Unmarshal(s.Content, &p); err != nil {
		panic(err) // our own canonical text, held under its hash
	}
	return p
}

// supplementOf returns what was published to a release.
func (c collections) supplementOf(ctx context.Context, releaseID string) (supplement, error) {
	page, err := c.supplements.Find(ctx, document.Query{Index: byRelease, Equal: []any{releaseID}, Limit: 1})
	if err != nil {
		return supplement{}, err
	}
	if len(page.Items) == 0 {
		return supplement{}, failure.NotFound("paraphrases")
	}
	return page.Items[0].Body, nil
}

// addSupplement stores what is published to a release. The same may be there already.
func (c collections) addSupplement(ctx context.Context, one supplement) error {
	_, err := c.supplements.Insert(ctx, releaseID(one.ContentHash), one)
	if failure.CodeOf(err) == failure.DocumentExists {
		return nil
	}
	return err
}

// ReadSignedParaphrases reads a supplement as the service hands it out and holds what it says against what the owner of the
// key has signed.
func ReadSignedParaphrases(file []byte, key ed25519.PublicKey) (s api.SignedParaphrases, err error) {
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil || decoder.More() {
		return s, fmt.Errorf("%w: not a file of paraphrases", ErrNotSigned)
	}
	text, err := canonical(s.Paraphrases)
	if err != nil {
		return s, fmt.Errorf("%w: %w", ErrNotSigned, err)
	}
	signature, err := encoding.DecodeString(s.Signature)
	switch {
	case err != nil || s.Paraphrases.Format != api.GuldkornParaphrasesV1:
		return s, fmt.Errorf("%w: the file is not in the form that it is made in", ErrNotSigned)
	case contentHash(text) != s.ContentHash:
		return s, fmt.Errorf("%w: the paraphrases were changed", ErrNotSigned)
	case s.SigningKey != encoding.EncodeToString(key):
		return s, fmt.Errorf("%w: another key signed it", ErrNotSigned)
	case !ed25519.Verify(key, supplementText(s.ContentHash), signature):
		return s, fmt.Errorf("%w: the signature is not of these paraphrases", ErrNotSigned)
	}
	return s, nil
}
