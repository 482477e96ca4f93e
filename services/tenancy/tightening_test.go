package tenancy

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func taking(pairs ...string) tenancyapi.NewTightening {
	in := tenancyapi.NewTightening{TakenAway: tenancyapi.TakenRoles{}}
	for i := 0; i < len(pairs); i += 2 {
		in.TakenAway = append(in.TakenAway, tenancyapi.TakenRole{Action: pairs[i], Role: tenancyapi.Role(pairs[i+1])})
	}
	return in
}

// tightens reads and sets what a municipality takes away, well-formed.
func (w *world) tightens() {
	w.t.Helper()
	municipal, path := w.people["municipal_administrator"], at(w.north, "/tightening")
	before := read[tenancyapi.Tightening](w.t, w.call(municipal, "GET", path, nil))
	read[tenancyapi.Tightening](w.t, w.call(municipal, "PUT", path, taking("round.create", "leader"), ifMatch(before.Revision)))
}

func TestAMunicipalityTightensAndSchoolsFollow(t *testing.T) {
	w := newWorld(t)
	municipal, administrator := w.people["municipal_administrator"], w.people["school_administrator"]
	north, school := at(w.north, "/tightening"), at(w.school, "/tightening")
	newUnit := func() answer {
		return w.call(administrator, "POST", at(w.school, "/units"), tenancyapi.NewUnit{Name: "Mellemtrin"}, key("unit"+t.Name()))
	}
	before := read[tenancyapi.Tightening](t, w.call(municipal, "GET", north, nil))
	require.Empty(t, before.TakenAway)
	require.Contains(t, before.Tightenable, tenancyapi.TakenRole{Action: "round.create", Role: access.Leader})

	set := read[tenancyapi.Tightening](t, w.call(municipal, "PUT", north, taking("unit.create", "school_administrator"), ifMatch(before.Revision)))
	require.Equal(t, taking("unit.create", "school_administrator").TakenAway, set.TakenAway)
	newUnit().refused(t, 403, failure.AccessDenied)
	seen := read[tenancyapi.Tightening](t, w.call(administrator, "GET", school, nil))
	require.Empty(t, seen.TakenAway)
	require.Equal(t, set.TakenAway, seen.Inherited)
	require.Equal(t, 201, w.call(municipal, "POST", at(w.school, "/units"), tenancyapi.NewUnit{Name: "Udskoling"}, key("another-unit")).status)

	w.call(municipal, "PUT", north, taking(), ifMatch(before.Revision)).refused(t, 412, failure.PreconditionFailed)
	read[tenancyapi.Tightening](t, w.call(municipal, "PUT", north, taking(), ifMatch(set.Revision)))
	require.Equal(t, 201, newUnit().status)
}

func TestATighteningKeepsWithinItsLimits(t *testing.T) {
	w := newWorld(t)
	municipal, path := w.people["municipal_administrator"], at(w.school, "/tightening")
	revision := read[tenancyapi.Tightening](t, w.call(municipal, "GET", path, nil)).Revision
	for _, in := range []tenancyapi.NewTightening{
		taking("round.read", "tr"), taking("audit.read", "school_administrator"), taking("no.such", "leader"),
		taking("unit.create", "municipal_administrator"), taking("round.create", "leader", "person.erase", "municipal_administrator"),
	} {
		w.call(municipal, "PUT", path, in, ifMatch(revision)).refused(t, 422, failure.TighteningTooFar)
	}
	w.call(municipal, "PUT", path, taking("round.create", "leader", "round.create", "leader"), ifMatch(revision)).refused(t, 422, failure.RequestInvalid)
	w.call(municipal, "PUT", path, taking()).refused(t, 428, failure.PreconditionMissing)
	w.call(w.people["school_administrator"], "PUT", path, taking(), ifMatch(revision)).refused(t, 403, failure.AccessDenied)
	w.call(w.people["southern administrator"], "GET", path, nil).refused(t, 403, failure.AccessDenied)
	require.Empty(t, read[tenancyapi.Tightening](t, w.call(municipal, "GET", path, nil)).TakenAway, "nothing of what was refused is kept")
}
