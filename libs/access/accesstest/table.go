package accesstest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Table says in plain Go what a policy should permit: a second opinion that shares nothing with the first.
type Table struct {
	Permissions map[string][]string // action -> roles
	Services    map[string][]string // action -> calling services
	Keys        map[string][]string // action -> scopes of API keys
	SignedIn    []string            // actions that every person may take
	Guests      []string            // actions that a guest may take in what they are let in to
	// Sensitive tells what takes a person who has just signed in; nil if nothing does.
	Sensitive func(action string, r access.Resource) bool
	// Extra adds or takes away what the policy's own allow and deny rules do; nil if it has none. It is
	// given what the tables say.
	Extra func(s access.Subject, action string, r access.Resource, allowed bool) bool
}

// Allows answers as the policy should.
func (t Table) Allows(s access.Subject, action string, r access.Resource) bool {
	allowed := false
	if t.stale(s, action, r) {
		return false
	}
	switch {
	case s.Key:
		opened := slices.ContainsFunc(s.Scopes, func(scope string) bool { return slices.Contains(t.Keys[action], scope) })
		if allowed = opened && slices.Contains(r.Path, s.Tenant); !allowed {
			return false // whatever else the policy allows, it does not allow a key
		}
	case s.Guest != "":
		return slices.Contains(t.Guests, action) && s.Tenant == r.Tenant && r.Attributes["is_guest"] == true
	case s.Service != "":
		allowed = slices.Contains(t.Services[action], s.Service)
	case s.ID != "":
		allowed = slices.Contains(t.SignedIn, action)
		for _, a := range s.Assignments {
			if slices.Contains(t.Permissions[action], a.Role) && slices.Contains(r.Path, a.Scope) {
				allowed = true
			}
		}
	}
	if t.Extra != nil {
		return t.Extra(s, action, r, allowed)
	}
	return allowed
}

func (t Table) stale(s access.Subject, action string, r access.Resource) bool {
	return t.Sensitive != nil && t.Sensitive(action, r) && s.Service == "" && !s.Recent
}

