package directory

import (
	"context"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

type takenRole struct {
	Action string `bson:"action"`
	Role   string `bson:"role"`
}

// Tightened is an access.Tightened: what a tenant and the organisations above it take away. A tenant that is not known
// takes nothing away; whoever asks about one is refused by its path.
func (d *Directory) Tightened(ctx context.Context, at tenant.ID) (access.Tightening, error) {
	path, err := d.Path(ctx, at)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all access.Tightening
	for _, one := range path {
		taken, err := d.tightening(ctx, one)
		if err != nil {
			return nil, err
		}
		if len(taken) > 0 {
			all = all.With(taken)
		}
	}
	return all, nil
}

func (d *Directory) tightening(ctx context.Context, of tenant.ID) (access.Tightening, error) {
	now := d.now()
	known, version, ok := d.taken.get(string(of), now)
	if ok {
		return known, nil
	}
	found, err := d.organisations.Get(tenant.With(ctx, of), string(of))
	if err != nil {
		return nil, err
	}
	var taken access.Tightening
	for _, one := range found.Body.TakenAway {
		taken = taken.With(access.Tightening{one.Action: {one.Role}})
	}
	d.taken.put(string(of), version, now, taken)
	return taken, nil
}
