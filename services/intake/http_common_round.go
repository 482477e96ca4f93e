package intake

import (
	"github.com/gin-gonic/gin"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
)

func (s *Intake) createCommonRound(c *gin.Context) error {
	if _, err := s.allow(c, "round.frame", "round"); err != nil {
		return err
	}
	made, err := creation(c)
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.NewCommonRound](c)
	if err != nil {
		return err
	}
	drafting := Drafting{
		Title: asked.Title, Instrument: asked.Instrument, InstrumentVersion: asked.InstrumentVersion,
		OpensOn: asked.OpensOn, ClosesOn: asked.ClosesOn, VisibleToAllOn: asked.VisibleToAllOn, Thresholds: limits(asked.Thresholds),
	}
	var missing *failure.Error
	if _, err := s.instruments.Find(asked.Instrument, asked.InstrumentVersion); err != nil {
		missing = failure.Invalid("instrument", "an instrument in a version that exists")
	}
	frame, err := NewCommonRound(drafting, s.now(), missing)
	if err != nil {
		return err
	}
	doc, _, err := s.commonRounds.Create(c.Request.Context(), made, frame, frame.framed(made.ID))
	if err != nil {
		return err
	}
	return rest.Created(c, doc, commonRoundView(doc))
}

// listCommonRounds tells a municipality of its own, and a school of its municipality's.
func (s *Intake) listCommonRounds(c *gin.Context) error {
	if _, err := s.allow(c, "round.read_frame", "round"); err != nil {
		return err
	}
	above, err := s.operatorContext(c.Request.Context())
	if err != nil {
		return err
	}
	c.Request = c.Request.WithContext(above)
	return list(c, s.commonRounds, document.Query{Index: "by_creation", Descending: true},
		func(doc document.Document[CommonRound]) (intakeapi.CommonRound, error) {
			return commonRoundView(doc), nil
		})
}

func commonRoundView(doc document.Document[CommonRound]) intakeapi.CommonRound {
	r := doc.Body
	return intakeapi.CommonRound{
		CommonRoundID: doc.ID, Title: r.Title, Instrument: r.Instrument, InstrumentVersion: r.InstrumentVersion,
		OpensOn: string(r.OpensOn), ClosesOn: string(r.ClosesOn), VisibleToAllOn: string(r.VisibleToAllOn),
		Thresholds: intakeapi.Thresholds{Means: r.Thresholds.Means, Distributions: r.Thresholds.Distributions}, CreatedAt: r.CreatedAt,
	}
}
