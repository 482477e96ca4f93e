package access_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/accesstest"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	platform tenant.ID = "platformaaaa"
	north    tenant.ID = "northaaaaaaa"
	school   tenant.ID = "northschoola"
	other    tenant.ID = "southschoola"
)

func at(owner tenant.ID, above ...tenant.ID) access.Resource {
	return access.Resource{Type: "thing", Tenant: owner, Path: append(above, owner)}
}

func person(role string, scope tenant.ID) access.Subject {
	return access.Subject{ID: "6a0f", Tenant: north, Assignments: []access.Assignment{{Role: role, Scope: scope}}}
}

func authorizer(tb testing.TB, opts ...access.Option) *access.Authorizer {
	tb.Helper()
	policy, err := os.ReadFile("testdata/policy.rego")
	require.NoError(tb, err)
	a, err := access.NewAuthorizer(tb.Context(), "service", string(policy), opts...)
	require.NoError(tb, err)
	return a
}

func TestRego(t *testing.T) { accesstest.RunRego(t, "testdata", ".") }

func TestPolicyAgreesWithATableInGo(t *testing.T) {
	accesstest.Table{
		Permissions: map[string][]string{
			"thing.read":    {access.SchoolAdministrator, access.Leader, access.Employee, access.UnionRepresentative, access.SafetyRepresentative},
			"thing.create":  {access.SchoolAdministrator},
			"thing.count":   {access.MunicipalAdministrator, access.UnionAnalyst},
			"thing.erase":   {access.SchoolAdministrator, access.PlatformOperator},
			"thing.whisper": {access.SafetyRepresentative},
		},
		Services: map[string][]string{"thing.read": {"reporting", "dialogue"}, "thing.deliver": {"portal"}},
		Keys:     map[string][]string{"thing.read": {access.ScopePeople, access.ScopeOrganisation}, "thing.erase": {access.ScopeReleases}},
		SignedIn: []string{"thing.greet"},
		Guests:   []string{"thing.watch"},
		Extra: func(s access.Subject, action string, r access.Resource, allowed bool) bool {
			if action != "thing.erase" {
				return allowed
			}
			own := s.Service == "" && s.ID != "" && r.Attributes["person_id"] == s.ID
			return (allowed || own) && len(r.Path) > 0
		},
	}.Check(t, authorizer(t))
}

func TestAFailedEvaluationDenies(t *testing.T) {
	r := at(school, platform, north)
	r.Attributes = map[string]any{"zero": 0}
	err := authorizer(t).Decide(t.Context(), person(access.Leader, school), "thing.break", r)
	require.Equal(t, failure.InternalError, failure.CodeOf(err))
	require.ErrorContains(t, err, "divide by zero")
}

func TestAPathThatEndsElsewhereDenies(t *testing.T) {
	r := access.Resource{Type: "thing", Tenant: other, Path: []tenant.ID{platform, north, school}}
	err := authorizer(t).Decide(t.Context(), person(access.Leader, school), "thing.read", r)
	require.Equal(t, failure.InternalError, failure.CodeOf(err))
}

func TestVisibleScopes(t *testing.T) {
	s := access.Subject{ID: "6a0f", Assignments: []access.Assignment{
		{Role: access.UnionRepresentative, Scope: other}, {Role: access.Leader, Scope: school},
		{Role: access.Employee, Scope: school}, {Role: access.MunicipalAnalyst, Scope: north},
	}}
	scopes, err := authorizer(t).VisibleScopes(t.Context(), s, "thing.read")
	require.NoError(t, err)
	require.Equal(t, []tenant.ID{school, other}, scopes)

	scopes, err = authorizer(t).VisibleScopes(t.Context(), s, "thing.create")
	require.NoError(t, err)
	require.Empty(t, scopes)
}

func TestPoliciesThatAreRefused(t *testing.T) {
	for name, policy := range map[string]string{
		"of another service": "package guldkorn.other\npermissions := {\"a.b\": {\"leader\"}}",
		"not Rego":           "package guldkorn.sample\npermissions :=",
		"without actions":    "package guldkorn.sample\npermissions := {}",
		"calls the network":  "package guldkorn.sample\npermissions := {\"a.b\": {\"leader\"}}\nallow if http.send({\"url\": \"http://localhost\", \"method\": \"get\"})",
		"asks the clock":     "package guldkorn.sample\npermissions := {\"a.b\": {\"leader\"}}\nallow if time.now_ns() > 0",
		"allows by default":  "package guldkorn.sample\npermissions := {\"a.b\": {\"leader\"}}\ndefault allow := true",
		"widens the scopes":  "package guldkorn.sample\npermissions := {\"a.b\": {\"leader\"}}\nvisible_scopes[\"a.b\"] contains \"x\"",
		"replaces a rule":    "package guldkorn.sample\npermissions := {\"a.b\": {\"leader\"}}\ndefault allowed := true",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := access.NewAuthorizer(t.Context(), "sample", policy)
			require.Error(t, err)
		})
	}
	_, err := access.NewAuthorizer(t.Context(), "No Name", "package guldkorn.sample")
	require.Error(t, err)
}

