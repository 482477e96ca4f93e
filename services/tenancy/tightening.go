package tenancy

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// takenRole is an action that an organisation takes away from a role, in itself and beneath it.
type takenRole struct {
	Action string `bson:"action"`
	Role   string `bson:"role"`
}

// tighten sets what the organisation takes away.
func (o *organisation) tighten(in []tenancyapi.TakenRole) error {
	o.TakenAway = nil
	may := access.Tightenable()
	for i, one := range in {
		taken := takenRole{one.Action, string(one.Role)}
		if !slices.Contains(may[taken.Action], taken.Role) {
			return failure.New(failure.TighteningTooFar).At(fmt.Sprintf("taken_away[%d]", i)).Wanting("one of those in tightenable")
		}
		if slices.Contains(o.TakenAway, taken) {
			return failure.Invalid(fmt.Sprintf("taken_away[%d]", i), "each once")
		}
		o.TakenAway = append(o.TakenAway, taken)
	}
	return nil
}

func (o organisation) tightening() access.Tightening {
	var t access.Tightening
	for _, taken := range o.TakenAway {
		t = t.With(access.Tightening{taken.Action: {taken.Role}})
	}
	return t
}

func (o organisation) toldTaken() []events.TakenRole {
	var told []events.TakenRole
	for _, taken := range o.TakenAway {
		told = append(told, events.TakenRole(taken))
	}
	return told
}

// tightened is an access.Tightened.
func (s *store) tightened(ctx context.Context, at tenant.ID) (access.Tightening, error) {
	path, err := s.path(ctx, at)
	if err != nil {
		return nil, err
	}
	var all access.Tightening
	for _, one := range path {
		found, err := s.organisation(ctx, one)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = all.With(found.Body.tightening())
	}
	return all, nil
}

func showTaken(t access.Tightening) tenancyapi.TakenRoles {
	list := tenancyapi.TakenRoles{}
	for _, action := range slices.Sorted(maps.Keys(t)) {
		for _, role := range t[action] {
			list = append(list, tenancyapi.TakenRole{Action: action, Role: tenancyapi.Role(role)})
		}
	}
	return list
}
