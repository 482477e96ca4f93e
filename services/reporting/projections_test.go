package reporting

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/access"
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func facts(id, due, followUp string) events.ActionFacts {
	return events.ActionFacts{ActionID: id, DialogueID: "dialogue", OwnerID: "leader", DueOn: due, FollowUpOn: followUp}
}

func TestMunicipalitySeesFollowThroughOfItsOwnSchoolsOnly(t *testing.T) {
	w := newWorld(t)
	analyst := w.person(access.MunicipalAnalyst, northTenant)
	other := w.person(access.MunicipalAdministrator, southTenant)
	w.wholeRound(schoolTenant, newRoundOf(w.instrument, 30), staff(1, w.instrument, 0, 27))
	a, b := facts("a", "2026-11-25", "2026-12-10"), facts("b", "2026-12-24", "2027-01-10")
	w.tell(schoolTenant, "a", 1, events.ActionProposed(a))
	w.tell(schoolTenant, "b", 1, events.ActionProposed(b))
	w.tell(schoolTenant, "b", 2, events.ActionAccepted(b))
	w.tell(farTenant, "c", 1, events.ActionProposed(facts("c", "2026-11-25", "2026-12-10")))
	w.tell(farTenant, "c", 2, events.ActionDone(facts("c", "2026-11-25", "2026-12-10")))

	follow := func(person string, operator tenant.ID) api.FollowThrough {
		var answer api.FollowThrough
		require.Equal(t, http.StatusOK, w.call(w.asPerson(person), http.MethodGet, path(operator, "follow-through"), &answer))
		return answer
	}
	w.eventually(func() bool { return follow(other, southTenant).Items[0].Done == 1 }, "the actions are counted")
	last := "2026-11-21" // in Copenhagen
	require.Equal(t, api.FollowThrough{AsOf: "2026-11-21", Items: []api.FollowThroughSchool{
		{OrganisationID: string(quietTenant), Name: "Skovskolen"},
		{OrganisationID: string(schoolTenant), Name: "Åskolen", Proposed: 1, Accepted: 1, RoundsReleased: 1, LastActivityOn: &last},
	}}, follow(analyst, northTenant))
	require.Len(t, follow(other, southTenant).Items, 1)

	// Nothing happens but time.
	w.clock.set(time.Date(2026, 11, 25, 22, 59, 0, 0, time.UTC))
	require.Zero(t, follow(analyst, northTenant).Items[1].Overdue, "the last day ends at midnight in Copenhagen")
	w.clock.set(time.Date(2026, 11, 25, 23, 0, 0, 0, time.UTC))
	require.Equal(t, 1, follow(analyst, northTenant).Items[1].Overdue)
	w.clock.set(time.Date(2027, 1, 11, 12, 0, 0, 0, time.UTC))
	require.Equal(t, 2, follow(analyst, northTenant).Items[1].Overdue)
	require.Equal(t, 1, follow(analyst, northTenant).Items[1].FollowUpDue)

	for _, c := range []struct {
		role     string
		scope    tenant.ID
		operator tenant.ID
	}{
		{access.MunicipalAnalyst, northTenant, southTenant}, {access.MunicipalAdministrator, southTenant, northTenant},
		{access.MunicipalAnalyst, northTenant, schoolTenant}, {access.MunicipalAnalyst, northTenant, platformTenant},
		{access.PlatformOperator, platformTenant, northTenant}, {access.Leader, schoolTenant, northTenant},
		{access.UnionAnalyst, unionTenant, northTenant}, {access.UnionAnalyst, unionTenant, unionTenant}, {access.UnionAnalyst, unionTenant, schoolTenant},
	} {
		require.Equal(t, http.StatusForbidden, w.call(w.asPerson(w.person(c.role, c.scope)), http.MethodGet, path(c.operator, "follow-through"), nil), c)
	}
}

