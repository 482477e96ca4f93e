package portal

import (
	"net/http"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// staffName is somebody of the staff.
type staffName struct{ ID, Name string }

// substitutePage is where somebody else takes over a duty for a time: with its rights, and without taking it away.
type substitutePage struct {
	Path   string
	Person staffName
	Duty   tenancyapi.RoleAssignment
	Others []tenancyapi.StaffMember // who could
	Form   form
}

func (v *visit) substitute() error { return v.substituteWith(http.StatusOK, form{}) }

func (v *visit) substituteWith(status int, f form) error {
	page := substitutePage{Path: v.dutyPath("substitute"), Form: f}
	var staff tenancyapi.StaffList
	err := together(
		func() (err error) { page.Person, page.Duty, err = v.duty(); return err },
		v.reads("tenancy", v.at("staff"), &staff),
	)
	if err != nil {
		return err
	}
	if !substitutable(page.Duty) {
		return failure.NotFound("role_assignment")
	}
	page.Others = slices.DeleteFunc(staff.Items, func(s tenancyapi.StaffMember) bool {
		return s.PersonID == page.Person.ID || s.PersonID == v.session.PersonID // nobody gives a role to themselves
	})
	return v.show(status, "substitute", page)
}

// substitutable tells whether somebody can stand in for a role: an employee is no duty, and a substitute has none.
func substitutable(a tenancyapi.RoleAssignment) bool {
	return a.Role != access.Employee && a.SubstituteFor == nil
}

func (v *visit) giveSubstitute() error {
	_, duty, err := v.duty()
	if err != nil {
		return err
	}
	in := tenancyapi.NewRoleAssignment{PersonID: v.input("person_id"), Role: duty.Role, Scope: duty.Scope, SubstituteFor: &duty.AssignmentID}
	if in.PersonID == "" {
		err = failure.Invalid("person_id", "somebody of the staff")
	}
	if err == nil {
		in.From, err = v.midnight("from", 0)
	}
	if err == nil {
		in.To, err = v.midnight("to", 1) // the last day counts, too
	}
	if err == nil {
		err = v.call("tenancy", http.MethodPost, v.assignments(), in, nil, v.key())
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.substituteWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("administration", "people", v.param("person_id")))
}

// dutyPath is a page of the role that this request is about.
func (v *visit) dutyPath(page string) string {
	return v.school("administration", "people", v.param("person_id"), "roles", v.param("assignment_id"), page)
}

// duty is the role that this request is about, with whose it is.
func (v *visit) duty() (who staffName, role tenancyapi.RoleAssignment, err error) {
	var staff tenancyapi.StaffList
	var roles []tenancyapi.RoleAssignment
	err = together(
		v.reads("tenancy", v.at("staff"), &staff),
		func() (err error) { roles, err = v.rolesHere(); return err },
	)
	if err != nil {
		return who, role, err
	}
	person := slices.IndexFunc(staff.Items, func(s tenancyapi.StaffMember) bool { return s.PersonID == v.param("person_id") })
	at := slices.IndexFunc(roles, func(a tenancyapi.RoleAssignment) bool { return a.AssignmentID == v.param("assignment_id") })
	if person < 0 || at < 0 || roles[at].PersonID != v.param("person_id") {
		return who, role, failure.NotFound("role_assignment")
	}
	return staffName{staff.Items[person].PersonID, staff.Items[person].Name}, roles[at], nil
}
