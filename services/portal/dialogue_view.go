package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// meeting is a dialogue as its three screens show it: the page that prepares it, the room's screen and the phone.
type meeting struct {
	dialogueapi.Dialogue
	Tag           string
	Phase         *dialogueapi.Phase // the active or paused one
	Next          *dialogueapi.Phase // the first that has not begun
	Number        int                // of Phase, from 1
	Contributions []dialogueapi.Contribution
	Material      []dialogueapi.Contribution // what the phase works on: contributions of earlier phases
	Held          []dialogueapi.Contribution // back from the room; for TR and AMR
	all           []dialogueapi.Contribution // of every phase, without those
	Voted         bool
	Ready         bool // the reader needs no more time in the step
	Ranking       []ranked
	VoteTooFew    bool // the last vote had too few voters to be counted
	Decisions     []dialogueapi.Decision
	Disagreements []dialogueapi.Disagreement
	Actions       []actionView
	Agreements    []dialogueapi.Agreement
	Topics        []dialogueapi.Topic
	Escalations   []dialogueapi.Escalation
	Carried       carried
	Continues     bool      // may make the next dialogue of the same people
	Plan          *planning // nil for whoever cannot change it now
	HandsOver     *handing  // nil for whoever does not
	Inputs        *inputs   // what colleagues write before it; nil for whoever has no part in that
	Owners        []owner
	Leads         bool
	TakesPart     bool
	Guests        []dialogueapi.Guest // who are here without an account
	guestsSince   *time.Time          // when the dialogue was opened to them, nil while it is not
	AsGuest       bool                // a guest reads
	Guest         string              // under this name
	scribe        bool                // types in what is on paper
	Holds         bool                // may hold a contribution back
	Names         map[string]string
	Alert         string
	Board         boardShown           // of the step under way, if it fills one
	Boards        []string             // the kinds of board that the dialogue has
	Asked         *dialogueapi.PlanRow // the row of the plan that is to become an action
	board         dialogueapi.Board
	Screen        string // that it is shown on
	Written       string // what was written when it was refused
	Naming        bool   // it was, since it names a colleague
	DueOn         string
	AnswerBy      string
	FollowUpOn    string
}

// ranked is a contribution with its dots.
type ranked struct {
	Contribution dialogueapi.Contribution
	Dots, Width  int
}

// owner is somebody who can be asked to do something.
type owner struct {
	ID, Name string
	Leader   bool
}

// meeting reads a dialogue with everything that the reader may see of it now.
func (v *visit) meeting() (meeting, error) {
	var m meeting
	id := v.param("dialogue_id")
	if err := v.get("dialogue", v.at("dialogues", id), &m.Dialogue); err != nil {
		return m, err
	}
	m.Tag = tag(m.Revision)
	m.Leads = m.MyPart == "facilitator"
	m.scribe = value(m.ScribeID) == v.session.PersonID
	m.TakesPart = slices.Contains(m.ParticipantIds, v.session.PersonID)
	m.Continues = m.MyPart != "reader" && (m.State == "follow_up" || m.State == "closed") && v.has(dialogueStarters...) && (!value(m.PreMeeting) || v.callsPreMeetings())
	m.Holds = v.has(access.UnionRepresentative, access.SafetyRepresentative)
	m.DueOn, m.FollowUpOn, m.AnswerBy = v.daysFrom(28), v.daysFrom(56), v.daysFrom(answerDays)
	m.underWay()
	if err := v.written(&m); err != nil {
		return m, err
	}
	if err := v.boards(&m); err != nil {
		return m, err
	}
	m.rank()
	var err error
	if m.HandsOver, err = v.handsOver(&m); err != nil {
		return m, err
	}
	ids := slices.Concat(m.ParticipantIds, m.FacilitatorIds)
	for _, a := range slices.Concat(m.Actions, m.Carried.Actions) {
		ids = append(ids, a.OwnerID)
	}
	if m.Names, err = v.names(ids...); err != nil {
		return m, err
	}
	for _, actions := range [][]actionView{m.Actions, m.Carried.Actions} {
		for i := range actions {
			actions[i].Owner = m.Names[actions[i].OwnerID]
		}
	}
	return m, nil
}

// underWay finds the step that runs, and the next one.
func (m *meeting) underWay() {
	for i := range m.Phases {
		p := &m.Phases[i]
		switch {
		case p.State == "active" || p.State == "paused":
			m.Phase, m.Number = p, i+1
		case p.State == "pending" && m.Next == nil:
			m.Next = p
		}
	}
}

