package intake

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/accesstest"
)

func TestPolicyByItsOwnTests(t *testing.T) { accesstest.RunRego(t, ".") }

// table is the permission table of intake in plain Go.
func table() accesstest.Table {
	everybody := []string{"school_administrator", "leader", "employee", "tr", "amr"}
	staffSide := []string{"school_administrator", "leader", "tr", "amr"}
	steering := []string{"school_administrator", "leader"}
	elected := []string{"tr", "amr"}
	papers := []string{"employee", "tr", "amr"}
	guided := func(roles []string) []string { return append([]string{"it_guide"}, roles...) }
	return accesstest.Table{
		Permissions: map[string][]string{
			"technology.read": guided(everybody), "technology.register": guided(steering),
			"round.read": everybody, "round.read_draft": staffSide, "round.preview": staffSide,
			"round.create": steering, "round.announce": steering, "round.read_roster": elected, "round.countersign": elected, "round.refuse": elected, "round.read_paper": papers, "round.enter_paper": papers, "round.open": steering, "round.tighten": steering, "round.extend": steering, "round.close": steering, "round.archive": steering, "round.frame": {"municipal_administrator"}, "round.read_frame": append([]string{"municipal_administrator"}, staffSide...),
			"round.ticket":    {"employee"},
			"experience.read": everybody, "experience.switch": elected, "experience.ticket": {"employee"}, "experience.receive": elected,
			"experience.read_roster": elected, "experience.countersign": elected, "experience.refuse": elected,
			"confidential.choose": {"employee", "tr", "amr"}, "confidential.write": {"employee"}, "confidential.receive": {"tr", "amr"},
			"round.read_state": {"municipal_administrator", "municipal_analyst", "platform_operator"},
		},
		Services: map[string][]string{"instrument.read": {"reporting", "dialogue", "portal"}},
		SignedIn: []string{"instrument.read", "me.records"},
		Extra: func(s access.Subject, action string, r access.Resource, allowed bool) bool {
			switch action {
			case "instrument.read", "me.records", "round.read_state":
				return allowed
			}
			if vouchesForMonth := []string{"experience.read_roster", "experience.countersign", "experience.refuse"}; slices.Contains(vouchesForMonth, action) && keepsList(s, r) {
				return false
			}
			onPaper := action == "round.read_paper" || action == "round.enter_paper"
			if onPaper && !entersPaper(s, r) {
				return false
			}
			if r.Attributes["unrepresented"] == true && (onPaper || slices.Contains([]string{"round.read_roster", "round.countersign", "round.refuse"}, action)) {
				return allowed
			}
			// What is a school's own is decided by roles at the school itself.
			here := slices.ContainsFunc(s.Assignments, func(a access.Assignment) bool {
				return a.Scope == r.Tenant && slices.Contains(table().Permissions[action], a.Role)
			})
			return allowed && here
		},
	}
}

func TestPolicyAgreesWithATable(t *testing.T) {
	authorizer, err := access.NewAuthorizer(t.Context(), "intake", policy)
	require.NoError(t, err)
	table().Check(t, authorizer)
}

// entersPaper is the rule in plain Go: no leader, and else a representative who counts here or the helper of the round.
func entersPaper(s access.Subject, r access.Resource) bool {
	leads, represents := false, false
	for _, a := range s.Assignments {
		on := slices.Contains(r.Path, a.Scope)
		leads = leads || on && a.Role == access.Leader
		represents = represents || on && (a.Role == access.UnionRepresentative || a.Role == access.SafetyRepresentative) &&
			(a.Scope == r.Tenant || r.Attributes["unrepresented"] == true)
	}
	helper, _ := r.Attributes["helper"].(bool)
	return !leads && (represents || helper)
}

// keepsList is the rule in plain Go: whoever keeps the list of people or leads them, here or above.
func keepsList(s access.Subject, r access.Resource) bool {
	return slices.ContainsFunc(s.Assignments, func(a access.Assignment) bool {
		return slices.Contains(r.Path, a.Scope) && slices.Contains([]string{access.Leader, access.SchoolAdministrator, access.MunicipalAdministrator}, a.Role)
	})
}
