package dialogue

import (
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// InputStatus is how far TR and AMR have come with an input.
type InputStatus string

// An input was sent, taken up as a topic of the dialogue, or answered without that.
const (
	InputSent     InputStatus = "sent"
	InputTakenUp  InputStatus = "taken_up"
	InputAnswered InputStatus = "answered"
)

// Input is what a colleague who is invited to a dialogue wants the TR and AMR at its table to know before it. They see who
// wrote it: it is a word to one's representatives and not an anonymous one. Whether they may name the sender in the room is
// for the sender to say, once. Nobody else reads it, it is in no event, no list of the school and no minutes; what comes of
// it is a topic in the representatives' own words.
type Input struct {
	DialogueID string      `bson:"dialogue_id"`
	Author     string      `bson:"author_id"`
	Named      bool        `bson:"named"` // may be named in the room
	Text       string      `bson:"text"`
	SentAt     time.Time   `bson:"sent_at"`
	Status     InputStatus `bson:"status"`
	Answer     string      `bson:"answer"`
	TopicID    string      `bson:"topic_id"`
}

// maxInputs is how many inputs one person can send to one dialogue.
const maxInputs = 10

// TakesInputs says whether input is taken: from when the time is set until the dialogue begins.
func (m *Meeting) TakesInputs() error { return m.in(Scheduled) }

// TakeUp says that the input is part of a topic now; once, or again for the same.
func (i *Input) TakeUp(topic string) error {
	if i.Status == InputTakenUp && i.TopicID == topic {
		return nil
	}
	if i.Status != InputSent {
		return failure.New(failure.InputIsSettled).At("status")
	}
	i.Status, i.TopicID = InputTakenUp, topic
	return nil
}

// Reply answers the sender without a topic.
func (i *Input) Reply(answer string) error {
	if i.Status != InputSent {
		return failure.New(failure.InputIsSettled).At("status")
	}
	answer, wrong := cleanText("answer", answer, maxShortText)
	if wrong != nil {
		return wrong
	}
	i.Status, i.Answer = InputAnswered, answer
	return nil
}
