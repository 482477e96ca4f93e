package portal

import (
	"net/http"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// administrationPage is how the school is set up. Who administers it changes it from here; its leader and
// representatives read.
type administrationPage struct {
	School      tenancyapi.Organisation
	Units       []tenancyapi.Unit
	Staff       []tenancyapi.StaffMember
	Forums      []forumView
	Administers bool
	Audits      bool
	Seats       bool   // sets up forums
	Done        string // what was just done with somebody of the staff: hired, left or moved
	Form        form   // of a new unit
}

// Above is the name of the unit that a unit lies in, "" directly beneath the school.
func (p administrationPage) Above(u tenancyapi.Unit) string {
	i := slices.IndexFunc(p.Units, func(one tenancyapi.Unit) bool { return one.UnitID == value(u.ParentID) })
	if i < 0 {
		return ""
	}
	return p.Units[i].Name
}

type forumView struct {
	tenancyapi.Forum
	People []seatView
}

type seatView struct{ Name, Seat string }

func (v *visit) administration() error { return v.administrationWith(http.StatusOK, form{}) }

func (v *visit) administrationWith(status int, f form) error {
	page := administrationPage{
		Administers: v.has(access.SchoolAdministrator), Form: f,
		Seats:  v.has(access.SchoolAdministrator, access.Leader),
		Audits: v.has(access.SchoolAdministrator, access.UnionRepresentative, access.SafetyRepresentative),
	}
	for _, done := range []string{"hired", "left", "moved"} {
		if v.query(done) != "" {
			page.Done = done
		}
	}
	var units tenancyapi.UnitList
	var staff tenancyapi.StaffList
	var forums tenancyapi.ForumList
	err := together(
		v.reads("tenancy", v.at("organisation"), &page.School),
		v.reads("tenancy", v.at("units"), &units),
		v.reads("tenancy", v.at("staff"), &staff),
		v.reads("tenancy", v.at("forums"), &forums),
	)
	if err != nil {
		return err
	}
	page.Units, page.Staff = units.Items, staff.Items
	names := map[string]string{}
	for _, person := range staff.Items {
		names[person.PersonID] = person.Name
	}
	for _, forum := range standing(forums.Items) {
		view := forumView{Forum: forum}
		for _, m := range forum.Members {
			view.People = append(view.People, seatView{names[m.PersonID], string(m.Role)})
		}
		page.Forums = append(page.Forums, view)
	}
	return v.show(status, "administration", page)
}

// standing are the forums that have not ended.
func standing(forums []tenancyapi.Forum) []tenancyapi.Forum {
	return slices.DeleteFunc(forums, func(f tenancyapi.Forum) bool { return f.EndedAt != nil })
}

// createUnit adds a unit to the school, in another one or directly beneath the school.
func (v *visit) createUnit() error {
	in := tenancyapi.NewUnit{Name: v.input("name"), ParentID: chosen(v.input("parent_id"))}
	if err := v.call("tenancy", http.MethodPost, v.at("units"), in, nil, v.key()); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.administrationWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("administration"))
}

// chosen is what was picked from a list that may be left alone.
func chosen(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}
