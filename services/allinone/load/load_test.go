package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

func TestPercentileIsTheNearestRank(t *testing.T) {
	var hundred []time.Duration
	for i := 100; i > 0; i-- {
		hundred = append(hundred, time.Duration(i))
	}
	for name, c := range map[string]struct {
		values []time.Duration
		p      int
		want   time.Duration
	}{
		"none":            {nil, 50, 0},
		"one":             {[]time.Duration{7}, 99, 7},
		"middle of three": {[]time.Duration{9, 1, 5}, 50, 5},
		"lower of two":    {[]time.Duration{9, 1}, 50, 1},
		"half":            {hundred, 50, 50},
		"99 of 100":       {hundred, 99, 99},
		"99 of 50":        {hundred[:50], 99, 100},
		"all":             {hundred, 100, 100},
		"smallest":        {hundred, 0, 1},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, percentile(c.values, c.p)) })
	}
	require.EqualValues(t, 100, hundred[0], "what is measured stays in its order")
}

func TestStatCountsBehindTheName(t *testing.T) {
	took, err := parseStat("4711 (a) name (x) S 1 4711 4711 0 -1 4194560 900 0 2 0 123 45 0 0 20 0 9 0 100 1 2 3")
	require.NoError(t, err)
	require.Equal(t, 1680*time.Millisecond, took)
	for _, broken := range []string{"", "4711 (a) S 1", "4711 (a) S 1 2 3 4 5 6 7 8 9 10 eleven 12 13", "4711 (a) S 1 2 3 4 5 6 7 8 9 10 11 twelve 13"} {
		_, err := parseStat(broken)
		require.Error(t, err, broken)
	}
}

func TestStatusHasTheResidentMemory(t *testing.T) {
	bytes, err := parseStatus("Name:\tguldkorn\nVmHWM:\t  200000 kB\nVmRSS:\t  150000 kB\nRssAnon:\t 1 kB\n")
	require.NoError(t, err)
	require.EqualValues(t, 153_600_000, bytes)
	for _, broken := range []string{"", "VmRSS:\tmuch kB\n"} {
		_, err := parseStatus(broken)
		require.Error(t, err, broken)
	}
}

func TestTheTableSaysWhatIsMissed(t *testing.T) {
	var out strings.Builder
	require.NoError(t, render(&out, []figure{
		{name: "held", unit: "ms", value: 14.9, floor: 2, most: 15},
		{name: "not held", unit: "MB", value: 200, floor: 20, most: 200},
		{name: "ratio held", unit: "ms", value: 2, floor: 0.2, most: 10, times: true},
		{name: "ratio not held", unit: "ms", value: 2.1, floor: 0.2, most: 10, times: true},
		{name: "for information", unit: "/s", value: 812.4, floor: 3249.6},
	}))
	var lines []string
	for line := range strings.Lines(out.String()) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	require.Equal(t, []string{
		"measured floor ratio wanted",
		"held 14.9 ms 2.00 ms 7.45 x under 15 ms ok",
		"not held 200 MB 20.0 MB 10.0 x under 200 MB MISSED",
		"ratio held 2.00 ms 0.200 ms 10.0 x at most 10 x ok",
		"ratio not held 2.10 ms 0.200 ms 10.5 x at most 10 x MISSED",
		"for information 812 /s 3250 /s 0.250 x",
	}, lines)
}

func TestACrowdDoesEverythingOnceUntilSomethingFails(t *testing.T) {
	done := make([]bool, 100) // each is touched by one only, or the race detector tells
	each, all, err := crowd(t.Context(), 8, len(done), func(_ context.Context, i int) error {
		if done[i] {
			return errors.New("done twice")
		}
		done[i] = true
		return nil
	})
	require.NoError(t, err)
	require.NotContains(t, done, false)
	require.Len(t, each, len(done))
	require.Positive(t, all)

	broken := errors.New("broken")
	_, _, err = crowd(t.Context(), 8, 1000, func(ctx context.Context, i int) error {
		if i == 500 {
			return broken
		}
		return ctx.Err()
	})
	require.ErrorIs(t, err, broken)
}

// The floor takes the path and the answer of the ballot box, so that both are asked the same.
func TestTheFloorTakesAnAnswer(t *testing.T) {
	out, said := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serveFloor(ctx, t.TempDir(), said) }()
	var floor listening
	require.NoError(t, json.NewDecoder(out).Decode(&floor))
	answer := ballot.Answer{PublicKey: "key", Version: 1, Envelope: ballot.Encode64(make([]byte, ballot.EnvelopeSize))}
	body, err := answer.Encode()
	require.NoError(t, err)
	require.NoError(t, newTarget(floor.Listen).put(t.Context(), prepared{(&voter.Voter{}).Path(), body}))
	stop()
	require.NoError(t, <-ended)
}

func TestTheStoreKeepsTheNewest(t *testing.T) {
	s, err := openStore(t.TempDir())
	require.NoError(t, err)
	_, _, err = crowd(t.Context(), 8, 500, func(_ context.Context, i int) error { return s.put(entry{"same", i, []byte("body")}) })
	require.NoError(t, err)
	require.NoError(t, s.put(entry{"same", 1000, []byte("last")}))
	var count, version int
	require.NoError(t, s.conn.QueryRowContext(t.Context(), "SELECT count(*), max(version) FROM entries").Scan(&count, &version))
	require.Equal(t, []int{1, 1000}, []int{count, version})
	require.NoError(t, s.close())
}
