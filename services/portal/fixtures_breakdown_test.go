package portal

import (
	"slices"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// draftByStaffGroup answers with a draft by staff group that lies near a result by unit, and one that does not.
func (s *stage) draftByStaffGroup(at func(...string) string, r intakeapi.Round, instrument intakeapi.Instrument) {
	r.Contract.Breakdowns = []intakeapi.Breakdown{intakeapi.ByStaffGroup}
	preview := intakeapi.Preview{Headcount: 29, Thresholds: r.Thresholds, School: "shown", Units: []intakeapi.PreviewUnit{
		{UnitID: "staff_group-teacher", Name: "Lærere og undervisere", Headcount: 14, State: "shown"}, {UnitID: "staff_group-pedagogue", Name: "Pædagoger", Headcount: 9, State: "shown"},
		{UnitID: "staff_group-technical_and_cleaning", Name: "Teknisk personale og rengøring", Headcount: 4, State: "pooled"}, {UnitID: "staff_group-not_stated", Name: "Faggruppe ikke oplyst", Headcount: 2, State: "pooled"},
	}}
	show := func(id string, preview intakeapi.Preview) {
		r.RoundID = id
		s.on("intake", "GET "+at("rounds", id), r)
		s.on("intake", "GET "+at("rounds", id, "instrument"), instrument)
		s.on("intake", "GET "+at("rounds", id, "preview"), preview)
	}
	show("rgroups", preview)
	preview.Units = slices.Clone(preview.Units)
	for n := range preview.Units {
		preview.Units[n].State = "pooled"
	}
	preview.Crossing = &intakeapi.Crossing{RoundID: "rreleased", Title: "Hvordan går det med Skolevejen?", ShownFrom: "2027-04-13"}
	show("rcrossed", preview)
}

func (s *stage) rosterByStaffGroup(at func(...string) string, r intakeapi.Round) {
	r.RoundID, r.Contract.Breakdowns = "rgrouproster", []intakeapi.Breakdown{intakeapi.ByStaffGroup}
	s.on("intake", "GET "+at("rounds", r.RoundID, "roster"), intakeapi.RoundRoster{Round: r, Units: []intakeapi.RosterUnit{
		{UnitID: "staff_group-teacher", Name: "Lærere og undervisere", Headcount: 1, PersonIds: []string{annaID}},
		{UnitID: "staff_group-not_stated", Name: "Faggruppe ikke oplyst", Headcount: 1, PersonIds: []string{"cille"}},
	}})
}

// releaseByStaffGroup answers with a result whose groups are staff groups.
func (s *stage) releaseByStaffGroup(at func(...string) string, release reportingapi.Release) {
	by := reportingapi.ByStaffGroup
	release.Round.Breakdown, release.Round.WholeSchool = &by, pointer(true)
	release.Nodes = slices.Clone(release.Nodes)
	teachers := release.Nodes[1]
	teachers.NodeID, teachers.Kind, teachers.Name = "staff_group-teacher", reportingapi.StaffGroup, "Lærere og undervisere"
	release.Nodes[1] = teachers
	release.Nodes[2].Name, release.Nodes[2].ParentID = release.Nodes[0].Name, pointer(schoolID)
	s.on("reporting", "GET "+at("releases", "relgroups", "signed"), signedRelease(release))
	s.on("reporting", "GET "+at("releases", "relgroups", "paraphrases"), failure.NotFound("paraphrases"))
}
