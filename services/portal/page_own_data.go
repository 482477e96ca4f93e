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
