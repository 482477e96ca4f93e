package ballotbox_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// crowd runs fn n times, many at once.
func crowd(n int, fn func(i int)) {
	var waiting sync.WaitGroup
	next := make(chan int)
	for range 64 {
		waiting.Go(func() {
			for i := range next {
				fn(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	waiting.Wait()
}

func TestATokenIsCountedOnce(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 9})
	w.client.Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	anna := w.voter(r, "unit-a", "anna")
	require.NoError(t, anna.Answer(t.Context(), map[string]string{"core_task.meaning.gain": "0"}))
	second, err := anna.Sign(2, ballot.Encode64(make([]byte, ballot.EnvelopeSize)))
	require.NoError(t, err)
	body, path := encode(t, second), anna.Path()
	for range 4 { // 1000 replays, over three restarts
		crowd(250, func(int) {
			if code := w.put(path, body); code != "" {
				t.Errorf("a replay was refused: %s", code)
			}
		})
		w.restart()
		w.client.Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	}
	result := w.command(r, "close")
	require.Equal(t, 1, result.Units[0].Answers)
}

func TestOneSignatureWhenAllAskAtOnce(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 3})
	var issued, refused atomic.Int64
	ticket := w.ticket(r, "unit-a", "anna")
	crowd(32, func(int) {
		switch code := failure.CodeOf(voter.New(w.base, w.client).Fetch(t.Context(), ticket)); code {
		case "":
			issued.Add(1)
		case failure.BallotTokenIssued:
			refused.Add(1)
		default:
			t.Errorf("refused with %s", code)
		}
	})
	require.EqualValues(t, 1, issued.Load())
	require.EqualValues(t, 31, refused.Load())

	// And never more than the unit has staff, whatever tickets there are.
	issued.Store(0)
	crowd(32, func(i int) {
		err := voter.New(w.base, w.client).Fetch(t.Context(), w.ticket(r, "unit-a", fmt.Sprint("stuffed ", i)))
		switch code := failure.CodeOf(err); code {
		case "":
			issued.Add(1)
		case failure.BallotUnitExhausted:
		default:
			t.Errorf("refused with %s", code)
		}
	})
	require.EqualValues(t, 2, issued.Load())
}

func TestTheHighestVersionWins(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 1})
	w.client.Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	anna := w.voter(r, "unit-a", "anna")
	const versions = 1000
	bodies, envelopes := make([][]byte, versions), make([]string, versions)
	for i := range versions {
		content := ballot.Content{RoundID: r.id, Answers: map[string]string{"version": fmt.Sprint(i + 1)}}
		sealed, err := ballot.Seal(w.release.PublicKey().Bytes(), content)
		require.NoError(t, err)
		envelopes[i] = ballot.Encode64(sealed)
		signed, err := anna.Sign(i+1, envelopes[i])
		require.NoError(t, err)
		bodies[i] = encode(t, signed)
	}
	crowd(versions, func(i int) {
		if code := w.put(anna.Path(), bodies[i]); code != "" && code != failure.BallotVersionOld {
			t.Errorf("version %d was refused with %s", i+1, code)
		}
	})
	w.command(r, "close")
	_, answers := w.batch(r)
	require.Equal(t, "1000", answers["unit-a"][0].Answers["version"])
}
