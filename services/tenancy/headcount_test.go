package tenancy

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// place writes that a person answers in the unit of the northern school, and tells nobody.
func (w *world) place(id string) error {
	in := tenancyapi.NewRoleAssignment{PersonID: "person of " + id, Role: access.Employee, Scope: string(w.school), UnitID: &w.unit}
	a, err := newAssignment(id, in, kindSchool, w.clock.now())
	if err != nil {
		return err
	}
	_, err = w.service.store.assignments.Insert(tenant.With(w.t.Context(), w.north), id, a)
	return err
}

// answered waits until the school's note is answered.
func (w *world) answered() {
	w.t.Helper()
	within(w.t, func() bool {
		d, err := w.service.store.recounts.Get(tenant.With(w.t.Context(), w.school), recountID)
		require.NoError(w.t, err)
		return !d.Body.Due
	})
}

func TestANoteIsAnsweredWhereverAProcessEnded(t *testing.T) {
	for name, left := range map[string]recount{
		"before it began":         {Due: true},
		"while it counted":        {Due: true, Begun: true},
		"before it struck it off": {Due: true, Begun: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.answered()
			ctx := tenant.With(t.Context(), w.school)
			require.NoError(t, w.place("one more"))
			if name == "before it struck it off" {
				require.NoError(t, w.service.recount(ctx, w.school))
			}
			_, err := w.service.store.recounts.Upsert(ctx, recountID, func(r *recount, _ bool) ([]events.Event, error) {
				*r = left
				return nil, nil
			})
			require.NoError(t, err)
			require.NoError(t, w.service.recountDue(t.Context()))
			require.Equal(t, 2, w.headcount(w.school, w.unit))
			w.answered()
		})
	}
}

func TestACountThatWasOvertakenDoesNotStrikeTheNoteOff(t *testing.T) {
	r := recount{Due: true, Begun: true}
	r.ask()
	require.Equal(t, recount{Due: true}, r, "the note is another one than the count began from")
	r.ask()
	require.Equal(t, recount{Due: true}, r, "and thousands of notes are one")

	w := newWorld(t)
	const people = 60
	var group sync.WaitGroup
	for i := range people {
		group.Go(func() {
			err := w.place(fmt.Sprintf("assignment %d", i))
			if err == nil {
				err = w.service.askRecount(context.WithoutCancel(t.Context()), w.school)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	w.answered()
	require.Equal(t, people+1, w.headcount(w.school, w.unit))
}
