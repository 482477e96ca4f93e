package tenancy

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// countDeadLetters tells an administrator that something has not arrived. This service answers for all, since it alone
// knows which tenants lie beneath the one that is asked about.
func (s *Service) countDeadLetters(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "dead_letter.count", "dead_letter", nil); err != nil {
		return err
	}
	here, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	o, err := s.store.organisation(ctx, here)
	if err != nil {
		return err
	}
	counts, err := s.deps.Bus.CountDeadLetters(ctx)
	if err != nil {
		return err
	}
	list := rest.List[tenancyapi.DeadLetterCount]{Items: []tenancyapi.DeadLetterCount{}}
	for _, n := range counts {
		if o.Body.Kind != kindPlatform { // to which everything belongs, also what is a deleted tenant's or cannot be read
			if n.Tenant == "" {
				continue
			}
			path, err := s.store.path(ctx, n.Tenant)
			if err != nil {
				return err
			}
			if !slices.Contains(path, here) {
				continue
			}
		}
		i := slices.IndexFunc(list.Items, func(one tenancyapi.DeadLetterCount) bool { return one.Service == n.Service })
		if i < 0 {
			i, list.Items = len(list.Items), append(list.Items, tenancyapi.DeadLetterCount{Service: n.Service})
		}
		list.Items[i].Events += n.Letters
	}
	c.JSON(http.StatusOK, list)
	return nil
}
