package intake

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Intake) listExperiences(c *gin.Context) error {
	subject, err := s.allow(c, "experience.receive", "month")
	if err != nil {
		return err
	}
	key, err := s.reading(c.Request.Context(), subject, c.Param("month_id"))
	if err != nil {
		return err
	}
	return list(c, s.experiences, document.Query{Index: "by_month", Equal: []any{c.Param("month_id")}},
		func(doc document.Document[Experience]) (intakeapi.Experience, error) { return experienceView(key, doc) })
}

// reading returns the key to what was told in a month, for a reader whom the month names, once it is over.
func (s *Intake) reading(ctx context.Context, subject access.Subject, monthID string) (monthKey, error) {
	doc, _, err := s.monthOfReader(ctx, subject, monthID)
	if err != nil {
		return nil, err
	}
	if doc.Body.Status != MonthClosed {
		return nil, failure.NotFound("months")
	}
	return s.toldKey(monthID)
}

// monthOfReader returns a month with the role in which somebody reads it, and refuses everybody else.
func (s *Intake) monthOfReader(ctx context.Context, subject access.Subject, monthID string) (doc document.Document[Month], role string, err error) {
	if doc, err = s.months.Get(ctx, monthID); err != nil {
		return doc, "", err
	}
	school, err := tenant.From(ctx)
	if err != nil {
		return doc, "", err
	}
	if role = doc.Body.readsAs(subject, school); role == "" {
		return doc, "", failure.New(failure.AccessDenied)
	}
	return doc, role, nil
}

func experienceView(key monthKey, doc document.Document[Experience]) (intakeapi.Experience, error) {
	told, err := doc.Body.content(key, doc.ID)
	if err != nil {
		return intakeapi.Experience{}, err
	}
	view := intakeapi.Experience{
		ExperienceID: doc.ID, Direction: intakeapi.ExperienceDirection(told.Direction), Technology: optional(told.Technology),
		Cells: append([]string{}, told.Cells...), Text: told.Text,
	}
	if len(doc.Body.Answer) > 0 {
		var answer answered
		if err := key.open(doc.ID, doc.Body.Answer, &answer); err != nil {
			return view, err
		}
		view.Answer = &intakeapi.ExperienceAnswer{
			Text: answer.Text, PersonID: doc.Body.AnsweredBy, On: string(doc.Body.AnsweredOn), Sent: !doc.Body.Unsent,
		}
	}
	return view, nil
}

// An answer is given once, and the same one twice is one: so there is nothing that a precondition would save.
func (s *Intake) answerExperience(c *gin.Context) error {
	subject, err := s.allow(c, "experience.receive", "month")
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.ExperienceAnswering](c)
	if err != nil {
		return err
	}
	text, wrong := prose("text", asked.Text, longestReply)
	if wrong != nil {
		return wrong
	}
	ctx := c.Request.Context()
	doc, err := s.experiences.Get(ctx, c.Param("experience_id"))
	if err != nil {
		return err
	}
	key, err := s.reading(ctx, subject, doc.Body.MonthID)
	if err != nil {
		return err
	}
	told, err := doc.Body.content(key, doc.ID)
	if err != nil {
		return err
	}
	doc, err = s.experiences.Update(ctx, doc.ID, func(e *Experience) ([]events.Event, error) {
		return nil, e.Respond(key, doc.ID, subject.ID, DateOf(s.now()), told, text)
	})
	if err != nil {
		return err
	}
	s.hurry()
	view, err := experienceView(key, doc)
	if err != nil {
		return err
	}
	return unkept(c, http.StatusOK, view)
}
