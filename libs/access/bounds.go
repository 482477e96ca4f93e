package access

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

// The tenants of the questions that bounds are checked with.
const (
	somePlatform tenant.ID = "platform"
	someOperator tenant.ID = "operator"
	someSchool   tenant.ID = "school"
	someUnion    tenant.ID = "union"
)

// within fails when p gives those above or outside a school, an API key or a guest anything that the floor does not. A key that
// signs bundles may move what a school's own roles do among themselves; the promise that no operator reads what a school
// says does not rest on that key.
//
// Each question is asked with the resource's unit and attributes left open. So it is enough that an operator could be
// allowed under some of them: a rule does not slip through by asking for an attribute that no example has. Two policies
// that both allow something under conditions are not compared condition by condition.
func (p *program) within(ctx context.Context, floor *program) error {
	for name, sets := range map[string][2]map[string]bool{"quiet": {p.quiet, floor.quiet}, "privileged": {p.privileged, floor.privileged}} {
		for action := range sets[1] {
			if !sets[0][action] {
				return fmt.Errorf("%s is %s no longer", action, name)
			}
		}
	}
	mine, err := p.openly(ctx)
	if err != nil {
		return err
	}
	theirs, err := floor.openly(ctx)
	if err != nil {
		return err
	}
	actions := maps.Clone(floor.actions)
	maps.Copy(actions, p.actions)
	for _, action := range slices.Sorted(maps.Keys(actions)) {
		for _, path := range [][]tenant.ID{{somePlatform}, {somePlatform, someOperator}, {somePlatform, someOperator, someSchool}, {somePlatform, someUnion}} {
			r := Resource{Tenant: path[len(path)-1], Path: path}
			for _, s := range outsiders() {
				gained, err := reachOf(ctx, mine, s, action, r)
				if err != nil {
					return err
				}
				if gained == never {
					continue
				}
				had, err := reachOf(ctx, theirs, s, action, r)
				if err != nil {
					return err
				}
				if gained > had {
					return fmt.Errorf("%s at a %s would be given to %s", action, r.Tenant, nameOf(s))
				}
			}
		}
	}
	return nil
}

// outsiders are the subjects to whom nothing may be given: everybody whose role lies above the school or beside it, and
// every API key and guest.
func outsiders() []Subject {
	var all []Subject
	for role, scopes := range map[string][]tenant.ID{
		PlatformOperator:       {somePlatform},
		MunicipalAdministrator: {somePlatform, someOperator},
		MunicipalAnalyst:       {somePlatform, someOperator},
		Auditor:                {somePlatform, someOperator},
		UnionAnalyst:           {somePlatform, someUnion},
		Employee:               {"another school"},
	} {
		for _, scope := range scopes {
			for _, recent := range []bool{false, true} {
				all = append(all, Subject{ID: "somebody", Tenant: scope, Recent: recent, Assignments: []Assignment{{Role: role, Scope: scope}}})
			}
		}
	}
	for _, scope := range Scopes() {
		for _, of := range []tenant.ID{somePlatform, someOperator, someSchool} {
			all = append(all, Subject{ID: "some key", Tenant: of, Key: true, Scopes: []string{scope}})
		}
	}
	return append(all, Subject{ID: "some guest", Tenant: someSchool, Guest: "something"})
}

func nameOf(s Subject) string {
	if s.Guest != "" {
		return "a guest of " + string(s.Tenant)
	}
	if s.Key {
		return fmt.Sprintf("a key of %s with %s", s.Tenant, s.Scopes[0])
	}
	return fmt.Sprintf("%s of %s", s.Assignments[0].Role, s.Assignments[0].Scope)
}

// reach is how far a policy goes with a question whose unit and attributes are open.
type reach int

const (
	never reach = iota
	sometimes
	always
)

// openly prepares the decision for questions whose resource's type, unit and attributes are open.
func (p *program) openly(ctx context.Context) (rego.PreparedPartialQuery, error) {
	prepared, err := rego.New(rego.Compiler(p.compiler), rego.Query("data.guldkorn."+p.service+".allowed"),
		rego.Unknowns([]string{"input.resource.type", "input.resource.unit", "input.resource.attributes"})).PrepareForPartial(ctx)
	if err != nil {
		return prepared, fmt.Errorf("access: bounds of %s: %w", p.service, err)
	}
	return prepared, nil
}

func reachOf(ctx context.Context, query rego.PreparedPartialQuery, s Subject, action string, r Resource) (reach, error) {
	in, err := question(s, action, r)
	if err != nil {
		return never, err
	}
	partial, err := query.Partial(ctx, rego.EvalParsedInput(in))
	if err != nil {
		return never, fmt.Errorf("reach of %s: %w", action, err)
	}
	if len(partial.Queries) == 0 {
		return never, nil
	}
	if slices.ContainsFunc(partial.Queries, func(body ast.Body) bool { return len(body) == 0 }) {
		return always, nil
	}
	return sometimes, nil
}
