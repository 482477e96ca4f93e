// Package policybench holds a decision by a service's policy against the same decision by casbin and by a map in Go, in
// one run, so that the figures are ratios of each other and not of machines.
//
// It is a module of its own so that nothing else depends on casbin.
package policybench

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/casbin/casbin/v3"
	"github.com/casbin/casbin/v3/model"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	platform tenant.ID = "platformaaaa"
	north    tenant.ID = "northaaaaaaa"
	school   tenant.ID = "northschoola"
	other    tenant.ID = "northschoolb"
)

// people is a nation's staff, for casbin, which holds everybody's roles; the others are given those of the one who asks.
const people = 150_000

// who asks has three roles in two schools.
var who = access.Subject{ID: "6a0f", Tenant: north, Assignments: []access.Assignment{
	{Role: access.Employee, Scope: school, Unit: "u1"}, {Role: access.UnionRepresentative, Scope: school},
	{Role: access.SafetyRepresentative, Scope: other},
}}

var path = []tenant.ID{platform, north, school}

// rbac is roles within domains; the domain of a role is its scope.
const rbac = `
[request_definition]
r = sub, dom, act
[policy_definition]
p = sub, act
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && g(r.sub, p.sub, r.dom)`

// BenchmarkDecide asks what a school's TR may read and may not change. Of each it reports the median and the slowest in a
// hundred, in microseconds.
func BenchmarkDecide(b *testing.B) {
	source, err := os.ReadFile("../../services/tenancy/policy.rego")
	if err != nil {
		b.Fatal(err)
	}
	table := permissions(b, string(source))
	policy, err := access.NewAuthorizer(b.Context(), "tenancy", string(source))
	if err != nil {
		b.Fatal(err)
	}
	ways := []struct {
		name   string
		decide func(action string) bool
	}{
		{"table", func(action string) bool {
			return slices.ContainsFunc(who.Assignments, func(a access.Assignment) bool {
				return table[action][a.Role] && slices.Contains(path, a.Scope)
			})
		}},
		{"policy", func(action string) bool {
			return policy.Decide(b.Context(), who, action, access.Resource{Type: "unit", Tenant: school, Path: path}) == nil
		}},
		{"casbin with one person", by(b, table, 0)},
		{"casbin with all people", by(b, table, people)},
	}
	for _, question := range []struct {
		action  string
		allowed bool
	}{{"unit.read", true}, {"unit.change", false}} {
		for _, way := range ways {
			b.Run(question.action+"/"+way.name, func(b *testing.B) {
				b.ReportAllocs()
				var took []time.Duration
				for b.Loop() {
					began := time.Now()
					allowed := way.decide(question.action)
					took = append(took, time.Since(began))
					if allowed != question.allowed {
						b.Fatalf("%s: allowed is %v", question.action, allowed)
					}
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "p50-us")
				b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "p99-us")
			})
		}
	}
}

// permissions reads the policy's own table, so that all ways know the same.
func permissions(b *testing.B, source string) map[string]map[string]bool {
	b.Helper()
	modules, err := access.Modules("tenancy", source)
	if err != nil {
		b.Fatal(err)
	}
	compiler := ast.NewCompiler()
	if compiler.Compile(modules); compiler.Failed() {
		b.Fatal(compiler.Errors)
	}
	results, err := rego.New(rego.Compiler(compiler), rego.Query("data.guldkorn.tenancy.permissions")).Eval(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	table := map[string]map[string]bool{}
	for action, roles := range results[0].Expressions[0].Value.(map[string]any) {
		table[action] = map[string]bool{}
		for _, role := range roles.([]any) {
			table[action][role.(string)] = true
		}
	}
	return table
}

// by makes the decision with casbin, which is asked once for each tenant of the path.
func by(b *testing.B, table map[string]map[string]bool, crowd int) func(string) bool {
	b.Helper()
	m, err := model.NewModelFromString(rbac)
	if err != nil {
		b.Fatal(err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		b.Fatal(err)
	}
	var rules, roles [][]string
	for action, allowed := range table {
		for role := range allowed {
			rules = append(rules, []string{role, action})
		}
	}
	for _, a := range who.Assignments {
		roles = append(roles, []string{who.ID, a.Role, string(a.Scope)})
	}
	for i := range crowd {
		roles = append(roles, []string{fmt.Sprintf("p%d", i), access.Employee, fmt.Sprintf("school%d", i/75)})
	}
	_, ruled := e.AddPolicies(rules)
	_, grouped := e.AddGroupingPolicies(roles)
	if ruled != nil || grouped != nil {
		b.Fatal(ruled, grouped)
	}
	return func(action string) bool {
		for _, at := range path {
			if allowed, err := e.Enforce(who.ID, string(at), action); err != nil || allowed {
				return err == nil && allowed
			}
		}
		return false
	}
}
