package portal

import (
	"fmt"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// breakdowns are what a round can be broken down by; one of them, never both.
var breakdowns = []string{string(intakeapi.ByUnit), string(intakeapi.ByStaffGroup)}

// brokenDownBy is what a round, or a release's round, is broken down by. One that says nothing of it is by unit.
func brokenDownBy(round any) (string, error) {
	by := string(intakeapi.ByUnit)
	switch r := pointed(round).(type) {
	case intakeapi.Round:
		if len(r.Contract.Breakdowns) > 0 {
			by = string(r.Contract.Breakdowns[0])
		}
	case reportingapi.ReleaseRound:
		if r.Breakdown != nil {
			by = string(*r.Breakdown)
		}
	default:
		return "", fmt.Errorf("a breakdown is of a round, not of %T", round)
	}
	return by, nil
}

// group is what a group of a round is called: a unit by its name, a staff group by the page's word for it.
func (w *words) group(id, name string) string {
	if group, found := access.StaffGroupOfUnit(id); found {
		return w.of("staff_group", group.ID)
	}
	return name
}

// node is what a node of a release is called; what is pooled is told apart from its parent by the page.
func (w *words) node(r reportingapi.Release, n reportingapi.Node) string {
	if n.Kind != reportingapi.OtherUnits {
		return w.group(n.NodeID, n.Name)
	}
	by, _ := brokenDownBy(r.Round) // a release's round has one
	return w.of("breakdown_others", by)
}
