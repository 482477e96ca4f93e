package notification

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/failure"
)

func wall(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("Mon 2006-01-02 15:04", s, copenhagen)
	require.NoError(t, err)
	return at
}

func TestNextOpenHour(t *testing.T) {
	all := []int{1, 2, 3, 4, 5, 6, 7}
	for _, c := range []struct {
		name     string
		hours    OpenHours
		at, want string
	}{
		{"open already", usualHours, "Mon 2026-11-23 12:30", "Mon 2026-11-23 12:30"},
		{"the first minute is open", usualHours, "Mon 2026-11-23 07:00", "Mon 2026-11-23 07:00"},
		{"the last is not", usualHours, "Mon 2026-11-23 16:00", "Tue 2026-11-24 07:00"},
		{"before school", usualHours, "Mon 2026-11-23 06:59", "Mon 2026-11-23 07:00"},
		{"over the weekend", usualHours, "Fri 2026-11-27 16:01", "Mon 2026-11-30 07:00"},
		{"on Sunday", usualHours, "Sun 2026-11-29 10:00", "Mon 2026-11-30 07:00"},
		{"into summer time", usualHours, "Fri 2026-03-27 18:00", "Mon 2026-03-30 07:00"},
		{"into winter time", usualHours, "Fri 2026-10-23 18:00", "Mon 2026-10-26 07:00"},
		{"opening in the skipped hour", OpenHours{"02:30", "16:00", all}, "Sun 2026-03-29 01:00", "Sun 2026-03-29 03:00"},
		{"the skipped hour is all there is", OpenHours{"02:00", "03:00", all}, "Sun 2026-03-29 01:00", "Mon 2026-03-30 02:00"},
		{"never closed", OpenHours{"00:00", "24:00", all}, "Sat 2026-11-28 23:59", "Sat 2026-11-28 23:59"},
		{"one day a week", OpenHours{"07:00", "08:00", []int{3}}, "Wed 2026-11-25 08:00", "Wed 2026-12-02 07:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NoError(t, c.hours.Validate())
			require.WithinDuration(t, wall(t, c.want), c.hours.Next(wall(t, c.at)), 0)
		})
	}
}

func TestTheHourThatComesTwiceIsOpenTwice(t *testing.T) {
	night := OpenHours{"02:00", "03:00", []int{7}}
	first := time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC) // 02:00 summer time
	require.True(t, night.Open(first))
	require.True(t, night.Open(first.Add(time.Hour)), "02:00 winter time")
	require.False(t, night.Open(first.Add(2*time.Hour)))
}

// Next against the definition: it is open, and no minute before it is.
func TestNextIsTheFirstOpenMinute(t *testing.T) {
	starts := []time.Time{
		time.Date(2026, 3, 26, 0, 0, 0, 0, time.UTC), // three days before summer time begins
		time.Date(2026, 10, 22, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 12, 28, 0, 0, 0, 0, time.UTC),
		time.Date(2028, 2, 26, 0, 0, 0, 0, time.UTC),
	}
	rapid.Check(t, func(rt *rapid.T) {
		from := rapid.IntRange(0, 24*60-1).Draw(rt, "from")
		to := rapid.IntRange(from+1, 24*60).Draw(rt, "to")
		h := OpenHours{
			From: fmt.Sprintf("%02d:%02d", from/60, from%60), To: fmt.Sprintf("%02d:%02d", to/60, to%60),
			Weekdays: rapid.SliceOfNDistinct(rapid.IntRange(1, 7), 1, 7, rapid.ID).Draw(rt, "weekdays"),
		}
		require.NoError(rt, h.Validate())
		at := rapid.SampledFrom(starts).Draw(rt, "near").Add(time.Duration(rapid.IntRange(0, 5*24*60).Draw(rt, "minutes")) * time.Minute)

		want := at
		for !h.Open(want) {
			want = want.Add(time.Minute)
		}
		got := h.Next(at)
		require.WithinDuration(rt, want, got, 0)
		require.WithinDuration(rt, got, h.Next(got), 0, "an open time is its own next")
	})
}

func TestHoursThatAreRefused(t *testing.T) {
	for name, h := range map[string]OpenHours{
		"open_from": {"7:00", "16:00", []int{1}}, "open_to": {"07:00", "07:00", []int{1}}, "weekdays": {"07:00", "16:00", []int{1, 1}},
	} {
		err := h.Validate()
		require.Equal(t, failure.RequestInvalid, failure.CodeOf(err))
		require.ErrorContains(t, err, name)
	}
	for _, h := range []OpenHours{
		{}, {"24:00", "24:00", []int{1}}, {"07:00", "25:00", []int{1}}, {"07:00", "16:00", nil}, {"07:00", "16:00", []int{0}},
		{"07:00", "16:00", []int{8}}, {"16:00", "07:00", []int{1}}, {"ab:cd", "16:00", []int{1}},
	} {
		require.Error(t, h.Validate(), "%+v", h)
	}
}
