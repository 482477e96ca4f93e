package document

import (
	"context"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// openable is a backend whose collections hold records in memory, as far as a lease needs them to.
type openable struct{ held *held }

func (o openable) Open(context.Context, Schema) (Records, error) { return o.held, nil }
func (o openable) Ping(context.Context) error                    { return nil }

type held struct {
	Records
	mu      sync.Mutex
	records map[Key]Record
}

func newHeld() *held { return &held{records: map[Key]Record{}} }

func (h *held) Get(_ context.Context, key Key) (Record, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r, ok := h.records[key]
	if !ok {
		return Record{}, ErrNotFound
	}
	return r, nil
}

func (h *held) Insert(_ context.Context, r Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, taken := h.records[r.Key]; taken {
		return ErrDuplicate
	}
	h.records[r.Key] = r
	return nil
}

func (h *held) Replace(_ context.Context, key Key, revision int64, c Change) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.records[key]
	if r.Revision != revision {
		return ErrStale
	}
	r.Revision, r.Body = revision+1, c.Body
	h.records[key] = r
	return nil
}

func TestLeaseIsHeldByOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		records := newHeld()
		var order []string
		var group sync.WaitGroup
		for _, name := range []string{"a", "b"} {
			store := NewStore(openable{records}, "test", time.Now)
			group.Go(func() {
				require.NoError(t, store.exclusively(t.Context(), "work", func(ctx context.Context) error {
					order = append(order, name)
					require.NoError(t, wait(ctx, 5*leaseTime), "it is renewed while the work goes on")
					order = append(order, name)
					return nil
				}))
			})
		}
		group.Wait()
		require.Len(t, order, 4)
		require.Equal(t, order[0], order[1])
		require.Equal(t, order[2], order[3])
	})
}

func TestLeaseOfADeadHolderRunsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		records := newHeld()
		dead := NewStore(openable{records}, "test", time.Now)
		taken, err := dead.hold(t.Context(), records, Key{ID: "work"}, "dead", leaseTime)
		require.NoError(t, err)
		require.True(t, taken)
		began := time.Now()
		store := NewStore(openable{records}, "test", time.Now)
		require.NoError(t, store.exclusively(t.Context(), "work", func(context.Context) error { return nil }))
		require.GreaterOrEqual(t, time.Since(began), leaseTime)
	})
}

func TestWorkEndsWhenItsLeaseIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		records := newHeld()
		store := NewStore(openable{records}, "test", time.Now)
		err := store.exclusively(t.Context(), "work", func(ctx context.Context) error {
			records.mu.Lock()
			stolen := maps.Clone(records.records)
			r := stolen[Key{ID: "work"}]
			body, err := marshal(lease{"thief", time.Now().Add(time.Hour)})
			require.NoError(t, err)
			r.Body, r.Revision = body, r.Revision+1
			stolen[r.Key] = r
			records.records = stolen
			records.mu.Unlock()
			<-ctx.Done()
			return ctx.Err()
		})
		require.ErrorContains(t, err, "lost the lease work")
	})
}

func TestLeaseIsNotWaitedForLongerThanTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		records := newHeld()
		store := NewStore(openable{records}, "test", time.Now)
		_, err := store.hold(t.Context(), records, Key{ID: "work"}, "other", leaseTime)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err = store.exclusively(ctx, "work", func(context.Context) error { return nil })
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
