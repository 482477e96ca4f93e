package dialogue

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/keyring"
)

// TestNothingIsLeftOfASchoolThatIsGone deletes a school in the middle of a sealed step.
func TestNothingIsLeftOfASchoolThatIsGone(t *testing.T) {
	w := newWorld(t)
	w.invited().send("teacher-1", "Kun til TR").ok()
	tb := w.prepare(six(), nil).lead("/open", nil).begin("reflect")
	tb.write("teacher-1", "reflect", "Kun for mig").ok()
	name, err := keyName(w.schoolContext(), tb.phase("reflect").PhaseID)
	require.NoError(t, err)
	_, err = w.service.urn.keys.Get(name)
	require.NoError(t, err)

	for range 2 {
		w.tell(w.tenancy, "tenancy", w.school, string(w.school), events.OrganisationDeleted{
			OrganisationID: string(w.school), Kind: "school", ParentID: string(w.operator),
		})
	}
	require.Eventually(t, func() bool {
		counts, err := w.service.deps.Store.CountTenant(w.schoolContext())
		return err == nil && len(counts) == 0
	}, patience, tick)
	_, err = w.service.urn.keys.Get(name)
	require.ErrorIs(t, err, keyring.ErrGone)
}
