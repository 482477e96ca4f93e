package reporting

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// wordsFor is how long what people wrote may be read after the round has closed (privacy.md 6).
const wordsFor = 90 * 24 * time.Hour

// writing is what people wrote in a round and what its readers have made of it, under a key of the round's own, which is
// destroyed when its time is over. Its id is the round's.
type writing struct {
	Readers   []string  `bson:"readers"` // roles, by the contract
	Sealed    []byte    `bson:"sealed"`
	DestroyAt time.Time `bson:"destroy_at"`
	Destroyed bool      `bson:"destroyed"`
	Published bool      `bson:"published"` // the paraphrases have gone out and are not changed any more
}

// pages is what is sealed: by theme.
type pages map[string]page

// page is what there is about one theme.
type page struct {
	Texts       []writtenText `json:"texts"`
	Paraphrases []paraphrase  `json:"paraphrases"`
}

// textKey names the key of what was written in a round.
func textKey(owner tenant.ID, roundID string) string { return "text/" + string(owner) + "/" + roundID }

// cipherOf returns the cipher of a round's texts; without is what a missing key means.
func (s *Service) cipherOf(ctx context.Context, roundID string, key func(name string) ([]byte, error)) (cipher.AEAD, error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	secret, err := key(textKey(owner, roundID))
	if errors.Is(err, keyring.ErrGone) {
		return nil, failure.New(failure.TextsDestroyed)
	}
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func (s *Service) sealPages(ctx context.Context, roundID string, content pages) ([]byte, error) {
	aead, err := s.cipherOf(ctx, roundID, func(name string) ([]byte, error) {
		return s.deps.Keys.Ensure(name, func() ([]byte, error) {
			key := make([]byte, 32)
			_, err := rand.Read(key)
			return key, err
		})
	})
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, raw, []byte(roundID)), nil
}

func (s *Service) openPages(ctx context.Context, doc document.Document[writing]) (pages, error) {
	aead, err := s.cipherOf(ctx, doc.ID, s.deps.Keys.Get)
	if err != nil {
		return nil, err
	}
	raw, err := aead.Open(nil, nil, doc.Body.Sealed, []byte(doc.ID))
	if err != nil {
		return nil, fmt.Errorf("texts of round %s: %w", doc.ID, err)
	}
	var content pages
	return content, json.Unmarshal(raw, &content)
}

// keepWords stores what people wrote, before the release that ends the round's key: whoever is interrupted between finds it
// there and leaves it as it is.
func (s *Service) keepWords(ctx context.Context, closedAt time.Time, round Round, answers []Answer) error {
	if len(round.TextReaders) == 0 || !wrote(answers) {
		return nil
	}
	known, err := s.colleagues(ctx)
	if err != nil {
		return err
	}
	content := pages{}
	for theme, texts := range collectWords(round, answers, known) {
		content[theme] = page{Texts: texts}
	}
	if len(content) == 0 {
		return nil
	}
	sealed, err := s.sealPages(ctx, round.RoundID, content)
	if err != nil {
		return err
	}
	until := closedAt.Add(wordsFor)
	_, err = s.store.writings.Insert(ctx, round.RoundID, writing{Readers: round.TextReaders, Sealed: sealed, DestroyAt: until},
		events.TextsWaiting{RoundID: round.RoundID, Readers: round.TextReaders, ReadableUntil: until})
	if failure.CodeOf(err) == failure.DocumentExists {
		return nil
	}
	return err
}

// colleagues are the people whose names nobody is to read.
func (s *Service) colleagues(ctx context.Context) (personal.Names, error) {
	return s.directory.Colleagues(ctx, s.deps.Peer("tenancy"))
}

// forgetWords destroys, now and every hour, the keys of what has been readable for its time, after what was published of it
// is there for good.
func (s *Service) forgetWords(ctx context.Context) error {
	hours := time.NewTicker(time.Hour)
	defer hours.Stop()
	for {
		if err := s.finishPublishing(ctx); err != nil && ctx.Err() == nil {
			s.deps.Logger.ErrorContext(ctx, "paraphrases could not be published, will be tried again", "error", err)
		}
		if err := s.destroyWords(ctx); err != nil && ctx.Err() == nil {
			s.deps.Logger.ErrorContext(ctx, "texts whose time is over could not be destroyed, will be tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-hours.C:
		}
	}
}

// finishPublishing makes the supplements before which a publication was cut off.
func (s *Service) finishPublishing(ctx context.Context) error {
	ctx = access.WithSubject(ctx, s.deps.Identity())
	var published []document.Document[writing]
	for found, err := range s.written.All(ctx, document.Query{Index: byDestruction, Equal: []any{false}}) {
		if err != nil {
			return err
		}
		if found.Body.Published {
			published = append(published, found)
		}
	}
	for _, one := range published {
		if err := s.supply(tenant.With(ctx, one.Tenant), one); err != nil {
			return fmt.Errorf("round %s: %w", one.ID, err)
		}
	}
	return nil
}

// supply makes the supplement of what is published, if it is not there.
func (s *Service) supply(ctx context.Context, doc document.Document[writing]) error {
	release, exists, err := s.store.releaseOf(ctx, doc.ID)
	if err != nil || !exists {
		return err
	}
	if _, err := s.store.supplementOf(ctx, release.ID); failure.CodeOf(err) != failure.DocumentNotFound {
		return err
	}
	content, err := s.openPages(ctx, doc)
	if err != nil {
		return err
	}
	one, err := newSupplement(release, content, s.signing)
	if err != nil {
		return err
	}
	return s.store.addSupplement(ctx, one)
}

func (s *Service) destroyWords(ctx context.Context) error {
	ctx = access.WithSubject(ctx, s.deps.Identity())
	until := s.now().Add(time.Millisecond) // To is exclusive
	var over []document.Document[writing]
	for found, err := range s.written.All(ctx, document.Query{Index: byDestruction, Equal: []any{false}, To: until}) {
		if err != nil {
			return err
		}
		over = append(over, found)
	}
	for _, one := range over {
		if err := s.destroy(tenant.With(ctx, one.Tenant), one); err != nil {
			return err
		}
	}
	return nil
}

// destroy ends the key first: what is left is not readable for anybody, wherever it was copied to.
func (s *Service) destroy(ctx context.Context, one document.Document[writing]) error {
	if err := s.deps.Keys.Destroy(textKey(one.Tenant, one.ID)); err != nil {
		return err
	}
	_, err := s.store.writings.Update(ctx, one.ID, func(w *writing) ([]events.Event, error) {
		w.Sealed, w.Destroyed = nil, true
		return nil, nil
	})
	return err
}
