package portal

import dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"

// carried is what earlier dialogues of the same people left undone.
type carried struct {
	Actions    []actionView
	Agreements []dialogueapi.Agreement
	Topics     []dialogueapi.Topic
	Questions  []dialogueapi.Escalation
}

// Any tells whether there is something.
func (c carried) Any() bool {
	return len(c.Actions)+len(c.Agreements)+len(c.Topics)+len(c.Questions) > 0
}

// begins tells whether what earlier dialogues left still matters on this dialogue's screens: to those at its table, and
// until it is over.
func (m *meeting) begins() bool {
	switch m.State {
	case "draft", "scheduled", "open", "paused", "concluding":
		return m.MyPart != "reader"
	}
	return false
}

// Settles tells whether the facilitator can write down now what was decided on a topic.
func (m meeting) Settles() bool {
	return m.Leads && (m.State == "open" || m.State == "paused" || m.State == "concluding")
}

// TopicKinds are what a topic can be written down as.
func (m meeting) TopicKinds() []string { return topicKinds }
