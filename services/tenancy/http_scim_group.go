package tenancy

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

// listSCIMGroups answers with one page of the groups. Without a filter it reads the units of every school of the
// operator's, to count them; who is in a group is found out for those of the page alone, and only if it is asked for.
func (s *Service) listSCIMGroups(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "scim.read", "group", nil); err != nil {
		return err
	}
	conditions, err := scim.GroupFilters.Conditions(c.Query("filter"))
	if err != nil {
		return err
	}
	first, most, err := scim.Page(c.Query("startIndex"), c.Query("count"))
	if err != nil {
		return err
	}
	selection, err := scim.Select(c.Query("attributes"), c.Query("excludedAttributes"))
	if err != nil {
		return err
	}
	operator, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	all, err := s.groups(ctx, operator, conditions)
	if err != nil {
		return err
	}
	var resources []any
	begin := min(first-1, len(all))
	for _, g := range all[begin:min(begin+most, len(all))] {
		if selection.Has("externalId") {
			if g, err = s.linked(ctx, g); err != nil {
				return err
			}
		}
		shown, err := s.showSCIMGroup(c, g, selection)
		if err != nil {
			return err
		}
		resources = append(resources, shown)
	}
	return sendSCIM(c, http.StatusOK, scim.NewList(len(all), first, resources))
}

func (s *Service) getSCIMGroup(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "scim.read", "group", nil); err != nil {
		return err
	}
	operator, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	g, err := s.group(ctx, operator, c.Param("group_id"))
	if err != nil {
		return err
	}
	return s.sendSCIMGroup(c, http.StatusOK, g)
}

// createSCIMGroup makes no group. An identity system that means to make one of ours is given ours, with the members whom it
// names beside those who are there; who else belongs to it is said by a change.
func (s *Service) createSCIMGroup(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "scim.provision", "group", nil); err != nil {
		return err
	}
	raw, err := scimBody(c)
	if err != nil {
		return err
	}
	sent, err := scim.ReadGroup(raw)
	if err != nil {
		return err
	}
	if err := s.inside(ctx, kindMunicipality, kindOperator); err != nil {
		return err
	}
	operator, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	g, err := s.linkable(ctx, operator, sent.DisplayName, sent.ExternalID)
	if err != nil {
		return err
	}
	before, err := s.membersOf(ctx, g)
	if err != nil {
		return err
	}
	if err := s.regroup(ctx, g, before, slices.Concat(before, without(sent.Members, before))); err != nil {
		return err
	}
	if g, err = s.link(ctx, g, sent.ExternalID); err != nil {
		return err
	}
	c.Header("Location", "Groups/"+g.id())
	return s.sendSCIMGroup(c, http.StatusCreated, g)
}

// replaceSCIMGroup makes a group have the members that are sent, and no others.
func (s *Service) replaceSCIMGroup(c *gin.Context) error {
	ctx := c.Request.Context()
	raw, g, before, err := s.changingSCIMGroup(c)
	if err != nil {
		return err
	}
	sent, err := scim.ReadGroup(raw)
	if err != nil {
		return err
	}
	after, err := sent.Replaces(g.resource(before))
	if err != nil {
		return err
	}
	operator, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	if err := s.unclaimed(ctx, operator, g, sent.ExternalID); err != nil {
		return err
	}
	if err := s.regroup(ctx, g, before, after); err != nil {
		return err
	}
	if g, err = s.rename(ctx, g, sent.ExternalID); err != nil {
		return err
	}
	return s.sendSCIMGroup(c, http.StatusOK, g)
}

// deleteSCIMGroup ends the roles of a group's members, as an identity system that takes a group away means it, and forgets
// what it called the group. School and unit stay, and so the group can be found and made its own again.
func (s *Service) deleteSCIMGroup(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "scim.provision", "group", nil); err != nil {
		return err
	}
	g, before, err := s.groupAndMembers(c)
	if err != nil {
		return err
	}
	if err := s.regroup(ctx, g, before, nil); err != nil {
		return err
	}
	if err := s.unlink(ctx, g); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// changingSCIMGroup reads a request that changes who is in a group.
func (s *Service) changingSCIMGroup(c *gin.Context) (raw []byte, g provisionedGroup, members []string, err error) {
	if err := s.decideHere(c.Request.Context(), "scim.provision", "group", nil); err != nil {
		return nil, g, nil, err
	}
	if raw, err = scimBody(c); err != nil {
		return nil, g, nil, err
	}
	g, members, err = s.groupAndMembers(c)
	return raw, g, members, err
}

// groupAndMembers returns the group of a request and who is in it now.
func (s *Service) groupAndMembers(c *gin.Context) (provisionedGroup, []string, error) {
	ctx := c.Request.Context()
	operator, err := tenant.From(ctx)
	if err != nil {
		return provisionedGroup{}, nil, err
	}
	g, err := s.group(ctx, operator, c.Param("group_id"))
	if err != nil {
		return g, nil, err
	}
	members, err := s.membersOf(ctx, g)
	return g, members, err
}

// patchSCIMGroup gives and ends roles. It answers without the group, which may have hundreds of members, unless the
// request names attributes.
func (s *Service) patchSCIMGroup(c *gin.Context) error {
	ctx := c.Request.Context()
	raw, g, before, err := s.changingSCIMGroup(c)
	if err != nil {
		return err
	}
	after, err := g.resource(before).PatchMembers(raw)
	if err != nil {
		return err
	}
	if err := s.regroup(ctx, g, before, after); err != nil {
		return err
	}
	if c.Query("attributes") == "" {
		c.Status(http.StatusNoContent)
		return nil
	}
	return s.sendSCIMGroup(c, http.StatusOK, g)
}

func (s *Service) sendSCIMGroup(c *gin.Context, status int, g provisionedGroup) error {
	selection, err := scim.Select(c.Query("attributes"), c.Query("excludedAttributes"))
	if err != nil {
		return err
	}
	shown, err := s.showSCIMGroup(c, g, selection)
	if err != nil {
		return err
	}
	return sendSCIM(c, status, shown)
}

func (s *Service) showSCIMGroup(c *gin.Context, g provisionedGroup, selection scim.Selection) (any, error) {
	var members []string
	if selection.Has("members") {
		var err error
		if members, err = s.membersOf(c.Request.Context(), g); err != nil {
			return nil, err
		}
	}
	return selection.Of(g.resource(members))
}
