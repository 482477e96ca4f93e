package intake

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
)

// forPaper returns the round in the path if the caller may enter its papers. Who that is, beside the representatives, the
// round itself says: so it is read first, and whoever is refused learns nothing of it.
func (s *Intake) forPaper(c *gin.Context, action string) (access.Subject, document.Document[Round], error) {
	ctx := c.Request.Context()
	doc, missing := s.rounds.Get(ctx, c.Param("round_id"))
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return subject, doc, err
	}
	nobody, err := s.unrepresented(ctx)
	if err != nil {
		return subject, doc, err
	}
	helper := missing == nil && doc.Body.OnPaper.enters(subject)
	if subject, err = s.allowing(c, action, "round", map[string]any{"unrepresented": nobody, "helper": helper}); err != nil {
		return subject, doc, err
	}
	return subject, doc, missing
}

// getRoundPaper shows how many of each unit answer on paper, to those who print and enter.
func (s *Intake) getRoundPaper(c *gin.Context) error {
	_, doc, err := s.forPaper(c, "round.read_paper")
	if err != nil {
		return err
	}
	view := intakeapi.RoundPaper{Units: []intakeapi.PaperUnit{}, HelperID: optional(doc.Body.OnPaper.HelperID)}
	for _, unit := range doc.Body.OnPaper.Units {
		view.Units = append(view.Units, intakeapi.PaperUnit{
			UnitID: unit.UnitID, Name: doc.Body.Frozen.unitName(unit.UnitID, host.Language(c)), Ballots: len(unit.Pseudonyms),
		})
	}
	return rest.OK(c, doc, view)
}

// issuePaperTicket lets somebody enter the papers of a unit at the ballot box, while the round is open.
func (s *Intake) issuePaperTicket(c *gin.Context) error {
	subject, doc, err := s.forPaper(c, "round.enter_paper")
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.PaperEntering](c)
	if err != nil {
		return err
	}
	switch {
	case doc.Body.Status != Open:
		return failure.New(failure.RoundNoTickets)
	case doc.Body.OnPaper.in(asked.UnitID) == 0:
		return failure.Invalid("unit_id", "a unit in which somebody answers on paper")
	}
	pseudonym, err := s.paperPseudonym(doc.ID, subject.ID)
	if err != nil {
		return err
	}
	ticket, err := SignTicket(s.ticketKey, Ticket{
		Round: doc.ID, Unit: asked.UnitID, Pseudonym: pseudonym, KeyList: doc.Body.KeyListHash, Box: s.settings.fingerprint(), Paper: true,
	}, s.now())
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, intakeapi.Ticket{
		Ticket: ticket, URL: paperURL(s.settings.BallotBoxURL, doc.ID, ticket, host.Language(c), doc.Body.Frozen.unitName(asked.UnitID, host.Language(c))),
	})
	return nil
}
