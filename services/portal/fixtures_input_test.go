package portal

import (
	"net/http"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// invitedTo answers with a scheduled dialogue of Bo, Anna, the TR, and Cille, and with what has been written before it, to
// each as the dialogue service would: Anna sees all, Cille her own, Bo is not to ask.
func (s *stage) invitedTo() {
	at := func(parts ...string) string {
		return under(schoolID, append([]string{"dialogues", "invited"}, parts...)...)
	}
	starts := s.now().AddDate(0, 0, 2)
	s.on("dialogue", "GET "+at(), dialogueapi.Dialogue{
		DialogueID: "invited", Revision: 2, Title: "MED i december", State: "scheduled", StartsAt: &starts, Playbook: "small-school", PlaybookVersion: 1, PlaybookTitle: inBoth("Den lille skole", "The small school"), VariantMinutes: 20,
		FacilitatorIds: []string{boID}, ParticipantIds: []string{annaID, boID, "cille"}, MyPart: "participant", ForumID: pointer("f1"), CreatedAt: s.now(), Phases: []dialogueapi.Phase{},
	})
	for _, list := range []string{"decisions", "disagreements", "actions", "agreements", "escalations", "topics"} {
		s.on("dialogue", "GET "+at(list), map[string]any{"items": []any{}})
	}
	s.on("dialogue", "GET "+at("carried"), dialogueapi.Carried{Actions: []dialogueapi.Action{}, Agreements: []dialogueapi.Agreement{}, Topics: []dialogueapi.Topic{}, Escalations: []dialogueapi.Escalation{}})
	own := dialogueapi.Input{InputID: "i1", Revision: 3, Text: "Aula <b>om</b> aftenen", Mine: true, Status: "sent", SentAt: s.now()}
	taken := dialogueapi.Input{InputID: "i2", Revision: 2, Text: "Støj i hallen", WithName: true, Mine: true, Status: "taken_up", TopicID: pointer("t9"), SentAt: s.now()}
	answered := dialogueapi.Input{InputID: "i3", Revision: 2, Text: "Hvornår slutter mødet?", Mine: true, Status: "answered", Answer: pointer("Klokken 16"), SentAt: s.now()}
	s.services["dialogue"].HandleFunc("GET "+at("inputs"), func(w http.ResponseWriter, r *http.Request) {
		list := dialogueapi.InputList{ReaderIds: []string{annaID}, Items: []dialogueapi.Input{own, taken, answered}}
		reader, _ := s.subject("dialogue", r)
		switch reader.ID {
		case annaID:
			for i := range list.Items {
				list.Items[i].Mine, list.Items[i].AuthorID = false, pointer("cille")
			}
			list.Items[1].AuthorID = pointer("erased")
		case "cille":
		default:
			s.t.Errorf("inputs are asked for on behalf of %s, who leads", reader.ID)
		}
		respond(s.t, w, list)
	})
}
