package portal

import (
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// hereAsGuests are in every dialogue that is shared in the fixtures.
var hereAsGuests = []dialogueapi.Guest{{GuestID: "g1", Name: "Gitte fra bestyrelsen"}, {GuestID: "g2", Name: "Henrik"}}

// guests opens some of the school's dialogues to guests.
func (s *stage) guests() {
	since, until := s.now().Add(-hours), s.now().Add(2*hours)
	for _, id := range []string{"draft", "checkin", "reflect", "share", "prioritise", "decide", "between", "days", "concluding", "main"} {
		guests := dialogueapi.Guests{Guests: []dialogueapi.Guest{}}
		if id == "share" || id == "reflect" || id == "prioritise" {
			guests = dialogueapi.Guests{Open: true, Since: &since, Places: pointer(5), Until: &until, Guests: hereAsGuests}
		}
		s.on("dialogue", "GET "+under(schoolID, "dialogues", id, "guests"), guests)
	}
}

// seenByGuest is what the first of the guests sees of a dialogue.
func seenByGuest(d dialogueapi.Dialogue) dialogueapi.LiveSnapshot {
	shown := dialogueapi.LiveSnapshot{Dialogue: d, Guests: hereAsGuests, Decisions: []dialogueapi.Decision{{DecisionID: "d1", Text: "Vi sætter tid af"}}}
	if d.DialogueID == "share" {
		shown.Contributions = []dialogueapi.Contribution{
			{ContributionID: "c1", Revision: 1, PhaseID: "p2", Attribution: "sealed", Text: "Mere tid til at lære det"},
			{ContributionID: "c4", Revision: 2, PhaseID: "p3", Attribution: "group", Text: "Vi forældre får beskeder for sent", Guest: pointer(true), Mine: true},
			{ContributionID: "c5", Revision: 1, PhaseID: "p3", Attribution: "group", Text: "Det kender vi"},
		}
	}
	return shown
}
