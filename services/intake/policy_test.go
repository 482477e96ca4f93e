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
	guided := func(roles []string) []string { return append([]string{"it_guide"}, roles...) }
	return accesstest.Table{
		Permissions: map[string][]string{
			"technology.read": guided(everybody), "technology.register": guided(steering),
			"round.read": everybody, "round.read_draft": staffSide, "round.preview": staffSide,
			"round.create": steering, "round.announce": steering, "round.read_roster": elected, "round.countersign": elected, "round.refuse": elected, "round.open": steering, "round.tighten": steering, "round.extend": steering, "round.close": steering, "round.archive": steering, "round.frame": {"municipal_administrator"}, "round.read_frame": append([]string{"municipal_administrator"}, staffSide...),
			"round.ticket":        {"employee"},
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
			if r.Attributes["unrepresented"] == true && slices.Contains([]string{"round.read_roster", "round.countersign", "round.refuse"}, action) {
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
