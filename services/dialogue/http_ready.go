package dialogue

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

func (s *service) markReady(c *gin.Context) error {
	v, phase, err := s.visitPhase(c, "contribution.add")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Ready bool `json:"ready"`
	}](c)
	if err != nil {
		return err
	}
	if err := v.meeting.Body.sits(phase); err != nil {
		return err
	}
	if err := phase.taking(s.now()); err != nil {
		return err
	}
	if err := s.setReady(v.ctx, v.meeting.ID, phase, v.subject.ID, given.Ready); err != nil {
		return err
	}
	if phase.Attribution != playbook.Sealed { // there the count is taken by the clock, and nothing hints at it
		s.hub.changed(v.ctx, v.meeting.ID)
	}
	return answerReady(c, given.Ready)
}

// getOwnReady tells somebody whether they said that they are ready; nobody once the step is over.
func (s *service) getOwnReady(c *gin.Context) error {
	v, phase, err := s.visitPhase(c, "contribution.add")
	if err != nil {
		return err
	}
	ready := false
	if phase.running() {
		if ready, err = s.isReady(v.ctx, phase, v.subject.ID); err != nil {
			return err
		}
	}
	return answerReady(c, ready)
}

func answerReady(c *gin.Context, ready bool) error {
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, struct {
		Ready bool `json:"ready"`
	}{ready})
	return nil
}
