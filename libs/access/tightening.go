package access

import (
	"context"
	"fmt"
	"slices"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Tightening is what an operator takes away from roles in its own organisations: roles by action. It can only take
// away: a decision that it touches is allowed when the policy allows it both with all of a person's roles and without
// those that were taken away (see Authorizer.Decide), so that no rule, whatever it says, opens anything by it.
type Tightening map[string][]string

// tightenable is the most that a tightening may take away. Each action keeps a role at its place, but for keys: a school
// can do without its own. What the staff's voice rests on is not in it: nothing that an employee, TR or AMR may do, nor
// what a person may do with what is known about them.
var tightenable = Tightening{
	"organisation.change":    {SchoolAdministrator},
	"organisation.list":      {MunicipalAnalyst},
	"unit.create":            {SchoolAdministrator},
	"unit.change":            {SchoolAdministrator},
	"role_assignment.create": {SchoolAdministrator},
	"role_assignment.end":    {SchoolAdministrator},
	"api_key.create":         {SchoolAdministrator},
	"forum.create":           {Leader},
	"forum.change":           {Leader},
	"technology.register":    {ITGuide, Leader},
	"round.create":           {Leader},
	"round.announce":         {Leader},
	"round.open":             {Leader},
	"round.archive":          {Leader},
	"round.close":            {Leader},
	"round.extend":           {Leader},
	"round.tighten":          {Leader},
	"round.read_state":       {MunicipalAnalyst, PlatformOperator},
	"follow_through.read":    {MunicipalAnalyst},
	"dialogue.create":        {SchoolAdministrator},
	"quiet_hours.change":     {Leader},
}

// Tightenable returns the most that a tightening may take away, by action.
func Tightenable() Tightening { return tightenable.clone() }

func (t Tightening) clone() Tightening {
	c := make(Tightening, len(t))
	for action, roles := range t {
		c[action] = slices.Clone(roles)
	}
	return c
}

// With returns what both take away together.
func (t Tightening) With(more Tightening) Tightening {
	both := t.clone()
	for action, roles := range more {
		for _, role := range roles {
			if !slices.Contains(both[action], role) {
				both[action] = append(both[action], role)
			}
		}
	}
	return both
}

// Tightened returns the tightening that is in force in a tenant: its own and those of the organisations above it.
type Tightened func(ctx context.Context, at tenant.ID) (Tightening, error)

// WithTightened has the authorizer ask what is taken away where a decision is about.
func WithTightened(in Tightened) Option { return func(o *options) { o.tightened = in } }

// without returns the subject without the assignments whose role is taken away from the action, and whether there were
// any.
func (t Tightening) without(s Subject, action string) (Subject, bool) {
	taken := t[action]
	kept := slices.DeleteFunc(slices.Clone(s.Assignments), func(a Assignment) bool { return slices.Contains(taken, a.Role) })
	changed := len(kept) < len(s.Assignments)
	s.Assignments = kept
	return s, changed
}

// tighten asks again, about something that the policy allows, without what is taken away there.
func (a *Authorizer) tighten(ctx context.Context, policy *program, s Subject, action string, r Resource) (bool, error) {
	if a.tightened == nil || !s.IsPerson() || r.Tenant == "" || len(tightenable[action]) == 0 {
		return true, nil
	}
	in, err := a.tightened(ctx, r.Tenant)
	if err != nil {
		return false, fmt.Errorf("tightening of %s: %w", r.Tenant, err)
	}
	less, changed := in.without(s, action)
	if !changed {
		return true, nil
	}
	return policy.decide(ctx, less, action, r)
}

// tightenedScopes leaves out the assignments whose role is taken away from the action in their own scope.
func (a *Authorizer) tightenedScopes(ctx context.Context, s Subject, action string) (Subject, error) {
	if a.tightened == nil || !s.IsPerson() || len(tightenable[action]) == 0 {
		return s, nil
	}
	var kept []Assignment
	for _, one := range s.Assignments {
		in, err := a.tightened(ctx, one.Scope)
		if err != nil {
			return s, fmt.Errorf("tightening of %s: %w", one.Scope, err)
		}
		if !slices.Contains(in[action], one.Role) {
			kept = append(kept, one)
		}
	}
	s.Assignments = kept
	return s, nil
}
