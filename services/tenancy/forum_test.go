package tenancy

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (w *world) changeForum(f tenancyapi.Forum, in tenancyapi.ForumChange) answer {
	w.t.Helper()
	return w.call(w.people["leader"], "PATCH", at(w.school, "/forums/"+f.ForumID), in, ifMatch(f.Revision))
}

// A MED committee informs, discusses or makes guidelines; every other forum advises or decides.
func TestTheMandateFitsTheKind(t *testing.T) {
	w := newWorld(t)
	members := []tenancyapi.ForumMember{{PersonID: w.people["leader"].subject.ID, Role: "chair"}}
	for _, kind := range []tenancyapi.ForumKind{"med", "su", "amo", "work_environment_group", "trio", "management_group", "staff_meeting", "team", "technology_forum"} {
		for _, mandate := range []tenancyapi.Mandate{"information", "consultation", "guideline", "advises", "decides"} {
			got := w.call(w.people["leader"], "POST", at(w.school, "/forums"), tenancyapi.NewForum{Kind: kind, Name: "Forum", Mandate: mandate, Members: members})
			if (kind == "med" || kind == "su") == (mandate != "advises" && mandate != "decides") {
				require.Equal(t, mandate, read[tenancyapi.Forum](t, got).Mandate)
			} else {
				got.refused(t, 422, failure.RequestInvalid)
			}
		}
	}
	w.changeForum(w.forum, tenancyapi.ForumChange{Mandate: ptr(tenancyapi.Mandate("decides"))}).refused(t, 422, failure.RequestInvalid)
}

func TestForumsFormATree(t *testing.T) {
	w := newWorld(t)
	central := w.newForum(w.north, "med", nil)
	local := w.newForum(w.school, "med", &central.ForumID)
	require.Equal(t, string(w.north), *local.ParentTenantID)
	group := w.newForum(w.school, "work_environment_group", &local.ForumID)
	require.Equal(t, string(w.school), *group.ParentTenantID)

	under := func(f tenancyapi.Forum, parent string) answer {
		return w.changeForum(f, tenancyapi.ForumChange{ParentID: &parent})
	}
	under(local, group.ForumID).refused(t, 422, failure.ForumCycle)
	under(local, local.ForumID).refused(t, 422, failure.ForumCycle)
	southern := read[tenancyapi.Forum](t, w.call(service("setup"), "POST", at(w.south, "/forums"), tenancyapi.NewForum{Kind: "med", Name: "Hoved-MED", Mandate: "guideline",
		Members: []tenancyapi.ForumMember{{PersonID: w.people["southern administrator"].subject.ID, Role: "chair"}}}))
	under(local, southern.ForumID).refused(t, 422, failure.ForeignIdentifier)
	sisters := read[tenancyapi.Forum](t, w.call(service("setup"), "POST", at(w.sister, "/forums"), tenancyapi.NewForum{Kind: "trio", Name: "Trio", Mandate: "advises",
		Members: []tenancyapi.ForumMember{{PersonID: w.people["sister's administrator"].subject.ID, Role: "chair"}}}))
	under(local, sisters.ForumID).refused(t, 422, failure.ForeignIdentifier)
	w.call(service("setup"), "POST", at(w.north, "/forums"), tenancyapi.NewForum{Kind: "med", Name: "Hoved-MED", Mandate: "guideline", ParentID: &local.ForumID,
		Members: []tenancyapi.ForumMember{{PersonID: w.people["leader"].subject.ID, Role: "chair"}}}).refused(t, 422, failure.ForeignIdentifier)
	require.Equal(t, local, read[tenancyapi.Forum](t, w.call(w.people["leader"], "GET", at(w.school, "/forums/"+local.ForumID), nil)), "nothing was left behind")

	freed := read[tenancyapi.Forum](t, under(local, ""))
	require.Nil(t, freed.ParentID)
	require.Nil(t, freed.ParentTenantID)

	above := group.ForumID // it has two levels, and the loop adds what the limit leaves
	for range maxDepth - 1 {
		above = w.newForum(w.school, "team", &above).ForumID
	}
	w.call(w.people["leader"], "POST", at(w.school, "/forums"), tenancyapi.NewForum{Kind: "team", Name: "Team", Mandate: "advises", ParentID: &above,
		Members: []tenancyapi.ForumMember{{PersonID: w.people["leader"].subject.ID, Role: "chair"}}}).refused(t, 422, failure.ForumCycle)
}

