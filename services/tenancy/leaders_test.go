package tenancy

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// leadersTogether makes the northern municipality's group of leaders.
func (w *world) leadersTogether() tenant.ID {
	w.t.Helper()
	group := read[tenancyapi.Organisation](w.t, w.call(w.people["municipal_administrator"], "POST", at(w.north, "/organisations"), tenancyapi.NewOrganisation{
		Kind: kindSchool, Name: "Lederne i Nordby", Language: "da", InstitutionType: ptr(tenancyapi.Leaders),
	}))
	return tenant.ID(group.OrganisationID)
}

// gathered waits until exactly these people are in the group.
func (w *world) gathered(group tenant.ID, wanted ...string) {
	w.t.Helper()
	slices.Sort(wanted)
	within(w.t, func() bool {
		held, err := w.service.store.within(w.t.Context(), group)
		require.NoError(w.t, err)
		var in []string
		for _, d := range held {
			if d.Body.counts(w.clock.now()) {
				require.Equal(w.t, access.Employee, d.Body.Role)
				in = append(in, d.Body.PersonID)
			}
		}
		slices.Sort(in)
		return slices.Equal(wanted, in)
	})
}

func TestLeadersAreGatheredOutsideWhatTheyLead(t *testing.T) {
	w := newWorld(t)
	group := w.leadersTogether()
	first := w.people["leader"].subject.ID
	w.gathered(group, first)
	units, err := collect(w.service.store.units.All(tenant.With(t.Context(), group), document.Query{Index: "by_name"}))
	require.NoError(t, err)
	require.Len(t, units, 1)
	require.Equal(t, "Ledere", units[0].Body.Name)
	within(t, func() bool { return w.headcount(group, units[0].ID) == 1 })

	// Whoever comes to lead a school comes in, once, whatever else they lead; a leader of another municipality does not.
	second := w.person(w.north, "Leder to")
	led := w.assign(second, access.Leader, w.sister, "")
	w.assign(second, access.Leader, w.school, "")
	w.assign(w.person(w.south, "Leder i syd"), access.Leader, w.away, "")
	w.gathered(group, first, second.subject.ID)
	within(t, func() bool { return w.headcount(group, units[0].ID) == 2 })

	// Whoever leads a school still stays, whoever leads none any more is out, and in again when they come back.
	require.Equal(t, http.StatusOK, w.end(w.people["sister's administrator"], led, nil).status)
	w.gathered(group, first, second.subject.ID)
	require.Equal(t, http.StatusOK, w.end(w.people["school_administrator"], w.assignments["leader"], nil).status)
	w.gathered(group, second.subject.ID)
	w.assign(w.people["leader"], access.Leader, w.sister, "")
	w.gathered(group, first, second.subject.ID)
	within(t, func() bool { return w.headcount(group, units[0].ID) == 2 })
	require.Equal(t, 1, w.headcount(w.school, w.unit), "no employee of a school is any the less asked for it")
}

func TestAnOperatorHasOneGroupOfLeaders(t *testing.T) {
	w := newWorld(t)
	w.leadersTogether()
	again := w.call(w.people["municipal_administrator"], "POST", at(w.north, "/organisations"), tenancyapi.NewOrganisation{
		Kind: kindSchool, Name: "Lederne igen", Language: "da", InstitutionType: ptr(tenancyapi.Leaders),
	})
	again.refused(t, http.StatusConflict, failure.OrganisationTaken)
}

func TestALeaderToBeIsGatheredFromTheFirstDay(t *testing.T) {
	w := newWorld(t)
	group := w.leadersTogether()
	coming := w.person(w.north, "Leder fra i morgen")
	from := w.clock.now().Add(24 * time.Hour)
	read[tenancyapi.RoleAssignment](t, w.call(service("setup"), "POST", at(w.north, "/role-assignments"),
		tenancyapi.NewRoleAssignment{PersonID: coming.subject.ID, Role: access.Leader, Scope: string(w.sister), From: &from}))
	w.gathered(group, w.people["leader"].subject.ID)
	w.clock.pass(25 * time.Hour)
	require.NoError(t, w.service.askRecount(t.Context(), group))
	w.gathered(group, w.people["leader"].subject.ID, coming.subject.ID)
}
