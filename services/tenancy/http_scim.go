package tenancy

import (
	"errors"
	"log/slog"
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

func (s *Service) scimRoutes(t *gin.RouterGroup) {
	v2 := t.Group("/scim/v2")
	v2.GET("/ServiceProviderConfig", s.scim(s.describeSCIM(scim.Config)))
	v2.GET("/ResourceTypes", s.scim(s.describeSCIM(func() any { return scim.ResourceTypes() })))
	v2.GET("/Schemas", s.scim(s.describeSCIM(func() any { return scim.Schemas() })))
	v2.GET("/Users", s.scim(s.listSCIMUsers))
	v2.POST("/Users", s.scim(s.createSCIMUser))
	v2.GET("/Users/:person_id", s.scim(s.getSCIMUser))
	v2.PUT("/Users/:person_id", s.scim(s.replaceSCIMUser))
	v2.PATCH("/Users/:person_id", s.scim(s.patchSCIMUser))
	v2.DELETE("/Users/:person_id", s.scim(s.deleteSCIMUser))
	v2.GET("/Groups", s.scim(s.listSCIMGroups))
	v2.POST("/Groups", s.scim(s.createSCIMGroup))
	v2.GET("/Groups/:group_id", s.scim(s.getSCIMGroup))
	v2.PUT("/Groups/:group_id", s.scim(s.replaceSCIMGroup))
	v2.DELETE("/Groups/:group_id", s.scim(s.deleteSCIMGroup))
	v2.PATCH("/Groups/:group_id", s.scim(s.patchSCIMGroup))
}

// scim is host.Handle for identity systems. They know nothing of problem+json (RFC 9457), which is the rule everywhere
// else: what they show their administrators, and whether they try again, they take from errors of their own protocol.
func (s *Service) scim(fn func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		err := fn(c)
		if err == nil {
			return
		}
		refusal := refusalOf(err)
		if refusal.Status >= http.StatusInternalServerError {
			s.deps.Logger.LogAttrs(c.Request.Context(), slog.LevelError, "request failed", slog.String("route", c.FullPath()), slog.Any("error", err))
		}
		c.Header("Content-Type", scim.ContentType)
		c.AbortWithStatusJSON(refusal.Status, refusal.Message())
	}
}

// scimTypes are the protocol's names for failures that it has one for.
var scimTypes = map[failure.Code]string{
	failure.LoginTaken:        scim.Uniqueness,
	failure.DocumentExists:    scim.Uniqueness,
	failure.LastAdministrator: scim.Mutability,
	failure.PersonSuspended:   scim.InvalidValue,
	failure.RequestInvalid:    scim.InvalidValue,
	failure.RequestMalformed:  scim.InvalidSyntax,
	failure.RequestMediaType:  scim.InvalidSyntax,
}

// scimNames are what the protocol calls the fields that a failure points at.
var scimNames = map[string]string{"name": "displayName", "email": "emails", "login": "userName", "external_id": "externalId", "language": "preferredLanguage"}

// refusalOf turns a failure into an error of the protocol.
func refusalOf(err error) *scim.Error {
	if refusal := (*scim.Error)(nil); errors.As(err, &refusal) {
		return refusal
	}
	f := failure.From(err)
	refusal := &scim.Error{Status: f.Status(), Type: scimTypes[f.Code], Detail: f.Code.Text("en")}
	switch refusal.Type {
	case "", scim.Uniqueness:
	default: // the protocol has these as 400 alone
		refusal.Status = http.StatusBadRequest
	}
	for _, one := range f.Each() {
		if name := scimNames[one.Field]; name != "" && one.Want != "" {
			refusal.Detail += " " + name + ": " + one.Want + "."
		}
	}
	return refusal
}

// describeSCIM answers with what the protocol offers here.
func (s *Service) describeSCIM(what func() any) func(*gin.Context) error {
	return func(c *gin.Context) error {
		if err := s.decideHere(c.Request.Context(), "scim.read", "scim", nil); err != nil {
			return err
		}
		return sendSCIM(c, http.StatusOK, what())
	}
}

func sendSCIM(c *gin.Context, status int, body any) error {
	c.Header("Content-Type", scim.ContentType)
	c.JSON(status, body)
	return nil
}

// scimBody reads the body of a request. Both media types are in use (RFC 7644, section 3.1).
func scimBody(c *gin.Context) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || kind != scim.ContentType && kind != "application/json" {
		return nil, failure.New(failure.RequestMediaType)
	}
	return host.Body(c)
}
