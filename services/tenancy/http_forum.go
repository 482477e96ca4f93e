package tenancy

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) createForum(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "forum.create", "forum", nil); err != nil {
		return err
	}
	creation, in, err := creating[tenancyapi.NewForum](c)
	if err != nil {
		return err
	}
	if err := s.inside(ctx, kindSchool); err != nil {
		return err
	}
	staff, err := s.staff(ctx)
	if err != nil {
		return err
	}
	f, err := newForum(in, staff)
	if err != nil {
		return err
	}
	d, _, err := s.store.forums.Create(ctx, creation, f, f.created(creation.ID))
	if err != nil {
		return err
	}
	return rest.Created(c, d, showForum(d))
}

func (s *Service) listForums(c *gin.Context) error {
	return showAll(c, s, "forum.read", "forum", s.store.forums, showForum)
}

func (s *Service) getForum(c *gin.Context) error {
	return showOne(c, s, "forum.read", "forum", c.Param("forum_id"), s.store.forums, showForum)
}

func (s *Service) setForumMembers(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("forum_id")
	if err := s.decideHere(ctx, "forum.change", "forum", nil); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.ForumMembers](c)
	if err != nil {
		return err
	}
	staff, err := s.staff(ctx)
	if err != nil {
		return err
	}
	d, err := s.store.forums.UpdateAt(ctx, id, revision, func(f *forum) ([]events.Event, error) {
		if err := f.seat(in.Members, staff); err != nil {
			return nil, err
		}
		return []events.Event{f.changed(id)}, nil
	})
	if err != nil {
		return err
	}
	return rest.OK(c, d, showForum(d))
}

// staff tells who has a role in the context's school now.
func (s *Service) staff(ctx context.Context) (func(person string) bool, error) {
	school, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.store.within(ctx, school)
	if err != nil {
		return nil, err
	}
	persons, now := map[string]bool{}, s.now()
	for _, d := range all {
		if d.Body.counts(now) {
			persons[d.Body.PersonID] = true
		}
	}
	return func(person string) bool { return persons[person] }, nil
}

func showForum(d document.Document[forum]) tenancyapi.Forum {
	f := tenancyapi.Forum{
		ForumID: d.ID, Kind: tenancyapi.ForumKind(d.Body.Kind), Name: d.Body.Name, Mandate: tenancyapi.Mandate(d.Body.Mandate), Revision: d.Revision,
	}
	for _, m := range d.Body.Members {
		f.Members = append(f.Members, tenancyapi.ForumMember{PersonID: m.PersonID, Role: tenancyapi.ForumMemberRole(m.Role)})
	}
	return f
}
