package intake

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

const (
	experienceBase = "/v1/tenants/:tenant_id/experiences"

	// monthTicketRoute leaves no access log, no trace and no figure of a single request.
	monthTicketRoute = experienceBase + "/months/:month_id/tickets"
)

func (s *Intake) routeExperiences(authenticate gin.HandlerFunc) {
	group := s.engine.Group(experienceBase, authenticate, host.Tenant())
	group.GET("", host.Handle(s.getVoice))
	group.PUT("", host.Handle(s.setVoice))
	group.GET("/months/:month_id/roster", host.Handle(s.getMonthRoster))
	group.POST("/months/:month_id/countersign", host.Handle(s.countersignMonth))
	group.POST("/months/:month_id/refuse", host.Handle(s.refuseMonth))
	group.GET("/months/:month_id/told", host.Handle(s.listExperiences))
	group.POST("/told/:experience_id/answer", host.Handle(s.answerExperience))
	s.engine.POST(monthTicketRoute, authenticate, host.Tenant(), host.Handle(s.issueMonthTicket))
}

func (s *Intake) getVoice(c *gin.Context) error {
	if _, err := s.allow(c, "experience.read", "voice"); err != nil {
		return err
	}
	return s.showVoice(c)
}

// showVoice answers with nothing that moves with what is told.
func (s *Intake) showVoice(c *gin.Context) error {
	ctx := c.Request.Context()
	voice, err := s.voice(ctx)
	if err != nil {
		return err
	}
	view := intakeapi.Voice{On: voice.On, Readers: readerRoles(voice.Readers), Months: []intakeapi.Month{}}
	if voice.On {
		view.Without = optional(intakeapi.VoiceWithout(voice.Without))
	}
	for doc, err := range s.months.All(ctx, document.Query{Index: "by_name", Descending: true}) {
		if err != nil {
			return err
		}
		view.Months = append(view.Months, s.monthView(doc))
	}
	return unkept(c, http.StatusOK, view)
}

// voice is that of the context's school; a school that never began has none, which is off.
func (s *Intake) voice(ctx context.Context) (Voice, error) {
	doc, err := s.voices.Get(ctx, voiceID)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return Voice{Readers: textReaders()}, nil
	}
	return doc.Body, err
}

func (s *Intake) monthView(doc document.Document[Month]) intakeapi.Month {
	m := doc.Body
	return intakeapi.Month{
		MonthID: doc.ID, Month: m.Name, Status: intakeapi.MonthStatus(m.Status), Staff: m.Frozen.Staff, Readers: readerRoles(m.Frozen.Readers),
		CountersignedBy: optional(m.Countersigned.PersonID), CountersignedAs: optional(intakeapi.ReaderRole(m.Countersigned.Role)),
		RefusedFor: optional(intakeapi.MonthRefusedFor(m.RefusedFor)),
		ClosesOn:   string(m.Frozen.ClosesOn), KeptUntil: optional(string(m.KeptUntil)), URL: ballotPage(s.settings.BallotBoxURL, doc.ID),
	}
}

func readerRoles(roles []string) []intakeapi.ReaderRole {
	view := []intakeapi.ReaderRole{}
	for _, role := range roles {
		view = append(view, intakeapi.ReaderRole(role))
	}
	return view
}

func (s *Intake) setVoice(c *gin.Context) error {
	if _, err := s.allow(c, "experience.switch", "voice"); err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.VoiceSetting](c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	read, wrong := readers("readers", roleNames(asked.Readers))
	if wrong == nil && len(read) == 0 {
		wrong = failure.Invalid("readers", "tr, amr or both")
	}
	if wrong != nil {
		return wrong
	}
	if asked.On {
		_, without, err := s.tellers(ctx, read)
		if err != nil {
			return err
		}
		if err := without.refusal(); err != nil {
			return err
		}
	}
	if _, err := s.voices.Upsert(ctx, voiceID, func(v *Voice, _ bool) ([]events.Event, error) {
		v.Switch(asked.On, read)
		return nil, nil
	}); err != nil {
		return err
	}
	s.hurry()
	return s.showVoice(c)
}

// roleNames are the roles of a request, nil if it names none.
func roleNames(roles *[]intakeapi.ReaderRole) *[]string {
	if roles == nil {
		return nil
	}
	names := []string{}
	for _, role := range *roles {
		names = append(names, string(role))
	}
	return &names
}

// issueMonthTicket leaves no trace of who asked: see monthTicketRoute, and quiet in policy.rego.
func (s *Intake) issueMonthTicket(c *gin.Context) error {
	subject, err := s.allow(c, "experience.ticket", "month")
	if err != nil {
		return err
	}
	doc, err := s.months.Get(c.Request.Context(), c.Param("month_id"))
	if err != nil {
		return err
	}
	if err := doc.Body.mayIssue(); err != nil {
		return err
	}
	unit, pseudonym, err := s.placeOn(c.Request.Context(), doc.Body.Frozen.RosterHash, doc.ID, subject.ID)
	switch failure.CodeOf(err) {
	case "":
	case failure.RoundNotOnRoster:
		return failure.New(failure.MonthNotOnRoster)
	case failure.RoundNoTickets:
		return failure.New(failure.MonthNoTickets)
	default:
		return err
	}
	return s.giveTicket(c, Ticket{Round: doc.ID, Unit: unit, Pseudonym: pseudonym, KeyList: doc.Body.KeyListHash})
}
