package directory_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	platform tenant.ID = "platformaaaa"
	north    tenant.ID = "northaaaaaaa"
	school   tenant.ID = "northschoola"
	other    tenant.ID = "northschoolb"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// watch is a clock that a test sets.
type watch struct {
	mu sync.Mutex
	at time.Time
}

func (w *watch) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *watch) set(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = at
}

func store(tb testing.TB, now func() time.Time) *document.Store {
	tb.Helper()
	backend, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "store.db"))
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = backend.Close() })
	return document.NewStore(backend, "intake", now)
}

func open(tb testing.TB, now func() time.Time) *directory.Directory {
	tb.Helper()
	d, err := directory.Open(tb.Context(), store(tb, now), now)
	require.NoError(tb, err)
	return d
}

// told is an event with the revision of its entity.
type told struct {
	owner    tenant.ID
	subject  string
	revision int64
	event    events.Event
}

func (e told) envelope(tb testing.TB) events.Envelope {
	tb.Helper()
	envelope, err := events.New(tenant.With(tb.Context(), e.owner), directory.Owner, e.subject, e.revision, noon, e.event)
	require.NoError(tb, err)
	return envelope
}

func tell(tb testing.TB, d *directory.Directory, all ...told) {
	tb.Helper()
	handlers := d.Handlers()
	for _, e := range all {
		envelope := e.envelope(tb)
		require.NoError(tb, handlers[envelope.Type](envelope.Context(tb.Context()), envelope))
	}
}

func organisation(id, parent tenant.ID, kind string) told {
	return told{id, string(id), 1, events.OrganisationCreated{
		OrganisationID: string(id), ParentID: string(parent), Kind: kind, Name: "Name of " + string(id), Language: "da",
	}}
}

func unit(id string, revision int64, headcount int) told {
	return told{school, id, revision, events.UnitChanged{UnitID: id, Name: "Unit " + id, Headcount: headcount}}
}

func assigned(id, person, role string, scope tenant.ID, to *time.Time) told {
	return told{north, id, 1, events.RoleAssigned{
		AssignmentID: id, PersonID: person, Role: role, Scope: string(scope), From: noon.Add(-time.Hour), To: to,
	}}
}

func ended(id, person string, revision int64, to time.Time) told {
	return told{north, id, revision, events.RoleEnded{AssignmentID: id, PersonID: person, To: to}}
}

func TestOrganisationsFormATree(t *testing.T) {
	d := open(t, (&watch{at: noon}).now)
	_, err := d.Path(t.Context(), school)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))

	tell(t, d, organisation(platform, "", "platform"), organisation(north, platform, "municipality"),
		organisation(school, north, "school"), organisation(other, north, "school"))
	for range 2 { // the second time from memory
		path, err := d.Path(t.Context(), school)
		require.NoError(t, err)
		require.Equal(t, []tenant.ID{platform, north, school}, path)
	}
	children, err := d.Children(t.Context(), north)
	require.NoError(t, err)
	require.Len(t, children, 2)
	require.Equal(t, school, children[0].ID)
	require.Equal(t, "school", children[0].Kind)
	one, err := d.Organisation(t.Context(), north)
	require.NoError(t, err)
	require.Equal(t, directory.Organisation{ID: north, Kind: "municipality", Parent: platform, Name: "Name of northaaaaaaa", Language: "da"}, one)
}

func TestAPathThatLeadsInACircleIsRefused(t *testing.T) {
	d := open(t, (&watch{at: noon}).now)
	tell(t, d, organisation(north, school, "municipality"), organisation(school, north, "school"))
	_, err := d.Path(t.Context(), school)
	require.Equal(t, failure.InternalError, failure.CodeOf(err))
}

