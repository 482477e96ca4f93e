package allinone

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
)

// A round goes its whole way by unit and by staff group: the same people, in groups of other names. Where the two ask about the
// same, the second tells of the whole school alone.
func TestARoundGoesItsWayByEitherBreakdown(t *testing.T) {
	m := &matrix{journey: startDemo(t), people: map[string]access.Subject{}, ids: map[string]string{}}
	m.places()
	staff := m.hireCrossed(6)
	leader := m.as("lene.leder")
	technology := func(name string) *string {
		var made intakeapi.Technology
		require.NoError(t, leader.Create(t.Context(), "intake", m.at("/technologies"), intakeapi.NewTechnology{Name: name, Kind: "communication"}, &made))
		return &made.TechnologyID
	}
	board, robot := technology("Opslagstavlen"), technology("Robotten")
	for _, one := range []struct {
		by         intakeapi.Breakdown
		technology *string
		shown      []reportingapi.NodeKind
		names      []string
	}{
		{intakeapi.ByUnit, board, []reportingapi.NodeKind{reportingapi.School, reportingapi.Unit, reportingapi.Unit}, []string{"Team øst", "Team vest"}},
		{intakeapi.ByStaffGroup, robot, []reportingapi.NodeKind{reportingapi.School, reportingapi.StaffGroup, reportingapi.StaffGroup}, []string{"Lærere og undervisere", "Pædagoger"}},
		{intakeapi.ByStaffGroup, board, []reportingapi.NodeKind{reportingapi.School}, nil},
	} {
		crossing := m.draftBy(leader, one.by, one.technology, len(staff))
		require.Equal(t, one.names == nil, crossing, "it is said before the round is announced")
		m.asks(leader, staff)
		round := m.reaches(leader, "released")
		var release reportingapi.Release
		require.NoError(t, leader.Get(t.Context(), "reporting", m.at("/releases/"+*round.ReleaseID), &release))
		var shown []reportingapi.NodeKind
		var names []string
		for _, n := range release.Nodes {
			if n.Themes[0].State == reportingapi.Shown {
				shown = append(shown, n.Kind)
				names = append(names, n.Name)
			}
		}
		require.Equal(t, one.shown, shown)
		require.ElementsMatch(t, one.names, names[1:])
	}
}

// hireCrossed hires so many teachers and pedagogues for each of two new teams.
func (m *matrix) hireCrossed(each int) (staff []caller.Actor) {
	m.t.Helper()
	setup := m.services.AsSetup()
	for _, team := range []string{"Team øst", "Team vest"} {
		var made tenancyapi.Unit
		require.NoError(m.t, setup.Create(m.t.Context(), "tenancy", m.at("/units"), tenancyapi.NewUnit{Name: team}, &made))
		m.ids["unit_id"] = made.UnitID
		for _, group := range []string{"teacher", "pedagogue"} {
			m.ids["staff_group"] = group
			for range each {
				p, _ := m.hire(setup, access.Employee, m.tenants["school"], m.tenants["municipality"])
				staff = append(staff, m.services.As(p.PersonID, m.tenants["municipality"]))
			}
		}
	}
	return staff
}

// draftBy drafts a round of today, waits until it knows the staff, and tells whether its preview names one that it crosses.
func (m *matrix) draftBy(leader caller.Actor, by intakeapi.Breakdown, technology *string, staff int) (crossing bool) {
	m.t.Helper()
	today := time.Now().In(copenhagen(m.t)).Format(time.DateOnly)
	var made intakeapi.Round
	require.NoError(m.t, leader.Create(m.t.Context(), "intake", m.at("/rounds"), intakeapi.NewRound{
		Title: "Delt op", Instrument: "pulse-relations", InstrumentVersion: 1, OpensOn: today, ClosesOn: today, VisibleToAllOn: today,
		Breakdown: &by, TechnologyID: technology,
	}, &made))
	require.Equal(m.t, []intakeapi.Breakdown{by}, made.Contract.Breakdowns)
	m.round = m.at("/rounds/" + made.RoundID)
	var preview intakeapi.Preview
	require.NoError(m.t, caller.Eventually(m.t.Context(), "roster", func() (bool, error) {
		err := leader.Get(m.t.Context(), "intake", m.round+"/preview", &preview)
		return preview.Headcount > staff, err
	}))
	return preview.Crossing != nil
}

// asks takes the drafted round through announcement, countersigning and answers to its end.
func (m *matrix) asks(leader caller.Actor, staff []caller.Actor) {
	m.t.Helper()
	ctx := m.t.Context()
	require.NoError(m.t, leader.Command(ctx, "intake", m.round, "/announce", nil, nil))
	m.reaches(leader, "countersigning")
	tr := m.as("thomas.tr")
	var roster intakeapi.RoundRoster
	require.NoError(m.t, tr.Get(ctx, "intake", m.round+"/roster", &roster))
	require.False(m.t, slices.ContainsFunc(roster.Units, func(u intakeapi.RosterUnit) bool { return u.Unknown > 0 }))
	require.NoError(m.t, tr.Command(ctx, "intake", m.round, "/countersign",
		intakeapi.Countersigning{RosterHash: *roster.Round.RosterHash, KeyListHash: *roster.Round.KeyListHash}, nil))
	require.NoError(m.t, leader.Command(ctx, "intake", m.round, "/open", nil, nil))
	m.reaches(leader, "open")
	var instrument intakeapi.Instrument
	require.NoError(m.t, leader.Get(ctx, "intake", m.round+"/instrument", &instrument))
	answers := map[string]string{}
	for _, cell := range instrument.Themes[0].Cells {
		answers[cell.Gain.ID], answers[cell.Strain.ID] = "75", "50"
	}
	for _, person := range staff {
		require.NoError(m.t, m.fetches(person, m.round).Answer(ctx, answers))
	}
	require.NoError(m.t, leader.Command(ctx, "intake", m.round, "/close", nil, nil))
}