// written reads what has been written so far: contributions, the own ballot, and outcomes.
func (v *visit) written(m *meeting) error {
	one := func(parts ...string) string { return v.at(append([]string{"dialogues", m.DialogueID}, parts...)...) }
	var decisions dialogueapi.DecisionList
	var disagreements dialogueapi.DisagreementList
	var actions dialogueapi.ActionList
	var agreements dialogueapi.AgreementList
	var topics dialogueapi.TopicList
	var escalations dialogueapi.EscalationList
	var left dialogueapi.Carried
	var own dialogueapi.OwnBallot
	reads := []func() error{
		v.reads("dialogue", one("decisions"), &decisions), v.reads("dialogue", one("disagreements"), &disagreements),
		v.reads("dialogue", one("actions"), &actions), v.reads("dialogue", one("agreements"), &agreements),
		v.reads("dialogue", one("topics"), &topics), v.reads("dialogue", one("escalations"), &escalations),
	}
	if m.begins() {
		reads = append(reads, v.reads("dialogue", one("carried"), &left))
	}
	lists := make([]dialogueapi.ContributionList, len(m.Phases))
	for i, p := range m.Phases {
		if p.Attribution != "none" && p.State != "pending" && p.State != "skipped" && p.Kind != "prioritise" {
			reads = append(reads, v.reads("dialogue", one("phases", p.PhaseID, "contributions"), &lists[i]))
		}
	}
	for _, p := range m.Phases {
		if kind := string(p.Kind); slices.Contains(boardKinds, kind) && !slices.Contains(m.Boards, kind) {
			m.Boards = append(m.Boards, kind)
		}
	}
	if len(m.Boards) > 0 {
		reads = append(reads, v.readable(one("board"), &m.board))
	}
	if m.Phase != nil && m.Phase.Kind == "prioritise" {
		reads = append(reads, v.reads("dialogue", one("phases", m.Phase.PhaseID, "ballots"), &own))
	}
	var ready dialogueapi.OwnReady
	if m.CanBeReady() {
		reads = append(reads, v.reads("dialogue", one("phases", m.Phase.PhaseID, "ready"), &ready))
	}
	var guests dialogueapi.Guests
	if m.MyPart != "reader" && takesGuests(&m.Dialogue) {
		reads = append(reads, v.reads("dialogue", one("guests"), &guests))
	}
	if m.Leads && m.Phase != nil {
		reads = append(reads, func() error { return v.counts(m) })
	}
	if err := together(reads...); err != nil {
		return err
	}
	m.Ready, m.Guests, m.guestsSince = ready.Ready, guests.Guests, guests.Since
	m.Voted, m.Decisions, m.Disagreements = own.Cast, decisions.Items, disagreements.Items
	m.Actions, m.Agreements, m.Topics = v.actionsOf(actions.Items), agreements.Items, topics.Items
	m.Escalations = escalations.Items
	m.Carried = carried{v.actionsOf(left.Actions), left.Agreements, left.Topics, left.Escalations}
	byPhase := make([][]dialogueapi.Contribution, len(lists))
	for i := range lists {
		byPhase[i] = lists[i].Items
	}
	m.spread(byPhase)
	return nil
}

// spread puts what was written in each phase where it belongs on the screen.
func (m *meeting) spread(lists [][]dialogueapi.Contribution) {
	for i, p := range m.Phases {
		shown := slices.DeleteFunc(slices.Clone(lists[i]), func(c dialogueapi.Contribution) bool { return c.Held && !c.Mine })
		for _, c := range lists[i] {
			if c.Held && !c.Mine {
				m.Held = append(m.Held, c)
			}
		}
		m.all = append(m.all, shown...)
		switch {
		case m.Phase != nil && i == m.Number-1:
			m.Contributions = shown
		case m.Phase == nil || len(m.Phase.InputFrom) == 0 || slices.Contains(m.Phase.InputFrom, p.PhaseID):
			m.Material = append(m.Material, shown...)
		}
	}
}

// Recorded tells whether anything was written down that stays.
func (m meeting) Recorded() bool {
	return len(m.Decisions)+len(m.Actions)+len(m.Disagreements)+len(m.Agreements)+len(m.Topics)+len(m.Escalations) > 0
}

// Over are the steps that are over, each as it was taken last. Any of them can be taken once more.
func (m meeting) Over() (over []dialogueapi.Phase) {
	for _, p := range m.Phases {
		if p.State != "locked" && p.State != "skipped" {
			continue
		}
		over = slices.DeleteFunc(over, func(before dialogueapi.Phase) bool { return before.Step == p.Step })
		over = append(over, p)
	}
	return over
}

// rank puts the last counted vote in order.
func (m *meeting) rank() {
	for _, p := range m.Phases {
		if p.Result == nil {
			continue
		}
		m.Ranking, m.VoteTooFew = nil, p.Result.State != "shown"
		most := 1
		for _, choice := range p.Result.Choices {
			most = max(most, choice.Dots)
			for _, c := range m.all {
				if c.ContributionID == choice.ContributionID {
					m.Ranking = append(m.Ranking, ranked{c, choice.Dots, choice.Dots * 100 / most})
				}
			}
		}
	}
}

