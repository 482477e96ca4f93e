package documenttest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// together runs do n times at once and returns what each run returned.
func together(n int, do func(i int) error) []error {
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	failures := make([]error, n)
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-begin
			failures[i] = do(i)
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
	return failures
}

// succeeded counts the runs without an error and asserts the code of all others.
func succeeded(t *testing.T, failures []error, code failure.Code) (n int) {
	t.Helper()
	for _, err := range failures {
		if err == nil {
			n++
		} else {
			refusedAs(t, code, err)
		}
	}
	return n
}

func races(t *testing.T, backend document.Backend) {
	f := newFixture(t, backend)
	// Two stores on one database meet each other as two processes do.
	stores := []*fixture{f, reopen(t, backend, f.schema, f.ctx)}

	t.Run("lose no increment", func(t *testing.T) {
		const workers, each = 8, 100
		id := f.insert(t, person{})[0]
		for _, err := range together(workers, func(i int) error {
			for range each {
				_, err := stores[i%2].people.Update(f.ctx, id, func(p *person) ([]events.Event, error) {
					p.Count++
					return nil, nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		}) {
			require.NoError(t, err)
		}
		doc, err := f.people.Get(f.ctx, id)
		require.NoError(t, err)
		require.Equal(t, workers*each, doc.Body.Count)
		require.EqualValues(t, 1+workers*each, doc.Revision)
	})
	t.Run("lose no event", func(t *testing.T) {
		const workers, each = 8, 10
		id := f.insert(t, person{})[0]
		for _, err := range together(workers, func(i int) error {
			for range each {
				if _, err := stores[i%2].people.Update(f.ctx, id, count); err != nil {
					return err
				}
			}
			return nil
		}) {
			require.NoError(t, err)
		}
		r, err := f.records(t).Get(f.ctx, f.key(id))
		require.NoError(t, err)
		require.Len(t, r.Outbox, workers*each, "each change has its event")
		for i, out := range r.Outbox {
			require.EqualValues(t, i+2, out.Revision)
			require.EqualValues(t, i+2, out.Envelopes[0].Revision)
		}
	})
	t.Run("let one win at a revision", func(t *testing.T) {
		id := f.insert(t, person{})[0]
		for revision := int64(1); revision <= 20; revision++ {
			failures := together(8, func(i int) error {
				_, err := stores[i%2].people.UpdateAt(f.ctx, id, revision, count)
				return err
			})
			require.Equal(t, 1, succeeded(t, failures, failure.PreconditionFailed))
		}
	})
	t.Run("let one take a unique value", func(t *testing.T) {
		for i := range 20 {
			login := fmt.Sprintf("wanted %d", i)
			failures := together(8, func(int) error {
				_, err := f.people.Insert(f.ctx, uuid.NewString(), person{Login: login})
				return err
			})
			require.Equal(t, 1, succeeded(t, failures, failure.DocumentExists))
		}
	})
	t.Run("create once", func(t *testing.T) {
		for range 20 {
			cr := document.Creation{ID: uuid.NewString(), Request: "r"}
			var repeats atomic.Int32
			for _, err := range together(8, func(int) error {
				_, repeated, err := f.people.Create(f.ctx, cr, person{Login: cr.ID}, opened("created"))
				if repeated {
					repeats.Add(1)
				}
				return err
			}) {
				require.NoError(t, err)
			}
			require.EqualValues(t, 7, repeats.Load())
		}
	})
	t.Run("upsert once", func(t *testing.T) {
		id := uuid.NewString()
		for _, err := range together(8, func(i int) error {
			_, err := stores[i%2].people.Upsert(f.ctx, id, func(p *person, _ bool) ([]events.Event, error) {
				p.Login = id
				return count(p)
			})
			return err
		}) {
			require.NoError(t, err)
		}
		doc, err := f.people.Get(f.ctx, id)
		require.NoError(t, err)
		require.Equal(t, 8, doc.Body.Count)
	})
	t.Run("publish every event while documents change", func(t *testing.T) {
		const workers, each = 4, 25
		g := newFixture(t, backend)
		b := newBroker()
		g.relay(t, b)
		ids := g.insert(t, person{}, person{})
		for _, err := range together(workers, func(i int) error {
			for range each {
				if _, err := g.people.Update(g.ctx, ids[i%2], count); err != nil {
					return err
				}
			}
			return nil
		}) {
			require.NoError(t, err)
		}
		last := map[string]int64{}
		for _, e := range b.await(t, workers*each) {
			require.Equal(t, max(last[e.Subject], 1)+1, e.Revision, "in the order of the document's changes")
			last[e.Subject] = e.Revision
		}
		g.settled(t)
	})
}
