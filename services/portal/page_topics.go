package portal

import (
	"net/http"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// topicKinds are what the form of a topic offers: one to come back to, or one that was raised in an office.
var topicKinds = []string{"parked", "tr", "amr"}

// recordTopic parks a topic, or writes down what TR or AMR raised.
func (v *visit) recordTopic() error {
	in := dialogueapi.NewTopic{Kind: "parked", Text: v.input("text"), SourceIds: v.sources()}
	if office := v.input("topic_kind"); office != "parked" {
		raised := dialogueapi.Office(office)
		in.Kind, in.RaisedAs = "raised", &raised
	}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one("topics"), in, nil, v.key()))
}

// settleTopic writes down what this dialogue decided on a topic, and why.
func (v *visit) settleTopic() error {
	in := dialogueapi.SettleTopicJSONBody{Decision: v.input("decision"), Reason: v.input("reason")}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one("topics", v.param("topic_id"), "settle"), in, nil, v.seen()))
}

// continueDialogue makes the next dialogue of the same people and leads to it.
func (v *visit) continueDialogue() error {
	var next dialogueapi.Dialogue
	if err := v.call("dialogue", http.MethodPost, v.one("next"), dialogueapi.ContinueDialogueJSONBody{}, &next, v.key()); err != nil {
		return v.commanded(err)
	}
	return v.redirect(v.school("dialogues", next.DialogueID))
}