func TestUnitsKeepTheNewestState(t *testing.T) {
	d := open(t, (&watch{at: noon}).now)
	tell(t, d,
		told{school, "a", 1, events.UnitCreated{UnitID: "a", Name: "Unit a"}},
		unit("a", 3, 12), unit("a", 2, 11), unit("a", 3, 12),
		unit("b", 2, 7), // before its creation
		told{school, "b", 1, events.UnitCreated{UnitID: "b", Name: "Unit b"}},
	)
	units, err := d.Units(tenant.With(t.Context(), school))
	require.NoError(t, err)
	require.Equal(t, []directory.Unit{{ID: "a", Name: "Unit a", Headcount: 12}, {ID: "b", Name: "Unit b", Headcount: 7}}, units)

	elsewhere, err := d.Units(tenant.With(t.Context(), other))
	require.NoError(t, err)
	require.Empty(t, elsewhere)
	_, err = d.Unit(tenant.With(t.Context(), other), "a")
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
	_, err = d.Units(t.Context())
	require.ErrorIs(t, err, tenant.ErrMissing)
}

func TestOrganisationsKeepTheNewestState(t *testing.T) {
	d := open(t, (&watch{at: noon}).now)
	created := organisation(school, north, "school")
	called := func(revision int64, word string) told {
		return told{school, string(school), revision, events.OrganisationChanged{
			OrganisationID: string(school), ParentID: string(north), Kind: "school", Name: "Name", Language: "da", LearnerWord: word,
		}}
	}
	tell(t, d, created, called(3, "kursister"), called(2, "elever"), created)
	now, err := d.Organisation(t.Context(), school)
	require.NoError(t, err)
	require.Equal(t, "kursister", now.LearnerWord)
}

func TestForumsKeepTheNewestState(t *testing.T) {
	d := open(t, (&watch{at: noon}).now)
	forum := events.ForumCreated{ForumID: "f", Kind: "med", Name: "MED", Mandate: "consultation", Members: []events.ForumMember{{PersonID: "p1", Role: "chair"}}}
	changed := events.ForumChanged(forum)
	changed.Members = []events.ForumMember{{PersonID: "p2", Role: "tr"}, {PersonID: "p3", Role: "substitute", SubstituteFor: "p2"}}
	changed.ParentID, changed.EndedAt = "central", &noon
	changed.Clauses = []events.ForumClause{{ClauseID: "c", Trigger: "pilot", Duty: "consultation", Topics: []string{"workflows"}}}
	tell(t, d, told{school, "f", 2, changed}, told{school, "f", 1, forum})

	ctx := tenant.With(t.Context(), school)
	one, err := d.Forum(ctx, "f")
	require.NoError(t, err)
	require.Equal(t, changed.Members, one.Members)
	require.Equal(t, changed.Clauses, one.Clauses)
	require.Equal(t, "central", one.Parent)
	require.Equal(t, &noon, one.EndedAt)
	all, err := d.Forums(ctx)
	require.NoError(t, err)
	require.Equal(t, []directory.Forum{one}, all)
	_, err = d.Forum(tenant.With(t.Context(), other), "f")
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
}

func TestAssignmentsCountFromTheirBeginningToTheirEnd(t *testing.T) {
	clock := &watch{at: noon}
	d := open(t, clock.now)
	end := noon.Add(time.Minute)
	tell(t, d, assigned("1", "p", access.Leader, school, nil), assigned("2", "p", access.Employee, other, &end),
		told{north, "3", 1, events.RoleAssigned{AssignmentID: "3", PersonID: "p", Role: access.UnionRepresentative, Scope: string(school), From: noon.Add(time.Hour)}})

	roles := func() []string {
		t.Helper()
		list, err := d.Assignments(t.Context(), "p")
		require.NoError(t, err)
		var roles []string
		for _, a := range list {
			roles = append(roles, a.Role)
		}
		return roles
	}
	require.ElementsMatch(t, []string{access.Leader, access.Employee}, roles())
	clock.set(end)
	require.ElementsMatch(t, []string{access.Leader}, roles())
	places, err := d.Places(t.Context(), "p")
	require.NoError(t, err)
	require.ElementsMatch(t, []tenant.ID{school, other}, places, "once each, also where the role has ended")
	places, err = d.Places(t.Context(), "q")
	require.NoError(t, err)
	require.Empty(t, places)
	clock.set(noon.Add(time.Hour))
	require.ElementsMatch(t, []string{access.Leader, access.UnionRepresentative}, roles())
	tell(t, d, ended("1", "p", 2, noon.Add(time.Minute)))
	require.Equal(t, []string{access.UnionRepresentative}, roles(), "an end counts at once, whatever is in memory")
}

