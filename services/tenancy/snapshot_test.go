package tenancy

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// directory runs another service's copy, kept by keep, until the test ends.
func (w *world) directory(service string, keep func(context.Context, *directory.Directory, *platform.Deps) error) *directory.Directory {
	w.t.Helper()
	backend, err := sqlite.Open(w.t.Context(), filepath.Join(w.t.TempDir(), "store.db"))
	require.NoError(w.t, err)
	deps := &platform.Deps{
		Service: service, Logger: slog.New(slog.NewTextHandler(w.t.Output(), nil)), Now: w.clock.now,
		Store: document.NewStore(backend, service, w.clock.now), Bus: bustest.Connect(w.t, w.broker, service, nil), Signer: w.signers[service],
		Addresses: map[string]platform.Address{Name: {Base: w.server.URL, Client: w.client}},
	}
	d, err := directory.Open(w.t.Context(), deps.Store, w.clock.now)
	require.NoError(w.t, err)
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- keep(ctx, d, deps) }()
	w.t.Cleanup(func() { cancel(); require.NoError(w.t, <-ended); require.NoError(w.t, backend.Close()) })
	return d
}

// byEvents keeps a directory from the stream alone.
func byEvents(ctx context.Context, d *directory.Directory, deps *platform.Deps) error {
	return deps.Bus.Consume(ctx, directory.Owner, d.Handlers())
}

// known is everything that a directory says of the world.
type known struct {
	paths         map[tenant.ID][]tenant.ID
	organisations map[tenant.ID][]directory.Organisation
	units         map[tenant.ID][]directory.Unit
	forums        map[tenant.ID][]directory.Forum
	members       map[tenant.ID][]directory.Member
	roles         map[string][]access.Assignment
}

func (w *world) known(d *directory.Directory) (known, error) {
	k := known{
		paths: map[tenant.ID][]tenant.ID{}, organisations: map[tenant.ID][]directory.Organisation{}, units: map[tenant.ID][]directory.Unit{},
		forums: map[tenant.ID][]directory.Forum{}, members: map[tenant.ID][]directory.Member{}, roles: map[string][]access.Assignment{},
	}
	for _, id := range []tenant.ID{w.platform, w.north, w.south, w.union, w.school, w.sister, w.away} {
		ctx := tenant.With(w.t.Context(), id)
		var err error
		if k.paths[id], err = d.Path(ctx, id); err != nil {
			return k, err
		}
		if k.organisations[id], err = d.Children(ctx, id); err != nil {
			return k, err
		}
		if k.units[id], err = d.Units(ctx); err != nil {
			return k, err
		}
		if k.forums[id], err = d.Forums(ctx); err != nil {
			return k, err
		}
		if k.members[id], err = d.Members(ctx, ""); err != nil {
			return k, err
		}
	}
	for _, p := range w.people {
		var err error
		if k.roles[p.subject.ID], err = d.Assignments(w.t.Context(), p.subject.ID); err != nil {
			return k, err
		}
	}
	return k, nil
}

// A service that comes when the stream has forgotten everything knows what one knows that was there all the time.
func TestADirectoryIsRebuiltWhenTheStreamIsEmpty(t *testing.T) {
	w := newWorld(t)
	witness := w.directory("intake", byEvents)
	ended := w.people["employee"]
	require.Less(t, w.end(w.people["school_administrator"], w.assignments["employee"], nil).status, 300)
	var seen known
	within(t, func() bool {
		var err error
		seen, err = w.known(witness)
		units := seen.units[w.school]
		return err == nil && len(seen.forums[w.school]) == 1 && len(units) == 1 && units[0].Headcount == 0 && len(seen.roles[ended.subject.ID]) == 0
	})
	w.forget()

	late := w.directory("dialogue", func(ctx context.Context, d *directory.Directory, deps *platform.Deps) error {
		return d.Follow(ctx, deps)
	})
	within(t, func() bool {
		now, err := w.known(late)
		return err == nil && assert.ObjectsAreEqual(seen, now) // kinds come one after the other
	})
	now, err := w.known(late)
	require.NoError(t, err)
	require.Equal(t, seen, now)
	require.Empty(t, now.roles[ended.subject.ID], "what has ended stays ended")

	// And it goes on from there with the stream.
	unit := w.newUnit(w.school, "Udskoling")
	within(t, func() bool { _, err := late.Unit(tenant.With(t.Context(), w.school), unit); return err == nil })
}

// forget empties the service's stream, as time does.
func (w *world) forget() {
	w.t.Helper()
	stream := bustest.Stream(w.t, w.broker, Name)
	require.NoError(w.t, stream.Purge(w.t.Context()))
	info, err := stream.Info(w.t.Context())
	require.NoError(w.t, err)
	require.Zero(w.t, info.State.Msgs)
}

func TestSnapshotsTellWhatEventsTell(t *testing.T) {
	w := newWorld(t)
	type page struct {
		Items []events.Envelope `json:"items"`
		Next  string            `json:"next_cursor"`
	}
	catalogued := map[string]func(events.Envelope) error{}
	catalogued["organisations"] = decodes[events.OrganisationCreated]
	catalogued["units"] = decodes[events.UnitChanged]
	catalogued["forums"] = decodes[events.ForumChanged]
	catalogued["role-assignments"] = decodes[events.RoleAssigned]
	for kind, want := range map[string]int{"organisations": 7, "units": 3, "forums": 1, "role-assignments": len(w.assignments)} {
		seen := map[string]bool{}
		for cursor, first := "", true; first || cursor != ""; first = false {
			path := "/v1/snapshots/" + kind + "?limit=2"
			if cursor != "" {
				path += "&cursor=" + cursor
			}
			p := read[page](t, w.call(service("reporting"), "GET", path, nil))
			for _, e := range p.Items {
				require.NoError(t, e.Validate())
				require.NoError(t, catalogued[kind](e))
				require.False(t, seen[e.Subject], "each once")
				seen[e.Subject] = true
				require.NotContains(t, string(e.Data), "Navn på", "nobody's name")
			}
			cursor = p.Next
		}
		require.Len(t, seen, want, kind)
	}
	w.call(service("reporting"), "GET", "/v1/snapshots/persons", nil).refused(t, 404, failure.DocumentNotFound)
	w.call(service("reporting"), "GET", "/v1/snapshots/units?cursor=x", nil).refused(t, 400, failure.CursorInvalid)
	read[tenancyapi.EventList](t, w.call(service("intake"), "GET", "/v1/snapshots/units", nil))
}

func decodes[E events.Event](envelope events.Envelope) error {
	_, err := events.Decode[E](envelope)
	return err
}
