package portal

import (
	"net/http"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// monthRefusalReasons are those that can be true of a list without units, in the order of the form.
var monthRefusalReasons = []string{"person_foreign", "person_missing", "other"}

// monthRosterPage shows who can tell in a month, and first what is different from the list that was countersigned last.
type monthRosterPage struct {
	Roster       intakeapi.MonthRoster
	Tag          string
	People       []rosterPerson
	Joined, Left []rosterPerson
	Erased       int // have left, and nobody knows their names any more
	Unknown      int // on the list, and nobody whom the school knows
	Reasons      []string
	Form         form
}

// Same tells whether nobody is new, and nobody has left.
func (p monthRosterPage) Same() bool { return len(p.Joined)+len(p.Left)+p.Erased == 0 }

// Silent tells whether there is nothing to say of what is different, since nobody knows who some of the list are.
func (p monthRosterPage) Silent() bool { return p.Same() && p.Unknown > 0 }

func (v *visit) monthRoster() error { return v.monthRosterWith(http.StatusOK, form{}) }

func (v *visit) monthRosterWith(status int, f form) error {
	page := monthRosterPage{Reasons: monthRefusalReasons, Form: f}
	err := v.call("intake", http.MethodGet, v.at("experiences", "months", v.param("month_id"), "roster"), nil, &page.Roster,
		host.WithAnswer(func(r *http.Response) { page.Tag = r.Header.Get("ETag") }))
	if failure.CodeOf(err) == failure.MonthNotWaiting { // somebody has decided already
		return v.redirect(v.school("anonymous"))
	}
	if err != nil {
		return err
	}
	names, err := v.names(slices.Concat(page.Roster.PersonIds, page.Roster.Left)...)
	if err != nil {
		return err
	}
	var nameless int
	page.People, nameless = byName(names, page.Roster.PersonIds)
	page.Unknown = page.Roster.Unknown + nameless
	page.Joined, _ = byName(names, page.Roster.Joined)
	page.Left, page.Erased = byName(names, page.Roster.Left)
	return v.show(status, "month_roster", page)
}

// countersignMonth signs what was on the page: the hashes go with the form.
func (v *visit) countersignMonth() error {
	return v.decideMonth("countersign", intakeapi.MonthCountersigning{RosterHash: v.input("roster_hash"), KeyListHash: v.input("key_list_hash")})
}

func (v *visit) refuseMonth() error {
	return v.decideMonth("refuse", intakeapi.Refusal{Reason: intakeapi.RefusalReason(v.input("reason"))})
}

func (v *visit) decideMonth(verb string, in any) error {
	err := v.call("intake", http.MethodPost, v.at("experiences", "months", v.param("month_id"), verb), in, nil, v.seen())
	if err == nil {
		return v.redirect(v.school("anonymous"))
	}
	f, err := v.refused(err)
	if err != nil {
		return err
	}
	return v.monthRosterWith(http.StatusUnprocessableEntity, f)
}

// signsMonth tells whether the person may countersign a month: they read it, and neither keep the school's list of people nor
// lead those on it.
func (v *visit) signsMonth(m intakeapi.Month) bool {
	return v.readsMonth(m) && !v.has(access.Leader, access.SchoolAdministrator)
}

func (v *visit) readsMonth(m intakeapi.Month) bool {
	return slices.ContainsFunc(m.Readers, func(role intakeapi.ReaderRole) bool { return v.has(string(role)) })
}
