package portal

import (
	"net/http"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// leave ends all roles that somebody has at the school: now, or when the last day that is named has gone.
func (v *visit) leave() error {
	person := v.param("person_id")
	at, err := v.midnight("last_day", 1)
	if err == nil {
		in := tenancyapi.Leaving{Scope: v.param("tenant_id"), At: at}
		err = v.call("tenancy", http.MethodPost, under(string(v.session.tenant), "persons", person, "leave"), in, nil)
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.staffMemberWith(http.StatusUnprocessableEntity, f)
	}
	if at != nil && v.now().Before(*at) { // until then the person is there
		return v.redirect(v.school("administration", "people", person))
	}
	return v.redirect(v.school("administration") + "?left=yes#staff-heading")
}
