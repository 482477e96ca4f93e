package directory_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func taking(id, parent tenant.ID, revision int64, taken ...events.TakenRole) told {
	return told{id, string(id), revision, events.OrganisationChanged{
		OrganisationID: string(id), ParentID: string(parent), Kind: "municipality", Name: "Name", Language: "da", TakenAway: taken,
	}}
}

func TestTighteningsAddUpFromAbove(t *testing.T) {
	d := open(t, (&watch{at: noon}).now)
	unknown, err := d.Tightened(t.Context(), school)
	require.NoError(t, err)
	require.Empty(t, unknown)

	tell(t, d, organisation(platform, "", "platform"), organisation(north, platform, "municipality"),
		organisation(school, north, "school"), organisation(other, north, "school"))
	is := func(at tenant.ID, want access.Tightening) {
		t.Helper()
		got, err := d.Tightened(t.Context(), at)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	is(school, nil)
	tell(t, d, taking(north, platform, 2, events.TakenRole{Action: "round.create", Role: access.Leader}),
		taking(school, north, 2, events.TakenRole{Action: "unit.create", Role: access.SchoolAdministrator}))
	is(school, access.Tightening{"round.create": {access.Leader}, "unit.create": {access.SchoolAdministrator}})
	is(other, access.Tightening{"round.create": {access.Leader}})
	is(platform, nil)

	tell(t, d, taking(north, platform, 3), taking(north, platform, 2, events.TakenRole{Action: "round.open", Role: access.Leader})) // an older one, late
	is(school, access.Tightening{"unit.create": {access.SchoolAdministrator}})
}
