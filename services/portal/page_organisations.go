package portal

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// level is one of the two places from which organisations are set up.
type level struct {
	kind    string              // of the place in the menu, and of the texts of its pages
	path    func(string) string // where its list is
	kinds   []string            // what is created beneath it
	appoint string              // the role of who is to run what was created
}

var levels = map[string]level{
	"operator": {"operator", func(id string) string { return "/operators/" + url.PathEscape(id) + "/schools" }, []string{"school"}, access.SchoolAdministrator},
	"platform": {"platform", func(id string) string { return "/platforms/" + url.PathEscape(id) + "/operators" }, []string{"municipality", "operator", "union"}, access.MunicipalAdministrator},
}

var institutionTypes = []string{"folkeskole", "gymnasium", "erhvervsskole", "vuc", "professionshoejskole", "other", "leaders"}

// organisationsPage lists what lies beneath an operator or the platform, and makes more of it.
type organisationsPage struct {
	Level         string
	Path          string
	Imports       string           // where lists come in, "" when they do not here
	Waiting       *waitingRequests // of the platform; an operator's administrators arrive elsewhere
	Organisations tenancyapi.OrganisationList
	Kinds, Types  []string
	Form          form
}

// organisations handles the pages of one level.
func (v *visit) level() level {
	if strings.HasPrefix(v.gin.FullPath(), "/platforms/") {
		return levels["platform"]
	}
	return levels["operator"]
}

func (v *visit) organisations() error { return v.organisationsWith(http.StatusOK, form{}) }

func (v *visit) organisationsWith(status int, f form) error {
	l := v.level()
	page := organisationsPage{Level: l.kind, Path: l.path(v.param("tenant_id")), Kinds: l.kinds, Types: institutionTypes, Form: f}
	if l.kind == "operator" {
		page.Imports = v.importsPath()
	} else {
		var err error
		if page.Waiting, err = v.waitingRequests("/platforms/"); err != nil {
			return err
		}
	}
	if err := v.get("tenancy", v.paged(v.at("organisations")), &page.Organisations); err != nil {
		return err
	}
	return v.show(status, "organisations", page)
}

func (v *visit) createOrganisation() error {
	l := v.level()
	in := tenancyapi.NewOrganisation{
		Name: v.input("name"), Kind: tenancyapi.OrganisationKind(v.input("kind")), Language: tenancyapi.Language(languages[0]), Code: chosen(v.input("code")),
	}
	if len(l.kinds) == 1 {
		in.Kind = tenancyapi.OrganisationKind(l.kinds[0])
	}
	if kind := v.input("institution_type"); kind != "" {
		institution := tenancyapi.InstitutionType(kind)
		in.InstitutionType = &institution
	}
	var made tenancyapi.Organisation
	if err := v.call("tenancy", http.MethodPost, v.at("organisations"), in, &made, v.key()); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.organisationsWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(l.path(v.param("tenant_id")) + "/" + made.OrganisationID)
}

// appointPage makes somebody the one who runs an organisation.
type appointPage struct {
	Level        string
	Path         string
	Organisation tenancyapi.Organisation
	Role         string
	Form         form
	Done         bool
}

func (v *visit) organisation() error { return v.organisationWith(http.StatusOK, form{}) }

func (v *visit) organisationWith(status int, f form) error {
	l := v.level()
	id := v.param("organisation_id")
	page := appointPage{Level: l.kind, Path: l.path(v.param("tenant_id")), Form: f, Done: v.query("appointed") != ""}
	if err := v.get("tenancy", under(id, "organisation"), &page.Organisation); err != nil {
		return err
	}
	if page.Organisation.ParentID == nil || *page.Organisation.ParentID != v.param("tenant_id") {
		return failure.NotFound("organisation")
	}
	page.Role = l.role(page.Organisation)
	return v.show(status, "organisation", page)
}

// role is what whoever runs an organisation is there.
func (l level) role(o tenancyapi.Organisation) string {
	if o.Kind == "union" {
		return access.UnionAnalyst
	}
	return l.appoint
}

// appoint registers a person and gives them the role. Both are done once, however often the form is sent: the second
// has a key that follows from the first one's.
func (v *visit) appoint() error {
	l := v.level()
	organisation := v.param("organisation_id")
	home := organisation // the people of an operator or a union live with it, those of a school with its operator
	if l.kind == "operator" {
		home = v.param("tenant_id")
	}
	var is tenancyapi.Organisation
	if err := v.get("tenancy", under(organisation, "organisation"), &is); err != nil {
		return err
	}
	var person tenancyapi.Person
	err := v.call("tenancy", http.MethodPost, under(home, "persons"), tenancyapi.NewPerson{
		Name: v.input("name"), Email: v.input("email"), Login: v.input("login"), Language: tenancyapi.Language(languages[0]),
	}, &person, v.key())
	if err == nil {
		err = v.call("tenancy", http.MethodPost, under(home, "role-assignments"), tenancyapi.NewRoleAssignment{
			PersonID: person.PersonID, Role: tenancyapi.Role(l.role(is)), Scope: organisation,
		}, nil, host.WithIdempotencyKey(v.input("idempotency_key")+"-role"))
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.organisationWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(l.path(v.param("tenant_id")) + "/" + url.PathEscape(organisation) + "?appointed=yes")
}
