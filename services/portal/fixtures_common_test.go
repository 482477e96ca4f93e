package portal

import (
	"slices"

	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// commonRelease answers with a municipality's result made of a school's: the whole, the school itself, and one with few answers.
func (s *stage) commonRelease(school reportingapi.Release) {
	common := school
	common.TenantID, common.ExtraQuestions, common.Earlier = operatorID, nil, nil
	common.Round = reportingapi.ReleaseRound{RoundID: "cr0", Title: "Havnelunds digitale hverdag", Instrument: "full", InstrumentVersion: 1, OpensOn: "2026-10-01", ClosesOn: "2026-10-15"}
	whole, one := school.Nodes[0], school.Nodes[0]
	whole.NodeID, whole.Kind, whole.Name, whole.ExtraQuestions = operatorID, "municipality", "Havnelund Kommune", nil
	one.ParentID, one.Participation, one.ExtraQuestions = pointer(operatorID), pointer(school.Participation), nil
	few := one
	few.NodeID, few.Name, few.LeftOut, few.Participation = otherSchoolID, "Lille Lyng Skole", pointer(true), &reportingapi.Participation{State: "too_few"}
	few.Themes = slices.Clone(few.Themes)
	for i, theme := range few.Themes {
		few.Themes[i] = reportingapi.NodeTheme{Theme: theme.Theme, State: "too_few", Score: reportingapi.Score{State: "too_few"}}
		for _, cell := range theme.Cells {
			few.Themes[i].Cells = append(few.Themes[i].Cells, reportingapi.Cell{Quality: cell.Quality, State: "too_few", Evidence: cell.Evidence})
		}
	}
	common.Nodes = []reportingapi.Node{whole, one, few}
	s.on("reporting", "GET "+under(operatorID, "common-releases", "common1"), signedRelease(common))
	s.on("reporting", "GET "+under(operatorID, "common-releases"), reportingapi.ReleaseList{Items: []reportingapi.ReleaseSummary{
		{ReleaseID: "common1", Round: common.Round, Shown: true, VisibleToAllOn: "2026-12-11"},
	}})
}
