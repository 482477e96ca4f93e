package intake

import (
	"net/http"

	"github.com/gin-gonic/gin"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
)

// previewRound answers "What will we be able to see?", from the people of today while the round is a draft.
func (s *Intake) previewRound(c *gin.Context) error {
	_, doc, err := s.find(c, "round.preview")
	if err != nil {
		return err
	}
	units := doc.Body.Frozen.Units
	if doc.Body.Status == Draft {
		staff, err := s.staff(c.Request.Context(), doc.Body.UnitIDs, doc.Body.by())
		if err != nil {
			return err
		}
		units = headcounts(staff)
	}
	preview, err := PreviewOf(units, doc.Body.Thresholds)
	if err != nil {
		return err
	}
	crossed, err := s.crossing(c.Request.Context(), doc.ID, doc.Body)
	if err != nil {
		return err
	}
	preview.beside(crossed)
	view := intakeapi.Preview{
		Headcount: Frozen{Units: units}.Voters(), Thresholds: intakeapi.Thresholds{Means: doc.Body.Thresholds.Means, Distributions: doc.Body.Thresholds.Distributions},
		School: intakeapi.PreviewState(preview.School), Units: []intakeapi.PreviewUnit{},
	}
	for _, unit := range preview.Units {
		view.Units = append(view.Units, intakeapi.PreviewUnit{
			UnitID: unit.UnitID, ParentID: optional(unit.ParentID), Name: unit.Name, Headcount: unit.Headcount,
			State: intakeapi.PreviewState(unit.State), Distributions: unit.Distributions,
		})
	}
	if crossed != nil {
		view.Crossing = &intakeapi.Crossing{RoundID: crossed.RoundID, Title: crossed.Title, ShownFrom: string(crossed.ShownFrom)}
	}
	c.Header("Cache-Control", "private, no-cache")
	c.JSON(http.StatusOK, view)
	return nil
}