func TestDecisionLogNamesNobody(t *testing.T) {
	var lines bytes.Buffer
	a := authorizer(t, access.WithLogger(slog.New(slog.NewJSONHandler(&lines, nil))))
	r := at(school, platform, north)

	require.NoError(t, a.Decide(t.Context(), person(access.Leader, school), "thing.read", r))
	require.Empty(t, lines.String(), "a permitted ordinary action is not logged")

	require.Error(t, a.Decide(t.Context(), person(access.Employee, school), "thing.whisper", r))
	require.Empty(t, lines.String(), "a quiet action is never logged")

	require.Error(t, a.Decide(t.Context(), person(access.Employee, school), "thing.create", r))
	require.NoError(t, a.Decide(t.Context(), person(access.SchoolAdministrator, school), "thing.erase", r))
	require.Error(t, a.Decide(t.Context(), access.Service("intake"), "thing.erase", r))
	require.NotContains(t, lines.String(), "6a0f")

	var outcomes, subjects []string
	for line := range strings.Lines(lines.String()) {
		var entry struct{ Outcome, Subject, Action, Tenant string }
		require.NoError(t, json.Unmarshal([]byte(line), &entry))
		require.Equal(t, string(school), entry.Tenant)
		outcomes, subjects = append(outcomes, entry.Action+" "+entry.Outcome), append(subjects, entry.Subject)
	}
	require.Equal(t, []string{"thing.create denied", "thing.erase allowed", "thing.erase denied"}, outcomes)
	require.Equal(t, subjects[0], subjects[1], "one person has one mask")
	require.Equal(t, "service:intake", subjects[2])
}

func TestMetricsHaveBoundedLabels(t *testing.T) {
	registry := prometheus.NewRegistry()
	a := authorizer(t, access.WithRegisterer(registry))
	r := at(school, platform, north)
	require.NoError(t, a.Decide(t.Context(), person(access.Leader, school), "thing.read", r))
	require.Error(t, a.Decide(t.Context(), person(access.Leader, school), "thing.create", r))
	for _, invented := range []string{"x.1", "x.2", "x.3"} {
		require.Error(t, a.Decide(t.Context(), person(access.Leader, school), invented, r))
	}
	require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP guldkorn_access_decisions_total Decisions by action and outcome.
# TYPE guldkorn_access_decisions_total counter
guldkorn_access_decisions_total{action="other",outcome="denied",policy="service"} 3
guldkorn_access_decisions_total{action="thing.create",outcome="denied",policy="service"} 1
guldkorn_access_decisions_total{action="thing.read",outcome="allowed",policy="service"} 1
`), "guldkorn_access_decisions_total"))
}

func TestSubjectFromNeedsASubject(t *testing.T) {
	_, err := access.SubjectFrom(t.Context())
	require.Equal(t, failure.AccessUnauthentic, failure.CodeOf(err))
	got, err := access.SubjectFrom(access.WithSubject(t.Context(), access.Service("intake")))
	require.NoError(t, err)
	require.Equal(t, "intake", got.Service)
	require.False(t, got.Has(access.Leader, school))
	require.True(t, person(access.Leader, school).Has(access.Leader, school))
}

// BenchmarkDecide tells how long a question by somebody with three roles takes, the median and the slowest in a
// hundred; a table in Go, which knows no policy language, is the floor.
func BenchmarkDecide(b *testing.B) {
	a := authorizer(b)
	s := access.Subject{ID: "6a0f", Tenant: north, Assignments: []access.Assignment{
		{Role: access.Employee, Scope: school, Unit: "u1"}, {Role: access.UnionRepresentative, Scope: school},
		{Role: access.SafetyRepresentative, Scope: other},
	}}
	r := at(school, platform, north)
	table := accesstest.Table{Permissions: map[string][]string{
		"thing.read":   {access.SchoolAdministrator, access.Leader, access.Employee, access.UnionRepresentative, access.SafetyRepresentative},
		"thing.create": {access.SchoolAdministrator},
	}}
	for name, action := range map[string]string{"allowed": "thing.read", "denied": "thing.create"} {
		b.Run(name, func(b *testing.B) {
			measure(b, func() bool { return a.Decide(b.Context(), s, action, r) == nil }, name == "allowed")
		})
		b.Run(name+"/table", func(b *testing.B) {
			measure(b, func() bool { return table.Allows(s, action, r) }, name == "allowed")
		})
	}
}

func measure(b *testing.B, decide func() bool, want bool) {
	b.Helper()
	b.ReportAllocs()
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		if decide() != want {
			b.Fatalf("the answer is not %v", want)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "p50-us")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "p99-us")
}
