package tenancy

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// school returns the assignments of a school with a leader, a TR, an AMR and this many employees.
func employed(n int) []document.Document[assignment] {
	at := func(person, role, unit string) document.Document[assignment] {
		return document.Document[assignment]{ID: person + role, Body: assignment{PersonID: person, Role: role, UnitID: unit, From: midnight}}
	}
	all := []document.Document[assignment]{at("leader", access.Leader, ""), at("leader", access.Employee, "u")}
	for i := range n {
		all = append(all, at(fmt.Sprint("p", i), access.Employee, "u"))
	}
	return append(all, at("p0", access.UnionRepresentative, ""), at("p1", access.SafetyRepresentative, ""))
}

func TestForumsFollowTheSizeOfTheSchool(t *testing.T) {
	for _, c := range []struct {
		employees int
		structure tenancyapi.ForumStructure
		levels    int
		rules     []string
		forums    []string // kind, and what it lies beneath
	}{
		{9, "med", 0, []string{"amo_none_under_10"}, []string{"staff_meeting"}},
		{10, "med", 1, []string{"amo_one_level_from_10"}, []string{"med"}},
		{34, "med", 1, []string{"amo_one_level_from_10"}, []string{"med"}},
		{35, "med", 2, []string{"amo_two_levels_from_35"}, []string{"med", "work_environment_group < med"}},
		{9, "su_amo", 0, []string{"su_voluntary_under_25", "amo_none_under_10"}, []string{"staff_meeting"}},
		{10, "su_amo", 1, []string{"su_voluntary_under_25", "amo_one_level_from_10"}, []string{"amo", "staff_meeting"}},
		{24, "su_amo", 1, []string{"su_voluntary_under_25", "amo_one_level_from_10"}, []string{"amo", "staff_meeting"}},
		{25, "su_amo", 1, []string{"su_from_25", "amo_one_level_from_10"}, []string{"su", "amo"}},
		{35, "su_amo", 2, []string{"su_from_25", "amo_two_levels_from_35"}, []string{"su", "amo", "work_environment_group < amo"}},
	} {
		p := newWorkforce(employed(c.employees), hour(1)).propose(c.structure, "da")
		require.Equal(t, c.employees, p.Headcount, "the leader does not count")
		require.Equal(t, c.levels, p.Levels, c)
		var rules, forums []string
		for _, r := range p.Rules {
			rules = append(rules, string(r.Rule))
			require.NotEmpty(t, r.Source)
		}
		for _, f := range p.Forums {
			name := string(f.Kind)
			if f.ParentKind != nil {
				name += " < " + string(*f.ParentKind)
			}
			forums = append(forums, name)
			require.NotEmpty(t, f.Name)
			require.Contains(t, mandates(string(f.Kind)), f.Mandate)
			require.Equal(t, tenancyapi.ForumMember{PersonID: "leader", Role: "chair"}, f.Members[0])
			seen := map[string]bool{}
			for _, m := range f.Members {
				require.False(t, seen[m.PersonID], "each once")
				seen[m.PersonID] = true
				require.True(t, f.Kind != "su" || m.Role != "amr", "an AMR has no seat in a SU by that role")
			}
		}
		require.Equal(t, c.rules, rules, c)
		require.Equal(t, c.forums, forums, c)
	}
}

func TestAProposalIsCreatedOnce(t *testing.T) {
	w := newWorld(t)
	leader := w.people["leader"]
	for i := range 34 {
		w.assign(w.person(w.north, fmt.Sprint("Person ", i)), access.Employee, w.school, w.unit)
	}
	central := w.newForum(w.north, "su", nil)

	before := read[tenancyapi.ForumProposalList](t, w.call(leader, "GET", at(w.school, "/forum-proposals"), nil)).Items
	require.Equal(t, 35, before[0].Headcount)
	require.Equal(t, w.forum.ForumID, *before[0].Forums[0].ForumID, "the school has a MED committee")
	require.Equal(t, central.ForumID, *before[1].Forums[0].ParentID)
	require.Len(t, read[tenancyapi.ForumList](t, w.call(leader, "GET", at(w.school, "/forums"), nil)).Items, 1, "nothing was written")

	create := func(structure tenancyapi.ForumStructure, headers ...header) answer {
		return w.call(leader, "POST", at(w.school, "/forum-structures"), tenancyapi.NewForumStructure{Structure: structure}, headers...)
	}
	first := create("med", key("the-same-key"))
	made := read[tenancyapi.ForumList](t, first).Items
	require.Len(t, made, 1, "the committee was there")
	require.Equal(t, w.forum.ForumID, *made[0].ParentID)
	require.Equal(t, first, create("med", key("the-same-key")))
	require.Empty(t, read[tenancyapi.ForumList](t, create("med")).Items)

	three := read[tenancyapi.ForumList](t, create("su_amo", key("another-key"))).Items
	require.Equal(t, []tenancyapi.ForumKind{"su", "amo"}, []tenancyapi.ForumKind{three[0].Kind, three[1].Kind}, "the group was there")
	require.Equal(t, string(w.north), *three[0].ParentTenantID)
	create("med", key("another-key")).refused(t, 409, failure.IdempotencyConflict)
	create("senate").refused(t, 422, failure.RequestInvalid)
}

func TestWithoutALeaderNothingIsCreated(t *testing.T) {
	w := newWorld(t)
	admin := w.people["sister's administrator"]
	require.Empty(t, read[tenancyapi.ForumProposalList](t, w.call(admin, "GET", at(w.sister, "/forum-proposals"), nil)).Items[0].Forums[0].Members)
	got := w.call(admin, "POST", at(w.sister, "/forum-structures"), tenancyapi.NewForumStructure{Structure: "med"})
	got.refused(t, http.StatusConflict, failure.ForumUnchaired)
	require.Empty(t, read[tenancyapi.ForumList](t, w.call(admin, "GET", at(w.sister, "/forums"), nil)).Items)
	w.call(w.people["municipal_administrator"], "GET", at(w.north, "/forum-proposals"), nil).refused(t, 422, failure.KindMisplaced)
}
