package sqlite

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// many is how many documents there are in a benchmark's collection, half of them of other tenants.
const many = 20_000

func benchmark(b *testing.B) (context.Context, *document.Store, *document.Collection[task]) {
	b.Helper()
	store := document.NewStore(open(b, filepath.Join(b.TempDir(), "documents.db")), "bench", time.Now)
	collection, err := document.Open[task](b.Context(), store, tasks)
	require.NoError(b, err)
	ctx, other := tenant.With(b.Context(), tenant.New()), tenant.With(b.Context(), tenant.New())
	var group sync.WaitGroup
	for worker := range 64 {
		group.Go(func() {
			for i := worker; i < many; i += 64 {
				owner := ctx
				if i%2 == 1 {
					owner = other
				}
				_, err := collection.Insert(owner, number(i), task{Title: fmt.Sprint(i), State: "open", Due: time.UnixMilli(int64(i))})
				require.NoError(b, err)
			}
		})
	}
	group.Wait()
	b.ReportAllocs()
	b.ResetTimer()
	return ctx, store, collection
}

func number(i int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", i) }

func BenchmarkGet(b *testing.B) {
	ctx, _, collection := benchmark(b)
	for i := 0; b.Loop(); i++ {
		if _, err := collection.Get(ctx, number(2*i%many)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFindPage(b *testing.B) {
	ctx, _, collection := benchmark(b)
	q := document.Query{Index: "by_state", Equal: []any{"open"}}
	for b.Loop() {
		page, err := collection.Find(ctx, q)
		if err != nil || len(page.Items) != document.DefaultLimit {
			b.Fatal(len(page.Items), err)
		}
		q.Cursor = page.Next
	}
}

func BenchmarkUpdate(b *testing.B) {
	ctx, _, collection := benchmark(b)
	for i := 0; b.Loop(); i++ {
		if err := touch(ctx, collection, number(2*i%many)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUpdateByMany is an Update by 32 at once, each of another document.
func BenchmarkUpdateByMany(b *testing.B) {
	ctx, _, collection := benchmark(b)
	var next atomic.Int64
	b.SetParallelism(16) // for each of two processors
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := touch(ctx, collection, number(2*int(next.Add(1))%many)); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkRelay is an Update with an event by 32 at once, until the event is published and acknowledged.
func BenchmarkRelay(b *testing.B) {
	ctx, store, collection := benchmark(b)
	ctx, cancel := context.WithCancel(ctx)
	var published atomic.Int64
	var group sync.WaitGroup
	group.Go(func() {
		_ = store.Relay(func(_ context.Context, envelopes ...events.Envelope) error {
			published.Add(int64(len(envelopes)))
			return nil
		}, slog.New(slog.DiscardHandler)).Run(ctx) // it ends with the context and has no other error
	})
	var next atomic.Int64
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			id := number(2 * int(next.Add(1)) % many)
			if _, err := collection.Update(ctx, id, func(*task) ([]events.Event, error) { return []events.Event{registered(id)}, nil }); err != nil {
				b.Error(err)
			}
		}
	})
	require.Eventually(b, func() bool { return published.Load() >= int64(b.N) }, time.Minute, time.Millisecond)
	cancel()
	group.Wait()
}

// touch changes a document.
func touch(ctx context.Context, collection *document.Collection[task], id string) error {
	_, err := collection.Update(ctx, id, func(t *task) ([]events.Event, error) {
		t.Due = t.Due.Add(time.Minute)
		return nil, nil
	})
	return err
}
