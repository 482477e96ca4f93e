package dialogue

import (
	"context"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// records are what the service holds about a person under the person's id (GDPR article 15): dialogues that they lead
// or take part in, actions that they own or proposed, rows of plans that they own, what they recorded as a facilitator,
// and what they wrote to TR and AMR before a dialogue.
//
// What is said in a step has no author that could be found: sealed words lose theirs at the lock, open ones never had
// one. Until the lock the person sees their own on the page of the dialogue; no copy of them is made here.
//
// When tenancy erases a person, nothing here is to be done: every name on a page is looked up by its id, and with the
// key of the profile the id has lost its last meaning. What was agreed stays as the minutes have it, without the name.
type records struct {
	Format    string           `json:"format"`
	Dialogues []recordedPart   `json:"dialogues"`
	Actions   []recordedAction `json:"actions"`
	Outcomes  []recordedWords  `json:"outcomes"`
	PlanRows  []recordedRow    `json:"plan_rows"`
}

// recordsFormat is the name and version of records; fields are only ever added to a version.
const recordsFormat = "guldkorn.dialogue.person/1"

type recordedPart struct {
	TenantID   tenant.ID  `json:"tenant_id"`
	DialogueID string     `json:"dialogue_id"`
	Title      string     `json:"title"`
	State      State      `json:"state"`
	Part       part       `json:"part"`
	CreatedAt  time.Time  `json:"created_at"`
	OpenedAt   *time.Time `json:"opened_at,omitempty"`
	Minutes    int        `json:"minutes_versions"` // each names those who took part, and who takes what on
}

type recordedAction struct {
	TenantID   tenant.ID    `json:"tenant_id"`
	ActionID   string       `json:"action_id"`
	DialogueID string       `json:"dialogue_id"`
	Text       string       `json:"text"`
	Owner      bool         `json:"owner"`
	Proposer   bool         `json:"proposer"`
	DueOn      string       `json:"due_on"`
	Status     ActionStatus `json:"status"`
	Reason     string       `json:"reason,omitempty"`
	Effect     Effect       `json:"effect,omitempty"`
	EffectNote string       `json:"effect_note,omitempty"`
}

type recordedWords struct {
	TenantID   tenant.ID `json:"tenant_id"`
	DialogueID string    `json:"dialogue_id"`
	Kind       string    `json:"kind"` // decision, disagreement, agreement, topic, input or escalation
	Text       string    `json:"text"`
	Answer     string    `json:"answer,omitempty"` // to an input
	RecordedAt time.Time `json:"recorded_at"`
}

// recordedRow is a row of a plan with the person as its owner.
type recordedRow struct {
	TenantID   tenant.ID `json:"tenant_id"`
	DialogueID string    `json:"dialogue_id"`
	RowID      string    `json:"row_id"`
	Text       string    `json:"text"`
	DueOn      string    `json:"due_on,omitempty"`
	State      PlanState `json:"state"`
}

// recordsOf gathers what there is in every school where the person has or had a role.
func (s *service) recordsOf(ctx context.Context, person string) (records, error) {
	r := records{Format: recordsFormat, Dialogues: []recordedPart{}, Actions: []recordedAction{}, Outcomes: []recordedWords{}, PlanRows: []recordedRow{}}
	places, err := s.directory.Places(ctx, person)
	if err != nil {
		return r, err
	}
	for _, place := range places {
		if err := s.recordsAt(tenant.With(ctx, place), place, person, &r); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (s *service) recordsAt(ctx context.Context, school tenant.ID, person string, into *records) error {
	for a, err := range s.actions.All(ctx, document.Query{Index: byDeadline}) {
		if err != nil {
			return err
		}
		b := a.Body
		if b.Owner.Person != person && b.ProposedBy != person {
			continue
		}
		into.Actions = append(into.Actions, recordedAction{
			TenantID: school, ActionID: a.ID, DialogueID: b.DialogueID, Text: b.Text, Owner: b.Owner.Person == person, Proposer: b.ProposedBy == person,
			DueOn: b.DueOn, Status: b.Status, Reason: b.Reason, Effect: b.Effect, EffectNote: b.EffectNote,
		})
	}
	// Also from a dialogue in which they no longer take part.
	for d, err := range s.inputs.All(ctx, document.Query{Index: byAuthor, Equal: []any{person}}) {
		if err != nil {
			return err
		}
		if b := d.Body; b.Status != inputTakenBack {
			into.Outcomes = append(into.Outcomes, recordedWords{school, b.DialogueID, "input", b.Text, b.Answer, b.SentAt})
		}
	}
	if err := s.recordedParts(ctx, s.meetings.Collection, school, person, into); err != nil {
		return err
	}
	// What a pre-meeting said stays with the staff side, also where somebody who once took part has gone over to the other.
	staff, err := s.onStaffSide(ctx, []string{person})
	if err != nil || len(staff) == 0 {
		return err
	}
	return s.recordedParts(ctx, s.meetings.closed, school, person, into)
}

// recordedParts gathers the parts that the person has in dialogues or in pre-meetings.
func (s *service) recordedParts(ctx context.Context, among *document.Collection[Meeting], school tenant.ID, person string, into *records) error {
	for d, err := range among.All(ctx, document.Query{Index: byAge}) {
		if err != nil {
			return err
		}
		if err := s.recordedRows(ctx, school, d.ID, person, into); err != nil {
			return err
		}
		m := &d.Body
		as := viewOf(m, person, false, "").part
		if as == reader {
			continue
		}
		into.Dialogues = append(into.Dialogues, recordedPart{
			TenantID: school, DialogueID: d.ID, Title: m.Title, State: m.State, Part: as, CreatedAt: m.CreatedAt, OpenedAt: m.OpenedAt, Minutes: m.Minutes.Version(),
		})
		if err := s.recordedIn(ctx, school, d.ID, person, into); err != nil {
			return err
		}
	}
	return nil
}

// recordedIn gathers what the person wrote down in a dialogue.
func (s *service) recordedIn(ctx context.Context, school tenant.ID, dialogue, person string, into *records) error {
	of := document.Query{Index: byDialogue, Equal: []any{dialogue}}
	for d, err := range s.decisions.All(ctx, of) {
		if err != nil {
			return err
		}
		if d.Body.RecordedBy == person {
			into.Outcomes = append(into.Outcomes, recordedWords{school, dialogue, "decision", d.Body.Text, "", d.Body.RecordedAt})
		}
	}
	for d, err := range s.disagreements.All(ctx, of) {
		if err != nil {
			return err
		}
		if d.Body.RecordedBy == person {
			into.Outcomes = append(into.Outcomes, recordedWords{school, dialogue, "disagreement", d.Body.Subject, "", d.Body.RecordedAt})
		}
	}
	for d, err := range s.agreements.All(ctx, of) {
		if err != nil {
			return err
		}
		if d.Body.ProposedBy == person {
			into.Outcomes = append(into.Outcomes, recordedWords{school, dialogue, "agreement", d.Body.Text, "", d.Body.ProposedAt})
		}
	}
	for d, err := range s.topics.All(ctx, of) {
		if err != nil {
			return err
		}
		if d.Body.RecordedBy == person {
			into.Outcomes = append(into.Outcomes, recordedWords{school, dialogue, "topic", d.Body.Text, "", d.Body.RecordedAt})
		}
	}
	for d, err := range s.escalations.All(ctx, of) {
		if err != nil {
			return err
		}
		if d.Body.RaisedBy == person {
			into.Outcomes = append(into.Outcomes, recordedWords{school, dialogue, "escalation", d.Body.Question, "", d.Body.RaisedAt})
		}
	}
	return nil
}

// recordedRows gathers the rows of a dialogue's plan that the person owns, whether they take part in it or not.
func (s *service) recordedRows(ctx context.Context, school tenant.ID, dialogue, person string, into *records) error {
	board, err := s.board(ctx, dialogue)
	if err != nil {
		return err
	}
	for _, row := range board.Body.Plan {
		if b := row.Body; b.Owner.Person == person {
			into.PlanRows = append(into.PlanRows, recordedRow{school, dialogue, row.ID, b.Text, b.DueOn, b.State})
		}
	}
	return nil
}
