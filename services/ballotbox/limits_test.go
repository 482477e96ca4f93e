package ballotbox

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

func newVote(version int) ballot.Vote {
	v := ballot.Vote{Version: version, Envelope: make([]byte, ballot.EnvelopeSize)}
	_, _ = rand.Read(v.Nullifier[:])
	_, _ = rand.Read(v.Envelope)
	return v
}

// A full disk refuses new answers in plain words, keeps what it has, and works again when there is room.
func TestAFullDisk(t *testing.T) {
	var log bytes.Buffer
	v, err := openVotes(filepath.Join(t.TempDir(), "round"), &health{logger: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	defer func() { require.NoError(t, v.close()) }()
	limit := func(pages string) {
		_, err := v.writer.conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+pages)
		require.NoError(t, err)
	}
	limit("40")
	var kept []ballot.Vote
	for {
		vote := newVote(1)
		if err = v.put(0, vote); err != nil {
			break
		}
		kept = append(kept, vote)
		require.Less(t, len(kept), 100)
	}
	require.Equal(t, failure.BallotStorageFull, failure.CodeOf(err))
	require.NotEmpty(t, kept)
	_, err = v.issue(token{person: make([]byte, 32), request: make([]byte, 32), signature: make([]byte, 1<<20)}, allowance{person: 1, unit: 5})
	require.Equal(t, failure.BallotStorageFull, failure.CodeOf(err))
	for _, vote := range kept {
		require.NoError(t, v.put(0, vote), "a repeat of what is kept needs no room")
	}
	limit("100000")
	require.NoError(t, v.put(0, newVote(1)))
	signature, err := v.issue(token{person: make([]byte, 32), request: make([]byte, 32), signature: []byte("s")}, allowance{person: 1, unit: 5})
	require.NoError(t, err)
	require.Equal(t, []byte("s"), signature)
	require.NoError(t, v.writer.stop())
	names, err := v.nullifiers(t.Context())
	require.NoError(t, err)
	require.Len(t, names[0], len(kept)+1)
	require.Equal(t, 1, strings.Count(log.String(), "storage takes nothing"), "said once, not for each request")
	require.Equal(t, 1, strings.Count(log.String(), "storage works again"))
}

func TestAFullQueueSaysWhenToComeAgain(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, ballot.KeyBits)
	require.NoError(t, err)
	signer, err := ballot.NewSigner(key)
	require.NoError(t, err)
	blinded := bytes.Repeat([]byte{1}, ballot.TokenSize)
	s := newSigners()
	s.queue = 3
	for range cap(s.slots) {
		s.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	for range 3 {
		go func() {
			_, err := s.sign(ctx, signer, blinded)
			ended <- err
		}()
	}
	require.Eventually(t, func() bool { return s.waiting.Load() == 3 }, time.Second, time.Millisecond)
	s.average.Store(int64(time.Second))
	_, err = s.sign(t.Context(), signer, blinded)
	require.Equal(t, failure.BallotBusy, failure.CodeOf(err))
	full := busy{}
	require.True(t, errors.As(err, &full))
	require.Equal(t, (3+cap(s.slots)-1)/cap(s.slots), full.seconds())
	require.Equal(t, 3, full.ahead)
	now := time.Now().Add(time.Hour) // the next ones are told to come after those who were told before
	for n := range 5 {
		next := s.turnAway(now)
		require.Equal(t, 3+n, next.ahead)
		require.Equal(t, time.Duration(3+n)*time.Second/time.Duration(cap(s.slots)), next.after)
	}
	require.Equal(t, 3, s.turnAway(now.Add(time.Hour)).ahead, "nobody waits for those whose turn has passed")
	cancel()
	for range 3 {
		require.ErrorIs(t, <-ended, context.Canceled)
	}
	<-s.slots
	signature, err := s.sign(t.Context(), signer, blinded)
	require.NoError(t, err)
	require.Len(t, signature, ballot.TokenSize)
	require.Zero(t, s.waiting.Load())
}

func TestShuffleIsFair(t *testing.T) {
	const runs, n = 24_000, 4
	counts := map[[n]int]int{}
	for range runs {
		order := [n]int{0, 1, 2, 3}
		shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
		counts[order]++
	}
	require.Len(t, counts, 24)
	var chi float64
	for _, c := range counts {
		d := float64(c) - runs/24
		chi += d * d / (runs / 24)
	}
	require.Less(t, chi, 60.0, "chi-squared with 23 degrees of freedom, p < 0.0001")
}

func TestShredLeavesNothing(t *testing.T) {
	require.NoError(t, shred(filepath.Join(t.TempDir(), "nothing")))
	dir := filepath.Join(t.TempDir(), "round")
	v, err := openVotes(dir, &health{logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.NoError(t, v.put(0, newVote(1)))
	require.NoError(t, v.close())
	require.NoError(t, destroyVotes(dir))
	require.NoDirExists(t, dir)
	require.NoError(t, destroyVotes(dir), "a repeat after a crash")
}

// A large round takes longer to close than anybody waits for an answer.
func TestClosingGoesOnWithoutWhoeverAsked(t *testing.T) {
	box, l := answering(t, crowd, 1)
	l.run(t)
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	for id := range box.rounds {
		result, err := box.close(gone, id)
		require.NoError(t, err)
		require.Equal(t, crowd, result.Units[0].Answers)
	}
}

// Files that are closed while a round is open come back by themselves, also under load.
func TestFilesRest(t *testing.T) {
	box, l := answering(t, crowd, 4)
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.run(t)
	}()
	for resting := true; resting; {
		require.NoError(t, box.rest())
		select {
		case <-done:
			resting = false
		default:
		}
	}
	for id, r := range box.rounds {
		require.NoError(t, box.rest())
		require.Nil(t, r.votes)
		result, err := box.close(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, crowd, result.Units[0].Answers)
	}
}
