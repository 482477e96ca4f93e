package directory_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/events"
	hostplatform "github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/projection/projectiontest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// BenchmarkRebuild completes an empty directory of the whole country, 2,000 schools with 14,000 units and 150,000
// people, from a snapshot over HTTP and the events that were told meanwhile. It reports in how many seconds that is
// done, durably, and how much memory the directory holds when everybody has been asked about once.
func BenchmarkRebuild(b *testing.B) {
	const schools, units, staff, news = 2_000, 7, 75, 1_000 // units and staff of each school; events beside the snapshot
	snapshots := map[string][]events.Envelope{}
	add := func(kind string, e told) { snapshots[kind] = append(snapshots[kind], e.envelope(b)) }
	add("organisations", organisation(platform, "", "platform"))
	add("organisations", organisation(north, platform, "municipality"))
	var people []string
	for s := range schools {
		id := tenant.New()
		add("organisations", organisation(id, north, "school"))
		for u := range units {
			unit := fmt.Sprintf("unit-%d-%d", s, u)
			add("units", told{id, unit, 3, events.UnitChanged{UnitID: unit, Name: "Unit " + unit, Headcount: staff / units}})
		}
		for p := range staff {
			person := fmt.Sprintf("person-%d-%d", s, p)
			people = append(people, person)
			add("role-assignments", assigned("of-"+person, person, access.Employee, id, nil))
		}
	}
	total := len(snapshots["organisations"]) + len(snapshots["units"]) + len(snapshots["role-assignments"])
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(b, err)
	owner, broker := projectiontest.Owner(b, snapshots), bustest.Start(b)
	now := (&watch{at: noon}).now
	teller := bustest.Connect(b, broker, directory.Owner, nil)
	for i := range news {
		person := fmt.Sprintf("newcomer-%d", i)
		require.NoError(b, teller.Publish(b.Context(), assigned("of-"+person, person, access.Leader, school, nil).envelope(b)))
	}

	for b.Loop() {
		b.StopTimer()
		deps := &hostplatform.Deps{
			Service: "intake", Logger: slog.New(slog.DiscardHandler), Now: now, Store: store(b, now), Signer: access.NewSigner(key, "intake", now),
			Bus: bustest.Connect(b, broker, "intake", nil), Addresses: map[string]hostplatform.Address{directory.Owner: owner},
		}
		before := heap()
		d, err := directory.Open(b.Context(), deps.Store, now)
		require.NoError(b, err)
		ctx, cancel := context.WithCancel(b.Context())
		ended := make(chan error, 1)
		b.StartTimer()
		began := time.Now()
		go func() { ended <- d.Follow(ctx, deps) }()
		require.EventuallyWithT(b, func(c *assert.CollectT) {
			complete, err := deps.Store.Mark(ctx, "heard "+directory.Owner)
			require.NoError(c, err)
			told, err := d.Assignments(ctx, fmt.Sprintf("newcomer-%d", news-1))
			require.NoError(c, err)
			require.True(c, !complete.IsZero() && len(told) == 1)
		}, 10*time.Minute, 10*time.Millisecond)
		took := time.Since(began)
		b.StopTimer()
		for _, person := range people {
			roles, err := d.Assignments(ctx, person)
			require.NoError(b, err)
			require.Len(b, roles, 1)
		}
		b.ReportMetric(took.Seconds(), "s-rebuilt")
		b.ReportMetric(float64(total+news)/took.Seconds(), "entities/s")
		b.ReportMetric(float64(int64(heap())-int64(before))/(1<<20), "MB")
		cancel()
		require.NoError(b, <-ended)
		deps.Bus.Close()
		b.StartTimer()
	}
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
