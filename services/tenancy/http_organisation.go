package tenancy

import (
	"context"
	"net/http"
	"reflect"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) createPlatform(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "platform.create", "platform", "", nil); err != nil {
		return err
	}
	creation, in, err := creating[tenancyapi.NewPlatform](c)
	if err != nil {
		return err
	}
	o, err := newPlatform(in)
	if err != nil {
		return err
	}
	return s.addOrganisation(c, creation, o)
}

func (s *Service) createOrganisation(c *gin.Context) error {
	ctx := c.Request.Context()
	about := map[string]any{}
	if id := rest.CreatedID(c); id != "" {
		about["organisation_id"] = string(tenantOf(id))
	}
	if err := s.decideHere(ctx, "organisation.create", "organisation", about); err != nil {
		return err
	}
	creation, in, err := creating[tenancyapi.NewOrganisation](c)
	if err != nil {
		return err
	}
	parentID, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	parent, err := s.store.organisation(ctx, parentID)
	if err != nil {
		return err
	}
	o, err := newOrganisation(tenantOf(creation.ID), parentID, parent.Body, in)
	if err != nil {
		return err
	}
	return s.addOrganisation(c, creation, o)
}

// addOrganisation stores an organisation in the tenant that it is.
func (s *Service) addOrganisation(c *gin.Context, creation document.Creation, o organisation) error {
	id := tenantOf(creation.ID)
	creation.ID = string(id)
	d, _, err := s.store.organisations.Create(tenant.With(c.Request.Context(), id), creation, o, o.created(id))
	if failure.CodeOf(err) == failure.DocumentExists {
		return failure.New(failure.OrganisationTaken).Because(err)
	}
	if err != nil {
		return err
	}
	if o.isLeadersGroup() { // who is in it is found out when it is counted
		if err := s.askRecount(c.Request.Context(), id); err != nil {
			return err
		}
	}
	return rest.Created(c, d, showOrganisation(d))
}

func (s *Service) getOrganisation(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "organisation.read", "organisation", nil); err != nil {
		return err
	}
	id, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	d, err := s.store.organisation(ctx, id)
	if err != nil {
		return err
	}
	shown := showOrganisation(d)
	if shown.DeletionDueAt, err = s.deletionDue(ctx, d); err != nil {
		return err
	}
	return rest.OK(c, d, shown)
}

func (s *Service) changeOrganisation(c *gin.Context) error {
	ctx := c.Request.Context()
	id, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	found, err := s.store.organisation(ctx, id)
	if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
		return err
	}
	// Only who may change it is told that there is none.
	if err := s.decideHere(ctx, "organisation.change", "organisation", map[string]any{"kind": found.Body.Kind}); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.OrganisationChange](c)
	if err != nil {
		return err
	}
	d, err := s.store.organisations.UpdateAt(ctx, string(id), revision, func(o *organisation) ([]events.Event, error) {
		was := *o
		if err := o.change(id, in); err != nil || reflect.DeepEqual(*o, was) {
			return nil, err
		}
		return []events.Event{o.changed(id)}, nil
	})
	if failure.CodeOf(err) == failure.DocumentExists {
		return failure.New(failure.OrganisationTaken).Because(err)
	}
	if err != nil {
		return err
	}
	return rest.OK(c, d, showOrganisation(d))
}

func (s *Service) listOrganisations(c *gin.Context) error {
	ctx := c.Request.Context()
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	parent, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	own, err := s.ownBeneath(ctx, subject, parent)
	if err != nil {
		return err
	}
	if len(own) > 0 {
		c.JSON(http.StatusOK, rest.List[tenancyapi.Organisation]{Items: own})
		return nil
	}
	if err := s.decideHere(ctx, "organisation.list", "organisation", nil); err != nil {
		return err
	}
	list, err := listing(c, s.store.children.Find, document.Query{Index: "by_parent", Equal: []any{string(parent)}},
		func(d document.Document[organisation]) (tenancyapi.Organisation, bool, error) {
			return showOrganisation(d), true, nil
		})
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// ownBeneath returns the organisations directly beneath parent in which the subject has a role, when no role
// counts in parent itself.
func (s *Service) ownBeneath(ctx context.Context, subject access.Subject, parent tenant.ID) ([]tenancyapi.Organisation, error) {
	path, err := s.store.path(ctx, parent)
	if err != nil {
		return nil, err
	}
	scopes, err := s.authorizer.VisibleScopes(ctx, subject, "organisation.read")
	if err != nil {
		return nil, err
	}
	var own []tenancyapi.Organisation
	for _, scope := range scopes {
		if slices.Contains(path, scope) {
			return nil, nil
		}
		d, err := s.store.organisation(ctx, scope)
		if err != nil {
			return nil, err
		}
		if d.Body.ParentID == string(parent) {
			own = append(own, showOrganisation(d))
		}
	}
	return own, nil
}

func showOrganisation(d document.Document[organisation]) tenancyapi.Organisation {
	o := tenancyapi.Organisation{
		OrganisationID: string(d.Tenant), Kind: tenancyapi.OrganisationKind(d.Body.Kind), ParentID: optional(d.Body.ParentID),
		Name: d.Body.Name, Code: optional(d.Body.Code), Language: tenancyapi.Language(d.Body.Language),
		InstitutionType: optional(tenancyapi.InstitutionType(d.Body.InstitutionType)),
		LearnerWord:     optional(d.Body.LearnerWord), CoreTaskText: optional(d.Body.CoreTask),
		Holidays: showHolidays(d.Body.Holidays), WorkingHours: showWorkingHours(d.Body.WorkingHours), Revision: d.Revision,
	}
	if d.Body.Branding != (branding{}) {
		shown := showBranding(d.Body, d.Revision)
		o.Branding = &shown
	}
	if len(d.Body.Issuers) > 0 {
		o.SignInIssuers = &d.Body.Issuers
	}
	return o
}
