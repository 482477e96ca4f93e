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
var staffGroups = []string{"teacher", "pedagogue", "administration", "it", "technical_and_cleaning", "leader"}

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
}

// Unit is the name of the unit that an employee works in, "" for other roles.
func (p staffMemberPage) Unit(a tenancyapi.RoleAssignment) string {
	return p.unitNames[value(a.UnitID)]
}

// staffMember shows who has which role, to those who give roles.
func (v *visit) staffMember() error { return v.staffMemberWith(http.StatusOK, form{}) }

func (v *visit) staffMemberWith(status int, f form) error {
	page := staffMemberPage{
		PersonID: v.param("person_id"), Form: f, unitNames: map[string]string{}, UsualRoles: usualRoles, Further: otherRoles, Groups: staffGroups,
	}
	page.Self = page.PersonID == v.session.PersonID
	var units tenancyapi.UnitList
	var staff tenancyapi.StaffList
	var roles tenancyapi.RoleAssignmentList
	err := together(
		v.reads("tenancy", v.at("units"), &units),
		v.reads("tenancy", v.at("staff"), &staff),
		v.reads("tenancy", v.assignments()+"?"+url.Values{"person_id": {page.PersonID}, "limit": {"200"}}.Encode(), &roles),
	)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(staff.Items, func(one tenancyapi.StaffMember) bool { return one.PersonID == page.PersonID })
	if i < 0 {
		return failure.NotFound("person")
	}
	page.Name, page.Units = staff.Items[i].Name, units.Items
	for _, unit := range units.Items {
		page.unitNames[unit.UnitID] = unit.Name
	}
	now := v.now()
	for _, a := range roles.Items {
		if a.Scope == v.param("tenant_id") && (a.To == nil || now.Before(*a.To)) {
			page.Roles = append(page.Roles, a)
		}
	}
	return v.show(status, "staff_member", page)
}

// assignments is where the roles of the school's people are kept: with the operator, where the people live.
func (v *visit) assignments(parts ...string) string {
	return under(string(v.session.tenant), append([]string{"role-assignments"}, parts...)...)
}

func (v *visit) giveRole() error {
	in := tenancyapi.NewRoleAssignment{
		PersonID: v.param("person_id"), Role: tenancyapi.Role(v.input("role")), Scope: v.param("tenant_id"),
	}
	if in.Role == access.Employee {
		in.UnitID = chosen(v.input("unit_id"))
		in.StaffGroup = staffGroup(v.input("staff_group"))
	}
	var wrong error
	if in.From, wrong = v.midnight("from", 0); wrong == nil {
		in.To, wrong = v.midnight("to", 1) // the last day counts, too
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