// A service whose database is lost has nothing in the streams that it has not had: it asks the owners.
func TestFollowThroughIsRebuiltFromSnapshots(t *testing.T) {
	w := newWorld(t)
	w.stop()
	snapshot := func(kind string, in tenant.ID, subject string, revision int64, e events.Event) {
		service, _, _ := strings.Cut(e.Type(), ".")
		envelope, err := events.New(tenant.With(t.Context(), in), service, subject, revision, closedAt, e)
		require.NoError(t, err)
		w.snapshots[kind] = append(w.snapshots[kind], envelope)
	}
	w.snapshots = map[string][]events.Envelope{}
	for id, o := range map[tenant.ID]events.OrganisationCreated{
		platformTenant: {Kind: "platform", Name: "Guldkorn"}, northTenant: {Kind: "municipality", ParentID: string(platformTenant), Name: "Nordby"},
		schoolTenant: {Kind: "school", ParentID: string(northTenant), Name: "Åskolen"},
	} {
		o.OrganisationID, o.Language = string(id), "da"
		snapshot("organisations", id, string(id), 1, o)
	}
	analyst := "the-analyst"
	snapshot("role-assignments", northTenant, "assignment", 1, events.RoleAssigned{AssignmentID: "assignment", PersonID: analyst,
		Role: access.MunicipalAnalyst, Scope: string(northTenant), From: closedAt.Add(-time.Hour)})
	snapshot("actions", schoolTenant, "a", 4, events.ActionAccepted(facts("a", "2026-12-24", "2027-01-10")))
	snapshot("actions", schoolTenant, "b", 9, events.ActionEffectVerified(facts("b", "2026-11-25", "2026-12-10")))

	w.start(filepath.Join(t.TempDir(), "another.db"))
	row := func() (school api.FollowThroughSchool) {
		var answer api.FollowThrough
		if w.call(w.asPerson(analyst), http.MethodGet, path(northTenant, "follow-through"), &answer) == http.StatusOK && len(answer.Items) == 1 {
			school = answer.Items[0]
		}
		return school
	}
	w.eventually(func() bool { r := row(); return r.Accepted == 1 && r.EffectVerified == 1 }, "the actions are counted")
	w.tell(schoolTenant, "a", 3, events.ActionProposed(facts("a", "2026-12-24", "2027-01-10"))) // told late
	w.tell(schoolTenant, "a", 5, events.ActionDone(facts("a", "2026-12-24", "2027-01-10")))
	w.eventually(func() bool { r := row(); return r.Done == 2 && r.Accepted == 0 && r.Proposed == 0 }, "and it goes on with events")
}

// However often and in whatever order an action's events come, it ends where it is.
func TestFollowThroughDoesNotDependOnTheOrderOfEvents(t *testing.T) {
	type told struct {
		envelope events.Envelope
		facts    events.ActionFacts
		reached  status
	}
	var all []told
	for i, reached := range []status{proposed, accepted, proposed, accepted, done, verified} {
		due := fmt.Sprintf("2026-12-%02d", 10+i)
		all = append(all, told{events.Envelope{Revision: int64(i + 1), Time: closedAt.Add(time.Duration(i) * time.Hour)}, facts("a", due, "2027-01-10"), reached})
	}
	rapid.Check(t, func(t *rapid.T) {
		var f followThrough
		for _, one := range append(rapid.Permutation(all).Draw(t, "order"), rapid.SliceOf(rapid.SampledFrom(all)).Draw(t, "repeats")...) {
			f.learn("north", one.envelope, one.facts, one.reached)
		}
		require.Equal(t, map[string]action{"a": {verified, 6, "2026-12-15", "2027-01-10"}}, f.Actions)
	})
}

// What is handed to somebody else has nobody's word any more.
func TestAnActionHandedOnIsProposedAgain(t *testing.T) {
	var f followThrough
	for i, reached := range []status{proposed, accepted, proposed} {
		f.learn("north", events.Envelope{Revision: int64(i + 1), Time: closedAt}, facts("a", "2026-12-10", "2027-01-10"), reached)
	}
	f.learn("north", events.Envelope{Revision: 2, Time: closedAt}, facts("a", "2026-12-10", "2027-01-10"), accepted) // once more
	counted := f.public("2026-11-20")
	require.Equal(t, []int{1, 0}, []int{counted.Proposed, counted.Accepted})
}

