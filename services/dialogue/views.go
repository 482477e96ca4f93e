package dialogue

import (
	"math"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// part is what somebody is in a dialogue.
type part string

const (
	facilitator part = "facilitator"
	participant part = "participant"
	reader      part = "reader"
)

// viewer is whose eyes an answer is for.
type viewer struct {
	person   string
	part     part
	guardian bool   // TR or AMR of the school: sees what they held back
	today    string // local date

	guest  string          // the guest's id, where one looks
	unseen map[string]bool // phases of which nothing is shown
}

// viewOf returns what a person may see of a meeting.
func viewOf(m *Meeting, person string, guardian bool, today string) viewer {
	v := viewer{person: person, part: reader, guardian: guardian, today: today}
	switch {
	case m.Leads(person):
		v.part = facilitator
	case m.TakesPart(person):
		v.part = participant
	}
	return v
}

type dialogueView struct {
	DialogueID     string         `json:"dialogue_id"`
	Revision       int64          `json:"revision"`
	Title          string         `json:"title"`
	State          State          `json:"state"`
	Playbook       string         `json:"playbook"`
	Version        int            `json:"playbook_version"`
	PlaybookTitle  playbook.Words `json:"playbook_title"`
	Variant        int            `json:"variant_minutes"`
	ForumID        string         `json:"forum_id,omitempty"`
	Mandate        string         `json:"mandate,omitempty"`
	Facilitators   []string       `json:"facilitator_ids"`
	Participants   []string       `json:"participant_ids"`
	Scribe         string         `json:"scribe_id,omitempty"`
	Source         *Cell          `json:"source,omitempty"`
	Told           *Told          `json:"experience,omitempty"` // for TR and AMR
	TechnologyID   string         `json:"technology_id,omitempty"`
	Follows        string         `json:"follows_id,omitempty"`
	PreMeeting     bool           `json:"pre_meeting,omitempty"`
	StartsAt       *time.Time     `json:"starts_at,omitempty"`
	Place          string         `json:"place,omitempty"`
	Sequence       int            `json:"sequence,omitempty"`
	CreatedAt      time.Time      `json:"created_at"`
	OpenedAt       *time.Time     `json:"opened_at,omitempty"`
	ClosedAt       *time.Time     `json:"closed_at,omitempty"`
	Reason         string         `json:"reason,omitempty"`
	CurrentPhaseID string         `json:"current_phase_id,omitempty"`
	Phases         []phaseView    `json:"phases"`
	MinutesVersion int            `json:"minutes_version,omitempty"`
	MinutesState   *MinutesState  `json:"minutes_state,omitempty"`
	MyPart         part           `json:"my_part"`
}

type phaseView struct {
	PhaseID             string               `json:"phase_id"`
	Step                string               `json:"step"`
	Kind                playbook.Kind        `json:"kind"`
	State               PhaseState           `json:"state"`
	Prompt              playbook.Words       `json:"prompt"`
	Instruction         playbook.Words       `json:"instruction"`
	Attribution         playbook.Attribution `json:"attribution"`
	Grouping            playbook.Grouping    `json:"grouping"`
	OpenOnly            bool                 `json:"open_only"`
	PhonesDown          bool                 `json:"phones_down"`
	Minutes             int                  `json:"minutes"`
	Days                int                  `json:"days,omitempty"`
	Beforehand          string               `json:"beforehand,omitempty"`
	StartedAt           *time.Time           `json:"started_at,omitempty"`
	Deadline            *time.Time           `json:"deadline,omitempty"`
	RemainingSeconds    *int                 `json:"remaining_seconds,omitempty"`
	Dots                int                  `json:"dots,omitempty"`
	DotsPerChoice       int                  `json:"dots_per_choice,omitempty"`
	InputFrom           []string             `json:"input_from"`
	Contributors        Band                 `json:"contributors,omitempty"`
	ExitRule            playbook.ExitRule    `json:"exit_rule"`
	Ready               int                  `json:"ready,omitempty"`
	ReadyGuests         int                  `json:"ready_guests,omitempty"`
	ReadyBand           Band                 `json:"ready_band,omitempty"`
	Revealed            *bool                `json:"revealed,omitempty"`
	AuthorshipDestroyed *bool                `json:"authorship_destroyed,omitempty"`
	Result              *Result              `json:"result,omitempty"`
}

// dialogueView renders a meeting; known is how far people are in its phase, as far as that was counted.
func (v viewer) dialogueView(d document.Document[Meeting], p *playbook.Playbook, known counts) dialogueView {
	m := &d.Body
	view := dialogueView{
		DialogueID: d.ID, Revision: d.Revision, Title: m.Title, State: m.State, Playbook: m.Playbook, Version: m.Version,
		PlaybookTitle: p.Title, Variant: m.Variant, ForumID: m.ForumID, Mandate: m.Mandate, Facilitators: m.Facilitators,
		Participants: m.Participants, Scribe: m.Scribe, Source: m.Source, TechnologyID: m.TechnologyID, Follows: m.Follows, PreMeeting: m.PreMeeting, StartsAt: m.StartsAt, Place: m.Place, Sequence: m.Sequence,
		CreatedAt: m.CreatedAt, OpenedAt: m.OpenedAt, ClosedAt: m.ClosedAt, Reason: m.Reason,
		Phases: make([]phaseView, 0, len(m.Phases)), MinutesVersion: m.Minutes.Version(), MyPart: v.part,
	}
	if v.guardian {
		view.Told = m.Told
	}
	if m.Minutes.Version() > 0 {
		view.MinutesState = &m.Minutes.State
	}
	if current := m.current(); current != nil {
		view.CurrentPhaseID = current.ID
	}
	for i := range m.Phases {
		view.Phases = append(view.Phases, v.phaseView(m, &m.Phases[i], p, known))
	}
	if v.part == guest {
		view.forGuest()
	}
	return view
}

func (v viewer) phaseView(m *Meeting, p *Phase, book *playbook.Playbook, known counts) phaseView {
	step := book.Step(p.Step)
	view := phaseView{
		PhaseID: p.ID, Step: p.Step, Kind: p.Kind, State: p.State, Prompt: question(step, m.Source), Instruction: step.Instruction,
		Attribution: p.Attribution, Grouping: step.Grouping, OpenOnly: m.OpenOnly(p), PhonesDown: step.PhonesDown, Minutes: p.Minutes, Days: p.Days, ExitRule: p.exit(),
		StartedAt: p.StartedAt, Deadline: p.Deadline, Dots: p.Dots, DotsPerChoice: p.DotsPerChoice, InputFrom: p.Inputs,
	}
	switch {
	case p.Beforehand:
		view.Beforehand = beforehandStarted
	case m.TakesBeforehand(p):
		view.Beforehand = beforehandPossible
	}
	if p.State == Halted {
		seconds := int(math.Ceil(p.Remaining.Seconds()))
		view.RemainingSeconds = &seconds
	}
	if p.Attribution == playbook.Sealed {
		revealed, destroyed := p.Settlement == Revealed || p.Settlement == Destroyed, p.Settlement == Destroyed
		view.Revealed, view.AuthorshipDestroyed = &revealed, &destroyed
		if p.running() && v.part == facilitator {
			view.Contributors, view.ReadyBand = known.writers, known.ready
		}
	} else if p.running() && v.part == facilitator {
		view.Ready, view.ReadyGuests = known.exactly, known.guests
	}
	if v.unseen[p.ID] {
		return view
	}
	if p.Attribution != playbook.Sealed || p.ended() {
		view.Result = p.Result
	}
	return view
}

type contributionView struct {
	ContributionID string               `json:"contribution_id"`
	Revision       int64                `json:"revision"`
	PhaseID        string               `json:"phase_id"`
	Attribution    playbook.Attribution `json:"attribution"`
	Text           string               `json:"text"`
	Table          string               `json:"table,omitempty"`
	Guest          bool                 `json:"guest,omitempty"`
	Mine           bool                 `json:"mine"`
	Held           bool                 `json:"held"`
	HeldReason     string               `json:"held_reason,omitempty"`
}

// sees tells whether a contribution is shown to the viewer.
func (v viewer) sees(c *Contribution) bool { return (!c.Held || v.guardian) && !v.unseen[c.PhaseID] }

func (v viewer) contributionView(d document.Document[Contribution]) contributionView {
	c := d.Body
	return contributionView{
		ContributionID: d.ID, Revision: d.Revision, PhaseID: c.PhaseID, Attribution: c.Attribution, Text: c.Text, Table: c.Table,
		Held: c.Held, HeldReason: c.HeldReason, Guest: c.Guest != "", Mine: c.Guest != "" && c.Guest == v.guest,
	}
}

// entryView renders a sealed contribution for its author.
func entryView(phase string, e entry) contributionView {
	return contributionView{ContributionID: e.ID, Revision: e.Revision, PhaseID: phase, Attribution: playbook.Sealed, Text: e.Text, Mine: true, Held: e.Held}
}

type decisionView struct {
	DecisionID string    `json:"decision_id"`
	Revision   int64     `json:"revision"`
	DialogueID string    `json:"dialogue_id"`
	Text       string    `json:"text"`
	Sources    []string  `json:"source_ids"`
	RecordedBy string    `json:"recorded_by"`
	RecordedAt time.Time `json:"recorded_at"`
}

func viewDecision(d document.Document[Decision]) decisionView {
	b := d.Body
	return decisionView{d.ID, d.Revision, b.DialogueID, b.Text, b.Sources, b.RecordedBy, b.RecordedAt}
}

type disagreementView struct {
	DisagreementID string    `json:"disagreement_id"`
	Revision       int64     `json:"revision"`
	DialogueID     string    `json:"dialogue_id"`
	Subject        string    `json:"subject"`
	Positions      []string  `json:"positions"`
	NextStep       string    `json:"next_step"`
	NextStepReason string    `json:"next_step_reason"`
	Sources        []string  `json:"source_ids"`
	RecordedBy     string    `json:"recorded_by"`
	RecordedAt     time.Time `json:"recorded_at"`
}

func viewDisagreement(d document.Document[Disagreement]) disagreementView {
	b := d.Body
	return disagreementView{
		d.ID, d.Revision, b.DialogueID, b.Subject, b.Positions, b.NextStep, b.NextStepReason, b.Sources, b.RecordedBy, b.RecordedAt,
	}
}

type actionView struct {
	ActionID     string       `json:"action_id"`
	Revision     int64        `json:"revision"`
	DialogueID   string       `json:"dialogue_id"`
	Text         string       `json:"text"`
	OwnerID      string       `json:"owner_id"`
	OwnerLeads   bool         `json:"owner_is_leader"`
	Minutes      int          `json:"minutes,omitempty"`
	Resources    string       `json:"resources,omitempty"`
	DueOn        string       `json:"due_on"`
	FollowUpOn   string       `json:"follow_up_on"`
	Status       ActionStatus `json:"status"`
	Reason       string       `json:"reason,omitempty"`
	Effect       Effect       `json:"effect,omitempty"`
	EffectNote   string       `json:"effect_note,omitempty"`
	TechnologyID string       `json:"technology_id,omitempty"`
	Source       *Cell        `json:"source,omitempty"`
	Sources      []string     `json:"source_ids"`
	Overdue      bool         `json:"overdue"`
	FollowUpDue  bool         `json:"follow_up_due"`
	Mine         bool         `json:"mine"`
	ProposedBy   string       `json:"proposed_by"`
	ProposedAt   time.Time    `json:"proposed_at"`
}

// actionView renders an action for a person on a local date.
func (v viewer) actionView(d document.Document[Action]) actionView {
	a := d.Body
	return actionView{
		ActionID: d.ID, Revision: d.Revision, DialogueID: a.DialogueID, Text: a.Text, OwnerID: a.Owner.Person,
		OwnerLeads: a.Owner.Leader, Minutes: a.Owner.Minutes, Resources: a.Resources, DueOn: a.DueOn, FollowUpOn: a.FollowUpOn,
		Status: a.Status, Reason: a.Reason, Effect: a.Effect, EffectNote: a.EffectNote, TechnologyID: a.TechnologyID,
		Source: a.Source, Sources: a.Sources, Overdue: a.Overdue(v.today), FollowUpDue: a.FollowUpDue(v.today),
		Mine: a.Owner.Person == v.person, ProposedBy: a.ProposedBy, ProposedAt: a.ProposedAt,
	}
}

// snapshotView is everything that a viewer may see of a dialogue at one moment.
type snapshotView struct {
	Dialogue      dialogueView       `json:"dialogue"`
	Contributions []contributionView `json:"contributions"`
	Board         boardView          `json:"board"`
	Guests        []guestView        `json:"guests"`
	Decisions     []decisionView     `json:"decisions"`
	Disagreements []disagreementView `json:"disagreements"`
	Actions       []actionView       `json:"actions"`
	Agreements    []agreementView    `json:"agreements"`
	Topics        []topicView        `json:"topics"`
	Escalations   []escalationView   `json:"escalations"`
	UnderReview   []agreementView    `json:"under_review"`
}

// deltaView is what changed; what is absent is as it was.
type deltaView struct {
	Dialogue      *dialogueView      `json:"dialogue,omitempty"`
	Contributions []contributionView `json:"contributions,omitempty"`
	Removed       []string           `json:"removed_contribution_ids,omitempty"`
	Board         *boardView         `json:"board,omitempty"`
	Guests        *[]guestView       `json:"guests,omitempty"` // all that there are now
	Decisions     []decisionView     `json:"decisions,omitempty"`
	Disagreements []disagreementView `json:"disagreements,omitempty"`
	Actions       []actionView       `json:"actions,omitempty"`
	Agreements    []agreementView    `json:"agreements,omitempty"`
	Topics        []topicView        `json:"topics,omitempty"`
	Escalations   []escalationView   `json:"escalations,omitempty"`
	UnderReview   *[]agreementView   `json:"under_review,omitempty"` // all that there are now
}

// empty tells whether nothing changed that the viewer may see.
func (v deltaView) empty() bool {
	return v.Dialogue == nil && v.Board == nil && v.Guests == nil && v.UnderReview == nil && len(v.Contributions)+len(v.Removed)+len(v.Decisions)+len(v.Disagreements)+len(v.Actions)+len(v.Agreements)+len(v.Topics)+len(v.Escalations) == 0
}

func (v viewer) snapshot(s *scene, p *playbook.Playbook) snapshotView {
	view := snapshotView{
		Dialogue: v.dialogueView(s.meeting, p, s.counts), Contributions: []contributionView{}, Board: v.boardView(&s.board.Body),
		Guests:    viewGuests(&s.guests.Body),
		Decisions: views(s.decisions, nil, viewDecision), Disagreements: views(s.disagreements, nil, viewDisagreement),
		Actions: views(s.actions, nil, v.actionView), Agreements: views(s.agreements, nil, v.agreementView),
		Topics: views(s.topics, nil, viewTopic), Escalations: views(s.escalations, nil, v.escalationView),
		UnderReview: views(s.reviewed, nil, v.agreementView),
	}
	for _, c := range s.contributions {
		if v.sees(&c.Body) {
			view.Contributions = append(view.Contributions, v.contributionView(c))
		}
	}
	return view
}

// views renders what is in a scene of one kind: everything (nil), or what is among these ids.
func views[T, V any](docs []document.Document[T], among map[string]bool, view func(document.Document[T]) V) []V {
	all := []V{}
	for _, d := range docs {
		if among == nil || among[d.ID] {
			all = append(all, view(d))
		}
	}
	return all
}

// delta renders what changed as it is now, with the viewer's permissions of now.
func (v viewer) delta(s *scene, c *change, p *playbook.Playbook) deltaView {
	view := deltaView{
		Decisions: views(s.decisions, c.ids[inDecisions], viewDecision), Disagreements: views(s.disagreements, c.ids[inDisagreements], viewDisagreement),
		Actions: views(s.actions, c.ids[inActions], v.actionView), Agreements: views(s.agreements, c.ids[inAgreements], v.agreementView),
		Topics: views(s.topics, c.ids[inTopics], viewTopic), Escalations: views(s.escalations, c.ids[inEscalations], v.escalationView),
	}
	if len(c.ids[inReviewed]) > 0 {
		reviewed := views(s.reviewed, nil, v.agreementView)
		view.UnderReview = &reviewed
	}
	if c.meeting || c.counts && v.part == facilitator {
		dialogue := v.dialogueView(s.meeting, p, s.counts)
		view.Dialogue = &dialogue
	}
	if len(c.ids[inBoard]) > 0 {
		board := v.boardView(&s.board.Body)
		view.Board = &board
	}
	if len(c.ids[inGuests]) > 0 {
		guests := viewGuests(&s.guests.Body)
		view.Guests = &guests
	}
	there := map[string]bool{}
	for _, d := range s.contributions {
		if c.ids[inContributions][d.ID] && v.sees(&d.Body) {
			there[d.ID] = true
			view.Contributions = append(view.Contributions, v.contributionView(d))
		}
	}
	gone := c.hidden // of what was held back from the beginning the room learns nothing, not even that it is there
	if v.guardian {
		gone = c.ids[inContributions]
	}
	for id := range gone {
		if !there[id] {
			view.Removed = append(view.Removed, id)
		}
	}
	return view
}
