package portal

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// From a cell to what came of it and back.
func TestTheTraceLeadsBothWays(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	school := "/schools/" + schoolID
	require.Contains(t, b.get(school+"/results/rel1/cells/implementation/meaning").body, school+"/dialogues/decide/trace")
	require.NotContains(t, b.get(school+"/results/rel1/cells/relations/meaning").body, `id="cell-dialogues"`)
	trace := b.get(school + "/dialogues/decide/trace").body
	for _, text := range []string{school + "/results/rel1/cells/implementation/meaning", "Vi sætter tid af", school + "/agreements/force", school + "/escalations/answered", school + "/actions#action-a1"} {
		require.Contains(t, trace, text)
	}
	require.Contains(t, b.get(school+"/actions").body, "/dialogues/decide/trace")
	require.Contains(t, b.get(school+"/agreements/force").body, "/dialogues/decide/trace")
	board := b.get(school + "/actions?status=done&owner=me").body
	require.Contains(t, board, `<option value="done" selected>`)
	require.Contains(t, board, `id="action-mine" checked`)
}
