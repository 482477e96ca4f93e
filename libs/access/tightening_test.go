package access_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

var update = flag.Bool("update", false, "write the schema of tightenings anew")

// roundPolicy has rules that open something to whoever lacks a role: those that taking roles away could open.
const roundPolicy = `package guldkorn.sample

import data.guldkorn.hierarchy

permissions := {
	"round.create": {"leader", "school_administrator"},
	"round.open": {"leader", "school_administrator"},
	"round.read": {"leader", "employee", "tr"},
}

# Not for a leader, whatever else one is.
deny if {
	input.action == "round.open"
	input.resource.attributes.contested == true
	hierarchy.holds({"leader"})
}

allow if {
	input.action == "round.open"
	hierarchy.is_person
	count(input.subject.assignments) == 0
}`

func tightened(tb testing.TB, t access.Tightening) *access.Authorizer {
	tb.Helper()
	a, err := access.NewAuthorizer(tb.Context(), "sample", roundPolicy, access.WithTightened(func(_ context.Context, at tenant.ID) (access.Tightening, error) {
		if at == other || at == platform {
			return nil, nil
		}
		return t, nil
	}))
	require.NoError(tb, err)
	return a
}

func TestWhatIsTakenAwayIsDenied(t *testing.T) {
	a := tightened(t, access.Tightening{"round.create": {access.Leader}})
	here, there := at(school, platform, north), at(other, platform, "southaaaaaaa")
	for _, recent := range []bool{false, true} {
		leader := person(access.Leader, school)
		leader.Recent = recent
		require.Equal(t, failure.AccessDenied, failure.CodeOf(a.Decide(t.Context(), leader, "round.create", here)), "and signing in again does not help")
	}
	require.NoError(t, a.Decide(t.Context(), person(access.Leader, other), "round.create", there), "another operator's tightening")
	require.NoError(t, a.Decide(t.Context(), person(access.SchoolAdministrator, school), "round.create", here))
	require.NoError(t, a.Decide(t.Context(), person(access.Leader, school), "round.open", here))

	both := person(access.Leader, school)
	both.Assignments = append(both.Assignments, access.Assignment{Role: access.Leader, Scope: other})
	scopes, err := a.VisibleScopes(t.Context(), both, "round.create")
	require.NoError(t, err)
	require.Equal(t, []tenant.ID{other}, scopes)
	both.Assignments = append(both.Assignments, access.Assignment{Role: access.SchoolAdministrator, Scope: school})
	require.NoError(t, a.Decide(t.Context(), both, "round.create", here), "by a role that keeps it")
}

// Whatever a tightening says and whatever a policy makes of roles that somebody lacks: nothing is allowed that would not
// be allowed without it. That it takes away what it says, and no more, is TestWhatIsTakenAwayIsDenied.
func TestATighteningNeverOpensAnything(t *testing.T) {
	free := tightened(t, nil)
	actions := []string{"round.create", "round.open", "round.read"}
	rapid.Check(t, func(r *rapid.T) {
		taken := access.Tightening{}
		for _, action := range actions { // also what no schema would let through
			taken[action] = rapid.SliceOfDistinct(rapid.SampledFrom(access.Roles()), rapid.ID).Draw(r, action)
		}
		s := access.Subject{ID: "6a0f", Tenant: north}
		for range rapid.IntRange(0, 3).Draw(r, "roles") {
			s.Assignments = append(s.Assignments, access.Assignment{
				Role:  rapid.SampledFrom([]string{access.Leader, access.SchoolAdministrator, access.Employee}).Draw(r, "role"),
				Scope: rapid.SampledFrom([]tenant.ID{school, other, north}).Draw(r, "scope"),
			})
		}
		about := at(rapid.SampledFrom([]tenant.ID{school, other}).Draw(r, "tenant"), platform, north)
		about.Attributes = map[string]any{"contested": rapid.Bool().Draw(r, "contested")}
		action := rapid.SampledFrom(actions).Draw(r, "action")
		tight := tightened(t, taken)
		if tight.Decide(t.Context(), s, action, about) == nil {
			require.NoError(r, free.Decide(t.Context(), s, action, about), "%v opened %s to %v", taken, action, s.Assignments)
		}
		wide, err := free.VisibleScopes(t.Context(), s, action)
		require.NoError(r, err)
		narrow, err := tight.VisibleScopes(t.Context(), s, action)
		require.NoError(r, err)
		for _, scope := range narrow {
			require.Contains(r, wide, scope)
		}
	})
}

func TestAnUnknownTighteningDenies(t *testing.T) {
	a, err := access.NewAuthorizer(t.Context(), "sample", roundPolicy,
		access.WithTightened(func(context.Context, tenant.ID) (access.Tightening, error) { return nil, errors.New("store is away") }))
	require.NoError(t, err)
	here := at(school, platform, north)
	require.Equal(t, failure.InternalError, failure.CodeOf(a.Decide(t.Context(), person(access.Leader, school), "round.create", here)))
	require.NoError(t, a.Decide(t.Context(), person(access.Leader, school), "round.read", here), "nothing that could be tightened")
	_, err = a.VisibleScopes(t.Context(), person(access.Leader, school), "round.create")
	require.Error(t, err)
}

// The schema says what the table says, for whoever writes a tightening outside this program.
func TestTheSchemaOfTightenings(t *testing.T) {
	items := []any{}
	for _, action := range slices.Sorted(maps.Keys(access.Tightenable())) {
		items = append(items, map[string]any{"properties": map[string]any{
			"action": map[string]any{"const": action}, "role": map[string]any{"enum": access.Tightenable()[action]},
		}})
	}
	want, err := json.MarshalIndent(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:guldkorn:access:tightening",
		"title":       "What an operator takes away from roles",
		"description": "Each entry takes an action (as in x-permission) away from a role. Nothing else can be taken away, and nothing given.",
		"type":        "array", "uniqueItems": true,
		"items": map[string]any{"type": "object", "additionalProperties": false, "required": []string{"action", "role"},
			"properties": map[string]any{"action": true, "role": true}, "oneOf": items},
	}, "", "  ")
	require.NoError(t, err)
	path := filepath.Join("..", "..", "api-specs", "access", "tightening.schema.json")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, append(want, '\n'), 0o644))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want)+"\n", string(got), "go test ./access -update")
}
