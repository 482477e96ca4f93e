package portal

import (
	"net/http"
	"time"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
	openapitypes "github.com/oapi-codegen/runtime/types"
)

// agreements has one agreement in each status, and one whose members are asked whether it is kept to.
func (s *stage) agreements(at func(...string) string) {
	day := func(text string) openapitypes.Date {
		parsed, err := time.Parse(time.DateOnly, text)
		if err != nil {
			s.t.Error(err)
		}
		return openapitypes.Date{Time: parsed}
	}
	var list dialogueapi.AgreementList
	one := func(id string, status dialogueapi.AgreementStatus, check dialogueapi.Adherence) {
		a := dialogueapi.Agreement{
			AgreementID: id, Revision: 3, DialogueID: "decide", ForumID: pointer("f1"), Kind: "ground_rules", Title: "Beskeder, nummer " + id,
			Text: "Vi skriver ét sted.\nIngen forventer svar om aftenen.", Scope: "unit", UnitID: pointer("u1"), FromOn: day("2026-09-01"), ReviewOn: day("2026-11-24"),
			Channels: []dialogueapi.Channel{{Name: "Aula", UsedFor: "Forældre", AnswerTime: pointer("Næste hverdag"), QuietHours: pointer("17-7")}, {Name: "Telefon", UsedFor: "Det, der haster"}},
			Status:   status, Version: 2, Adoptable: true, SourceIds: []string{"c1"}, ProposedBy: boID, ProposedAt: s.now(), Adherence: check,
		}
		if status == "superseded" {
			a.SuccessorID = pointer("force")
		}
		list.Items = append(list.Items, a)
		s.on("dialogue", "GET "+at("agreements", id), a)
	}
	none := dialogueapi.Adherence{State: "not_asked"}
	one("proposed", "proposed", none)
	one("force", "in_force", none)
	one("asked", "under_review", dialogueapi.Adherence{State: "open", AsksMe: true, LastOn: pointer(day("2026-12-08"))})
	one("few", "under_review", dialogueapi.Adherence{State: "too_few_members"})
	closed := dialogueapi.Adherence{State: "closed"}
	counted := struct {
		Answers int                              `json:"answers"`
		Kept    int                              `json:"kept"`
		NotKept int                              `json:"not_kept"`
		Partly  int                              `json:"partly"`
		State   dialogueapi.AdherenceResultState `json:"state"`
	}{Answers: 7, Kept: 4, NotKept: 1, Partly: 2, State: "shown"}
	closed.Result = &counted
	one("counted", "under_review", closed)
	one("superseded", "superseded", none)
	s.on("dialogue", "GET "+at("agreements"), list)
	question := dialogueapi.Escalation{
		EscalationID: "late", Revision: 1, TenantID: schoolID, DialogueID: "decide", ToForumID: "f9", ToForumName: "Hovedudvalget", Question: "Hvem betaler oplæringen?",
		AnswerByOn: day("2026-11-20"), Status: "raised", Overdue: true, RaisedAt: s.now(),
	}
	s.on("dialogue", "GET "+at("escalations", "late"), question)
	asked := question
	asked.EscalationID, asked.DialogueID = "asked", "elsewhere"
	s.on("dialogue", "GET "+at("escalations", "asked"), asked)
	s.services["dialogue"].HandleFunc("GET "+at("dialogues", "elsewhere"), func(w http.ResponseWriter, _ *http.Request) {
		failure.Write(w, failure.New(failure.AccessDenied), "da")
	})
	answered := question
	answered.EscalationID, answered.Status, answered.Overdue, answered.Answer, answered.Reason, answered.AnsweredAt = "answered", "answered", false, pointer("Kommunen betaler"), pointer("Det står i budgettet"), pointer(s.now())
	s.on("dialogue", "GET "+at("escalations", "answered"), answered)
	soon := asked
	soon.EscalationID, soon.Status, soon.Overdue, soon.AnswerByOn, soon.ToForumName = "soon", "received", false, day("2026-11-25"), "MED-udvalget"
	for place, received := range map[string]map[string]dialogueapi.Escalation{
		schoolID: {"received": soon}, operatorID: {"raised": asked, "answered": answered},
	} {
		s.services["dialogue"].HandleFunc("GET "+under(place, "escalations"), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			list := dialogueapi.EscalationList{Items: []dialogueapi.Escalation{}}
			if one, ok := received[r.URL.Query().Get("status")]; ok {
				list.Items = append(list.Items, one)
			}
			respond(s.t, w, list)
		})
	}
	raised := dialogueapi.Office("tr")
	for _, id := range []string{"draft", "checkin", "reflect", "share", "prioritise", "decide", "between", "days", "planned", "before", "concluding", "review", "follow"} {
		topics := []dialogueapi.Topic{
			{TopicID: "t1", Revision: 1, DialogueID: id, Kind: "parked", Text: "Mobiler i frikvarteret", Status: "open"},
			{TopicID: "t2", Revision: 2, DialogueID: id, Kind: "raised", RaisedAs: &raised, Text: "Tid til oplæring", Status: "settled", Decision: pointer("To timer i januar"), Reason: pointer("Puljen dækker det")},
		}
		s.on("dialogue", "GET "+at("dialogues", id, "escalations"), dialogueapi.EscalationList{Items: []dialogueapi.Escalation{answered}})
		s.on("dialogue", "GET "+at("dialogues", id, "topics"), dialogueapi.TopicList{Items: topics[1:]})
		s.on("dialogue", "GET "+at("dialogues", id, "carried"), dialogueapi.Carried{
			Actions:    []dialogueapi.Action{{ActionID: "a1", Text: "Skriv til forældrene", OwnerID: boID, DueOn: day("2026-11-20"), Status: "accepted", Overdue: true}},
			Agreements: []dialogueapi.Agreement{{AgreementID: "asked", Title: "Beskeder", Status: "under_review", Adherence: dialogueapi.Adherence{State: "open"}}}, Topics: topics[:1], Escalations: []dialogueapi.Escalation{question},
		})
	}
	s.on("dialogue", "GET "+at("agreements", "asked", "adherence"), dialogueapi.OwnBallot{})
}
