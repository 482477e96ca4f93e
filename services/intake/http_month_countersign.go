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
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/host/rest"
)

// forReader returns the month in the path and the signature of the caller, who may take the action and reads the month.
func (s *Intake) forReader(c *gin.Context, action string) (by Countersignature, doc document.Document[Month], err error) {
	subject, err := s.allow(c, action, "month")
	if err != nil {
		return by, doc, err
	}
	doc, role, err := s.monthOfReader(c.Request.Context(), subject, c.Param("month_id"))
	return Countersignature{PersonID: subject.ID, Role: role, At: s.now()}, doc, err
}

// getMonthRoster shows by person who can tell, while the list waits to be countersigned and never again.
func (s *Intake) getMonthRoster(c *gin.Context) error {
	_, doc, err := s.forReader(c, "experience.read_roster")
	if err != nil {
		return err
	}
	if err := doc.Body.waiting(); err != nil {
		return err
	}
	list, err := s.monthList(c.Request.Context(), doc)
	if err != nil {
		return err
	}
	return rest.OK(c, doc, intakeapi.MonthRoster{
		Month: s.monthView(doc), RosterHash: doc.Body.Frozen.RosterHash, KeyListHash: doc.Body.KeyListHash,
		PersonIds: list.Persons, Unknown: list.Unknown, ComparedWith: optional(list.ComparedWith),
		Joined: append([]string{}, list.Joined...), Left: append([]string{}, list.Left...),
	})
}

func (s *Intake) countersignMonth(c *gin.Context) error {
	by, doc, err := s.forReader(c, "experience.countersign")
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.MonthCountersigning](c)
	if err != nil {
		return err
	}
	signed := func(m Month) bool { return m.Countersigned.PersonID != "" }
	return s.decideMonth(c, doc, signed, func(ctx context.Context, doc document.Document[Month]) (step[Month], error) {
		if err := doc.Body.waiting(); err != nil {
			return nil, err
		}
		list, err := s.monthList(ctx, doc)
		if err != nil {
			return nil, err
		}
		if list.Unknown > 0 {
			return nil, failure.New(failure.RoundRosterForeign)
		}
		failpoint.Hit("before-signature")
		return func(m *Month) ([]events.Event, error) {
			return nil, m.Countersign(by, asked.RosterHash, asked.KeyListHash, list.Persons)
		}, nil
	})
}

func (s *Intake) refuseMonth(c *gin.Context) error {
	_, doc, err := s.forReader(c, "experience.refuse")
	if err != nil {
		return err
	}
	asked, err := refusal(c)
	if err != nil {
		return err
	}
	refused := func(m Month) bool { return m.Status == MonthRefused }
	return s.decideMonth(c, doc, refused, func(_ context.Context, doc document.Document[Month]) (step[Month], error) {
		return func(m *Month) ([]events.Event, error) { return nil, m.Refuse(asked) }, doc.Body.waiting()
	})
}

// decideMonth writes a decision about a month down, takes it as far as it gets at once and answers with the month.
func (s *Intake) decideMonth(c *gin.Context, doc document.Document[Month], taken func(Month) bool,
	prepare func(context.Context, document.Document[Month]) (step[Month], error)) error {
	doc, err := carry(c, s.months, doc, taken, prepare)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if doc.Body.NextAt.IsZero() {
		doc = s.hastenMonth(c.Request.Context(), doc)
	}
	if doc.Body.NextAt.IsZero() {
		status = http.StatusAccepted
	}
	c.Header("ETag", doc.ETag())
	c.Header("Cache-Control", "private, no-cache")
	c.JSON(status, s.monthView(doc))
	return nil
}

// hastenMonth takes a month one step further at once if it can. What is left the sweep takes up: the decision stands.
func (s *Intake) hastenMonth(ctx context.Context, doc document.Document[Month]) document.Document[Month] {
	ctx, cancel := context.WithTimeout(access.WithSubject(context.WithoutCancel(ctx), s.identity), answerWithin)
	defer cancel()
	if err := s.stepMonth(ctx, doc); err != nil {
		s.monthStays(ctx, doc, err)
		s.hurry()
	}
	if now, err := s.months.Get(ctx, doc.ID); err == nil {
		return now
	}
	return doc
}
