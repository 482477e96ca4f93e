package portal

import (
	"net/http"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// ownDataPage is what is known about whoever looks at it, and what was done with it.
type ownDataPage struct {
	Person   tenancyapi.Person
	Roles    []role
	Requests tenancyapi.DataRequestList
}

func (v *visit) ownData() error {
	page := ownDataPage{Roles: v.session.Roles}
	err := together(
		v.reads("tenancy", under(string(v.session.tenant), "persons", v.session.PersonID), &page.Person),
		v.reads("tenancy", v.paged("/v1/me/data-requests"), &page.Requests),
	)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "own_data", page)
}

// exportOwnData answers a form and not a link: each time is written down as a request, and whoever only looks at an
// address, as browsers do ahead of time, asks for nothing.
func (v *visit) exportOwnData() error {
	return v.handOn("tenancy", "/v1/me/export", "guldkorn-"+v.today()+".zip")
}
