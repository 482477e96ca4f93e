package tenancy

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// What a person did, and what others did about them, is in the archive wherever it was logged; what others did about others
// is not, and neither is about whom the person did something.
func TestTheArchiveHasThePersonsOwnEntries(t *testing.T) {
	w := newWorld(t)
	by, tr, amr := w.people["municipal_administrator"], w.people["tr"], w.people["amr"]
	read[tenancyapi.Person](t, w.rectify(by, tr, 1, tenancyapi.PersonChange{Name: ptr("Anna")}))
	read[tenancyapi.Person](t, w.rectify(by, amr, 1, tenancyapi.PersonChange{Name: ptr("Bo")}))
	w.end(w.people["school_administrator"], w.assignments["amr"], nil)
	w.erase(tr, amr, 1).refused(t, 403, failure.AccessDenied)

	entries := func(of actor) (lines []string, raw string) {
		inside, data := unpacked(t, w.call(of, "GET", "/v1/me/export", nil).body)
		for _, e := range data.Audit {
			who := map[string]string{by.subject.ID: "administrator", tr.subject.ID: "tr", w.people["school_administrator"].subject.ID: "school"}[e.Subject]
			lines = append(lines, fmt.Sprintf("%s %s %s about %v %s", e.ScopeName, who, e.Action, e.AboutYou, e.Decision))
		}
		return lines, inside["data.json"]
	}
	own, raw := entries(tr)
	require.Contains(t, own, "Nordby administrator person.rectify about true allowed")
	require.Contains(t, own, "Nordby tr person.erase about false denied")
	require.NotContains(t, raw, amr.subject.ID, "about whom it was is theirs")
	require.NotContains(t, own, "Nordskolen school role_assignment.end about false allowed")

	theirs, _ := entries(amr)
	require.Contains(t, theirs, "Nordskolen school role_assignment.end about true allowed", "where the role has ended")
	require.Contains(t, theirs, "Nordby tr person.erase about true denied", "what was tried and refused, too")

	did, raw := entries(by)
	require.Contains(t, did, "Nordby administrator person.rectify about false allowed")
	require.NotContains(t, raw, tr.subject.ID)
}
