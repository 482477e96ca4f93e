package portal

import (
	"net/http"
	"strings"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// anonymous answers with a month under way and two that are over, one of them with something told; and with lists of months
// that wait, each different in another way.
func (s *stage) anonymous(at func(...string) string) {
	both := []intakeapi.ReaderRole{"tr", "amr"}
	month := func(id, name string, status intakeapi.MonthStatus, closes string, kept *string) intakeapi.Month {
		return intakeapi.Month{MonthID: id, Month: name, Status: status, Staff: 15, Readers: both, ClosesOn: closes, KeptUntil: kept, URL: "http://localhost:9/r/" + id}
	}
	open := month("november", "2026-11", "open", "2026-11-30", nil)
	open.CountersignedBy, open.CountersignedAs = pointer(annaID), pointer(intakeapi.ReaderRole("tr"))
	s.services["intake"].HandleFunc("GET "+at("experiences"), func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		respond(s.t, w, s.voice)
	})
	list := func(id string, change func(*intakeapi.MonthRoster)) {
		roster := intakeapi.MonthRoster{
			Month: month(id, "2026-12", "countersigning", "2026-12-31", nil), RosterHash: strings.Repeat("ab", 32), KeyListHash: strings.Repeat("cd", 32),
			PersonIds: []string{boID, annaID, "cille"}, Joined: []string{}, Left: []string{}, ComparedWith: pointer("2026-11"),
		}
		roster.Month.Staff = len(roster.PersonIds)
		change(&roster)
		s.on("intake", "GET "+at("experiences", "months", id, "roster"), roster)
	}
	list("same", func(*intakeapi.MonthRoster) {})
	list("different", func(r *intakeapi.MonthRoster) { r.Joined, r.Left = []string{"cille", annaID}, []string{boID, "erased"} })
	list("first", func(r *intakeapi.MonthRoster) { r.ComparedWith = nil })
	list("stuffed", func(r *intakeapi.MonthRoster) { r.PersonIds, r.Unknown = append(r.PersonIds, "without-a-name"), 2 })
	s.on("intake", "GET "+at("experiences", "months", "decided", "roster"), failure.New(failure.MonthNotWaiting))
	s.setVoice(intakeapi.Voice{On: true, Readers: both, Months: []intakeapi.Month{
		open,
		month("october", "2026-10", "closed", "2026-10-31", pointer("2027-01-29")),
		month("september", "2026-09", "closed", "2026-09-30", pointer("2026-12-29")),
	}})
	s.on("intake", "GET "+at("experiences", "months", "october", "told"), intakeapi.ExperienceList{Items: []intakeapi.Experience{
		{ExperienceID: "e1", Direction: "strain", Technology: pointer("Aula"), Cells: []string{"core_task.demands", "relations.social_support"}, Text: "Beskederne kommer sent om aftenen.\nJeg kan ikke lade være med at kigge. Ring [tlf.]"},
		{ExperienceID: "e2", Direction: "gain", Cells: []string{}, Text: "Det nye skema sparer mig for et møde om ugen.",
			Answer: &intakeapi.ExperienceAnswer{Text: "Tak. Vi tager det med til MED-udvalget.", PersonID: annaID, On: "2026-11-03", Sent: true}},
	}})
	s.on("intake", "GET "+at("experiences", "months", "september", "told"), intakeapi.ExperienceList{Items: []intakeapi.Experience{}})
}

// setVoice changes what intake says of anonymous telling.
func (s *stage) setVoice(voice intakeapi.Voice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.voice = voice
}

// monthIs has the month under way stand somewhere else.
func (s *stage) monthIs(status intakeapi.MonthStatus, refusedFor *intakeapi.MonthRefusedFor) {
	month := intakeapi.Month{MonthID: "same", Month: "2026-12", Status: status, Staff: 15, Readers: []intakeapi.ReaderRole{"tr", "amr"}, ClosesOn: "2026-12-31", RefusedFor: refusedFor, URL: "http://localhost:9/r/same"}
	s.setVoice(intakeapi.Voice{On: true, Readers: month.Readers, Months: []intakeapi.Month{month}})
}
