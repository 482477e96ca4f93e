package portal

import (
	"net/http"
	"slices"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/host"
)

// provisioningPage is which roles of trust an operator lets its identity system give.
type provisioningPage struct {
	Base  string // the address of the page itself
	Form  form
	Tag   string // the revision that the form is made from
	Roles []provisionedRole
	Saved bool
	Keys  string // where the identity system's keys are
}

type provisionedRole struct {
	Role  string
	Given bool
}

func (v *visit) provisioning() error { return v.provisioningWith(http.StatusOK, form{}) }

func (v *visit) provisioningWith(status int, f form) error {
	var found tenancyapi.Provisioning
	if err := v.get("tenancy", v.at("provisioning"), &found); err != nil {
		return err
	}
	page := provisioningPage{Base: v.provisioningPath(), Form: f, Tag: tag(found.Revision), Saved: v.query("saved") != "",
		Keys: "/operators/" + v.param("tenant_id") + "/keys"}
	for _, role := range found.Grantable {
		page.Roles = append(page.Roles, provisionedRole{string(role), slices.Contains(found.Roles, role)})
	}
	return v.show(status, "provisioning", page)
}

func (v *visit) setProvisioning() error {
	in := tenancyapi.NewProvisioning{Roles: []tenancyapi.Role{}}
	for _, role := range v.gin.PostFormArray("roles") {
		in.Roles = append(in.Roles, tenancyapi.Role(role))
	}
	if err := v.call("tenancy", http.MethodPut, v.at("provisioning"), in, nil, host.WithIfMatch(v.input("tag"))); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.provisioningWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.provisioningPath() + "?saved=yes")
}

func (v *visit) provisioningPath() string {
	return "/operators/" + v.param("tenant_id") + "/provisioning"
}
