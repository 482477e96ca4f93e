package dialogue

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

func (s *service) setScribe(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.lead")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Person string `json:"person_id"`
	}](c)
	if err != nil {
		return err
	}
	return s.commandAs(c, v, func(m *Meeting, _ visit) ([]events.Event, error) { return nil, m.SetScribe(given.Person) })
}

// transcribe takes a pile of paper. First the pile is recorded and then its lines, so that what a crash left is completed
// by the same request again.
func (s *service) transcribe(c *gin.Context) error {
	v, phase, err := s.visitPhase(c, "contribution.transcribe")
	if err != nil {
		return err
	}
	if phase.Attribution == playbook.Sealed && !phase.vote() { // whoever types sees the handwriting
		if err := s.decideIn(v.ctx, v.subject, "contribution.transcribe_sealed", v.meeting); err != nil {
			return err
		}
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Lines   []string `json:"lines"`
		Writers int      `json:"writers"`
	}](c)
	if err != nil {
		return err
	}
	if err := v.meeting.Body.CheckPaper(phase.ID, given.Writers); err != nil {
		return err
	}
	colleagues, err := s.roster.people(v.ctx)
	if err != nil {
		return err
	}
	lines, err := cleanLines(given.Lines, colleagues)
	if err != nil {
		return err
	}
	ofPhase := document.Query{Index: byPhase, Equal: []any{phase.ID}}
	piles, err := collect(v.ctx, s.papers, ofPhase)
	if err != nil {
		return err
	}
	typed := 0
	for _, pile := range piles {
		if pile.ID != creation.ID {
			typed += pile.Body.Lines
		}
	}
	if typed+len(lines) > maxPaperNotes {
		return failure.Invalid("lines", "at most "+strconv.Itoa(maxPaperNotes)+" lines in one step")
	}
	pile := Transcription{DialogueID: v.meeting.ID, PhaseID: phase.ID, Lines: len(lines), Writers: given.Writers}
	if _, _, err := s.papers.Create(v.ctx, creation, pile); err != nil {
		return err
	}
	held := 0
	for i, line := range lines {
		if line.held {
			held++
		}
		body := Contribution{DialogueID: v.meeting.ID, PhaseID: phase.ID, Attribution: Transcribed, Text: line.text, Held: line.held}
		if _, err := s.contributions.Insert(v.ctx, lineID(creation.ID, i), body); except(failure.DocumentExists, err) != nil {
			return err
		}
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusCreated, struct {
		Lines int `json:"lines"`
		Held  int `json:"held"`
	}{len(lines), held})
	return nil
}

// withdrawTranscribed takes back what was typed in wrongly.
func (s *service) withdrawTranscribed(c *gin.Context) error {
	v, err := s.visit(c, "contribution.transcribe")
	if err != nil {
		return err
	}
	if err := v.meeting.Body.in(Open, Paused, Concluding); err != nil {
		return err
	}
	id := c.Param("contribution_id")
	typed, err := s.contributions.Get(v.ctx, id)
	if err != nil {
		return err
	}
	if typed.Body.PhaseID != c.Param("phase_id") || typed.Body.DialogueID != v.meeting.ID || typed.Body.Attribution != Transcribed || typed.Body.Held {
		return failure.NotFound("contribution")
	}
	if err := s.contributions.Delete(v.ctx, id); err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	c.Status(http.StatusNoContent)
	return nil
}
