package portal

import (
	"net/http"
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// refusalReasons are why a representative may refuse, in the order of the form.
var refusalReasons = []string{"person_foreign", "person_missing", "units_wrong", "contract_wrong", "other"}

// countersignPage shows who is asked, by name, and under which keys, to whoever is to vouch for it.
type countersignPage struct {
	Round   intakeapi.Round
	Tag     string
	Units   []rosterUnit
	Unknown int // on the list, and nobody whom the school knows
	Reasons []string
	Form    form
}

type rosterUnit struct {
	intakeapi.RosterUnit
	People []rosterPerson // whom tenancy has a name for, by name
}

type rosterPerson struct{ ID, Name string }

func (v *visit) roster() error { return v.rosterWith(http.StatusOK, form{}) }

func (v *visit) rosterWith(status int, f form) error {
	page := countersignPage{Reasons: refusalReasons, Form: f}
	var roster intakeapi.RoundRoster
	err := v.call("intake", http.MethodGet, v.at("rounds", v.param("round_id"), "roster"), nil, &roster,
		host.WithAnswer(func(r *http.Response) { page.Tag = r.Header.Get("ETag") }))
	if failure.CodeOf(err) == failure.RoundWrongStatus { // somebody has decided already
		return v.redirect(v.school("rounds", v.param("round_id")))
	}
	if err != nil {
		return err
	}
	page.Round = roster.Round
	var everybody []string
	for _, unit := range roster.Units {
		everybody = append(everybody, unit.PersonIds...)
	}
	names, err := v.names(everybody...)
	if err != nil {
		return err
	}
	for _, unit := range roster.Units {
		one := rosterUnit{RosterUnit: unit}
		var nameless int
		one.People, nameless = byName(names, unit.PersonIds)
		one.Unknown += nameless // tenancy has no name for whom intake takes for staff
		page.Units, page.Unknown = append(page.Units, one), page.Unknown+one.Unknown
	}
	return v.show(status, "countersign", page)
}

// byName puts people in the order of their names, and counts those who have none.
func byName(names map[string]string, ids []string) (people []rosterPerson, nameless int) {
	for _, id := range ids {
		if name := names[id]; name != "" {
			people = append(people, rosterPerson{id, name})
		} else {
			nameless++
		}
	}
	order := collate.New(language.Danish)
	slices.SortFunc(people, func(a, b rosterPerson) int { return order.CompareString(a.Name, b.Name) })
	return people, nameless
}

// countersignRound signs what was on the page: the hashes go with the form.
func (v *visit) countersignRound() error {
	return v.decideRound("countersign", intakeapi.Countersigning{
		RosterHash: v.input("roster_hash"), KeyListHash: v.input("key_list_hash"), Paper: v.paperMarking(),
	})
}

func (v *visit) refuseRound() error {
	return v.decideRound("refuse", intakeapi.Refusal{Reason: intakeapi.RefusalReason(v.input("reason"))})
}

func (v *visit) decideRound(verb string, in any) error {
	err := v.call("intake", http.MethodPost, v.at("rounds", v.param("round_id"), verb), in, nil, v.seen())
	if err == nil {
		return v.redirect(v.school("rounds", v.param("round_id")))
	}
	if failure.CodeOf(err) == failure.RoundOwnAnnouncement {
		return v.rosterWith(http.StatusForbidden, form{Alert: failure.From(err).Code.Text(v.words.language)})
	}
	f, err := v.refused(err)
	if err != nil {
		return err
	}
	return v.rosterWith(http.StatusUnprocessableEntity, f)
}