func TestFollowThroughCounts(t *testing.T) {
	f := followThrough{Actions: map[string]action{}}
	for i, reached := range []status{proposed, accepted, done, verified, dropped} {
		for j, due := range []Date{"2026-11-19", "2026-11-20"} {
			f.Actions[strconv.Itoa(10*i+j)] = action{Status: reached, DueOn: due, FollowUpOn: due}
		}
	}
	require.Equal(t, api.FollowThroughSchool{
		Proposed: 2, Accepted: 2, Done: 4, EffectVerified: 2, Dropped: 2, Overdue: 2, FollowUpDue: 4,
	}, f.public("2026-11-20"))
}

func TestUnionLearnsThatThereIsTooLittleAndReachesNoSchool(t *testing.T) {
	w := newWorld(t)
	union := w.asPerson(w.person(access.UnionAnalyst, unionTenant))
	kept := w.wholeRound(schoolTenant, newRoundOf(w.instrument, 30), staff(1, w.instrument, 0, 27))
	var b api.Benchmark
	require.Equal(t, http.StatusOK, w.call(union, http.MethodGet, path(unionTenant, "benchmark"), &b))
	require.Equal(t, api.Benchmark{
		State: api.NotEnoughInstitutions, Institutions: "0-19", Municipalities: "0-2",
		Reasons: []api.BenchmarkReasons{api.TooFewInstitutions, api.TooFewMunicipalities},
		Wanted: api.BenchmarkWanted{
			Institutions: 200, Municipalities: 10, SubgroupInstitutions: 200, SubgroupMunicipalities: 10,
			LargestSharePercent: 25, PercentileInstitutions: 1000,
		},
	}, b)
	for _, at := range []tenant.ID{schoolTenant, quietTenant, farTenant, northTenant, southTenant, platformTenant, unionTenant} {
		if at != unionTenant {
			require.Equal(t, http.StatusForbidden, w.call(union, http.MethodGet, path(at, "benchmark"), nil), at)
		}
		for _, what := range []string{"releases", "releases/" + kept.ID, "follow-through"} {
			require.Equal(t, http.StatusForbidden, w.call(union, http.MethodGet, path(at, what), nil), "%s %s", at, what)
		}
	}
	require.Equal(t, http.StatusForbidden, w.call(w.asPerson(w.person(access.MunicipalAnalyst, northTenant)), http.MethodGet, path(unionTenant, "benchmark"), nil))
}

func TestBenchmarkState(t *testing.T) {
	for _, c := range []struct {
		institutions, operators int
		state                   api.BenchmarkState
		reasons                 []api.BenchmarkReasons
		bands                   string
	}{
		{0, 0, api.NotEnoughInstitutions, []api.BenchmarkReasons{api.TooFewInstitutions, api.TooFewMunicipalities}, "0-19 0-2"},
		{20, 3, api.NotEnoughInstitutions, []api.BenchmarkReasons{api.TooFewInstitutions, api.TooFewMunicipalities}, "20-49 3-5"},
		{50, 6, api.NotEnoughInstitutions, []api.BenchmarkReasons{api.TooFewInstitutions, api.TooFewMunicipalities}, "50-99 6-9"},
		{199, 10, api.NotEnoughInstitutions, []api.BenchmarkReasons{api.TooFewInstitutions}, "100-199 10+"},
		{200, 9, api.NotEnoughInstitutions, []api.BenchmarkReasons{api.TooFewMunicipalities}, "200+ 6-9"},
		{200, 10, api.NotPublishedYet, []api.BenchmarkReasons{api.NoNationalRelease}, "200+ 10+"},
	} {
		b := benchmarkState(c.institutions, c.operators)
		require.Equal(t, c.state, b.State)
		require.Equal(t, c.reasons, b.Reasons)
		require.Equal(t, c.bands, string(b.Institutions)+" "+string(b.Municipalities))
	}
}
