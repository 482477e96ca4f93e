package portal

import (
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// preMeetings answers with a pre-meeting that Anna, the TR, leads: one topic is still there, one was handed over.
func (s *stage) preMeetings() {
	at := func(parts ...string) string { return under(schoolID, parts...) }
	decide := dialogueapi.Phase{PhaseID: "p1", Step: "decide", Kind: "decide", State: "active", Prompt: inBoth("Hvad tager vi med?", "What do we bring?"), Instruction: inBoth("Vælg det vigtigste.", "Choose what matters most."), Attribution: "none", Grouping: "plenary", Minutes: 7, InputFrom: []string{}}
	closed := dialogueapi.Dialogue{
		DialogueID: "closed", Revision: 3, Title: "Før mødet på torsdag", State: "open", Playbook: "small-school", PlaybookVersion: 1, PlaybookTitle: inBoth("Den lille skole", "The small school"), VariantMinutes: 20,
		FacilitatorIds: []string{annaID}, ParticipantIds: []string{annaID, "cille"}, MyPart: "facilitator", ForumID: pointer("f1"), PreMeeting: pointer(true), CreatedAt: s.now(), Phases: []dialogueapi.Phase{decide},
	}
	main := closed
	main.DialogueID, main.Title, main.State, main.PreMeeting, main.ParticipantIds = "main", "Trioen i december", "draft", nil, []string{annaID, boID}
	s.on("dialogue", "GET "+at("pre-meetings"), dialogueapi.DialogueList{Items: []dialogueapi.Dialogue{closed}})
	s.on("dialogue", "GET "+at("dialogues", "main"), main)
	s.on("dialogue", "GET "+at("dialogues", "closed"), closed)
	s.on("dialogue", "GET "+at("dialogues", "closed", "phases", "p1", "ready"), dialogueapi.OwnReady{})
	for _, list := range []string{"decisions", "disagreements", "actions", "agreements", "escalations"} {
		s.on("dialogue", "GET "+at("dialogues", "closed", list), map[string]any{"items": []any{}})
	}
	s.on("dialogue", "GET "+at("dialogues", "closed", "carried"), dialogueapi.Carried{Actions: []dialogueapi.Action{}, Agreements: []dialogueapi.Agreement{}, Topics: []dialogueapi.Topic{}, Escalations: []dialogueapi.Escalation{}})
	s.on("dialogue", "GET "+at("dialogues", "closed", "topics"), dialogueapi.TopicList{Items: []dialogueapi.Topic{
		{TopicID: "t1", Revision: 4, DialogueID: "closed", Kind: "parked", Text: "Mads får ikke oplæring", Status: "open"},
		{TopicID: "t2", Revision: 2, DialogueID: "closed", Kind: "parked", Text: "Støj", Status: "handed_over", HandedToID: pointer("main")},
	}})
	s.on("dialogue", "GET "+at("dialogues", "closed", "minutes"), dialogueapi.Minutes{DialogueID: "closed", State: "circulated", Version: 1, Content: dialogueapi.MinutesContent{
		Title: closed.Title, PlaybookTitle: closed.PlaybookTitle, FacilitatorIds: closed.FacilitatorIds, ParticipantIds: closed.ParticipantIds,
		Topics: &[]dialogueapi.MinutesTopic{{Kind: "parked", Text: "Mads får ikke oplæring"}, {Kind: "parked", Text: "Støj"}},
	}})
	s.live(closed)
}
