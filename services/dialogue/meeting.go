package dialogue

import (
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// State is where a dialogue is: draft -> scheduled -> open <-> paused -> concluding -> minutes_review -> follow_up ->
// closed, or cancelled.
type State string

// The states of a dialogue.
const (
	Draft         State = "draft"
	Scheduled     State = "scheduled"
	Open          State = "open"
	Paused        State = "paused"
	Concluding    State = "concluding"
	MinutesReview State = "minutes_review"
	FollowUp      State = "follow_up"
	Closed        State = "closed"
	Cancelled     State = "cancelled"
)

// Meeting is one dialogue: who takes part, which playbook it follows and how far it is. What is said and agreed in it
// are documents of their own.
type Meeting struct {
	Title        string      `bson:"title"`
	State        State       `bson:"state"`
	Playbook     string      `bson:"playbook"`
	Version      int         `bson:"playbook_version"`
	Variant      int         `bson:"variant_minutes"`
	Learners     string      `bson:"learners,omitempty"` // the word for them that the playbook is read with; pinned as its version is
	ForumID      string      `bson:"forum_id"`
	Mandate      string      `bson:"mandate"`
	Facilitators []string    `bson:"facilitator_ids"`
	Participants []string    `bson:"participant_ids"`
	Scribe       string      `bson:"scribe_id"` // types in what is on paper
	Source       *Cell       `bson:"source"`
	Told         *Told       `bson:"told"`
	SourceKey    string      `bson:"source_key"`
	TechnologyID string      `bson:"technology_id"`
	Follows      string      `bson:"follows_id"`  // the dialogue of the same people that it carries on
	PreMeeting   bool        `bson:"pre_meeting"` // of the staff side alone, from its beginning and for good
	CreatedAt    time.Time   `bson:"made_at"`
	StartsAt     *time.Time  `bson:"starts_at"`
	Place        string      `bson:"place,omitempty"`
	Sequence     int         `bson:"sequence,omitempty"` // of the invitations
	OpenedAt     *time.Time  `bson:"opened_at"`
	ClosedAt     *time.Time  `bson:"closed_at"`
	Reason       string      `bson:"reason"`
	Phases       []Phase     `bson:"phases"`
	Minutes      MinutesMark `bson:"minutes"`
	LockAt       time.Time   `bson:"lock_at"`   // when the server locks the active phase; never without one
	RemindAt     time.Time   `bson:"remind_at"` // when it reminds of its end; never without that
	Settling     bool        `bson:"settling"`
	AwaitsReady  bool        `bson:"awaits_ready"` // the active phase ends when all are ready
}

// MinutesMark says which versions of the minutes there are and which counts.
type MinutesMark struct {
	Hashes     []string     `bson:"hashes"`   // of the circulated versions, from version 1 on
	State      MinutesState `bson:"state"`    // of the newest one
	Approved   int          `bson:"approved"` // the newest approved version, 0 for none
	ApprovedAt *time.Time   `bson:"approved_at"`
	ApprovedBy string       `bson:"approved_by"`
}

// Version is the newest circulated version, 0 for none.
func (m MinutesMark) Version() int { return len(m.Hashes) }

// newMeeting prepares a dialogue after a playbook.
func newMeeting(p *playbook.Playbook, v playbook.Variant, now time.Time) Meeting {
	return Meeting{
		State: Draft, Playbook: p.ID, Version: p.Version, Variant: v.Minutes, CreatedAt: now, Phases: newPhases(p, v),
		Minutes: MinutesMark{Hashes: []string{}, State: MinutesDraft}, LockAt: never, RemindAt: never,
	}
}

func (m *Meeting) in(states ...State) error {
	if slices.Contains(states, m.State) {
		return nil
	}
	return failure.New(failure.DialogueWrongState).At("state").Wanting(either(states))
}

// settle brings what is derived from the phases up to date.
func (m *Meeting) settle() {
	m.LockAt, m.RemindAt, m.Settling, m.AwaitsReady = never, never, false, false
	for i := range m.Phases {
		p := &m.Phases[i]
		if p.State == Active {
			m.AwaitsReady = p.Exit == playbook.AllReady
			if p.timed() {
				m.LockAt = p.Deadline.Add(Grace)
			}
			if p.RemindAt != nil {
				m.RemindAt = *p.RemindAt
			}
		}
		if p.Settlement != Unsettled && p.Settlement != Destroyed {
			m.Settling = true
		}
	}
}

// current returns the phase that is running, or nil.
func (m *Meeting) current() *Phase {
	for i := range m.Phases {
		if m.Phases[i].running() {
			return &m.Phases[i]
		}
	}
	return nil
}

// Leads tells whether a person is a facilitator.
func (m *Meeting) Leads(person string) bool { return slices.Contains(m.Facilitators, person) }

// TakesPart tells whether a person is a participant.
func (m *Meeting) TakesPart(person string) bool { return slices.Contains(m.Participants, person) }

// Published tells whether everybody who works at the school may read the minutes.
func (m *Meeting) Published() bool { return !m.PreMeeting && m.Minutes.Approved > 0 }

// Schedule says when the dialogue begins, and where. What is written beforehand is open until then.
func (m *Meeting) Schedule(at time.Time, place string, now time.Time, zone *time.Location) error {
	if err := m.in(Draft, Scheduled); err != nil {
		return err
	}
	if !at.After(now) {
		return failure.Invalid("starts_at", "a time to come")
	}
	if m.State == Scheduled && (!m.StartsAt.Equal(at) || m.Place != place) {
		m.Sequence++
	}
	m.State, m.StartsAt, m.Place = Scheduled, &at, place
	if p := m.current(); p != nil {
		p.openUntil(at, now, zone)
		m.settle()
	}
	return nil
}

// Open begins the meeting. What was written beforehand ends.
func (m *Meeting) Open(now time.Time) error {
	if err := m.in(Draft, Scheduled); err != nil {
		return err
	}
	if err := m.lockBeforehand(); err != nil {
		return err
	}
	m.State, m.OpenedAt = Open, &now
	m.settle()
	return nil
}

// Pause stops the meeting, with the clock of its phase.
func (m *Meeting) Pause(now time.Time) error {
	if err := m.in(Open); err != nil {
		return err
	}
	if p := m.current(); p != nil && p.State == Active && !p.spansDays() {
		if err := p.pause(now); err != nil {
			return err
		}
	}
	m.State = Paused
	m.settle()
	return nil
}

// Resume goes on with the meeting. Its phase waits for a facilitator to start the clock.
func (m *Meeting) Resume() error {
	if err := m.in(Paused); err != nil {
		return err
	}
	m.State = Open
	return nil
}

// Conclude ends the steps. Those that have not begun are skipped.
func (m *Meeting) Conclude() error {
	if err := m.in(Open); err != nil {
		return err
	}
	if m.current() != nil {
		return failure.New(failure.PhaseOtherActive).At("phases").Wanting("every phase locked, skipped or pending")
	}
	for i := range m.Phases {
		if m.Phases[i].State == Pending {
			m.Phases[i].State = Skipped
		}
	}
	m.State = Concluding
	return nil
}

// Circulate says that a version of the minutes went round. It may be said again, for a corrected version, until one
// is approved and afterwards; an approved version stands until a newer one is approved.
func (m *Meeting) Circulate(hash string) error {
	if err := m.in(Concluding, MinutesReview, FollowUp); err != nil {
		return err
	}
	m.State = MinutesReview
	m.Minutes.Hashes, m.Minutes.State = append(m.Minutes.Hashes, hash), MinutesCirculated
	return nil
}

// Approve says that the circulated version stands; hash is the version that the approver has read, today the one that
// the outcomes would give now.
func (m *Meeting) Approve(hash, today, by string, now time.Time) error {
	if err := m.in(MinutesReview); err != nil {
		return err
	}
	version := m.Minutes.Version()
	if hash != m.Minutes.Hashes[version-1] || hash != today {
		return failure.New(failure.MinutesOutdated).At("content_hash")
	}
	m.State, m.Minutes.State = FollowUp, MinutesApproved
	m.Minutes.Approved, m.Minutes.ApprovedAt, m.Minutes.ApprovedBy = version, &now, by
	return nil
}

// Close ends the follow-up. With actions still open somebody has to say why.
func (m *Meeting) Close(reason string, openActions int, now time.Time) error {
	if err := m.in(FollowUp); err != nil {
		return err
	}
	if openActions > 0 && reason == "" {
		return failure.New(failure.ActionsOpen).At("reason")
	}
	m.State, m.Reason, m.ClosedAt = Closed, reason, &now
	return nil
}

// Cancel calls the dialogue off. What was sealed is erased unread.
func (m *Meeting) Cancel(reason string, now time.Time) error {
	if err := m.in(Draft, Scheduled, Open, Paused); err != nil {
		return err
	}
	for i := range m.Phases {
		m.Phases[i].discard()
	}
	m.Sequence++
	m.State, m.Reason, m.ClosedAt = Cancelled, reason, &now
	m.settle()
	return nil
}

// SetPeople says who takes part and who leads. As long as something is sealed people can only join: taking everybody else
// out would point at the one who is left.
func (m *Meeting) SetPeople(participants, facilitators []string) error {
	if err := m.in(Draft, Scheduled, Open, Paused, Concluding); err != nil {
		return err
	}
	for i := range m.Phases {
		if m.Phases[i].holdsSecrets() && !(stay(m.Participants, participants) && stay(m.Facilitators, facilitators)) {
			return failure.New(failure.PhaseSealedActive).At("participant_ids")
		}
	}
	m.Participants, m.Facilitators = participants, facilitators
	if !m.TakesPart(m.Scribe) {
		m.Scribe = ""
	}
	return nil
}

// stay tells whether everybody of some people is among others.
func stay(people, others []string) bool {
	return !slices.ContainsFunc(people, func(person string) bool { return !slices.Contains(others, person) })
}

// TakesOutcomes says whether something can be agreed on: from the opening until the minutes are approved.
func (m *Meeting) TakesOutcomes() error { return m.in(Open, Paused, Concluding, MinutesReview) }

// OpenOnly tells whether a step that is meant to be sealed can only be run openly.
func (m *Meeting) OpenOnly(p *Phase) bool {
	return p.Attribution == playbook.Sealed && p.State == Pending && len(m.Participants) < smallestSecret
}

// CheckStart says whether a phase may begin; attribution is Group to run a sealed step openly, otherwise empty. It begins
// in the meeting, or beforehand in one that is scheduled.
func (m *Meeting) CheckStart(id string, attribution playbook.Attribution, now time.Time) (*Phase, error) {
	if err := m.in(Open, Scheduled); err != nil {
		return nil, err
	}
	p, err := m.phase(id)
	if err != nil {
		return nil, err
	}
	if m.State == Scheduled {
		if err := m.checkBeforehand(p, now); err != nil {
			return nil, err
		}
	}
	if p.State != Pending {
		return nil, failure.New(failure.PhaseWrongState).At("phase_id").Wanting("a pending phase")
	}
	if running := m.current(); running != nil {
		return nil, failure.New(failure.PhaseOtherActive).At("phase_id")
	}
	for _, input := range p.Inputs {
		if before, err := m.phase(input); err != nil || !before.ended() || before.Settlement == Locking {
			return nil, failure.New(failure.PhaseInputMissing).At("phase_id")
		}
	}
	switch {
	case attribution != "" && (attribution != playbook.Group || p.Attribution != playbook.Sealed):
		return nil, failure.Invalid("attribution", `"group", for a sealed step, or nothing`)
	case attribution == "" && m.OpenOnly(p):
		return nil, failure.New(failure.TooFewParticipants).At("attribution").Wanting("group")
	}
	return p, nil
}

// StartPhase begins a phase; see CheckStart.
func (m *Meeting) StartPhase(id string, attribution playbook.Attribution, now time.Time, zone *time.Location) (*Phase, error) {
	p, err := m.CheckStart(id, attribution, now)
	if err != nil {
		return nil, err
	}
	if attribution != "" {
		p.Attribution = attribution
	}
	if err := p.start(now); err != nil {
		return nil, err
	}
	switch p.Beforehand = m.State == Scheduled; {
	case p.Beforehand:
		p.openUntil(*m.StartsAt, now, zone)
	case p.spansDays():
		p.openUntil(endOfDay(now, p.Days, zone), now, zone)
	}
	m.settle()
	return p, nil
}

// ChangePhase applies a change of the clock or the end of a phase to one phase of an open meeting, or to the one that is
// written beforehand.
func (m *Meeting) ChangePhase(id string, change func(*Phase) error) (*Phase, error) {
	if err := m.in(Open, Scheduled); err != nil {
		return nil, err
	}
	p, err := m.phase(id)
	if err != nil {
		return nil, err
	}
	if m.State == Scheduled && !p.Beforehand {
		return nil, m.in(Open)
	}
	err = change(p)
	m.settle()
	return p, err
}

// Expire locks the phase whose deadline and grace are over. It tells whether there was one.
func (m *Meeting) Expire(now time.Time) (*Phase, bool) {
	p := m.current()
	if p == nil || p.State != Active || now.Before(m.LockAt) {
		return nil, false
	}
	if err := p.lock(); err != nil {
		return nil, false
	}
	m.settle()
	return p, true
}

// Settled records that a phase has come one step further in its settlement.
func (m *Meeting) Settled(id string, from, to Settlement) (*Phase, bool) {
	p, err := m.phase(id)
	if err != nil || p.Settlement != from {
		return nil, false
	}
	p.Settlement = to
	m.settle()
	return p, true
}

// created is what the others are told of a new dialogue.
func (m *Meeting) created(id string) events.Event {
	if m.PreMeeting {
		return events.PreMeetingCalled{DialogueID: id, StartsAt: m.StartsAt, Participants: m.Participants}
	}
	return events.DialogueCreated{
		DialogueID: id, Playbook: m.Playbook, Version: m.Version, ForumID: m.ForumID, StartsAt: m.StartsAt,
		Source: m.Source.told(), Facilitators: m.Facilitators, Participants: m.Participants,
	}
}

// locked is what the others are told of the end of a phase. A group's dots are counted with it.
func (p *Phase) locked(meeting string) []events.Event {
	told := []events.Event{events.PhaseLocked{DialogueID: meeting, PhaseID: p.ID}}
	if p.vote() && p.Attribution == playbook.Group {
		vote := events.VoteClosed{DialogueID: meeting, PhaseID: p.ID}
		if p.Result != nil {
			vote.Ballots = p.Result.Ballots
		}
		told = append(told, vote)
	}
	return told
}

// either names some states as a refusal wants them.
func either[S ~string](states []S) string {
	want := string(states[0])
	for _, s := range states[1:] {
		want += " or " + string(s)
	}
	return want
}

// heldOn is the local date on which it was opened, empty before.
func (m *Meeting) heldOn(zone *time.Location) string {
	if m.OpenedAt == nil {
		return ""
	}
	return m.OpenedAt.In(zone).Format(time.DateOnly)
}
