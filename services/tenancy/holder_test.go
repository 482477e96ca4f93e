package tenancy

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/roster"
)

// holds tells whether somebody has a role that has not ended.
func (w *world) holds(person string) bool {
	w.t.Helper()
	held, err := w.service.store.held(w.t.Context(), person)
	require.NoError(w.t, err)
	for _, d := range held {
		if !d.Body.over(w.clock.now()) {
			return true
		}
	}
	return false
}

// A list is planned, then the person is erased to the last step, then the list is written: the one order of events in
// which neither would have seen the other.
func TestAListGivesNoRoleToWhoWasErasedMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.take(w.bringPeople(staffHeading, "Glemt Person;glemt@skole.dk;glemt;42;;;;;;"), false)
	id := read[tenancyapi.SignedIn](t, w.signIn("glemt")).PersonID
	ctx := access.WithSubject(tenant.With(t.Context(), w.north), access.Service(Name))
	r, err := w.service.importer(ctx, "somebody")
	require.NoError(t, err)
	rows := []plannedRow{
		{Row: roster.Row{Number: 2, Cells: map[string]string{"name": "Glemt Person", "email": "glemt@skole.dk", "login": "glemt", "external_id": "42", "school": "Nordskolen", "role": "leder"}}, Outcome: rowChange},
		{Row: roster.Row{Number: 3, Cells: map[string]string{"name": "Glemt Person", "email": "glemt@skole.dk", "login": "glemt", "external_id": "42", "school": "Nordskolen", "role": "administrator"}}, Outcome: rowChange},
	}
	plan, err := r.planPerson(ctx, r.people, rows)
	require.NoError(t, err)
	require.Len(t, plan.roles, 2)
	require.Equal(t, http.StatusOK, w.erase(w.people["municipal_administrator"], actor{subject: access.Subject{ID: id}}, 1).status)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(r.takePerson(ctx, plan)))
	for _, role := range plan.roles {
		require.Equal(t, failure.DocumentNotFound, failure.CodeOf(r.takeRole(ctx, role)))
		require.False(t, w.holds(id), role.role.Role)
	}
	plans, err := r.each(ctx, roster.People, [][]plannedRow{rows}, true)
	require.NoError(t, err, "the rest of the list goes on")
	require.Equal(t, roster.Gone, plans[0].problems[0].Reason)
}

// The same with a process that ends right after the role was written: its event ends the role.
func TestARoleOfNobodyEndsByItself(t *testing.T) {
	w := newWorld(t)
	ctx := tenant.With(t.Context(), w.north)
	give := func(person, role string) string {
		a, err := newAssignment("of-"+person+"-"+role, tenancyapi.NewRoleAssignment{PersonID: person, Role: tenancyapi.Role(role), Scope: string(w.school)}, kindSchool, w.clock.now())
		require.NoError(t, err)
		_, err = w.service.store.assignments.Insert(ctx, "of-"+person+"-"+role, a, a.assigned("of-"+person+"-"+role))
		require.NoError(t, err)
		return person
	}
	erased := w.person(w.north, "Erased")
	require.Equal(t, http.StatusOK, w.erase(w.people["municipal_administrator"], erased, 1).status)
	give(erased.subject.ID, access.Facilitator)
	give(erased.subject.ID, access.SchoolAdministrator)
	within(t, func() bool { return !w.holds(erased.subject.ID) })

	there := w.person(w.north, "There")
	give(there.subject.ID, access.Facilitator)
	give(erased.subject.ID, access.TextReader) // when this one has ended, the one before it was looked at
	within(t, func() bool { return !w.holds(erased.subject.ID) })
	require.True(t, w.holds(there.subject.ID))
}

// An erasure ends what was given between its steps, also where that made somebody a school's only administrator.
func TestAnErasureEndsWhatWasGivenMeanwhile(t *testing.T) {
	w := newWorld(t)
	ctx := tenant.With(t.Context(), w.north)
	late := w.person(w.north, "Late")
	empty := w.organisation(w.north, "school", "Ny skole")
	request, err := w.service.store.dataRequests.Insert(ctx, erasureOf(late.subject.ID), begun(late.subject.ID, "administrator", time.Now()))
	require.NoError(t, err)
	require.NoError(t, w.service.endRoles(ctx, late.subject.ID)) // the erasure's first step
	a, err := newAssignment("late", tenancyapi.NewRoleAssignment{PersonID: late.subject.ID, Role: "school_administrator", Scope: string(empty)}, kindSchool, w.clock.now())
	require.NoError(t, err)
	_, err = w.service.assign(ctx, document.Creation{ID: "late", Request: "r"}, empty, a)
	require.NoError(t, err, "the person is there still")
	require.NoError(t, w.service.profiles.forget(late.subject.ID))
	require.NoError(t, w.service.store.persons.Delete(ctx, late.subject.ID)) // its last step but one
	require.NoError(t, w.service.abandonAll(ctx, late.subject.ID))
	require.False(t, w.holds(late.subject.ID))
	require.NotEmpty(t, request.ID)
}

// Whoever is suspended between the look and the write has no role either.
func TestNobodyIsGivenARoleWhileTheyAreSuspended(t *testing.T) {
	w := newWorld(t)
	ctx := tenant.With(t.Context(), w.north)
	anna := w.person(w.north, "Anna")
	a, err := newAssignment("late", tenancyapi.NewRoleAssignment{PersonID: anna.subject.ID, Role: "facilitator", Scope: string(w.school)}, kindSchool, w.clock.now())
	require.NoError(t, err)
	require.NoError(t, w.service.belongs(ctx, w.school, a))
	p, err := w.service.provisionedPerson(ctx, anna.subject.ID)
	require.NoError(t, err)
	in := p.attributes()
	in.Active = false
	_, err = w.service.reprovision(access.WithSubject(ctx, w.program(w.newKey(w.people["municipal_administrator"], w.north, access.ScopeProvisioning).Secret).subject), p, in)
	require.NoError(t, err)
	_, err = w.service.assign(ctx, document.Creation{ID: "late", Request: "r"}, w.school, a)
	require.Equal(t, failure.PersonSuspended, failure.CodeOf(err))
	require.False(t, w.holds(anna.subject.ID))
}
