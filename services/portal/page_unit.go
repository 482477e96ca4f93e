package portal

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// unitPage is one unit of the school: what it is called, and where it belongs.
type unitPage struct {
	Unit   tenancyapi.Unit
	Tag    string
	School string
	Others []tenancyapi.Unit // that it may lie in
	Form   form
}

func (v *visit) unit() error { return v.unitWith(http.StatusOK, nil) }

func (v *visit) unitWith(status int, refused *form) error {
	if !v.has(access.SchoolAdministrator) {
		return failure.New(failure.AccessDenied)
	}
	var page unitPage
	var school tenancyapi.Organisation
	var units tenancyapi.UnitList
	err := together(
		func() error {
			return v.call("tenancy", http.MethodGet, v.at("units", v.param("unit_id")), nil, &page.Unit,
				host.WithAnswer(func(r *http.Response) { page.Tag = r.Header.Get("ETag") }))
		},
		v.reads("tenancy", v.at("organisation"), &school),
		v.reads("tenancy", v.at("units"), &units),
	)
	if err != nil {
		return err
	}
	page.School = school.Name
	page.Others = slices.DeleteFunc(units.Items, func(u tenancyapi.Unit) bool { return u.UnitID == page.Unit.UnitID })
	page.Form = form{Values: url.Values{"name": {page.Unit.Name}, "parent_id": {value(page.Unit.ParentID)}}}
	if refused != nil {
		page.Form = *refused
	}
	return v.show(status, "unit", page)
}

func (v *visit) changeUnit() error {
	name, parent := v.input("name"), v.input("parent_id")
	err := v.call("tenancy", http.MethodPatch, v.at("units", v.param("unit_id")), tenancyapi.UnitChange{Name: &name, ParentID: &parent}, nil, v.seen())
	if err == nil {
		return v.redirect(v.school("administration"))
	}
	f, other := v.refused(err)
	if other != nil {
		return other
	}
	return v.unitWith(failure.From(err).Status(), &f)
}
