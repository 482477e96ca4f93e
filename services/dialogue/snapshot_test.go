package dialogue

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Where an action stands is told by the event that others would have had last.
func TestASnapshotTellsWhereActionsStand(t *testing.T) {
	for status, want := range map[ActionStatus]events.Event{
		Proposed: events.ActionProposed{}, Declined: events.ActionProposed{}, Accepted: events.ActionAccepted{}, InProgress: events.ActionAccepted{},
		Blocked: events.ActionAccepted{}, Done: events.ActionDone{}, EffectVerified: events.ActionEffectVerified{}, Dropped: events.ActionDropped{},
	} {
		require.Equal(t, want.Type(), (&Action{Status: status}).reached("a").Type(), status)
	}
}

// What others copy is what events tell: nothing that was said at the table.
func TestSnapshotsHoldNothingOfWhatWasSaid(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil)
	tb.lead("/open", nil).run("checkin", "/skip", nil).run("reflect", "/start", map[string]any{})
	tb.write("teacher-1", "reflect", "Kantinen er kold").ok()
	var page struct{ Items []events.Envelope }
	w.do("", "GET", "/v1/snapshots/dialogues", nil, w.as("reporting")).ok().into(&page)
	require.Len(t, page.Items, 1)
	e, err := events.Decode[events.DialogueCreated](page.Items[0])
	require.NoError(t, err)
	require.ElementsMatch(t, six(), e.Participants)
	require.Equal(t, w.school, page.Items[0].Tenant)
	raw, err := json.Marshal(page)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "Kantinen")
	require.NotContains(t, string(raw), tb.view.Title)

	for _, kind := range []string{"dialogues", "actions"} {
		w.do("leader", "GET", "/v1/snapshots/"+kind, nil).refused(failure.AccessDenied)
		w.do("operator", "GET", "/v1/snapshots/"+kind, nil).refused(failure.AccessDenied)
		w.do("", "GET", "/v1/snapshots/"+kind, nil, w.as("intake")).refused(failure.AccessDenied)
	}
	w.do("", "GET", "/v1/snapshots/contributions", nil, w.as("reporting")).refused(failure.DocumentNotFound)
}

// A service whose database is lost asks for the releases that its stream has told already.
func TestReleasesAreKnownFromTheSnapshot(t *testing.T) {
	w := newWorld(t)
	w.release("release-1")
	w.stop()
	ctx := tenant.With(t.Context(), w.school)
	envelope, err := events.New(ctx, "reporting", "release-1", 1, w.clock.read(), events.ReleasePublished{
		ReleaseID: "release-1", RoundID: "round", ContentHash: "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
		VisibleToRepresentativesFrom: time.Unix(0, 0), VisibleToAllOn: "2026-11-01", Shown: true,
	})
	require.NoError(t, err)
	role, err := events.New(tenant.With(t.Context(), w.operator), "tenancy", "assignment", 1, w.clock.read(), events.RoleAssigned{
		AssignmentID: "assignment", PersonID: "leader", Role: access.Leader, Scope: string(w.school), From: time.Unix(0, 0),
	})
	require.NoError(t, err)
	w.snapshots = map[string][]events.Envelope{"releases": {envelope}, "role-assignments": {role}}
	w.dir = t.TempDir()
	w.start()
	w.known("leader")
	require.Eventually(t, func() bool {
		known, err := w.service.releases.Get(ctx, "release-1")
		return err == nil && known.Body.RoundID == "round"
	}, patience, tick)
}
