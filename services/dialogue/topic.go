package dialogue

import (
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// TopicKind is how a topic came to be written down.
type TopicKind string

// A topic was Parked for the forum's next dialogue, or Raised by TR or AMR, who are owed an answer.
const (
	ParkedTopic TopicKind = "parked"
	RaisedTopic TopicKind = "raised"
)

// elected are the offices of the staff's voices, in which a topic is raised.
var elected = []string{access.UnionRepresentative, access.SafetyRepresentative}

// TopicStatus is where a topic is: open, in one dialogue after the other, until it is settled in one of them.
type TopicStatus string

// The statuses of a topic.
const (
	TopicOpen    TopicStatus = "open"
	TopicSettled TopicStatus = "settled"

	TopicHandedOver TopicStatus = "handed_over" // by a pre-meeting, to a dialogue that now has it
)

// Topic is something that a dialogue did not come to, or that TR or AMR brought up in their office and not by their
// name. It is settled by what was decided on it and the true reason, also when that is to leave it.
type Topic struct {
	DialogueID string      `bson:"dialogue_id"`
	Kind       TopicKind   `bson:"kind"`
	RaisedAs   string      `bson:"raised_as"` // the office: tr or amr
	Text       string      `bson:"text"`
	Sources    []string    `bson:"source_ids"`
	Status     TopicStatus `bson:"status"`
	Decision   string      `bson:"decision"`
	Reason     string      `bson:"reason"`
	SettledIn  string      `bson:"settled_in"`          // the dialogue
	HandedTo   string      `bson:"handed_to,omitempty"` // the dialogue
	HandedAt   *time.Time  `bson:"handed_at,omitempty"`
	RecordedBy string      `bson:"recorded_by"`
	RecordedAt time.Time   `bson:"recorded_at"`
}

// clean brings a new topic into the form in which it is kept, or says everything that is wrong with it.
func (t *Topic) clean() error {
	var wrong [4]*failure.Error
	t.Text, wrong[0] = cleanText("text", t.Text, maxShortText)
	switch t.Kind {
	case ParkedTopic:
		if t.RaisedAs != "" {
			wrong[1] = failure.Invalid("raised_as", "nothing, for a parked topic")
		}
	case RaisedTopic:
		if !slices.Contains(elected, t.RaisedAs) {
			wrong[1] = failure.Invalid("raised_as", "tr or amr")
		}
	default:
		wrong[2] = failure.Invalid("kind", "parked or raised")
	}
	if len(t.Sources) == 0 {
		wrong[3] = failure.Invalid("source_ids", "at least one of the "+wantedSourceIDs)
	}
	return failure.Together(wrong[:]...)
}

// Settle records what a dialogue decided on it and why.
func (t *Topic) Settle(dialogue, decision, reason string) error {
	if t.Status != TopicOpen {
		return failure.New(failure.TopicIsSettled).At("status")
	}
	var wrong [2]*failure.Error
	decision, wrong[0] = cleanText("decision", decision, maxShortText)
	reason, wrong[1] = cleanText("reason", reason, maxShortText)
	if err := failure.Together(wrong[:]...); err != nil {
		return err
	}
	t.Status, t.SettledIn, t.Decision, t.Reason = TopicSettled, dialogue, decision, reason
	return nil
}
