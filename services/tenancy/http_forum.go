package tenancy

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
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
	if err := s.inside(ctx, kindSchool, kindMunicipality, kindOperator); err != nil {
		return err
	}
	eligible, err := s.eligible(ctx, in.Members)
	if err != nil {
		return err
	}
	f, err := newForum(creation.ID, in, eligible)
	if err != nil {
		return err
	}
	parent, err := s.forumParent(ctx, creation.ID, given(in.ParentID))
	if err != nil {
		return err
	}
	f.beneath(parent)
	d, _, err := s.store.forums.Create(ctx, creation, f, f.created(creation.ID))
	if err != nil {
		return err
	}
	return rest.Created(c, d, showForum(d))
}

func (s *Service) listForums(c *gin.Context) error {
	return showAll(c, s, "forum.read", "forum", s.store.forums, document.Query{Index: "by_name"}, showForum)
}

func (s *Service) getForum(c *gin.Context) error {
	return showOne(c, s, "forum.read", "forum", c.Param("forum_id"), s.store.forums, showForum)
}

func (s *Service) changeForum(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("forum_id")
	if err := s.decideHere(ctx, "forum.change", "forum", nil); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.ForumChange](c)
	if err != nil {
		return err
	}
	before, err := s.store.forums.Get(ctx, id)
	if err != nil {
		return err
	}
	moves := in.ParentID != nil && *in.ParentID != before.Body.ParentID
	var parent *place
	if moves {
		if parent, err = s.forumParent(ctx, id, *in.ParentID); err != nil {
			return err
		}
	}
	d, err := s.store.forums.UpdateAt(ctx, id, revision, func(f *forum) ([]events.Event, error) {
		if err := f.change(fmt.Sprintf("%s %d", id, revision), in); err != nil {
			return nil, err
		}
		if moves {
			f.beneath(parent)
		}
		return []events.Event{f.changed(id)}, nil
	})
	if err != nil {
		return err
	}
	if moves {
		if err := s.undoForumCycle(ctx, d, before.Body); err != nil {
			return err
		}
	}
	return rest.OK(c, d, showForum(d))
}

// undoForumCycle is undoCycle for a forum that was moved away from where it lay before.
func (s *Service) undoForumCycle(ctx context.Context, d document.Document[forum], before forum) error {
	return undoCycle(ctx, s.forumTree(), s.store.forums, d, d.Body.ParentID, func(f *forum) ([]events.Event, error) {
		f.ParentID, f.ParentTenant = before.ParentID, before.ParentTenant
		return []events.Event{f.changed(d.ID)}, nil
	})
}

func (s *Service) setForumMembers(c *gin.Context) error {
	ctx := c.Request.Context()
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
	eligible, err := s.eligible(ctx, in.Members)
	if err != nil {
		return err
	}
	return s.updateForum(c, revision, func(f *forum) error { return f.seat(in.Members, eligible) })
}

func (s *Service) endForum(c *gin.Context) error {
	if err := s.decideHere(c.Request.Context(), "forum.change", "forum", nil); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	return s.updateForum(c, revision, func(f *forum) error { return f.end(s.now()) })
}

// updateForum changes the forum that the request names and answers with it.
func (s *Service) updateForum(c *gin.Context, revision int64, change func(*forum) error) error {
	id := c.Param("forum_id")
	d, err := s.store.forums.UpdateAt(c.Request.Context(), id, revision, func(f *forum) ([]events.Event, error) {
		if err := change(f); err != nil {
			return nil, err
		}
		return []events.Event{f.changed(id)}, nil
	})
	if err != nil {
		return err
	}
	return rest.OK(c, d, showForum(d))
}

