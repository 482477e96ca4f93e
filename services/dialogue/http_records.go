package dialogue

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
)

// getMyRecords answers whoever asks about themselves, and nobody about others.
func (s *service) getMyRecords(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideAnywhere(ctx, "me.records", "person"); err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	found, err := s.recordsOf(ctx, subject.ID)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "private, no-store")
	c.JSON(http.StatusOK, found)
	return nil
}
