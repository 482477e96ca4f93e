package dialogue

import (
	"maps"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// citable returns the contributions and what on the board outcomes of a dialogue may cite.
func (s *service) citable(v visit) (map[string]bool, error) {
	var phases []string
	for _, p := range v.meeting.Body.Phases {
		if p.Settlement != Locking {
			phases = append(phases, p.ID)
		}
	}
	return s.toCite(v, phases, boardKinds)
}

// toCite returns what was written in some phases, and what is on the board of some kinds.
func (s *service) toCite(v visit, phases []string, kinds []playbook.Kind) (map[string]bool, error) {
	known, err := s.ofPhases(v.ctx, phases)
	if err != nil {
		return nil, err
	}
	board, err := s.board(v.ctx, v.meeting.ID)
	maps.Copy(known, board.Body.citable(kinds...))
	return known, err
}

// creating begins a request to record what a dialogue came to.
func (s *service) creating(c *gin.Context, action string) (v visit, creation document.Creation, err error) {
	if v, err = s.visit(c, action); err != nil {
		return v, creation, err
	}
	creation, err = rest.Creation(c)
	return v, creation, err
}

// readOutcome reads what a dialogue came to, if the dialogue takes outcomes now, and returns what can be cited for it.
func readOutcome[T any](s *service, c *gin.Context, v visit) (given T, known map[string]bool, err error) {
	if given, err = host.Decode[T](c); err != nil {
		return given, nil, err
	}
	if err = v.meeting.Body.TakesOutcomes(); err != nil {
		return given, nil, err
	}
	known, err = s.citable(v)
	return given, known, err
}

func (s *service) recordDecision(c *gin.Context) error {
	v, creation, err := s.creating(c, "outcome.record")
	if err != nil {
		return err
	}
	body, err := s.decodeDecision(c, v)
	if err != nil {
		return err
	}
	var tell []events.Event
	if !v.meeting.Body.PreMeeting {
		tell = told(events.DecisionRecorded{DialogueID: v.meeting.ID, DecisionID: creation.ID, Sources: body.Sources})
	}
	recorded, _, err := s.decisions.Create(v.ctx, creation, body, tell...)
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.Created(c, recorded, viewDecision(recorded))
}

// decodeDecision reads a decision that the dialogue can take now.
func (s *service) decodeDecision(c *gin.Context, v visit) (Decision, error) {
	given, known, err := readOutcome[struct {
		Text    string   `json:"text"`
		Sources []string `json:"source_ids"`
	}](s, c, v)
	if err != nil {
		return Decision{}, err
	}
	text, wrong := cleanText("text", given.Text, maxDecision)
	var uncited *failure.Error
	if len(given.Sources) == 0 {
		uncited = failure.Invalid("source_ids", "at least one of the "+wantedSourceIDs)
	}
	return Decision{DialogueID: v.meeting.ID, Text: text, Sources: given.Sources, RecordedBy: v.subject.ID, RecordedAt: s.now()},
		failure.Together(wrong, uncited, checkSources(&v.meeting.Body, given.Sources, known))
}

func (s *service) correctDecision(c *gin.Context) error {
	v, err := s.visit(c, "outcome.record")
	if err != nil {
		return err
	}
	body, err := s.decodeDecision(c, v)
	if err != nil {
		return err
	}
	return correct(s, c, v, s.decisions, c.Param("decision_id"), viewDecision, func(d *Decision) string {
		of := d.DialogueID
		d.Text, d.Sources = body.Text, body.Sources
		return of
	})
}

// correct changes an outcome at the revision that the caller has seen; change returns whose outcome it is.
func correct[T, V any](s *service, c *gin.Context, v visit, in *document.Collection[T], id string, view func(document.Document[T]) V, change func(*T) string) error {
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	corrected, err := in.UpdateAt(v.ctx, id, revision, func(body *T) ([]events.Event, error) {
		if change(body) != v.meeting.ID {
			return nil, failure.NotFound("outcome")
		}
		return nil, nil
	})
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.OK(c, corrected, view(corrected))
}

func (s *service) listDecisions(c *gin.Context) error { return listOf(s, c, s.decisions, viewDecision) }

func (s *service) recordDisagreement(c *gin.Context) error {
	v, creation, err := s.creating(c, "disagreement.record")
	if err != nil {
		return err
	}
	body, err := s.decodeDisagreement(c, v)
	if err != nil {
		return err
	}
	recorded, _, err := s.disagreements.Create(v.ctx, creation, body)
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.Created(c, recorded, viewDisagreement(recorded))
}

// decodeDisagreement reads a disagreement that the dialogue can take now.
func (s *service) decodeDisagreement(c *gin.Context, v visit) (Disagreement, error) {
	given, known, err := readOutcome[struct {
		Subject        string   `json:"subject"`
		Positions      []string `json:"positions"`
		NextStep       string   `json:"next_step"`
		NextStepReason string   `json:"next_step_reason"`
		Sources        []string `json:"source_ids"`
	}](s, c, v)
	if err != nil {
		return Disagreement{}, err
	}
	body := Disagreement{
		DialogueID: v.meeting.ID, Subject: given.Subject, Positions: given.Positions, NextStep: given.NextStep,
		NextStepReason: given.NextStepReason, Sources: append([]string{}, given.Sources...), RecordedBy: v.subject.ID, RecordedAt: s.now(),
	}
	if err := body.clean(); err != nil {
		return Disagreement{}, err
	}
	if wrong := checkSources(&v.meeting.Body, given.Sources, known); wrong != nil {
		return Disagreement{}, wrong
	}
	return body, nil
}

func (s *service) correctDisagreement(c *gin.Context) error {
	v, err := s.visit(c, "disagreement.record")
	if err != nil {
		return err
	}
	body, err := s.decodeDisagreement(c, v)
	if err != nil {
		return err
	}
	return correct(s, c, v, s.disagreements, c.Param("disagreement_id"), viewDisagreement, func(d *Disagreement) string {
		of := d.DialogueID
		d.Subject, d.Positions, d.NextStep, d.NextStepReason, d.Sources = body.Subject, body.Positions, body.NextStep, body.NextStepReason, body.Sources
		return of
	})
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
