package portal

import (
	"net/http"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// administrationPage is the school's set-up, for reading.
type administrationPage struct {
	School tenancyapi.Organisation
	Units  []tenancyapi.Unit
	Staff  []tenancyapi.StaffMember
	Forums []forumView
}

type forumView struct {
	tenancyapi.Forum
	People []seatView
}

type seatView struct{ Name, Seat string }

func (v *visit) administration() error {
	var page administrationPage
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
	for _, forum := range forums.Items {
		view := forumView{Forum: forum}
		for _, m := range forum.Members {
			view.People = append(view.People, seatView{names[m.PersonID], string(m.Role)})
		}
		page.Forums = append(page.Forums, view)
	}
	return v.show(http.StatusOK, "administration", page)
}
