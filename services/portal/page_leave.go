package portal

import (
	"net/http"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// leave ends all roles that somebody has at the school: now, or when the last day that is named has gone. The role of
// an administrator comes first, since it is the one that may have to stay; then nothing else is ended either.
func (v *visit) leave() error {
	to, err := v.midnight("last_day", 1)
	if err != nil {
		return v.leaveRefused(err)
	}
	roles, err := v.rolesHere(v.param("person_id"))
	if err != nil {
		return err
	}
	administers := func(a tenancyapi.RoleAssignment) int {
		if a.Role == access.SchoolAdministrator {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(roles, func(a, b tenancyapi.RoleAssignment) int { return administers(a) - administers(b) })
	for _, a := range roles {
		if err := v.endBy(a, to); err != nil {
			return v.leaveRefused(err)
		}
	}
	if to != nil && v.now().Before(*to) {
		return v.redirect(v.school("administration", "people", v.param("person_id")))
	}
	return v.redirect(v.school("administration") + "?left=yes#staff-heading")
}

// endBy ends a role unless it ends by then anyway. One that somebody else has ended meanwhile is as wanted.
func (v *visit) endBy(a tenancyapi.RoleAssignment, to *time.Time) error {
	if to != nil && a.To != nil && !a.To.After(*to) {
		return nil
	}
	err := v.call("tenancy", http.MethodPost, v.assignments(a.AssignmentID, "end"), tenancyapi.RoleEnd{To: to}, nil, host.WithIfMatch(etagOf(a.Revision)))
	if failure.CodeOf(err) == failure.AssignmentEnded {
		return nil
	}
	return err
}

func (v *visit) leaveRefused(err error) error {
	f, other := v.refused(err)
	if other != nil {
		return other
	}
	return v.staffMemberWith(http.StatusUnprocessableEntity, f)
}