func TestACycleThatTwoMovesOfForumsMakeIsUndone(t *testing.T) {
	w := newWorld(t)
	ctx := tenant.With(t.Context(), w.school)
	for _, id := range []string{"a", "b"} { // as if both had been moved beneath each other at the same moment
		f := forum{Kind: "team", Name: id, Mandate: "advises", Members: []member{{PersonID: "p", Role: "chair"}}}
		f.beneath(&place{w.school, map[string]string{"a": "b", "b": "a"}[id]})
		_, err := w.service.store.forums.Insert(ctx, id, f)
		require.NoError(t, err)
	}
	d, err := w.service.store.forums.Get(ctx, "b")
	require.NoError(t, err)
	require.Equal(t, failure.ForumCycle, failure.CodeOf(w.service.undoForumCycle(ctx, d, forum{})))
	back, err := w.service.store.forums.Get(ctx, "b")
	require.NoError(t, err)
	require.Empty(t, back.Body.ParentID)
	require.Empty(t, back.Body.ParentTenant)
}

func TestAnEndedForumStaysAsItWas(t *testing.T) {
	w := newWorld(t)
	end := func(f tenancyapi.Forum) answer {
		return w.call(w.people["leader"], "POST", at(w.school, "/forums/"+f.ForumID+"/end"), nil, ifMatch(f.Revision))
	}
	beneath := w.newForum(w.school, "team", &w.forum.ForumID)
	end(tenancyapi.Forum{ForumID: w.forum.ForumID, Revision: 9}).refused(t, 412, failure.PreconditionFailed)
	ended := read[tenancyapi.Forum](t, end(w.forum))
	require.NotNil(t, ended.EndedAt)
	require.Equal(t, w.forum.Members, ended.Members)

	end(ended).refused(t, 409, failure.ForumEnded)
	w.changeForum(ended, tenancyapi.ForumChange{Name: ptr("Igen")}).refused(t, 409, failure.ForumEnded)
	w.call(w.people["leader"], "PUT", at(w.school, "/forums/"+ended.ForumID+"/members"), tenancyapi.ForumMembers{Members: ended.Members}, ifMatch(ended.Revision)).
		refused(t, 409, failure.ForumEnded)
	w.call(w.people["leader"], "POST", at(w.school, "/forums"), tenancyapi.NewForum{Kind: "team", Name: "Team", Mandate: "advises", ParentID: &ended.ForumID,
		Members: ended.Members}).refused(t, 409, failure.ForumEnded)
	require.Equal(t, ended.ForumID, *read[tenancyapi.Forum](t, w.changeForum(beneath, tenancyapi.ForumChange{Name: ptr("Team 2")})).ParentID)

	parents := read[tenancyapi.ForumParentList](t, w.call(w.people["employee"], "GET", at(w.school, "/forum-parents"), nil))
	require.Len(t, parents.Items, 2)
	for _, p := range parents.Items {
		require.Equal(t, p.ForumID == ended.ForumID, p.EndedAt != nil)
	}
}

func TestSchoolsSeeThatTheirOperatorHasForumsAndNoMore(t *testing.T) {
	w := newWorld(t)
	central := w.newForum(w.north, "med", nil)
	parents := read[tenancyapi.ForumParentList](t, w.call(w.people["employee"], "GET", at(w.school, "/forum-parents"), nil))
	require.Contains(t, parents.Items, tenancyapi.ForumParent{ForumID: central.ForumID, TenantID: string(w.north), Kind: "med", Name: "Forum"})
	for _, path := range []string{"/forums", "/forums/" + central.ForumID, "/forum-parents"} {
		w.call(w.people["school_administrator"], "GET", at(w.north, path), nil).refused(t, 403, failure.AccessDenied)
	}
	w.call(w.people["school_administrator"], "GET", at(w.school, "/forums/"+central.ForumID), nil).refused(t, 404, failure.DocumentNotFound)
}

func TestSeats(t *testing.T) {
	w := newWorld(t)
	leader, tr, amr := w.people["leader"].subject.ID, w.people["tr"].subject.ID, w.people["amr"].subject.ID
	seat := func(members ...tenancyapi.ForumMember) answer {
		f := read[tenancyapi.Forum](t, w.call(w.people["leader"], "GET", at(w.school, "/forums/"+w.forum.ForumID), nil))
		return w.call(w.people["leader"], "PUT", at(w.school, "/forums/"+f.ForumID+"/members"), tenancyapi.ForumMembers{Members: members}, ifMatch(f.Revision))
	}
	for name, members := range map[string][]tenancyapi.ForumMember{
		"two chairs":               {{PersonID: leader, Role: "chair"}, {PersonID: tr, Role: "chair"}},
		"for nobody here":          {{PersonID: leader, Role: "chair"}, {PersonID: amr, Role: "substitute", SubstituteFor: &tr}},
		"for oneself":              {{PersonID: leader, Role: "chair"}, {PersonID: amr, Role: "substitute", SubstituteFor: &amr}},
		"for another substitute":   {{PersonID: leader, Role: "chair"}, {PersonID: tr, Role: "substitute"}, {PersonID: amr, Role: "substitute", SubstituteFor: &tr}},
		"a member who substitutes": {{PersonID: leader, Role: "chair"}, {PersonID: amr, Role: "member", SubstituteFor: &leader}},
	} {
		t.Run(name, func(t *testing.T) { seat(members...).refused(t, 422, failure.RequestInvalid) })
	}
	good := []tenancyapi.ForumMember{{PersonID: leader, Role: "vice_chair"}, {PersonID: tr, Role: "secretary"}, {PersonID: amr, Role: "substitute", SubstituteFor: &tr}}
	require.Equal(t, good, read[tenancyapi.Forum](t, seat(good...)).Members)
}

