package directory

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// atOnce is how many names tenancy tells at a time.
const atOnce = 200

// Colleagues asks tenancy for the names of everybody who has a role in the context's tenant, to mask them in what people
// write. They are for that moment: whoever asks keeps none.
func (d *Directory) Colleagues(ctx context.Context, tenancy *host.Peer) (personal.Names, error) {
	school, err := tenant.From(ctx)
	if err != nil {
		return personal.Names{}, err
	}
	members, err := d.Members(ctx, "")
	if err != nil {
		return personal.Names{}, err
	}
	var people []string
	for _, m := range members {
		people = append(people, m.PersonID)
	}
	slices.Sort(people)
	var names []string
	for some := range slices.Chunk(slices.Compact(people), atOnce) {
		var found tenancyapi.PersonNameList
		path := "/v1/tenants/" + string(school) + "/persons/lookup"
		if err := tenancy.Call(ctx, http.MethodPost, path, tenancyapi.PersonLookup{PersonIds: some}, &found); err != nil {
			return personal.Names{}, fmt.Errorf("names of colleagues: %w", err)
		}
		for _, person := range found.Items {
			names = append(names, person.Name)
		}
	}
	return personal.NamesOf(names), nil
}
