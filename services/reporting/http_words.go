package reporting

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
)

func (s *Service) wordRoutes(g *gin.RouterGroup) {
	g.GET("/rounds/:round_id/texts", host.Handle(s.getTexts))
	g.PUT("/rounds/:round_id/texts/:theme/paraphrases", host.Handle(s.putParaphrases))
	g.POST("/rounds/:round_id/paraphrases/publish", host.Handle(s.publishParaphrases))
	g.GET("/releases/:release_id/paraphrases", host.Handle(s.getParaphrases))
}

// writingFor finds what was written in the round in the path, for those whom its contract lets read. Whoever has no such role
// at the school is refused before it is looked for, so that nobody learns whether anything was written.
func (s *Service) writingFor(c *gin.Context, action string) (document.Document[writing], pages, error) {
	ctx := c.Request.Context()
	none := document.Document[writing]{}
	if err := s.decide(ctx, action, "text", nil); err != nil {
		return none, nil, err
	}
	doc, err := s.store.writings.Get(ctx, c.Param("round_id"))
	if err != nil {
		return none, nil, err
	}
	if err := s.decide(ctx, action, "text", map[string]any{"readers": doc.Body.Readers}); err != nil {
		return none, nil, err
	}
	if doc.Body.Destroyed || !s.now().Before(doc.Body.DestroyAt) {
		return none, nil, failure.New(failure.TextsDestroyed)
	}
	content, err := s.openPages(ctx, doc)
	return doc, content, err
}

func (s *Service) getTexts(c *gin.Context) error {
	doc, content, err := s.writingFor(c, "text.read")
	if err != nil {
		return err
	}
	return answerTexts(c, doc, content)
}

func answerTexts(c *gin.Context, doc document.Document[writing], content pages) error {
	texts := api.Texts{RoundID: doc.ID, ReadableUntil: doc.Body.DestroyAt, Published: doc.Body.Published, Revision: doc.Revision, Themes: []api.ThemeTexts{}}
	for _, theme := range themes {
		page, written := content[theme]
		if !written {
			continue
		}
		one := api.ThemeTexts{Theme: api.Theme(theme), Texts: []api.WrittenText{}, Paraphrases: []api.Paraphrase{}}
		for _, t := range page.Texts {
			one.Texts = append(one.Texts, api.WrittenText{TextID: t.ID, Text: t.Text})
		}
		for _, p := range page.Paraphrases {
			one.Paraphrases = append(one.Paraphrases, api.Paraphrase{Text: p.Text, TextIds: p.TextIDs})
		}
		texts.Themes = append(texts.Themes, one)
	}
	c.Header("ETag", doc.ETag())
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, texts)
	return nil
}

// putParaphrases replaces what is drafted about a theme.
func (s *Service) putParaphrases(c *gin.Context) error {
	ctx := c.Request.Context()
	doc, content, err := s.writingFor(c, "text.paraphrase")
	if err != nil {
		return err
	}
	in, err := host.Decode[api.ParaphraseDraft](c)
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	theme := c.Param("theme")
	page, written := content[theme]
	if !written {
		return failure.NotFound("text")
	}
	known, err := s.colleagues(ctx)
	if err != nil {
		return err
	}
	var drafted []paraphrase
	for _, p := range in.Paraphrases {
		drafted = append(drafted, paraphrase{Text: p.Text, TextIDs: slices.Clone(p.TextIds)})
	}
	if page.Paraphrases, err = checkParaphrases(drafted, page.Texts, known); err != nil {
		return err
	}
	content[theme] = page
	sealed, err := s.sealPages(ctx, doc.ID, content)
	if err != nil {
		return err
	}
	if doc, err = s.store.writings.UpdateAt(ctx, doc.ID, revision, func(w *writing) ([]events.Event, error) {
		if w.Published {
			return nil, failure.New(failure.ParaphrasesPublished)
		}
		w.Sealed = sealed
		return nil, nil
	}); err != nil {
		return err
	}
	return answerTexts(c, doc, content)
}

// publishParaphrases makes the one supplement of the round's release. Whoever asks again gets the same.
func (s *Service) publishParaphrases(c *gin.Context) error {
	ctx := c.Request.Context()
	doc, content, err := s.writingFor(c, "text.paraphrase")
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	release, exists, err := s.store.releaseOf(ctx, doc.ID)
	if err != nil || !exists {
		return failure.NotFound("release").Because(err)
	}
	one, err := newSupplement(release, content, s.signing)
	if err != nil {
		return err
	}
	if !doc.Body.Published {
		if _, err := s.store.writings.UpdateAt(ctx, doc.ID, revision, func(w *writing) ([]events.Event, error) {
			w.Published = true
			return nil, nil
		}); err != nil {
			return err
		}
	}
	// From here on nothing is drafted any more: whoever was cut off before this makes the very same supplement again.
	failpoint.Hit("after-publishing-before-supplement")
	if err := s.store.addSupplement(ctx, one); err != nil {
		return err
	}
	return s.answerParaphrases(ctx, c, one.ReleaseID)
}

func (s *Service) getParaphrases(c *gin.Context) error {
	if _, err := s.readable(c, s.ofSchool()); err != nil {
		return err
	}
	return s.answerParaphrases(c.Request.Context(), c, c.Param("release_id"))
}

func (s *Service) answerParaphrases(ctx context.Context, c *gin.Context, releaseID string) error {
	one, err := s.store.supplementOf(ctx, releaseID)
	if err != nil {
		return err
	}
	c.Header("ETag", `"`+one.ContentHash+`"`)
	c.Header("Cache-Control", "private, no-cache")
	c.JSON(http.StatusOK, one.signed())
	return nil
}
