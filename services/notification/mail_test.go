package notification

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var morning = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC) // a Tuesday, 10:00 in Denmark

// Whatever order things come in, with every step repeated at will, an item is in exactly one place and goes out in
// exactly one mail, and a mail on its way keeps its id.
func TestABagNeitherLosesNorDoublesAnItem(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := Bag{PersonID: "p"}
		now := morning
		put, sent := map[string]bool{}, map[string]int{}
		var sealed string
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			now = now.Add(time.Minute)
			switch rapid.IntRange(0, 3).Draw(rt, "step") {
			case 0:
				item := fmt.Sprint(rapid.IntRange(0, 15).Draw(rt, "item"))
				b.Put(item, now)
				put[item] = true
			case 1:
				require.Equal(rt, b.Pending && (b.Sealed == nil || !now.Before(b.Sealed.Until)), b.Claim(now))
			case 2:
				if b.Sealed != nil {
					items := slices.Clone(b.Sealed.Items)
					require.True(rt, b.Done(b.Sealed.ID, now))
					for _, item := range items {
						sent[item]++
					}
					sealed = ""
				}
				require.False(rt, b.Done("another mail", now))
			case 3:
				if b.Sealed != nil {
					require.False(rt, b.Failed(b.Sealed.ID, now))
					require.True(rt, b.DueAt.After(now))
				}
			}
			places := slices.Clone(b.Waiting)
			if b.Sealed != nil {
				require.True(rt, sealed == "" || sealed == b.Sealed.ID, "the mail changed its id")
				sealed = b.Sealed.ID
				places = append(places, b.Sealed.Items...)
			}
			for item, times := range sent {
				require.Equal(rt, 1, times)
				places = append(places, item)
			}
			require.Len(rt, places, len(put))
			require.Equal(rt, len(b.Waiting) > 0 || b.Sealed != nil, b.Pending, "something waits and nobody looks, or the reverse")
		}
	})
}

func TestTheFirstItemSaysWhenABagIsDue(t *testing.T) {
	var b Bag
	b.Put("a", morning)
	b.Put("b", morning.Add(time.Hour))
	require.Equal(t, morning, b.DueAt)
}

func TestTheSameBundleHasTheSameID(t *testing.T) {
	one, two := Bag{PersonID: "p"}, Bag{PersonID: "q"}
	for _, b := range []*Bag{&one, &two} {
		b.Put("a", morning)
		b.Claim(morning)
	}
	require.NotEqual(t, one.Sealed.ID, two.Sealed.ID)
	again := Bag{PersonID: "p"}
	again.Put("a", morning.Add(time.Hour))
	again.Claim(morning.Add(2 * time.Hour))
	require.Equal(t, one.Sealed.ID, again.Sealed.ID)
}

func TestAMailIsGivenUpAfterFiveDays(t *testing.T) {
	var b Bag
	b.Put("a", morning)
	b.Claim(morning)
	now, last := morning, time.Duration(0)
	for !b.Failed(b.Sealed.ID, now) {
		wait := b.DueAt.Sub(now)
		require.GreaterOrEqual(t, wait, last, "pauses grow")
		now, last = b.DueAt, wait
	}
	require.GreaterOrEqual(t, now.Sub(morning), 5*24*time.Hour)
	require.Less(t, now.Sub(morning), 5*24*time.Hour+2*time.Hour)
}
