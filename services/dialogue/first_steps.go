package dialogue

import (
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
)

// A school can begin without measuring anything: leader, TR and AMR talk, the staff meet, two things are taken on with
// working time written in, and everybody sees them. How far it has come follows from what is there. Nothing of it is
// kept, and nobody ticks anything off.

const (
	firstDialogues   = 200 // of a school are looked at: what it began with is among them
	firstActions     = 200 // in each status
	firstCommitments = 2   // are enough to begin with
	trioSize         = 6   // people at most sit at a table that is a talk of the trio without a forum of that kind
)

// TalkState is how far a school has come with one of the talks that it begins with.
type TalkState string

// The states of a talk, each farther than the one before.
const (
	TalkMissing  TalkState = "missing"
	TalkPlanned  TalkState = "planned"
	TalkUnderWay TalkState = "under_way"
	TalkHeld     TalkState = "held"
)

var talkOrder = []TalkState{TalkMissing, TalkPlanned, TalkUnderWay, TalkHeld}

// beyond tells whether one state is farther than another.
func (s TalkState) beyond(other TalkState) bool {
	return slices.Index(talkOrder, s) > slices.Index(talkOrder, other)
}

// talk is how far a dialogue has come as one of the first talks. One that was called off is none.
func (m *Meeting) talk() TalkState {
	switch m.State {
	case Cancelled:
		return TalkMissing
	case Draft, Scheduled:
		return TalkPlanned
	case Open, Paused:
		return TalkUnderWay
	default:
		return TalkHeld
	}
}

// atTable is everybody who takes part or leads, each once.
func (m *Meeting) atTable() []string {
	people := slices.Concat(m.Participants, m.Facilitators)
	slices.Sort(people)
	return slices.Compact(people)
}

// offices are the people of a school by their role.
type offices map[string][]string

// sits tells whether somebody of a role is among these people.
func (o offices) sits(role string, people []string) bool {
	return slices.ContainsFunc(o[role], func(person string) bool { return slices.Contains(people, person) })
}

// trioTalk tells whether a dialogue is one of leader, TR and AMR: of a forum of that kind, or of a few people with the
// leader and each of the two that the school has.
func (o offices) trioTalk(m *Meeting, forumKind string) bool {
	people := m.atTable()
	if forumKind == "trio" {
		return len(people) > 1
	}
	if m.ForumID != "" || len(people) > trioSize || !o.sits(access.Leader, people) {
		return false
	}
	elected := 0
	for _, role := range []string{access.UnionRepresentative, access.SafetyRepresentative} {
		if len(o[role]) == 0 {
			continue
		}
		if !o.sits(role, people) {
			return false
		}
		elected++
	}
	return elected > 0
}

// staffMeeting tells whether a dialogue is one of the staff: of a forum of that kind, or of more than half of them, which
// at a very small school the trio can be too.
func (o offices) staffMeeting(m *Meeting, forumKind string) bool {
	if m.ForumID != "" {
		return forumKind == "staff_meeting"
	}
	if o.trioTalk(m, forumKind) {
		return false
	}
	staff, there := o[access.Employee], 0
	for _, person := range m.atTable() {
		if slices.Contains(staff, person) {
			there++
		}
	}
	return 2*there > len(staff)
}

// firstTalk is the dialogue that has come farthest as one of the first talks.
type firstTalk struct {
	state   TalkState
	id      string
	meeting *Meeting
}

// take keeps a dialogue if it has come farther than the one before.
func (t *firstTalk) take(id string, m *Meeting) {
	if state := m.talk(); state.beyond(t.state) {
		*t = firstTalk{state, id, m}
	}
}

// Taken tells whether somebody has taken an action on and not let it go again.
func (a *Action) Taken() bool {
	return slices.Contains(takenStatuses, a.Status)
}

var takenStatuses = []ActionStatus{Accepted, InProgress, Blocked, Done, EffectVerified}