func TestMembersOfATenant(t *testing.T) {
	d := open(t, (&watch{at: noon}).now)
	past := noon.Add(-time.Minute)
	tell(t, d, assigned("1", "p1", access.Leader, school, nil), assigned("2", "p2", access.Employee, school, nil),
		assigned("3", "p2", access.UnionRepresentative, school, nil), assigned("4", "p3", access.Employee, other, nil),
		assigned("5", "p4", access.Employee, school, &past))
	ctx := tenant.With(t.Context(), school)
	all, err := d.Members(ctx, "")
	require.NoError(t, err)
	require.Len(t, all, 3)
	employees, err := d.Members(ctx, access.Employee)
	require.NoError(t, err)
	require.Equal(t, []directory.Member{{PersonID: "p2", Role: access.Employee, Tenant: north}}, employees)
}

func TestWhatEmployeesAreEmployedAs(t *testing.T) {
	d := open(t, (&watch{at: noon}).now)
	teacher := events.RoleAssigned{AssignmentID: "1", PersonID: "p", Role: access.Employee, Scope: string(school), UnitID: "u", From: noon, StaffGroup: "teacher"}
	tell(t, d, told{north, "1", 1, teacher}, told{school, "u", 1, events.UnitChanged{UnitID: "u", Name: "Unit u", LeaderID: "q"}})
	ctx := tenant.With(t.Context(), school)
	members, err := d.Members(ctx, access.Employee)
	require.NoError(t, err)
	require.Equal(t, []directory.Member{{PersonID: "p", Role: access.Employee, UnitID: "u", Group: "teacher", Tenant: north}}, members)
	unit, err := d.Unit(ctx, "u")
	require.NoError(t, err)
	require.Equal(t, "q", unit.Leader)
}

// Whatever the order and however often events come, the directory ends up the same.
func TestOrderAndRepetitionDoNotMatter(t *testing.T) {
	end := noon.Add(-time.Minute)
	history := []told{
		assigned("1", "p", access.Leader, school, nil), ended("1", "p", 2, noon.Add(time.Hour)), ended("1", "p", 3, end),
		assigned("2", "p", access.Employee, school, nil), ended("2", "p", 2, noon.Add(time.Hour)),
		assigned("3", "p", access.UnionRepresentative, school, &end),
	}
	rapid.Check(t, func(rt *rapid.T) {
		d := open(t, (&watch{at: noon}).now)
		deliveries := append(rapid.Permutation(history).Draw(rt, "order"), rapid.SliceOf(rapid.SampledFrom(history)).Draw(rt, "again")...)
		for _, e := range deliveries {
			tell(t, d, e)
			_, err := d.Assignments(t.Context(), "p") // fills the memory in between
			require.NoError(rt, err)
		}
		got, err := d.Assignments(t.Context(), "p")
		require.NoError(rt, err)
		require.Equal(rt, []access.Assignment{{Role: access.Employee, Scope: school}}, got)
	})
}

func TestReadersBesideChangesEndWithTheNewest(t *testing.T) {
	d := open(t, (&watch{at: noon}).now)
	tell(t, d, assigned("1", "p", access.Leader, school, nil))
	var readers errgroup.Group
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() error {
			for {
				select {
				case <-stop:
					return nil
				default:
				}
				if _, err := d.Assignments(context.Background(), "p"); err != nil {
					return err
				}
			}
		})
	}
	for i := range int64(20) {
		tell(t, d, ended("1", "p", i+2, noon.Add(-time.Duration(i)*time.Second)))
		got, err := d.Assignments(t.Context(), "p")
		require.NoError(t, err)
		require.Empty(t, got)
	}
	close(stop)
	require.NoError(t, readers.Wait())
}

