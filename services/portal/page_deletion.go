package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// deletionsPage are the schools of an operator, or the operators of the platform, that are to go or are gone.
type deletionsPage struct {
	Level, Path string
	Deletions   tenancyapi.DeletionList
}

func (v *visit) deletions() error {
	l := v.level()
	page := deletionsPage{Level: l.kind, Path: l.path(v.param("tenant_id"))}
	if err := v.get("tenancy", v.paged(v.at("deletions")), &page.Deletions); err != nil {
		return err
	}
	return v.show(http.StatusOK, "deletions", page)
}

// deletionPage asks for a school or an operator to be deleted, and shows how far that is.
type deletionPage struct {
	Level    string
	Path     string // of this page
	Up       string // of the list
	Name     string
	School   bool
	Deletion *tenancyapi.Deletion // nil as long as nobody has asked
	Form     form
}

// Asks tells whether there is something to ask for: nobody has, or what was asked for was called off.
func (p deletionPage) Asks() bool { return p.Deletion == nil || p.Deletion.State == "withdrawn" }

func (v *visit) deletion() error {
	return v.deletionWith(http.StatusOK, form{Values: url.Values{"waiting_days": {"30"}}})
}

func (v *visit) deletionWith(status int, f form) error {
	page := deletionPage{Level: v.level().kind, Path: v.deletionPath(), Up: v.deletionsPath(), Form: f, School: v.level().kind == "operator"}
	var known tenancyapi.Deletion
	err := v.get("tenancy", v.deletionAt(), &known)
	switch failure.CodeOf(err) {
	case "":
		page.Deletion, page.Name = &known, known.Name
	case failure.DocumentNotFound:
		var is tenancyapi.Organisation
		if err := v.get("tenancy", under(v.param("organisation_id"), "organisation"), &is); err != nil {
			return err
		}
		page.Name = is.Name
	default:
		return err
	}
	return v.show(status, "deletion", page)
}

func (v *visit) deletionAt(parts ...string) string {
	return v.at(append([]string{"deletions", v.param("organisation_id")}, parts...)...)
}

// deletionPath is beneath the page of the organisation.
func (v *visit) deletionPath() string {
	return v.level().path(v.param("tenant_id")) + "/" + url.PathEscape(v.param("organisation_id")) + "/deletion"
}

func (v *visit) deletionsPath() string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(v.gin.FullPath(), "/"), "/")
	return "/" + kind + "/" + url.PathEscape(v.param("tenant_id")) + "/deletions"
}

// requestDeletion asks to have the name written; see visit.confirmed.
func (v *visit) requestDeletion() error {
	var is tenancyapi.Organisation
	err := v.get("tenancy", under(v.param("organisation_id"), "organisation"), &is)
	if err == nil {
		err = v.confirmed(is.Name)
	}
	days, wrong := strconv.Atoi(v.input("waiting_days"))
	if err == nil && wrong != nil {
		err = failure.Invalid("waiting_days", "30 to 365 days")
	}
	if err == nil {
		err = v.call("tenancy", http.MethodPut, v.deletionAt(), tenancyapi.NewDeletion{Name: is.Name, WaitingDays: &days}, nil)
	}
	return v.answered(err)
}

func (v *visit) cancelDeletion() error {
	return v.answered(v.call("tenancy", http.MethodDelete, v.deletionAt(), nil, nil, v.seen()))
}

// answered shows the deletion as it is now, or what was wrong with the form.
func (v *visit) answered(err error) error {
	if err == nil {
		return v.redirect(v.deletionPath())
	}
	f, err := v.refused(err)
	if err != nil {
		return err
	}
	return v.deletionWith(http.StatusUnprocessableEntity, f)
}

// deletionCertificate hands the certificate on byte for byte, since its checksum stands in the log.
func (v *visit) deletionCertificate() error {
	return v.handOn("tenancy", v.deletionAt("certificate"), "deletion-"+v.param("organisation_id")+".json")
}
