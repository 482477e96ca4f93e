package tenancy

import (
	"context"
	"maps"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// decideAtHome decides about people in the context's tenant, where they live. The policy is told what kind of organisation
// that is: with an operator they are its administrators' matter, with a union or on the platform whoever runs the platform
// looks after them.
func (s *Service) decideAtHome(ctx context.Context, action, resource string, attributes map[string]any) error {
	home, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	told := maps.Clone(attributes)
	if told == nil {
		told = map[string]any{}
	}
	o, err := s.store.organisation(ctx, home)
	switch {
	case err == nil:
		told["home_kind"] = o.Body.Kind
	case failure.CodeOf(err) != failure.DocumentNotFound:
		return err
	}
	return s.decide(ctx, action, resource, home, told)
}
