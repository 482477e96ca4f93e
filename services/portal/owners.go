package portal

import (
	"slices"
	"strings"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// owners are the people who can be asked to do something: the school's leaders first, since an action is theirs by
// default, then those who take part.
func (v *visit) owners(m meeting) ([]owner, error) {
	var staff tenancyapi.StaffList
	if err := v.get("tenancy", v.at("staff"), &staff); err != nil {
		return nil, err
	}
	var all []owner
	for _, person := range staff.Items {
		leads := slices.Contains(person.Roles, tenancyapi.Role(access.Leader))
		if leads || slices.Contains(m.ParticipantIds, person.PersonID) {
			all = append(all, owner{person.PersonID, person.Name, leads})
		}
	}
	slices.SortStableFunc(all, func(a, b owner) int {
		if a.Leader != b.Leader {
			if a.Leader {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all, nil
}
