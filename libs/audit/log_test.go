package audit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// clock is a time that tests set.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return time.UnixMilli(c.at.Load()) }

func backend(tb testing.TB) *sqlite.Backend {
	tb.Helper()
	b, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "audit.db"))
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = b.Close() })
	return b
}

// process is a log as another process on the same database has it.
func process(tb testing.TB, b document.Backend, now func() time.Time) *Log {
	tb.Helper()
	l, err := Open(tb.Context(), document.NewStore(b, "test", now), now)
	require.NoError(tb, err)
	return l
}

func record(owner tenant.ID, subject, action string) access.Record {
	return access.Record{Tenant: owner, Subject: subject, Action: action, ResourceType: "thing", ResourceID: "1", Allowed: true}
}

func all(t *testing.T, l *Log, owner tenant.ID) []Entry {
	t.Helper()
	var list []Entry
	for e, err := range l.Entries(tenant.With(t.Context(), owner)) {
		require.NoError(t, err)
		list = append(list, e)
	}
	return list
}

func intact(t *testing.T, l *Log, owner tenant.ID, known ...Head) Finding {
	t.Helper()
	found, err := l.Verify(tenant.With(t.Context(), owner), known...)
	require.NoError(t, err)
	require.True(t, found.Intact(), "%+v", found)
	return found
}

