package portal

import (
	"net/http"
	"net/url"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// ownDataPage is what is known about whoever looks at it, and what was done with it.
type ownDataPage struct {
	Person   tenancyapi.Person
	Roles    []role
	Requests tenancyapi.DataRequestList
	Unions   []ownUnion
	Saved    bool
	Kinds    []string // of what can be asked for
	Ask      form
	Asked    bool // just now
}

// ownUnion is the union of which somebody is the TR. Nobody else is shown it; see the tenancy service.
type ownUnion struct {
	AssignmentID string
	School       string // "" of a role that is no longer there
	Form         form
}

func (v *visit) ownData() error {
	return v.ownDataWith(http.StatusOK, func(*ownDataPage) {})
}

func (v *visit) ownDataWith(status int, amend func(*ownDataPage)) error {
	page := ownDataPage{
		Roles: v.session.Roles, Saved: v.query("saved") != "", Asked: v.query("asked") != "",
		Kinds: ownRequests, Ask: form{Values: url.Values{"kind": {ownRequests[0]}}},
	}
	var unions tenancyapi.MyUnionList
	err := together(
		v.reads("tenancy", under(string(v.session.tenant), "persons", v.session.PersonID), &page.Person),
		v.reads("tenancy", v.paged("/v1/me/data-requests"), &page.Requests),
		v.reads("tenancy", "/v1/me/unions", &unions),
	)
	if err != nil {
		return err
	}
	for _, u := range unions.Items {
		one := ownUnion{AssignmentID: u.AssignmentID, Form: form{Values: map[string][]string{"union": {u.Union}}}}
		for _, p := range v.session.places() {
			if p.id == value(u.Scope) {
				one.School = p.name
			}
		}
		page.Unions = append(page.Unions, one)
	}
	amend(&page)
	return v.show(status, "own_data", page)
}

// setOwnUnion writes of which union one is the TR; an empty form takes it back.
func (v *visit) setOwnUnion() error {
	path := "/v1/me/unions/" + url.PathEscape(v.param("assignment_id"))
	var err error
	if union := v.input("union"); union != "" {
		err = v.call("tenancy", http.MethodPut, path, tenancyapi.NewMyUnion{Union: union}, nil)
	} else if err = v.call("tenancy", http.MethodDelete, path, nil, nil); failure.CodeOf(err) == failure.DocumentNotFound {
		err = nil // it was empty before
	}
	if err == nil {
		return v.redirect("/own-data?saved=yes#unions")
	}
	f, other := v.refused(err)
	if other != nil {
		return other
	}
	return v.ownDataWith(http.StatusUnprocessableEntity, func(p *ownDataPage) {
		for i, one := range p.Unions {
			if one.AssignmentID == v.param("assignment_id") {
				p.Unions[i].Form = f
			}
		}
	})
}