func TestClauses(t *testing.T) {
	w := newWorld(t)
	one := tenancyapi.ForumClause{
		Trigger: "procurement", Duty: "consultation", Topics: &[]tenancyapi.ForumClauseTopic{"workflows", "work_environment"},
		Text: "Udvalget drøfter de forventede følger, før der købes.\nGerne to måneder før.", Agreement: "MED-aftalen, § 9",
	}
	with := func(f tenancyapi.Forum, clauses ...tenancyapi.ForumClause) answer {
		clauses = append([]tenancyapi.ForumClause{}, clauses...) // none is a list, too
		return w.changeForum(f, tenancyapi.ForumChange{Clauses: &clauses})
	}
	first := read[tenancyapi.Forum](t, with(w.forum, one, one))
	require.Len(t, first.Clauses, 2)
	require.NotEqual(t, *first.Clauses[0].ClauseID, *first.Clauses[1].ClauseID)
	kept := first.Clauses[1]
	require.Equal(t, one.Text, kept.Text)

	kept.Text = "Vi hører a\u030arsagen fo\u0308rst."
	second := read[tenancyapi.Forum](t, with(first, kept, one))
	require.Equal(t, kept.ClauseID, second.Clauses[0].ClauseID, "a corrected clause stays the same one")
	require.Equal(t, "Vi hører årsagen först.", second.Clauses[0].Text, "letters with their marks are one form")
	require.NotContains(t, []string{*first.Clauses[0].ClauseID, *kept.ClauseID}, *second.Clauses[1].ClauseID)

	long, unknown, strange := one, one, one
	long.Text, unknown.ClauseID, strange.Trigger = strings.Repeat("a", maxClause+1), ptr("someone-elses"), "full_moon"
	hidden, twice := one, one
	hidden.Agreement, twice.Topics = "MED\u202eaftale", &[]tenancyapi.ForumClauseTopic{"workflows", "workflows"}
	many := make([]tenancyapi.ForumClause, maxClauses+1)
	for i := range many {
		many[i] = one
	}
	for name, c := range map[string]struct {
		clauses []tenancyapi.ForumClause
		code    failure.Code
	}{
		"too long":       {[]tenancyapi.ForumClause{long}, failure.RequestInvalid},
		"not a clause":   {[]tenancyapi.ForumClause{unknown}, failure.ForeignIdentifier},
		"no trigger":     {[]tenancyapi.ForumClause{strange}, failure.RequestInvalid},
		"hidden letters": {[]tenancyapi.ForumClause{hidden}, failure.RequestInvalid},
		"a topic twice":  {[]tenancyapi.ForumClause{twice}, failure.RequestInvalid},
		"one twice":      {[]tenancyapi.ForumClause{second.Clauses[0], second.Clauses[0]}, failure.RequestInvalid},
		"too many":       {many, failure.RequestInvalid},
	} {
		t.Run(name, func(t *testing.T) { with(second, c.clauses...).refused(t, 422, c.code) })
	}
	require.Empty(t, read[tenancyapi.Forum](t, with(second)).Clauses)

	told, err := json.Marshal(forum{Clauses: []clause{{ID: "c", Text: "ord", Agreement: "aftale"}}}.changed("f"))
	require.NoError(t, err)
	require.NotContains(t, string(told), "ord", "the words of a clause travel in no event")
	require.NotContains(t, string(told), "aftale")
}

// Whatever seats somebody has, unseating leaves nobody standing in for a person who is gone.
func TestUnseat(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := forum{Members: []member{{PersonID: "0", Role: "chair"}}}
		for i := range rapid.IntRange(0, 5).Draw(rt, "others") {
			m := member{PersonID: fmt.Sprint(i + 1), Role: "member"}
			if rapid.Bool().Draw(rt, "substitutes") {
				m.Role, m.SubstituteFor = substitute, f.Members[0].PersonID
			}
			f.Members = append(f.Members, m)
		}
		before := len(f.Members)
		person := fmt.Sprint(rapid.IntRange(0, 7).Draw(rt, "person"))
		sat, err := f.unseat(person, midnight)
		require.NoError(rt, err)
		seated := map[string]bool{}
		for _, m := range f.Members {
			seated[m.PersonID] = true
		}
		switch {
		case !sat:
			require.Len(rt, f.Members, before)
		case before == 1:
			require.Equal(rt, midnight, *f.EndedAt)
		default:
			require.Len(rt, f.Members, before-1)
			require.False(rt, seated[person])
		}
		for _, m := range f.Members {
			require.True(rt, m.SubstituteFor == "" || seated[m.SubstituteFor])
		}
	})
}
