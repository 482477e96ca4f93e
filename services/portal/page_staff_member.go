package portal

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// The roles that a school gives: the five that every school has are offered first, the others on demand.
var (
	usualRoles = []string{access.Employee, access.Leader, access.UnionRepresentative, access.SafetyRepresentative, access.SchoolAdministrator}
	otherRoles = []string{access.ForumMember, access.Facilitator, access.TextReader, access.ITGuide, access.LearnerRepresentative, access.Auditor}
)

// staffGroups are what an employee can be employed as.
var staffGroups = func() (ids []string) {
	for _, group := range access.StaffGroups {
		ids = append(ids, group.ID)
	}
	return ids
}()

// staffMemberPage is one person of the school, with the roles that they have and may be given.
type staffMemberPage struct {
	PersonID            string
	Name                string
	Roles               []tenancyapi.RoleAssignment // at this school, those that have ended left out
	Units               []tenancyapi.Unit
	Self                bool // nobody gives a role to themselves
	Form                form
	UsualRoles, Further []string
	Groups              []string
	unitNames           map[string]string
	names               map[string]string           // of the staff
	all                 []tenancyapi.RoleAssignment // of everybody at this school
}

// Unit is the name of the unit that an employee works in, "" for other roles.
func (p staffMemberPage) Unit(a tenancyapi.RoleAssignment) string {
	return p.unitNames[value(a.UnitID)]
}

// Substitutable tells whether somebody can stand in for a role.
func (p staffMemberPage) Substitutable(a tenancyapi.RoleAssignment) bool { return substitutable(a) }

// Substitutes are those who stand in for a role, now or later.
func (p staffMemberPage) Substitutes(a tenancyapi.RoleAssignment) []standIn {
	var all []standIn
	for _, one := range p.all {
		if value(one.SubstituteFor) == a.AssignmentID {
			all = append(all, standIn{p.names[one.PersonID], one})
		}
	}
	return all
}

// For is the name of the one whom a substitute stands in for, "" of somebody who has left.
func (p staffMemberPage) For(a tenancyapi.RoleAssignment) string {
	i := slices.IndexFunc(p.all, func(one tenancyapi.RoleAssignment) bool { return one.AssignmentID == value(a.SubstituteFor) })
	if i < 0 {
		return ""
	}
	return p.names[p.all[i].PersonID]
}

type standIn struct {
	Name string
	tenancyapi.RoleAssignment
}

// staffMember shows who has which role, to those who give roles.
func (v *visit) staffMember() error { return v.staffMemberWith(http.StatusOK, form{}) }

func (v *visit) staffMemberWith(status int, f form) error {
	page := staffMemberPage{
		PersonID: v.param("person_id"), Form: f, unitNames: map[string]string{}, names: map[string]string{}, UsualRoles: usualRoles, Further: otherRoles, Groups: staffGroups,
	}
	page.Self = page.PersonID == v.session.PersonID
	var units tenancyapi.UnitList
	var staff tenancyapi.StaffList
	err := together(
		v.reads("tenancy", v.at("units"), &units),
		v.reads("tenancy", v.at("staff"), &staff),
		func() (err error) { page.all, err = v.rolesHere(); return err },
	)
	if err != nil {
		return err
	}
	for _, one := range staff.Items {
		page.names[one.PersonID] = one.Name
	}
	var ok bool
	if page.Name, ok = page.names[page.PersonID]; !ok {
		return failure.NotFound("person")
	}
	page.Units = units.Items
	page.Roles = slices.DeleteFunc(slices.Clone(page.all), func(a tenancyapi.RoleAssignment) bool { return a.PersonID != page.PersonID })
	for _, unit := range units.Items {
		page.unitNames[unit.UnitID] = unit.Name
	}
	return v.show(status, "staff_member", page)
}

// rolesHere are the roles at the school, those that have ended left out.
func (v *visit) rolesHere() ([]tenancyapi.RoleAssignment, error) {
	all, err := whole[tenancyapi.RoleAssignment](v, "tenancy", v.assignments(), url.Values{"scope": {v.param("tenant_id")}})
	now := v.now()
	return slices.DeleteFunc(all, func(a tenancyapi.RoleAssignment) bool { return a.To != nil && !now.Before(*a.To) }), err
}

// assignments is where the roles of the school's people are kept: with the operator, where the people live.
func (v *visit) assignments(parts ...string) string {
	return under(string(v.session.tenant), append([]string{"role-assignments"}, parts...)...)
}

func (v *visit) giveRole() error {
	given, wrong := v.roleInput()
	in := tenancyapi.NewRoleAssignment{
		PersonID: v.param("person_id"), Scope: v.param("tenant_id"),
		Role: given.role, UnitID: given.unit, StaffGroup: given.group, From: given.from, To: given.to,
	}
	if wrong == nil {
		wrong = v.call("tenancy", http.MethodPost, v.assignments(), in, nil, v.key())
	}
	if wrong != nil {
		f, err := v.refused(wrong)
		if err != nil {
			return err
		}
		return v.staffMemberWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("administration", "people", in.PersonID))
}

// staffGroup is the group that was chosen, nil for none.
func staffGroup(text string) *tenancyapi.StaffGroup {
	if text == "" {
		return nil
	}
	group := tenancyapi.StaffGroup(text)
	return &group
}

// roleInput is what the inputs of role-fields say.
type roleInput struct {
	role     tenancyapi.Role
	unit     *string
	group    *tenancyapi.StaffGroup
	from, to *time.Time
}

func (v *visit) roleInput() (in roleInput, err error) {
	in.role = tenancyapi.Role(v.input("role"))
	if in.role == access.Employee {
		in.unit, in.group = chosen(v.input("unit_id")), staffGroup(v.input("staff_group"))
	}
	if in.from, err = v.midnight("from", 0); err == nil {
		in.to, err = v.midnight("to", 1) // the last day counts, too
	}
	return in, err
}

// midnight reads the date of an input and returns the moment at which the day that lies so many days after it begins
// in Copenhagen. An empty input is no moment.
func (v *visit) midnight(input string, after int) (*time.Time, error) {
	text := v.input(input)
	if text == "" {
		return nil, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, v.zone)
	if err != nil {
		return nil, failure.Invalid(input, "a date such as 2026-11-24")
	}
	begins := day.AddDate(0, 0, after)
	return &begins, nil
}

func (v *visit) endRole() error {
	err := v.call("tenancy", http.MethodPost, v.assignments(v.param("assignment_id"), "end"), tenancyapi.RoleEnd{}, nil,
		host.WithIfMatch(v.input("etag")))
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.staffMemberWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("administration", "people", v.param("person_id")))
}