// listForumParents shows of an operator's forums no more than that they are there: what happens in them is not for the
// schools.
func (s *Service) listForumParents(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "forum.read", "forum", nil); err != nil {
		return err
	}
	places, err := s.forumPlaces(ctx)
	if err != nil {
		return err
	}
	list := tenancyapi.ForumParentList{Items: []tenancyapi.ForumParent{}}
	for _, at := range places {
		for d, err := range s.store.forums.All(tenant.With(ctx, at), document.Query{Index: "by_name"}) {
			if err != nil {
				return err
			}
			list.Items = append(list.Items, tenancyapi.ForumParent{
				ForumID: d.ID, TenantID: string(d.Tenant), Kind: tenancyapi.ForumKind(d.Body.Kind), Name: d.Body.Name, EndedAt: d.Body.EndedAt,
			})
		}
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// forumPlaces are the tenants in which the parent of a forum of the context's tenant may be.
func (s *Service) forumPlaces(ctx context.Context) ([]tenant.ID, error) {
	here, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	o, err := s.store.organisation(ctx, here)
	if err != nil {
		return nil, err
	}
	if o.Body.Kind != kindSchool {
		return []tenant.ID{here}, nil
	}
	return []tenant.ID{here, tenant.ID(o.Body.ParentID)}, nil
}

// findForum returns a forum of the context's tenant or, for a school, of its operator.
func (s *Service) findForum(ctx context.Context, id string) (found document.Document[forum], err error) {
	places, err := s.forumPlaces(ctx)
	if err != nil {
		return found, err
	}
	for _, at := range places {
		found, err = s.store.forums.Get(tenant.With(ctx, at), id)
		if failure.CodeOf(err) != failure.DocumentNotFound {
			return found, err
		}
	}
	return found, err
}

// forumParent returns where the parent of a forum is; nil if it is to have none.
func (s *Service) forumParent(ctx context.Context, id, parentID string) (*place, error) {
	if parentID == "" {
		return nil, nil
	}
	if err := s.forumTree().climb(ctx, id, parentID); err != nil {
		return nil, err
	}
	parent, err := s.findForum(ctx, parentID)
	if err != nil {
		return nil, err
	}
	if parent.Body.EndedAt != nil {
		return nil, failure.New(failure.ForumEnded).At("parent_id")
	}
	return &place{parent.Tenant, parent.ID}, nil
}

func (s *Service) forumTree() tree {
	return tree{
		parentOf: func(ctx context.Context, id string) (string, error) {
			d, err := s.findForum(ctx, id)
			return d.Body.ParentID, err
		},
		cycle:   failure.New(failure.ForumCycle).At("parent_id").Wanting("a forum that does not lie beneath this one, at most 16 levels deep"),
		foreign: failure.New(failure.ForeignIdentifier).At("parent_id").Wanting("a forum of this tenant or of its operator"),
	}
}

// eligible tells who can be a member of a forum of the context's tenant: in a school those who have a role there now, in
// an operator everybody who lives there.
func (s *Service) eligible(ctx context.Context, members []tenancyapi.ForumMember) (func(person string) *failure.Error, error) {
	here, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	o, err := s.store.organisation(ctx, here)
	if err != nil {
		return nil, err
	}
	refusal := failure.New(failure.PersonWithoutAccess).Wanting("somebody with a role in this school")
	persons := map[string]bool{}
	if o.Body.Kind == kindSchool {
		persons, err = s.staff(ctx, here)
	} else {
		refusal = failure.New(failure.ForeignIdentifier).Wanting("a person of this tenant")
		persons, err = s.living(ctx, members)
	}
	return func(person string) *failure.Error {
		if persons[person] {
			return nil
		}
		return refusal
	}, err
}

// staff returns who has a role in a school now.
func (s *Service) staff(ctx context.Context, school tenant.ID) (map[string]bool, error) {
	all, err := s.store.within(ctx, school)
	persons, now := map[string]bool{}, s.now()
	for _, d := range all {
		if d.Body.counts(now) {
			persons[d.Body.PersonID] = true
		}
	}
	return persons, err
}

// living returns which of the members live in the context's tenant.
func (s *Service) living(ctx context.Context, members []tenancyapi.ForumMember) (map[string]bool, error) {
	persons := map[string]bool{}
	for _, m := range members[:min(len(members), maxMembers)] {
		_, err := s.store.persons.Get(ctx, m.PersonID)
		if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
			return nil, err
		}
		persons[m.PersonID] = err == nil
	}
	return persons, nil
}

func showForum(d document.Document[forum]) tenancyapi.Forum {
	return tenancyapi.Forum{
		ForumID: d.ID, Kind: tenancyapi.ForumKind(d.Body.Kind), Name: d.Body.Name, Mandate: tenancyapi.Mandate(d.Body.Mandate),
		ParentID: optional(d.Body.ParentID), ParentTenantID: optional(d.Body.ParentTenant),
		Members: showMembers(d.Body.Members), Clauses: showClauses(d.Body.Clauses), EndedAt: d.Body.EndedAt, Revision: d.Revision,
	}
}

func showMembers(from []member) []tenancyapi.ForumMember {
	list := make([]tenancyapi.ForumMember, len(from))
	for i, m := range from {
		list[i] = tenancyapi.ForumMember{PersonID: m.PersonID, Role: tenancyapi.ForumMemberRole(m.Role), SubstituteFor: optional(m.SubstituteFor)}
	}
	return list
}
