package reporting

import (
	"context"
	"crypto/ed25519"
	"encoding/json"

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
