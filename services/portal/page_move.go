package portal

import (
	"net/http"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// movePage is where an employee goes on in another unit, here or at another school, without a gap and without an overlap.
type movePage struct {
	Path      string
	Person    staffName
	Placement tenancyapi.RoleAssignment
	Unit      string       // that they leave
	Schools   []schoolName // that whoever looks at it may move somebody to, this one first
	School    string       // of the new unit
	Units     []tenancyapi.Unit
	Groups    []string
	Form      form
}

type schoolName struct{ ID, Name string }

func (v *visit) move() error {
	school := v.query("school")
	if school == "" {
		school = v.param("tenant_id")
	}
	return v.moveWith(http.StatusOK, school, form{})
}

func (v *visit) moveWith(status int, school string, f form) error {
	page := movePage{Path: v.dutyPath("move"), School: school, Groups: staffGroups, Form: f}
	var here, there tenancyapi.UnitList
	err := together(
		func() (err error) { page.Person, page.Placement, err = v.duty(); return err },
		func() (err error) { page.Schools, err = v.schoolsToMoveTo(); return err },
		v.reads("tenancy", v.at("units"), &here),
		v.reads("tenancy", under(school, "units"), &there),
	)
	if err != nil {
		return err
	}
	if page.Placement.Role != access.Employee {
		return failure.NotFound("role_assignment")
	}
	page.Units = there.Items
	if i := slices.IndexFunc(here.Items, func(u tenancyapi.Unit) bool { return u.UnitID == value(page.Placement.UnitID) }); i >= 0 {
		page.Unit = here.Items[i].Name
	}
	return v.show(status, "move", page)
}

// schoolsToMoveTo are this school and those in which whoever asks gives roles, too: the own ones, or all of the operator's.
func (v *visit) schoolsToMoveTo() ([]schoolName, error) {
	var schools []schoolName
	add := func(id, name string) {
		if !slices.ContainsFunc(schools, func(s schoolName) bool { return s.ID == id }) {
			schools = append(schools, schoolName{id, name})
		}
	}
	for _, p := range v.session.places() {
		if p.kind == "school" && v.session.has(p.id, access.SchoolAdministrator) {
			add(p.id, p.name)
		}
	}
	if operator := string(v.session.tenant); v.session.has(operator, access.MunicipalAdministrator) {
		all, err := whole[tenancyapi.Organisation](v, "tenancy", under(operator, "organisations"), nil)
		if err != nil {
			return nil, err
		}
		for _, o := range all {
			if o.Kind == "school" {
				add(o.OrganisationID, o.Name)
			}
		}
	}
	here := func(s schoolName) int {
		if s.ID == v.param("tenant_id") {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(schools, func(a, b schoolName) int { return here(a) - here(b) })
	return schools, nil
}

func (v *visit) moveEmployee() error {
	school := v.input("school")
	in := tenancyapi.EmployeeMove{UnitID: v.input("unit_id"), StaffGroup: staffGroup(v.input("staff_group")), Scope: &school, From: v.now()}
	from, err := v.midnight("from", 0)
	if from != nil {
		in.From = *from
	}
	if err == nil {
		in.To, err = v.midnight("to", 1) // the last day counts, too
	}
	if err == nil {
		err = v.call("tenancy", http.MethodPost, v.assignments(v.param("assignment_id"), "move"), in, nil, v.key(), host.WithIfMatch(v.input("etag")))
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.moveWith(http.StatusUnprocessableEntity, school, f)
	}
	if school != v.param("tenant_id") && !in.From.After(v.now()) { // the person may have gone from this school
		return v.redirect(v.school("administration") + "?moved=yes#staff-heading")
	}
	return v.redirect(v.school("administration", "people", v.param("person_id")))
}