// Stamp says whether a part of the screen has changed, so that a script leaves alone what somebody is writing in. It
// follows from what is shown and from nothing else.
func (m meeting) Stamp(part string) string {
	shown := map[string]any{"part": part, "state": m.State, "alert": m.Alert, "naming": m.Naming}
	if m.Phase != nil {
		shown["phase"], shown["phase_state"] = m.Phase.PhaseID, m.Phase.State
	}
	switch part {
	case "clock":
		if m.Phase != nil {
			shown["deadline"], shown["left"], shown["band"] = m.Phase.Deadline, m.Phase.RemainingSeconds, m.Phase.Contributors
			shown["ready"], shown["ready_band"], shown["ready_guests"] = m.Phase.Ready, m.Phase.ReadyBand, m.Phase.ReadyGuests
		}
	case "ready":
		shown["ready"] = m.Ready
	case "held":
		shown["held"] = m.Held
	case "desk":
		shown["mine"], shown["material"], shown["voted"], shown["ranking"] = len(m.Contributions), m.Material, m.Voted, m.Ranking
	case "wall":
		shown["contributions"], shown["material"], shown["ranking"], shown["few"] = m.Contributions, m.Material, m.Ranking, m.VoteTooFew
		shown["board"] = m.Board
	case "outcomes":
		shown["decisions"], shown["disagreements"], shown["actions"], shown["agreements"] = m.Decisions, m.Disagreements, m.Actions, m.Agreements
		shown["topics"], shown["escalations"] = m.Topics, m.Escalations
	case "guests":
		shown["guests"] = m.Guests
	case "carried":
		shown["carried"] = m.Carried
	case "controls":
		shown["revision"] = m.Revision
	case "forms":
		if m.SharedDots() {
			shown["revision"] = m.Revision
		}
	}
	raw, err := json.Marshal(shown)
	if err != nil {
		return part // a stamp that never changes leaves the part to the next full page
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// Seconds are left on the clock of a paused step.
func (m meeting) Seconds() int {
	if m.Phase == nil {
		return 0
	}
	return value(m.Phase.RemainingSeconds)
}

// Clock is the deadline of the active step, nil when none runs.
func (m meeting) Clock() *time.Time {
	if m.Phase == nil || m.Phase.State != "active" || m.Phase.Days != nil || startedBeforehand(*m.Phase) {
		return nil
	}
	return m.Phase.Deadline
}

// Until is the last day of a step that is open for days, nil when none is.
func (m meeting) Until() *time.Time {
	if m.Phase == nil || m.Phase.Days == nil || m.Phase.Deadline == nil || startedBeforehand(*m.Phase) {
		return nil
	}
	last := m.Phase.Deadline.Add(-time.Second) // it ends as the day does
	return &last
}

// Choices are the contributions that an outcome can rest on: those with the most dots first, or else all.
func (m meeting) Choices() []dialogueapi.Contribution {
	var all []dialogueapi.Contribution
	for _, r := range m.Ranking {
		all = append(all, r.Contribution)
	}
	if len(all) > 0 {
		return all
	}
	return m.all
}

// Cites tells whether a choice is ticked beforehand: the row that is to become an action, or else the first.
func (m meeting) Cites(number int, id string) bool {
	if m.Asked != nil {
		return m.Asked.RowID == id
	}
	return number == 0
}

// Step is the step under way, or the last one that there was: what is agreed can rest on the talk in it.
func (m meeting) Step() *dialogueapi.Phase {
	if m.Phase != nil {
		return m.Phase
	}
	var last *dialogueapi.Phase
	for i := range m.Phases {
		if m.Phases[i].State == "locked" {
			last = &m.Phases[i]
		}
	}
	return last
}

// DisagreementFields are the inputs of a disagreement, in order.
func (m meeting) DisagreementFields() []string { return disagreementFields }

var disagreementFields = []string{"subject", "position_a", "position_b", "next_step", "next_step_reason"}

// SharedDots tells whether the group places its dots together, on the screen of the room.
func (m meeting) SharedDots() bool {
	return m.Phase != nil && m.Phase.Kind == "prioritise" && m.Phase.Attribution == "group"
}

// DotsOn is how many dots a contribution has in the vote under way.
func (m meeting) DotsOn(contribution string) int {
	if m.Phase == nil || m.Phase.Result == nil {
		return 0
	}
	for _, choice := range m.Phase.Result.Choices {
		if choice.ContributionID == contribution {
			return choice.Dots
		}
	}
	return 0
}
