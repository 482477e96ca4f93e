package dialogue

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
)

// citable returns the contributions that outcomes of a dialogue may cite.
func (s *service) citable(v visit) (map[string]bool, error) {
	var phases []string
	for _, p := range v.meeting.Body.Phases {
		if p.Settlement != Locking {
			phases = append(phases, p.ID)
		}
	}
	return s.ofPhases(v.ctx, phases)
}

func (s *service) recordDecision(c *gin.Context) error {
	v, err := s.visit(c, "outcome.record")
	if err != nil {
		return err
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Text    string   `json:"text"`
		Sources []string `json:"source_ids"`
	}](c)
	if err != nil {
		return err
	}
	if err := v.meeting.Body.TakesOutcomes(); err != nil {
		return err
	}
	known, err := s.citable(v)
	if err != nil {
		return err
	}
	text, wrong := cleanText("text", given.Text, maxDecision)
	var uncited *failure.Error
	if len(given.Sources) == 0 {
		uncited = failure.Invalid("source_ids", "at least one of the "+wantedSourceIDs)
	}
	if err := failure.Together(wrong, uncited, checkSources(&v.meeting.Body, given.Sources, known)); err != nil {
		return err
	}
	body := Decision{DialogueID: v.meeting.ID, Text: text, Sources: given.Sources, RecordedBy: v.subject.ID, RecordedAt: s.now()}
	recorded, _, err := s.decisions.Create(v.ctx, creation, body,
		events.DecisionRecorded{DialogueID: v.meeting.ID, DecisionID: creation.ID, Sources: given.Sources})
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.Created(c, recorded, viewDecision(recorded))
}

func (s *service) listDecisions(c *gin.Context) error { return listOf(s, c, s.decisions, viewDecision) }

func (s *service) recordDisagreement(c *gin.Context) error {
	v, err := s.visit(c, "disagreement.record")
	if err != nil {
		return err
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Subject        string   `json:"subject"`
		Positions      []string `json:"positions"`
		NextStep       string   `json:"next_step"`
		NextStepReason string   `json:"next_step_reason"`
		Sources        []string `json:"source_ids"`
	}](c)
	if err != nil {
		return err
	}
	if err := v.meeting.Body.TakesOutcomes(); err != nil {
		return err
	}
	known, err := s.citable(v)
	if err != nil {
		return err
	}
	body := Disagreement{
		DialogueID: v.meeting.ID, Subject: given.Subject, Positions: given.Positions, NextStep: given.NextStep,
		NextStepReason: given.NextStepReason, Sources: append([]string{}, given.Sources...), RecordedBy: v.subject.ID, RecordedAt: s.now(),
	}
	if err := body.clean(); err != nil {
		return err
	}
	if wrong := checkSources(&v.meeting.Body, given.Sources, known); wrong != nil {
		return wrong
	}
	recorded, _, err := s.disagreements.Create(v.ctx, creation, body)
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.Created(c, recorded, viewDisagreement(recorded))
}

func (s *service) listDisagreements(c *gin.Context) error {
	return listOf(s, c, s.disagreements, viewDisagreement)
}

// listOf answers with all documents of one kind of the dialogue of the request.
func listOf[T, V any](s *service, c *gin.Context, from *document.Collection[T], view func(document.Document[T]) V) error {
	v, err := s.visit(c, "minutes.read")
	if err != nil {
		return err
	}
	all, err := collect(v.ctx, from, document.Query{Index: byDialogue, Equal: []any{v.meeting.ID}})
	if err != nil {
		return err
	}
	list := rest.List[V]{Items: []V{}}
	for _, d := range all {
		list.Items = append(list.Items, view(d))
	}
	c.JSON(http.StatusOK, list)
	return nil
}
