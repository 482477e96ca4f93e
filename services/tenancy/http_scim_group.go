package tenancy

import (
	"net/http"

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
	return s.sendSCIMGroup(c, g)
}

// patchSCIMGroup gives and ends roles. It answers without the group, which may have hundreds of members, unless the
// request names attributes.
func (s *Service) patchSCIMGroup(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "scim.provision", "group", nil); err != nil {
		return err
	}
	raw, err := scimBody(c)
	if err != nil {
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
	before, err := s.membersOf(ctx, g)
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
	return s.sendSCIMGroup(c, g)
}

func (s *Service) sendSCIMGroup(c *gin.Context, g provisionedGroup) error {
	selection, err := scim.Select(c.Query("attributes"), c.Query("excludedAttributes"))
	if err != nil {
		return err
	}
	shown, err := s.showSCIMGroup(c, g, selection)
	if err != nil {
		return err
	}
	return sendSCIM(c, http.StatusOK, shown)
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