func TestFedByARealBroker(t *testing.T) {
	broker := bustest.Start(t)
	tenancy := bustest.Connect(t, broker, "tenancy", nil)
	intake := bustest.Connect(t, broker, "intake", nil)
	d := open(t, (&watch{at: noon}).now)

	ctx, cancel := context.WithCancel(t.Context())
	var group errgroup.Group
	group.Go(func() error { return intake.Consume(ctx, directory.Owner, d.Handlers()) })
	t.Cleanup(func() { cancel(); require.NoError(t, group.Wait()) })

	for _, e := range []told{organisation(platform, "", "platform"), organisation(north, platform, "municipality"), assigned("1", "p", access.Leader, school, nil)} {
		require.NoError(t, tenancy.Publish(t.Context(), e.envelope(t)))
	}
	require.Eventually(t, func() bool {
		got, err := d.Assignments(t.Context(), "p")
		return err == nil && len(got) == 1
	}, 10*time.Second, 5*time.Millisecond)
	path, err := d.Path(t.Context(), north)
	require.NoError(t, err)
	require.Equal(t, []tenant.ID{platform, north}, path)
}

func TestADeletedOrganisationIsForgotten(t *testing.T) {
	clock := &watch{at: noon}
	d := open(t, clock.now)
	tell(t, d, organisation(platform, "", "platform"), organisation(north, platform, "municipality"), organisation(school, north, "school"), organisation(other, north, "school"),
		told{school, "a", 1, events.UnitCreated{UnitID: "a", Name: "Unit a"}}, told{other, "b", 1, events.UnitCreated{UnitID: "b", Name: "Unit b"}},
		assigned("1", "p", access.Leader, school, nil), assigned("2", "p", access.Leader, other, nil))
	_, err := d.Path(t.Context(), school) // remembered
	require.NoError(t, err)
	gone := told{school, string(school), 9, events.OrganisationDeleted{OrganisationID: string(school), Kind: "school", ParentID: string(north)}}
	for range 2 {
		tell(t, d, gone)
		_, err = d.Organisation(t.Context(), school)
		require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
		_, err = d.Path(t.Context(), school)
		require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
		units, err := d.Units(tenant.With(t.Context(), school))
		require.NoError(t, err)
		require.Empty(t, units)
		places, err := d.Places(t.Context(), "p")
		require.NoError(t, err)
		require.Equal(t, []tenant.ID{other}, places)
		roles, err := d.Assignments(t.Context(), "p")
		require.NoError(t, err)
		require.Len(t, roles, 1)
	}
	units, err := d.Units(tenant.With(t.Context(), other))
	require.NoError(t, err)
	require.Len(t, units, 1, "the other school's stay")
}

// TestHandlesEveryEventOfItsOwner fails when tenancy comes to tell something that a directory would need.
func TestHandlesEveryEventOfItsOwner(t *testing.T) {
	handlers := open(t, time.Now).Handlers()
	unneeded := map[string]bool{events.PersonRegistered{}.Type(): true, events.PersonSuspended{}.Type(): true, events.PersonErased{}.Type(): true}
	for _, e := range events.Catalogue {
		envelope := events.Envelope{ID: uuid.NewString(), Type: e.Type(), Data: json.RawMessage(`{}`)}
		if service := envelope.Type[:len(directory.Owner)+1]; service != directory.Owner+"." || unneeded[e.Type()] {
			continue
		}
		require.Contains(t, handlers, e.Type())
		require.True(t, failure.IsPermanent(handlers[e.Type()](t.Context(), envelope)), "an empty event is no event")
	}
}
