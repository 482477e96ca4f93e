package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestARushHasItsPeaks(t *testing.T) {
	r := rush{people: 1000, answers: 150_000, hour: time.Minute}
	all := r.arrivals()
	require.Len(t, all, r.answers)
	require.True(t, slices.IsSorted(all))
	require.Less(t, all[len(all)-1], r.hour)
	var perMinute [minutes]int
	for _, due := range all {
		perMinute[due*minutes/r.hour]++
	}
	for minute, n := range perMinute {
		if slices.Contains(peaks, minute) {
			require.InDelta(t, peakFactor*r.answers/minutes, n, 1)
		} else {
			require.InDelta(t, 150_000.0/3/56, n, 1)
		}
	}
}

func TestWhatIsLostOrDoubledIsCounted(t *testing.T) {
	for name, c := range map[string]struct {
		last, published []string
		lost, extra     int
	}{
		"all there":  {[]string{"a", "b"}, []string{"b", "a"}, 0, 0},
		"one lost":   {[]string{"a", "b"}, []string{"b"}, 1, 0},
		"an earlier": {[]string{"a", "b"}, []string{"b", "old"}, 1, 1},
		"twice":      {[]string{"a"}, []string{"a", "a"}, 0, 1},
	} {
		lost, extra := compare(c.last, c.published)
		require.Equal(t, []int{c.lost, c.extra}, []int{lost, extra}, name)
	}
}

func TestARushIsReportedByTheFewMinutes(t *testing.T) {
	var out strings.Builder
	r := rush{people: 1000, answers: 3, hour: 12 * time.Second}
	require.NoError(t, r.report(&out, []arrival{
		{due: 0, answered: 100 * time.Millisecond, waiting: 1}, {due: 500 * time.Millisecond, answered: 1200 * time.Millisecond, waiting: 2},
		{due: 11900 * time.Millisecond, answered: 12500 * time.Millisecond, waiting: 1},
	}))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 14)
	for n, want := range map[int]string{
		1: "0 to 5 2 1 100.0 ms 700.0 ms 2", 2: "5 to 10 0 1 0.0 ms 0.0 ms 0", 12: "55 to 60 1 0 600.0 ms 600.0 ms 1", 13: "after the hour 1",
	} {
		require.Equal(t, want, strings.Join(strings.Fields(lines[n]), " "))
	}
}

func TestARushFromTheCommandLine(t *testing.T) {
	r, err := parseRush([]string{"-people", "150000", "-answers", "150000", "-hour", "1h"})
	require.NoError(t, err)
	require.Equal(t, rush{150_000, 150_000, time.Hour}, r)
	for _, wrong := range [][]string{{"-people", "10"}, {"-people", "2000", "-answers", "1999"}, {"-hour", "1ms"}} {
		_, err := parseRush(wrong)
		require.Error(t, err)
	}
}