// TestManyProcessesWriteOneChain has three processes write into two chains at once, and finds each entry once.
func TestManyProcessesWriteOneChain(t *testing.T) {
	const writers, each = 20, 5
	b := backend(t)
	var group sync.WaitGroup
	for p := range 3 {
		l := process(t, b, time.Now)
		for w := range writers {
			group.Go(func() {
				for i := range each {
					owner := []tenant.ID{school, other}[(w+i)%2]
					if err := l.Record(t.Context(), record(owner, fmt.Sprintf("%d/%d/%d", p, w, i), "thing.do")); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	group.Wait()
	l := process(t, b, time.Now)
	seen := map[string]int{}
	for _, owner := range []tenant.ID{school, other} {
		list := all(t, l, owner)
		require.Equal(t, int64(len(list)), intact(t, l, owner).Head.Seq)
		for _, e := range list {
			require.Equal(t, owner, e.Tenant)
			seen[e.Subject]++
		}
	}
	require.Len(t, seen, 3*writers*each)
	for subject, n := range seen {
		require.Equal(t, 1, n, subject)
	}
	tenants, err := l.Tenants(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, []tenant.ID{school, other}, tenants)
}

func TestTimeNeverRunsBackInAChain(t *testing.T) {
	b, c := backend(t), &clock{}
	for _, at := range []int64{5000, 3000, 6000} {
		c.at.Store(at)
		require.NoError(t, process(t, b, c.now).Record(t.Context(), record(school, "p", "thing.do")))
	}
	l := process(t, b, c.now)
	intact(t, l, school)
	var times []int64
	for _, e := range all(t, l, school) {
		times = append(times, e.At.UnixMilli())
	}
	require.Equal(t, []int64{5000, 5000, 6000}, times)
}

// TestTamperingWithTheStoreIsFound changes the documents beneath a chain.
func TestTamperingWithTheStoreIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(*testing.T, context.Context, *Log)
		bad    int64
	}{
		"a subject":       {edit(4, func(b *block) { b.Entries[0].Subject = "somebody" }), 4},
		"a decision":      {edit(4, func(b *block) { b.Entries[0].Decision = Denied }), 4},
		"a time":          {edit(4, func(b *block) { b.At = b.At.Add(time.Second) }), 4},
		"a previous hash": {edit(4, func(b *block) { b.Previous = "" }), 4},
		"an entry added":  {edit(4, func(b *block) { b.Entries = append(b.Entries, b.Entries[0]) }), 5},
		"an entry gone":   {edit(4, func(b *block) { b.Entries = nil }), 4},
		"a block moved":   {edit(4, func(b *block) { b.First = 40 }), 4},
		"a block gone": {func(t *testing.T, ctx context.Context, l *Log) {
			require.NoError(t, l.blocks.Erase(ctx, block{First: 4}.id()))
		}, 4},
		"the end gone": {func(t *testing.T, ctx context.Context, l *Log) {
			require.NoError(t, l.blocks.Erase(ctx, block{First: 9}.id()))
		}, 9},
	} {
		t.Run(name, func(t *testing.T) {
			l := process(t, backend(t), time.Now)
			for i := range 9 {
				require.NoError(t, l.Record(t.Context(), record(school, fmt.Sprint("p", i), "thing.do")))
			}
			head := intact(t, l, school).Head
			ctx := tenant.With(t.Context(), school)
			c.tamper(t, ctx, l)
			found, err := l.Verify(ctx, head)
			require.NoError(t, err)
			require.False(t, found.Intact())
			require.Equal(t, c.bad, found.Bad, "%+v", found)
		})
	}
}

func edit(first int64, change func(*block)) func(*testing.T, context.Context, *Log) {
	return func(t *testing.T, ctx context.Context, l *Log) {
		_, err := l.blocks.Update(ctx, block{First: first}.id(), func(b *block) ([]events.Event, error) {
			change(b)
			return nil, nil
		})
		require.NoError(t, err)
	}
}

func TestWhatIsNotDurableIsAnError(t *testing.T) {
	b := backend(t)
	l := process(t, b, time.Now)
	require.Error(t, l.Record(t.Context(), record("", "p", "thing.do")), "no tenant")
	for _, text := range []string{strings.Repeat("x", 201), "a\nb", "\xff"} {
		require.Error(t, l.Record(t.Context(), record(school, text, "thing.do")), "%q is no identifier", text)
	}
	ended, cancel := context.WithCancel(t.Context())
	require.NoError(t, l.Record(ended, record(school, "p", "thing.do")))
	require.NoError(t, b.Close())
	require.Error(t, l.Record(t.Context(), record(school, "p", "thing.do")))
	cancel()
	require.Error(t, l.Record(ended, record(school, "p", "thing.do")))
}

// TestSearch holds every filter against a walk through the whole chain.
func TestSearch(t *testing.T) {
	c := &clock{}
	l := process(t, backend(t), c.now)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 120 {
		c.at.Store(int64(1000 + i/3*10))
		pick := func(of ...string) string { return of[random.IntN(len(of))] }
		require.NoError(t, l.Record(t.Context(), record(school, pick("a", "b"), pick("thing.do", "thing.undo"))))
	}
	require.NoError(t, l.Record(t.Context(), record(other, "a", "thing.do")))
	chain := all(t, l, school)
	ctx := tenant.With(t.Context(), school)
	at := func(ms int64) time.Time { return time.UnixMilli(ms) }
	for _, f := range []Filter{
		{}, {Action: "thing.do"}, {Subject: "b"}, {Action: "thing.undo", Subject: "a"}, {Subject: "nobody"},
		{From: at(1100)}, {To: at(1100)}, {From: at(1100), To: at(1101), Subject: "a"}, {From: at(1095), To: at(1255), Action: "thing.do"},
		{From: at(9000)}, {To: at(1)}, {To: at(9000)}, {From: at(1200), To: at(1100)},
	} {
		var want, got []Entry
		for i := len(chain) - 1; i >= 0; i-- {
			e := chain[i]
			if f.wants(e) && (f.From.IsZero() || !e.At.Before(f.From)) && (f.To.IsZero() || e.At.Before(f.To)) {
				want = append(want, e)
			}
		}
		f.Limit = 7
		for pages := 0; ; pages++ {
			require.Less(t, pages, 20)
			page, err := l.Search(ctx, f)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page.Entries), f.Limit)
			got = append(got, page.Entries...)
			if f.Cursor = page.Next; f.Cursor == "" {
				break
			}
		}
		f.Cursor = ""
		require.Equal(t, want, got, "%+v", f)
	}
	for _, cursor := range []string{"x", "0", "-3", "99999999999999999999"} {
		_, err := l.Search(ctx, Filter{Limit: 1, Cursor: cursor})
		require.Equal(t, failure.CursorInvalid, failure.CodeOf(err), cursor)
	}
	_, err := l.Search(t.Context(), Filter{Limit: 1})
	require.True(t, errors.Is(err, tenant.ErrMissing))
}

// BenchmarkRecord tells what one tenant's chain takes, from one caller and from many at once.
func BenchmarkRecord(b *testing.B) {
	for _, callers := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			l := process(b, backend(b), time.Now)
			ctx := b.Context()
			var left atomic.Int64
			left.Store(int64(b.N))
			b.ResetTimer()
			var group sync.WaitGroup
			for range callers {
				group.Go(func() {
					for left.Add(-1) >= 0 {
						if err := l.Record(ctx, record(school, "p", "thing.do")); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			group.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// BenchmarkVerify tells how fast a stored chain is checked.
func BenchmarkVerify(b *testing.B) {
	l := process(b, backend(b), time.Now)
	const entries = 20_000
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			for range entries / 64 {
				if err := l.Record(b.Context(), record(school, "p", "thing.do")); err != nil {
					b.Error(err)
				}
			}
		})
	}
	group.Wait()
	ctx := tenant.With(b.Context(), school)
	b.ResetTimer()
	for b.Loop() {
		found, err := l.Verify(ctx)
		if err != nil || !found.Intact() {
			b.Fatal(found, err)
		}
	}
	b.ReportMetric(entries/64*64*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// What is told again, by the same process or another and however often at once, stands once; what nobody tells again
// stands beside it.
func TestWhatIsToldAgainStandsOnce(t *testing.T) {
	b := backend(t)
	var group sync.WaitGroup
	for range 3 {
		l := process(t, b, time.Now)
		for source := range 8 {
			for range 4 {
				group.Go(func() {
					if err := l.RecordOnce(t.Context(), fmt.Sprint("event ", source), record(school, fmt.Sprint(source), "thing.told")); err != nil {
						t.Error(err)
					}
				})
			}
			group.Go(func() {
				if err := l.Record(t.Context(), record(school, "own", "thing.do")); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	l := process(t, b, time.Now)
	require.NoError(t, l.RecordOnce(t.Context(), "event 3", record(school, "3", "thing.told")))
	require.NoError(t, l.RecordOnce(t.Context(), "event 3", record(other, "3", "thing.told")), "another tenant's")
	intact(t, l, school)
	count := map[string]int{}
	for _, e := range all(t, l, school) {
		count[e.Subject]++
	}
	require.Equal(t, 24, count["own"])
	for source := range 8 {
		require.Equal(t, 1, count[fmt.Sprint(source)])
	}
	require.Len(t, all(t, l, other), 1)
}
