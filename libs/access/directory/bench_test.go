package directory_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/events"
	hostplatform "github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/projection/projectiontest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// BenchmarkRebuild completes an empty directory from a snapshot over HTTP: a tenth of the country's schools and their
// staff. It reports how many entities a second are taken in, durably.
func BenchmarkRebuild(b *testing.B) {
	const schools, units, staff = 200, 7, 75 // units and staff of each school
	snapshots := map[string][]events.Envelope{}
	add := func(kind string, e told) { snapshots[kind] = append(snapshots[kind], e.envelope(b)) }
	add("organisations", organisation(platform, "", "platform"))
	add("organisations", organisation(north, platform, "municipality"))
	for s := range schools {
		id := tenant.New()
		add("organisations", organisation(id, north, "school"))
		for u := range units {
			unit := fmt.Sprintf("unit-%d-%d", s, u)
			add("units", told{id, unit, 3, events.UnitChanged{UnitID: unit, Name: "Unit " + unit, Headcount: staff / units}})
		}
		for p := range staff {
			person := fmt.Sprintf("person-%d-%d", s, p)
			add("role-assignments", assigned("of-"+person, person, access.Employee, id, nil))
		}
	}
	last := fmt.Sprintf("person-%d-%d", schools-1, staff-1)
	total := len(snapshots["organisations"]) + len(snapshots["units"]) + len(snapshots["role-assignments"])
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(b, err)
	owner, broker := projectiontest.Owner(b, snapshots), bustest.Start(b)
	now := (&watch{at: noon}).now
	bustest.Connect(b, broker, directory.Owner, nil)

	var took time.Duration
	for b.Loop() {
		b.StopTimer()
		deps := &hostplatform.Deps{
			Service: "intake", Logger: slog.New(slog.DiscardHandler), Now: now, Store: store(b, now), Signer: access.NewSigner(key, "intake", now),
			Bus: bustest.Connect(b, broker, "intake", nil), Addresses: map[string]hostplatform.Address{directory.Owner: owner},
		}
		d, err := directory.Open(b.Context(), deps.Store, now)
		require.NoError(b, err)
		ctx, cancel := context.WithCancel(b.Context())
		ended := make(chan error, 1)
		b.StartTimer()
		began := time.Now()
		go func() { ended <- d.Follow(ctx, deps) }()
		for {
			complete, err := deps.Store.Mark(ctx, "heard "+directory.Owner)
			require.NoError(b, err)
			if !complete.IsZero() {
				break
			}
			time.Sleep(time.Millisecond)
		}
		took += time.Since(began)
		b.StopTimer()
		roles, err := d.Assignments(b.Context(), last)
		require.NoError(b, err)
		require.Len(b, roles, 1)
		cancel()
		require.NoError(b, <-ended)
		deps.Bus.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(total)*float64(b.N)/took.Seconds(), "entities/s")
}
