package tenancy

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

// listSCIMUsers answers with one page of the people who were not taken out again. Its cost is that of the page, and a
// step in an index for each person before it and for each one in the total.
func (s *Service) listSCIMUsers(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "scim.read", "person", nil); err != nil {
		return err
	}
	conditions, err := scim.UserFilters.Conditions(c.Query("filter"))
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
	people, total, err := s.provisioned(ctx, conditions, first, most)
	if err != nil {
		return err
	}
	resources := make([]any, len(people))
	for i, p := range people {
		if resources[i], err = selection.Of(p.user()); err != nil {
			return err
		}
	}
	return sendSCIM(c, http.StatusOK, scim.NewList(total, first, resources))
}

func (s *Service) getSCIMUser(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("person_id")
	if err := s.decideHere(ctx, "scim.read", "person", map[string]any{"person_id": id}); err != nil {
		return err
	}
	p, err := s.provisionedPerson(ctx, id)
	if err != nil {
		return err
	}
	return sendSCIMUser(c, http.StatusOK, p)
}

// createSCIMUser takes no Idempotency-Key, which identity systems do not know: what keeps a repeated request from making
// somebody twice is the userName, and the protocol's answer to one that is taken is 409.
func (s *Service) createSCIMUser(c *gin.Context) error {
	ctx := c.Request.Context()
	owner, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	in := scim.Attributes{Active: true}
	plain, wrong := s.newSCIMUser(c, &in)
	attributes := map[string]any{}
	if wrong == nil {
		attributes["person_id"] = s.profiles.newPersonID(owner, plain)
	}
	if err := s.decideHere(ctx, "scim.provision", "person", attributes); err != nil {
		return err
	}
	if wrong != nil {
		return wrong
	}
	if err := s.inside(ctx, kindMunicipality, kindOperator); err != nil {
		return err
	}
	p, err := s.provision(ctx, owner, plain, in)
	if err != nil {
		return err
	}
	c.Header("Location", p.location())
	return sendSCIMUser(c, http.StatusCreated, p)
}

func (s *Service) newSCIMUser(c *gin.Context, in *scim.Attributes) (profile, error) {
	raw, err := scimBody(c)
	if err != nil {
		return profile{}, err
	}
	if err := in.Put(raw); err != nil {
		return profile{}, err
	}
	return scimProfile(in)
}

func (s *Service) replaceSCIMUser(c *gin.Context) error {
	return s.changeSCIMUser(c, (*scim.Attributes).Put)
}

func (s *Service) patchSCIMUser(c *gin.Context) error {
	return s.changeSCIMUser(c, (*scim.Attributes).Patch)
}

func (s *Service) changeSCIMUser(c *gin.Context, take func(*scim.Attributes, []byte) error) error {
	ctx, id := c.Request.Context(), c.Param("person_id")
	if err := s.decideHere(ctx, "scim.provision", "person", map[string]any{"person_id": id}); err != nil {
		return err
	}
	raw, err := scimBody(c)
	if err != nil {
		return err
	}
	before, err := s.unmatched(c, id)
	if err != nil {
		return err
	}
	in := before.attributes()
	if err := take(&in, raw); err != nil {
		return err
	}
	after, err := s.reprovision(ctx, before, in)
	if err != nil {
		return err
	}
	return sendSCIMUser(c, http.StatusOK, after)
}

// deleteSCIMUser takes somebody out of what the identity system sees and ends what they may do. It erases nothing: what
// a person did at a school is the school's record, and erasing is a right of the person's own, with a receipt.
func (s *Service) deleteSCIMUser(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("person_id")
	if err := s.decideHere(ctx, "scim.deactivate", "person", map[string]any{"person_id": id}); err != nil {
		return err
	}
	before, err := s.unmatched(c, id)
	if err != nil {
		return err
	}
	if err := s.withdraw(ctx, before); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// unmatched returns the person of a request, unless an If-Match says that the sender knows another revision.
func (s *Service) unmatched(c *gin.Context, id string) (provisionedPerson, error) {
	p, err := s.provisionedPerson(c.Request.Context(), id)
	if err == nil && !scim.Matches(c.GetHeader("If-Match"), p.Revision) {
		return p, failure.New(failure.PreconditionFailed)
	}
	return p, err
}

func sendSCIMUser(c *gin.Context, status int, p provisionedPerson) error {
	selection, err := scim.Select(c.Query("attributes"), c.Query("excludedAttributes"))
	if err != nil {
		return err
	}
	body, err := selection.Of(p.user())
	if err != nil {
		return err
	}
	c.Header("ETag", scim.Version(p.Revision))
	return sendSCIM(c, status, body)
}
