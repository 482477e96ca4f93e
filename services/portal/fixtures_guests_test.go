package portal

import (
	"net/http"
	"slices"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// hereAsGuests are in every dialogue that is shared in the fixtures.
var hereAsGuests = []dialogueapi.Guest{{GuestID: "g1", Name: "Gitte fra bestyrelsen"}, {GuestID: "g2", Name: "Henrik"}}

// guests opens some of the school's dialogues to guests; no other has any.
func (s *stage) guests() {
	since, until := s.now().Add(-hours), s.now().Add(2*hours)
	s.services["dialogue"].HandleFunc("GET /v1/tenants/{school}/dialogues/{dialogue}/guests", func(w http.ResponseWriter, r *http.Request) {
		guests := dialogueapi.Guests{Guests: []dialogueapi.Guest{}}
		if slices.Contains([]string{"share", "reflect", "prioritise"}, r.PathValue("dialogue")) {
			guests = dialogueapi.Guests{Open: true, Since: &since, Places: pointer(5), Until: &until, Guests: hereAsGuests}
		}
		w.Header().Set("Content-Type", "application/json")
		respond(s.t, w, guests)
	})
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
