package dialogue

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// One phone hands in for a table where everybody may see it, and for nobody where something is each one's own.
func TestOnePhoneForATable(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil).begin("reflect")
	add := func(step, table string) answer {
		return tb.do("teacher-1", "POST", tb.phasePath(step, "/contributions"), map[string]any{"text": "Fra bordet", "table": table})
	}
	require.Equal(t, "table", add("reflect", "Bord 3").refused(failure.DeviceIsShared).body["field"])
	require.Empty(t, tb.read("teacher-1", "reflect"))
	tb.write("teacher-1", "reflect", "Min egen").ok()
	tb.lock("reflect").begin("share")

	require.Equal(t, "table", add("share", strings.Repeat("æ", maxTableName+1)).refused(failure.RequestInvalid).body["field"])
	add("share", "a\u0007").refused(failure.RequestInvalid)
	add("share", "Bord 3 (20 30 40 50)").ok()
	said := tb.read("leader", "share")
	require.Len(t, said, 1)
	require.Equal(t, "Bord 3 ([tlf.])", said[0].Table)
	require.Equal(t, playbook.Group, said[0].Attribution)
	require.NotContains(t, string(tb.do("leader", "GET", tb.path("/live?wait=0"), nil).ok().raw), `"teacher-1","text"`)

	tb.lock("share").begin("prioritise")
	choices := []Choice{{said[0].ContributionID, 1}}
	tb.do("teacher-1", "POST", tb.phasePath("prioritise", "/ballots"), map[string]any{"choices": choices, "table": "Bord 3"}).refused(failure.RequestUnknownField)
	tb.vote("teacher-1", "prioritise", choices).ok()
	tb.vote("teacher-1", "prioritise", choices).refused(failure.AlreadyVoted)
}
