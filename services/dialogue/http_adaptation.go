package dialogue

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// adaptationView is an adaptation as those who edit it see it.
type adaptationView struct {
	AdaptationID string             `json:"adaptation_id"`
	Revision     int64              `json:"revision"`
	CopiedFrom   string             `json:"copied_from"`
	Content      *playbook.Playbook `json:"content"`
	Mistakes     []playbook.Mistake `json:"mistakes"`
	Editions     []editionView      `json:"editions"`
}

type editionView struct {
	Version     int       `json:"version"`
	ContentHash string    `json:"content_hash"`
	PublishedAt time.Time `json:"published_at"`
	PublishedBy string    `json:"published_by"`
}

func viewAdaptation(d document.Document[Adaptation]) (adaptationView, error) {
	draft, err := d.Body.draft(d.ID)
	if err != nil {
		return adaptationView{}, err
	}
	view := adaptationView{
		AdaptationID: d.ID, Revision: d.Revision, CopiedFrom: d.Body.CopiedFrom, Content: draft, Mistakes: mistakes(*draft),
		Editions: []editionView{},
	}
	for i, e := range d.Body.Editions {
		view.Editions = append(view.Editions, editionView{i + 1, e.Hash, e.PublishedAt, e.PublishedBy})
	}
	return view, nil
}

// listChoosable lists what a dialogue here can follow.
func (s *service) listChoosable(c *gin.Context) error {
	if _, err := s.enterPlaybooks(c, "playbook.choose"); err != nil {
		return err
	}
	ctx := c.Request.Context()
	all, err := s.choosable(ctx)
	if err != nil {
		return err
	}
	learners, err := s.learners(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		all[i] = all[i].For(learners)
	}
	c.JSON(http.StatusOK, rest.List[*playbook.Playbook]{Items: all})
	return nil
}

func (s *service) getChoosable(c *gin.Context) error {
	if _, err := s.enterPlaybooks(c, "playbook.choose"); err != nil {
		return err
	}
	version, err := strconv.Atoi(c.Param("version"))
	if err != nil {
		return failure.New(failure.PlaybookUnknown).At("version")
	}
	ctx := c.Request.Context()
	p, err := s.playbook(ctx, c.Param("playbook"), version)
	if err != nil {
		return err
	}
	learners, err := s.learners(ctx)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, s.editions.in(p, learners))
	return nil
}

// enterPlaybooks asks the policy before anything is looked up.
func (s *service) enterPlaybooks(c *gin.Context, action string) (access.Subject, error) {
	ctx := c.Request.Context()
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return subject, err
	}
	return subject, s.decide(ctx, subject, action, thing{"playbook", c.Param("adaptation_id")}, nil)
}

func (s *service) createAdaptation(c *gin.Context) error {
	if _, err := s.enterPlaybooks(c, "playbook.adapt"); err != nil {
		return err
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Playbook string `json:"playbook"`
		Version  int    `json:"playbook_version"`
	}](c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	original, err := s.playbook(ctx, given.Playbook, given.Version)
	if err != nil {
		return err
	}
	// A school copies it in its own words. A municipality's schools have several, so there the places for them stay.
	if learners, err := s.learners(ctx); err != nil {
		return err
	} else if learners != "" {
		original = s.editions.in(original, learners)
	}
	made, _, err := s.adaptations.Create(ctx, creation, adapt(original, s.now()))
	if err != nil {
		return err
	}
	view, err := viewAdaptation(made)
	if err != nil {
		return err
	}
	return rest.Created(c, made, view)
}

func (s *service) listAdaptations(c *gin.Context) error {
	if _, err := s.enterPlaybooks(c, "playbook.adapt"); err != nil {
		return err
	}
	cursor, limit, err := rest.Page(c)
	if err != nil {
		return err
	}
	page, err := s.adaptations.Find(c.Request.Context(), document.Query{Index: byAge, Descending: true, Limit: limit, Cursor: cursor})
	if err != nil {
		return err
	}
	list := rest.List[adaptationView]{Items: []adaptationView{}, Next: page.Next}
	for _, a := range page.Items {
		view, err := viewAdaptation(a)
		if err != nil {
			return err
		}
		list.Items = append(list.Items, view)
	}
	c.JSON(http.StatusOK, list)
	return nil
}

func (s *service) getAdaptation(c *gin.Context) error {
	if _, err := s.enterPlaybooks(c, "playbook.adapt"); err != nil {
		return err
	}
	a, err := s.adaptations.Get(c.Request.Context(), c.Param("adaptation_id"))
	if err != nil {
		return err
	}
	return answerAdaptation(c, a)
}

func answerAdaptation(c *gin.Context, a document.Document[Adaptation]) error {
	view, err := viewAdaptation(a)
	if err != nil {
		return err
	}
	return rest.OK(c, a, view)
}

// draftOf reads a draft from a request.
func draftOf(c *gin.Context) (playbook.Playbook, error) {
	given, err := host.Decode[struct {
		Content playbook.Playbook `json:"content"`
	}](c)
	return given.Content, err
}

// checkAdaptation says what is wrong with a draft that somebody is writing, and keeps nothing of it.
func (s *service) checkAdaptation(c *gin.Context) error {
	if _, err := s.enterPlaybooks(c, "playbook.adapt"); err != nil {
		return err
	}
	draft, err := draftOf(c)
	if err != nil {
		return err
	}
	a, err := s.adaptations.Get(c.Request.Context(), c.Param("adaptation_id"))
	if err != nil {
		return err
	}
	a.Body.Edit(draft)
	view, err := viewAdaptation(a)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, view)
	return nil
}

// editAdaptation keeps a draft, with the mistakes that it has.
func (s *service) editAdaptation(c *gin.Context) error {
	if _, err := s.enterPlaybooks(c, "playbook.adapt"); err != nil {
		return err
	}
	draft, err := draftOf(c)
	if err != nil {
		return err
	}
	return s.changeAdaptation(c, func(a *Adaptation) error {
		a.Edit(draft)
		return nil
	})
}

func (s *service) publishAdaptation(c *gin.Context) error {
	subject, err := s.enterPlaybooks(c, "playbook.publish")
	if err != nil {
		return err
	}
	return s.changeAdaptation(c, func(a *Adaptation) error {
		return a.Publish(c.Param("adaptation_id"), subject.ID, s.now())
	})
}

// changeAdaptation changes an adaptation at the revision that the caller has seen.
func (s *service) changeAdaptation(c *gin.Context, change func(*Adaptation) error) error {
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	a, err := s.adaptations.UpdateAt(c.Request.Context(), c.Param("adaptation_id"), revision, func(a *Adaptation) ([]events.Event, error) {
		return nil, change(a)
	})
	if err != nil {
		return err
	}
	return answerAdaptation(c, a)
}
