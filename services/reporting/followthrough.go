package reporting

import (
	"time"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/events"
)

// followThrough is what came of agreements at one school: where its actions stand, and how many rounds were released.
// It is a projection in the school's tenant, of identifiers and dates only. What is overdue is a matter of the
// day on which somebody looks and is not stored.
type followThrough struct {
	Operator       string            `bson:"operator"`
	Actions        map[string]action `bson:"actions"`
	Rounds         map[string]bool   `bson:"rounds"` // released
	LastActivityOn Date              `bson:"last_activity_on"`
}

// followThroughID is the id of the one such document of a school.
const followThroughID = "school"

type action struct {
	Status     status `bson:"status"`
	Revision   int64  `bson:"revision"` // of the event that all this is from
	DueOn      Date   `bson:"due_on"`
	FollowUpOn Date   `bson:"follow_up_on"`
}

// status is where an action stands. It may go back: an accepted action that is handed to somebody else is proposed again.
type status int

const (
	proposed status = iota + 1
	accepted
	done
	verified
	dropped
)

// learn takes in what an event says of an action. Events may come late or twice: the newest revision says where it stands.
func (f *followThrough) learn(operator string, envelope events.Envelope, facts events.ActionFacts, reached status) {
	if f.Actions == nil {
		f.Actions = map[string]action{}
	}
	f.Operator = operator
	if known, told := f.Actions[facts.ActionID]; !told || envelope.Revision > known.Revision {
		f.Actions[facts.ActionID] = action{reached, envelope.Revision, Date(facts.DueOn), Date(facts.FollowUpOn)}
	}
	f.active(envelope.Time)
}

// learnRelease takes in that a round was released.
func (f *followThrough) learnRelease(operator, roundID string, at time.Time) {
	if f.Rounds == nil {
		f.Rounds = map[string]bool{}
	}
	f.Operator = operator
	f.Rounds[roundID] = true
	f.active(at)
}

func (f *followThrough) active(at time.Time) { f.LastActivityOn = max(f.LastActivityOn, dateOf(at)) }

// public counts where things stand on a day.
func (f followThrough) public(today Date) api.FollowThroughSchool {
	p := api.FollowThroughSchool{RoundsReleased: len(f.Rounds)}
	for _, a := range f.Actions {
		switch a.Status {
		case proposed:
			p.Proposed++
		case accepted:
			p.Accepted++
		case done:
			p.Done++
		case verified:
			p.Done++
			p.EffectVerified++
		case dropped:
			p.Dropped++
		}
		if (a.Status == proposed || a.Status == accepted) && a.DueOn < today {
			p.Overdue++
		}
		if (a.Status == accepted || a.Status == done) && a.FollowUpOn <= today {
			p.FollowUpDue++
		}
	}
	if f.LastActivityOn != "" {
		last := string(f.LastActivityOn)
		p.LastActivityOn = &last
	}
	return p
}
