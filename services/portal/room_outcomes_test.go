package portal

import (
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// The room and the phone show everything that is recorded, whichever kind comes first, and the script replaces what has
// changed: a stamp that stays the same would leave the old words standing.
func TestRoomAndPhoneShowWhateverIsRecorded(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	for _, screen := range []string{"room", "desk"} {
		body := b.get("/schools/" + schoolID + "/dialogues/decide/" + screen).body
		for _, text := range []string{"Vi sætter tid af", "Lav en plan for oplæring", "agreements/force", "Tid til oplæring", "Kommunen betaler", "Mobiler i frikvarteret", "Medlemmerne svarer lige nu."} {
			require.Contains(t, body, text, screen)
		}
	}
	before := meeting{}
	for name, change := range map[string]func(*meeting){
		"agreement":  func(m *meeting) { m.Agreements = []dialogueapi.Agreement{{AgreementID: "a"}} },
		"topic":      func(m *meeting) { m.Topics = []dialogueapi.Topic{{TopicID: "t"}} },
		"question":   func(m *meeting) { m.Escalations = []dialogueapi.Escalation{{EscalationID: "e"}} },
		"difference": func(m *meeting) { m.Disagreements = []dialogueapi.Disagreement{{DisagreementID: "d"}} },
	} {
		after := before
		change(&after)
		require.True(t, after.Recorded(), name)
		require.NotEqual(t, before.Stamp("outcomes"), after.Stamp("outcomes"), name)
	}
	counted := before
	counted.Carried.Agreements = []dialogueapi.Agreement{{AgreementID: "a", Adherence: dialogueapi.Adherence{State: "closed"}}}
	require.NotEqual(t, before.Stamp("carried"), counted.Stamp("carried"), "how it is kept")
}
