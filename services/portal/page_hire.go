package portal

import (
	"net/http"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// hirePage is where a school takes somebody on, without asking its operator.
type hirePage struct {
	Form                form
	Units               []tenancyapi.Unit
	UsualRoles, Further []string
	Groups              []string
}

func (v *visit) hireForm() error { return v.hireWith(http.StatusOK, form{}) }

func (v *visit) hireWith(status int, f form) error {
	if !v.has(access.SchoolAdministrator) {
		return failure.New(failure.AccessDenied)
	}
	page := hirePage{Form: f, UsualRoles: usualRoles, Further: otherRoles, Groups: staffGroups}
	var units tenancyapi.UnitList
	if err := v.get("tenancy", v.at("units"), &units); err != nil {
		return err
	}
	page.Units = units.Items
	return v.show(status, "hire", page)
}

// hire finds the person by the login or registers them, and gives the role, all in one request: half of it is nothing.
func (v *visit) hire() error {
	given, err := v.roleInput()
	in := tenancyapi.NewStaffMember{
		Login: v.input("login"), Name: chosen(v.input("name")), Email: chosen(v.input("email")),
		Role: given.role, UnitID: given.unit, StaffGroup: given.group, From: given.from, To: given.to,
	}
	if err == nil {
		err = v.call("tenancy", http.MethodPost, v.at("staff"), in, nil, v.key())
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.hireWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("administration") + "?hired=yes#staff-heading")
}