// VisibleScopes answers as Authorizer.VisibleScopes should.
func (t Table) VisibleScopes(s access.Subject, action string) []tenant.ID {
	seen := map[tenant.ID]bool{}
	if s.IsPerson() {
		for _, a := range s.Assignments {
			if slices.Contains(t.Permissions[action], a.Role) {
				seen[a.Scope] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Actions returns every action of the table, sorted.
func (t Table) Actions() []string {
	seen := map[string]bool{}
	for action := range t.Permissions {
		seen[action] = true
	}
	for action := range t.Services {
		seen[action] = true
	}
	for action := range t.Keys {
		seen[action] = true
	}
	for _, action := range slices.Concat(t.SignedIn, t.Guests) {
		seen[action] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// Check asks the authorizer and the table the same questions: every action for every single role on, above
// and beside the resource's path, for every service and every scope of a key, then random ones. They must agree on each.
func (t Table) Check(tb *testing.T, authorizer *access.Authorizer) {
	tb.Helper()
	tree := newTree()
	services := t.callers()
	tb.Run("every role", func(tb *testing.T) {
		for _, action := range t.Actions() {
			for _, at := range tree.owners {
				r := access.Resource{Type: "thing", Tenant: at, Path: tree.path(at)}
				for _, service := range services {
					require.NoError(tb, t.agree(tb, authorizer, access.Service(service), action, r))
				}
				for _, scope := range access.Scopes() {
					for _, of := range tree.tenants {
						s := access.Subject{ID: "k", Tenant: of, Key: true, Scopes: []string{scope}}
						require.NoError(tb, t.agree(tb, authorizer, s, action, r))
					}
				}
				for _, of := range tree.tenants {
					s := access.Subject{ID: "g", Tenant: of, Guest: "thing"}
					require.NoError(tb, t.agree(tb, authorizer, s, action, r))
				}
				for _, role := range access.Roles() {
					for _, scope := range tree.tenants {
						s := access.Subject{ID: "p", Tenant: scope, Recent: true, Assignments: []access.Assignment{{Role: role, Scope: scope}}}
						require.NoError(tb, t.agree(tb, authorizer, s, action, r))
					}
				}
			}
		}
	})
	tb.Run("random questions", func(tb *testing.T) {
		rapid.Check(tb, func(rt *rapid.T) {
			s := tree.subject(services).Draw(rt, "subject")
			action := rapid.SampledFrom(append(t.Actions(), "no.such_action")).Draw(rt, "action")
			r := tree.resource().Draw(rt, "resource")
			if err := t.agree(tb, authorizer, s, action, r); err != nil {
				rt.Fatal(err)
			}
		})
	})
}

func (t Table) agree(tb *testing.T, authorizer *access.Authorizer, s access.Subject, action string, r access.Resource) error {
	err := authorizer.Decide(tb.Context(), s, action, r)
	code := failure.CodeOf(err)
	if err != nil && code != failure.AccessDenied && code != failure.AccessStale {
		return fmt.Errorf("%s: %w", action, err)
	}
	fresh := s
	fresh.Recent = true
	if again := s.IsPerson() && t.stale(s, action, r) && t.Allows(fresh, action, r); again != (code == failure.AccessStale) {
		return fmt.Errorf("%s by %+v on %+v: the policy says %q, and signing in again would help: %v", action, s, r, code, again)
	}
	if allowed, want := err == nil, t.Allows(s, action, r); allowed != want {
		return fmt.Errorf("%s by %+v on %+v: the policy says %v, the table %v", action, s, r, allowed, want)
	}
	scopes, err := authorizer.VisibleScopes(tb.Context(), s, action)
	if err != nil {
		return err
	}
	if want := t.VisibleScopes(s, action); !slices.Equal(scopes, want) {
		return fmt.Errorf("scopes of %s for %+v: the policy says %v, the table %v", action, s, scopes, want)
	}
	return nil
}

// callers returns every service that the table names, and one that it does not.
func (t Table) callers() []string {
	seen := map[string]bool{"stranger": true}
	for _, services := range t.Services {
		for _, service := range services {
			seen[service] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// tree is a small world: a platform, two operators with schools, and a union.
type tree struct {
	tenants []tenant.ID
	owners  []tenant.ID // one of each kind, for questions that are asked of every role
	parents map[tenant.ID]tenant.ID
}

func newTree() tree {
	const platform, north, south, union tenant.ID = "platformaaaa", "northaaaaaaa", "southaaaaaaa", "unionaaaaaaa"
	parents := map[tenant.ID]tenant.ID{
		platform: "", north: platform, south: platform, union: platform,
		"northschoola": north, "northschoolb": north, "southschoola": south,
	}
	return tree{
		tenants: slices.Sorted(maps.Keys(parents)), owners: []tenant.ID{platform, north, "northschoola", union}, parents: parents,
	}
}

func (w tree) path(t tenant.ID) []tenant.ID {
	var path []tenant.ID
	for at := t; at != ""; at = w.parents[at] {
		path = append(path, at)
	}
	slices.Reverse(path)
	return path
}

func (w tree) subject(services []string) *rapid.Generator[access.Subject] {
	assignment := rapid.Custom(func(t *rapid.T) access.Assignment {
		return access.Assignment{
			Role:  rapid.SampledFrom(append(access.Roles(), "", "nobody")).Draw(t, "role"),
			Scope: rapid.SampledFrom(w.tenants).Draw(t, "scope"),
			Unit:  rapid.SampledFrom([]string{"", "unit-1", "unit-2"}).Draw(t, "unit"),
		}
	})
	return rapid.Custom(func(t *rapid.T) access.Subject {
		s := access.Subject{
			ID:          rapid.SampledFrom([]string{"", "person-1", "person-2"}).Draw(t, "id"),
			Tenant:      rapid.SampledFrom(w.tenants).Draw(t, "tenant"),
			Assignments: rapid.SliceOfN(assignment, 0, 5).Draw(t, "assignments"),
		}
		switch rapid.SampledFrom([]string{"person", "service", "key", "guest"}).Draw(t, "kind") {
		case "guest":
			s.Guest = "thing"
		case "key":
			s.Key = true
			s.Scopes = rapid.SliceOfN(rapid.SampledFrom(append(access.Scopes(), "", "nothing")), 0, 3).Draw(t, "scopes")
		case "service":
			s.Service = rapid.SampledFrom(services).Draw(t, "service")
			s.ID = s.Service
		}
		s.Recent = s.IsPerson() && rapid.Bool().Draw(t, "recent")
		return s
	})
}

func (w tree) resource() *rapid.Generator[access.Resource] {
	return rapid.Custom(func(t *rapid.T) access.Resource {
		r := access.Resource{Type: "thing", Unit: rapid.SampledFrom([]string{"", "unit-1"}).Draw(t, "unit")}
		if rapid.IntRange(0, 9).Draw(t, "without tenant") == 0 {
			return r
		}
		r.Tenant = rapid.SampledFrom(w.tenants).Draw(t, "owner")
		r.Path = w.path(r.Tenant)
		r.Attributes = map[string]any{
			"is_guest":      rapid.Bool().Draw(t, "let in"),
			"person_id":     rapid.SampledFrom([]string{"person-1", "person-2"}).Draw(t, "of"),
			"role":          rapid.SampledFrom(append(access.Roles(), "")).Draw(t, "role at hand"),
			"unrepresented": rapid.Bool().Draw(t, "unrepresented"),
			"visible_to":    rapid.SampledFrom([]string{"nobody", "representatives", "all"}).Draw(t, "visible to"),
			"staff_below":   rapid.Bool().Draw(t, "staff below"),
		}
		return r
	})
}
