package tenancy

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

var midnight = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func hour(h int) time.Time { return midnight.Add(time.Duration(h) * time.Hour) }

// someday draws an assignment that begins and ends on whole hours of one day.
func someday(t *rapid.T, name string) assignment {
	from := rapid.IntRange(0, 22).Draw(t, name+" from")
	a := assignment{
		PersonID: rapid.SampledFrom([]string{"p", "q"}).Draw(t, name+" person"),
		Role:     rapid.SampledFrom([]string{access.Employee, access.Leader}).Draw(t, name+" role"),
		UnitID:   rapid.SampledFrom([]string{"u", "v"}).Draw(t, name+" unit"),
		From:     hour(from),
	}
	if rapid.Bool().Draw(t, name+" ends") {
		to := hour(rapid.IntRange(from+1, 24).Draw(t, name+" to"))
		a.To = &to
	}
	return a
}

func TestOverlapMeansThatBothCountAtSomeMoment(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := someday(rt, "a"), someday(rt, "b")
		both := false
		for h := range 24 {
			both = both || a.counts(hour(h)) && b.counts(hour(h))
		}
		want := both && a.PersonID == b.PersonID && a.Role == b.Role
		require.Equal(rt, want, a.overlaps(b))
		require.Equal(rt, want, b.overlaps(a))
	})
}

func TestHeadcountsCountEachPersonWhoAnswersOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var all []document.Document[assignment]
		for _, person := range []string{"p", "q", "r"} {
			employee, leader := someday(rt, person), someday(rt, person+" leads")
			employee.PersonID, leader.PersonID = person, person
			employee.Role, leader.Role = access.Employee, access.Leader
			all = append(all, document.Document[assignment]{Body: leader}, document.Document[assignment]{Body: employee})
		}
		now := hour(rapid.IntRange(0, 23).Draw(rt, "now"))
		want := map[string]int{}
		for i := 0; i < len(all); i += 2 {
			if leader, employee := all[i].Body, all[i+1].Body; employee.counts(now) && !leader.counts(now) {
				want[employee.UnitID]++
			}
		}
		require.Equal(rt, want, headcounts(all, now))
	})
}

func TestAnEndIsNeverBeforeNow(t *testing.T) {
	a := assignment{PersonID: "p", Role: access.Leader, Scope: "s", From: hour(1)}
	a.Holding = a.holding("id")
	past, future := hour(1), hour(9)
	require.NoError(t, a.end("id", &future, hour(3)))
	require.Equal(t, hour(9), *a.To)
	require.Equal(t, "id", a.Holding, "the role is free for another assignment")
	require.NoError(t, a.end("id", &past, hour(4)), "an end that has not come can be moved")
	require.Equal(t, hour(4), *a.To)
	require.Equal(t, failure.AssignmentEnded, failure.CodeOf(a.end("id", nil, hour(5))))
}
