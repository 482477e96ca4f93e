package document

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func ref(id string) reference { return reference{"things", Key{ID: id}} }

func TestQueueHoldsADocumentOnce(t *testing.T) {
	q := newQueue()
	q.add(ref("a"), nil)
	q.add(ref("a"), nil)
	q.add(ref("b"), nil)
	first, _, ok := q.take()
	require.True(t, ok)
	require.Equal(t, ref("a"), first)

	q.add(ref("a"), nil) // while a worker has it
	q.add(ref("a"), nil)
	second, _, _ := q.take()
	require.Equal(t, ref("b"), second)
	_, _, ok = q.take()
	require.False(t, ok, "nobody else gets a document that a worker has")

	q.done(ref("b"))
	q.done(ref("a"))
	again, _, ok := q.take()
	require.True(t, ok, "there was news")
	require.Equal(t, ref("a"), again)
	q.done(ref("a"))
	_, _, ok = q.take()
	require.False(t, ok)
	require.Empty(t, q.turns)
}

func TestQueueIsBounded(t *testing.T) {
	q := newQueue()
	for i := range maxWaiting + 10 {
		q.add(ref(strconv.Itoa(i)), nil)
	}
	require.Len(t, q.waiting, maxWaiting)
	require.Len(t, q.turns, maxWaiting)
}

func TestQueueLetsAFailedDocumentRestLongerEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		q.add(ref("a"), nil)
		most := firstRest
		for range 12 {
			_, _, ok := q.take()
			require.True(t, ok)
			pause := q.failed(ref("a"))
			require.GreaterOrEqual(t, pause, most/2)
			require.Less(t, pause, most)
			q.add(ref("a"), nil)
			_, _, ok = q.take()
			require.False(t, ok, "news does not shorten the rest")
			<-time.After(pause)
			synctest.Wait()
			most = min(2*most, longestRest)
		}
	})
}

func TestLaneLetsOneInAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes()
		leave := l.enter(t.Context(), ref("a"))
		l.enter(t.Context(), ref("b"))() // another document's lane is free

		entered := false
		go func() {
			defer l.enter(t.Context(), ref("a"))()
			entered = true
		}()
		synctest.Wait()
		require.False(t, entered)
		leave()
		synctest.Wait()
		require.True(t, entered)
		require.Empty(t, l.lanes)
	})
}

func TestLaneIsNotWaitedForTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes()
		leave := l.enter(t.Context(), ref("a"))
		began := time.Now()
		l.enter(t.Context(), ref("a"))()
		require.Equal(t, longestQueue, time.Since(began))

		ctx, cancel := context.WithTimeout(t.Context(), longestQueue/2)
		defer cancel()
		began = time.Now()
		l.enter(ctx, ref("a"))()
		require.Equal(t, longestQueue/2, time.Since(began))
		leave()
		require.Empty(t, l.lanes)
	})
}
