package tenancy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) listForumProposals(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "forum.create", "forum", nil); err != nil {
		return err
	}
	list := tenancyapi.ForumProposalList{}
	for _, structure := range []tenancyapi.ForumStructure{"med", "su_amo"} {
		p, err := s.proposal(ctx, structure)
		if err != nil {
			return err
		}
		list.Items = append(list.Items, p)
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// proposal is what the school in the context would have, with what it has already.
func (s *Service) proposal(ctx context.Context, structure tenancyapi.ForumStructure) (tenancyapi.ForumProposal, error) {
	var p tenancyapi.ForumProposal
	if err := s.inside(ctx, kindSchool); err != nil {
		return p, err
	}
	school, err := tenant.From(ctx)
	if err != nil {
		return p, err
	}
	o, err := s.store.organisation(ctx, school)
	if err != nil {
		return p, err
	}
	all, err := s.store.within(ctx, school)
	if err != nil {
		return p, err
	}
	p = newWorkforce(all, s.now()).propose(structure, o.Body.Language)
	has, err := s.standing(ctx)
	if err != nil {
		return p, err
	}
	above, err := s.standing(tenant.With(ctx, tenant.ID(o.Body.ParentID)))
	if err != nil {
		return p, err
	}
	for i, f := range p.Forums {
		if there := has[f.Kind]; len(there) > 0 {
			p.Forums[i].ForumID = &there[0].ID
		}
		if over := above[f.Kind]; f.ParentKind == nil && len(over) == 1 { // the central one, where there is no doubt which
			p.Forums[i].ParentID = &over[0].ID
		}
	}
	return p, nil
}

// standing returns the forums of the context's tenant that have not ended, by kind.
func (s *Service) standing(ctx context.Context) (map[tenancyapi.ForumKind][]document.Document[forum], error) {
	byKind := map[tenancyapi.ForumKind][]document.Document[forum]{}
	for d, err := range s.store.forums.All(ctx, document.Query{Index: "by_name"}) {
		if err != nil {
			return nil, err
		}
		if d.Body.EndedAt == nil {
			kind := tenancyapi.ForumKind(d.Body.Kind)
			byKind[kind] = append(byKind[kind], d)
		}
	}
	return byKind, nil
}

// createForumStructure creates the forums of a proposal one after the other. A repeat of the request goes on where the
// first one ended, and answers with what both made.
func (s *Service) createForumStructure(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "forum.create", "forum", nil); err != nil {
		return err
	}
	creation, in, err := creating[tenancyapi.NewForumStructure](c)
	if err != nil {
		return err
	}
	if !in.Structure.Valid() {
		return failure.Invalid("structure", "med or su_amo")
	}
	if err := s.otherStructure(ctx, creation.ID, in.Structure); err != nil {
		return err
	}
	p, err := s.proposal(ctx, in.Structure)
	if err != nil {
		return err
	}
	list := rest.List[tenancyapi.Forum]{Items: []tenancyapi.Forum{}}
	there := map[tenancyapi.ForumKind]string{} // of the school, by kind
	for _, f := range p.Forums {
		id := structuredID(creation.ID, f.Kind)
		if f.ForumID != nil && *f.ForumID != id {
			there[f.Kind] = *f.ForumID
			continue
		}
		if len(f.Members) == 0 {
			return failure.New(failure.ForumUnchaired)
		}
		parent := f.ParentID
		if f.ParentKind != nil {
			parent = optional(there[*f.ParentKind])
		}
		d, err := s.createProposed(ctx, document.Creation{ID: id, Request: creation.Request}, f, parent)
		if err != nil {
			return err
		}
		there[f.Kind] = d.ID
		list.Items = append(list.Items, showForum(d))
	}
	c.JSON(http.StatusCreated, list)
	return nil
}

// otherStructure refuses a key under which the other structure was created: what only that one has tells.
func (s *Service) otherStructure(ctx context.Context, creation string, structure tenancyapi.ForumStructure) error {
	others := []tenancyapi.ForumKind{"su", "amo"}
	if structure == "su_amo" {
		others = []tenancyapi.ForumKind{"med"}
	}
	for _, kind := range others {
		switch _, err := s.store.forums.Get(ctx, structuredID(creation, kind)); {
		case err == nil:
			return failure.New(failure.IdempotencyConflict)
		case failure.CodeOf(err) != failure.DocumentNotFound:
			return err
		}
	}
	return nil
}

func (s *Service) createProposed(ctx context.Context, creation document.Creation, in tenancyapi.ProposedForum, parentID *string) (document.Document[forum], error) {
	eligible, err := s.eligible(ctx, in.Members)
	if err != nil {
		return document.Document[forum]{}, err
	}
	f, err := newForum(creation.ID, tenancyapi.NewForum{Kind: in.Kind, Name: in.Name, Mandate: in.Mandate, Members: in.Members}, eligible)
	if err != nil {
		return document.Document[forum]{}, err
	}
	parent, err := s.forumParent(ctx, creation.ID, given(parentID))
	if err != nil {
		return document.Document[forum]{}, err
	}
	f.beneath(parent)
	d, _, err := s.store.forums.Create(ctx, creation, f, f.created(creation.ID))
	return d, err
}

// structuredID is the id of a forum that one request makes beside others.
func structuredID(creation string, kind tenancyapi.ForumKind) string {
	sum := sha256.Sum256([]byte("forum " + creation + " " + string(kind)))
	return hex.EncodeToString(sum[:])
}
