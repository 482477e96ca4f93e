package dialogue

import (
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// InputStatus is how far TR and AMR have come with an input.
type InputStatus string

// An input was sent, taken up as a topic of the dialogue, answered without that, or taken back by its sender: then there is
// nothing left of it, and soon not even this.
const (
	InputSent     InputStatus = "sent"
	InputTakenUp  InputStatus = "taken_up"
	InputAnswered InputStatus = "answered"

	inputTakenBack InputStatus = "taken_back"
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

// TakeUp says that the input is part of a topic now; once, or again for the same. It comes before the topic, so that of
// taking up and taking back at the same moment one wins.
func (i *Input) TakeUp(topic string) error {
	if i.Status == InputTakenUp && i.TopicID == topic {
		return nil
	}
	if err := i.open(); err != nil {
		return err
	}
	i.Status, i.TopicID = InputTakenUp, topic
	return nil
}

// GiveBack undoes TakeUp for a topic that did not come to be.
func (i *Input) GiveBack(topic string) {
	if i.Status == InputTakenUp && i.TopicID == topic {
		i.Status, i.TopicID = InputSent, ""
	}
}

// TakeBack leaves nothing of the input, as long as nothing has come of it.
func (i *Input) TakeBack() error {
	if err := i.open(); err != nil && i.Status != inputTakenBack {
		return err
	}
	i.Status, i.Text = inputTakenBack, ""
	return nil
}

// open says whether nothing has come of the input yet.
func (i *Input) open() error {
	switch i.Status {
	case InputSent:
		return nil
	case inputTakenBack:
		return failure.NotFound("input")
	}
	return failure.New(failure.InputIsSettled).At("status")
}

// Reply answers the sender without a topic.
func (i *Input) Reply(answer string) error {
	if err := i.open(); err != nil {
		return err
	}
	answer, wrong := cleanText("answer", answer, maxShortText)
	if wrong != nil {
		return wrong
	}
	i.Status, i.Answer = InputAnswered, answer
	return nil
}
