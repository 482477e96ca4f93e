package portal

import (
	"net/http"
	"slices"
	"strings"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/host"
)

// tighteningPage is what an operator takes away from roles at its schools, or what is taken away at a school.
type tighteningPage struct {
	Base    string // the address of the page itself
	Form    form
	Tag     string // the revision that the form is made from
	Actions []tightenedAction
	Changes bool // whether this is where it is decided
}

// tightenedAction is an action with the roles from which it can be taken away.
type tightenedAction struct {
	Action string
	Roles  []tightenedRole
}

type tightenedRole struct {
	Role  string
	Value string // what the form sends
	Taken bool
}

func (v *visit) tightening() error { return v.tighteningWith(http.StatusOK, form{}) }

func (v *visit) tighteningWith(status int, f form) error {
	var found tenancyapi.Tightening
	if err := v.get("tenancy", v.at("tightening"), &found); err != nil {
		return err
	}
	page := tighteningPage{Base: "/operators/" + v.param("tenant_id") + "/tightening", Form: f, Tag: tag(found.Revision), Changes: v.ofOperator()}
	for _, one := range found.Tightenable {
		taken := slices.Contains(found.TakenAway, one) || slices.Contains(found.Inherited, one)
		if !page.Changes && !taken {
			continue
		}
		role := tightenedRole{string(one.Role), one.Action + " " + string(one.Role), taken}
		last := len(page.Actions) - 1
		if last < 0 || page.Actions[last].Action != one.Action {
			page.Actions = append(page.Actions, tightenedAction{Action: one.Action})
			last++
		}
		page.Actions[last].Roles = append(page.Actions[last].Roles, role)
	}
	return v.show(status, "tightening", page)
}

func (v *visit) setTightening() error {
	in := tenancyapi.NewTightening{TakenAway: tenancyapi.TakenRoles{}}
	for _, value := range v.gin.PostFormArray("taken") {
		action, role, _ := strings.Cut(value, " ")
		in.TakenAway = append(in.TakenAway, tenancyapi.TakenRole{Action: action, Role: tenancyapi.Role(role)})
	}
	err := v.call("tenancy", http.MethodPut, v.at("tightening"), in, nil, host.WithIfMatch(v.input("tag")))
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.tighteningWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect("/operators/" + v.param("tenant_id") + "/tightening")
}
