package intake

import (
	"github.com/gin-gonic/gin"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// extendRound is like the other commands (command in http_commands.go) but has a content: the same again answers as it
// did, whatever If-Match says, and another is refused.
func (s *Intake) extendRound(c *gin.Context) error {
	subject, doc, err := s.find(c, "round.extend")
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.NewExtension](c)
	if err != nil {
		return err
	}
	ctx, id := c.Request.Context(), doc.ID
	extend := func(r *Round) ([]events.Event, error) { return r.Extend(id, asked.ClosesOn, asked.Reason, s.now()) }
	if doc.Body.Extended() {
		_, err = extend(&doc.Body) // tells a repeat from another extension, and changes nothing
	} else if doc, err = s.rounds.UpdateAt(ctx, id, revision, extend); failure.CodeOf(err) == failure.PreconditionFailed {
		if now, again := s.rounds.Get(ctx, id); again == nil && now.Body.Extended() {
			doc = now // somebody else was faster
			_, err = extend(&doc.Body)
		}
	}
	if err != nil {
		return err
	}
	return s.commanded(c, subject, doc)
}
