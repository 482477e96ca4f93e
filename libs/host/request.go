package host

import (
	"context"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Tenant reads the path parameter tenant_id into the request's context; no work goes on without it.
func Tenant() gin.HandlerFunc {
	return func(c *gin.Context) {
		id, err := tenant.Parse(c.Param("tenant_id"))
		if err != nil {
			Refuse(c, failure.New(failure.TenantInvalid).At("tenant_id").Wanting("12 characters of a-z and 2-7"))
			return
		}
		c.Request = c.Request.WithContext(tenant.With(c.Request.Context(), id))
	}
}

// Authenticate reads the bearer token (RFC 6750) into the request's context as a subject with its current
// assignments. A service's own token and an API key's need none. What is answered to a token is kept by nobody, unless a handler says
// who may.
func Authenticate(verify func(token string) (access.Subject, error), assignments func(ctx context.Context, person string) ([]access.Assignment, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Cache-Control", "private, no-store")
		token, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
		if !ok {
			c.Header("WWW-Authenticate", "Bearer")
			Refuse(c, failure.New(failure.AccessUnauthentic))
			return
		}
		subject, err := verify(token)
		if err != nil {
			c.Header("WWW-Authenticate", `Bearer error="invalid_token"`)
			Refuse(c, failure.New(failure.AccessUnauthentic).Because(err))
			return
		}
		if subject.IsPerson() && assignments != nil {
			if subject.Assignments, err = assignments(c.Request.Context(), subject.ID); err != nil {
				Refuse(c, err)
				return
			}
		}
		c.Request = c.Request.WithContext(access.WithSubject(c.Request.Context(), subject))
	}
}

// IfMatch returns the revision that the request's If-Match header names (RFC 9110, section 13.1.1).
func IfMatch(c *gin.Context) (int64, error) {
	header := c.GetHeader("If-Match")
	if header == "" {
		return 0, failure.New(failure.PreconditionMissing).At("If-Match")
	}
	revision, err := strconv.ParseInt(strings.Trim(header, `"`), 10, 64)
	if err != nil {
		return 0, failure.New(failure.PreconditionFailed).At("If-Match").Wanting(`the ETag as it was read, such as "3"`)
	}
	return revision, nil
}
