package portal

import (
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
)

// anonymous answers with a month under way and two that are over, one of them with something told.
func (s *stage) anonymous(at func(...string) string) {
	both := []intakeapi.ReaderRole{"tr", "amr"}
	month := func(id, name string, status intakeapi.MonthStatus, closes string, kept *string) intakeapi.Month {
		return intakeapi.Month{MonthID: id, Month: name, Status: status, Staff: 15, Readers: both, ClosesOn: closes, KeptUntil: kept, URL: "http://localhost:9/r/" + id}
	}
	s.on("intake", "GET "+at("experiences"), intakeapi.Voice{On: true, Readers: both, Months: []intakeapi.Month{
		month("november", "2026-11", "open", "2026-11-30", nil),
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
