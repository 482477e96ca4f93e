package dialogue

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// BenchmarkSealedContribution is one person's contribution, from the request to the durable answer.
func BenchmarkSealedContribution(b *testing.B) {
	w := newWorld(b)
	people := w.crowd(150)
	tb := w.prepare(people, nil).lead("/open", nil).begin("reflect")
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		person := people[i%len(people)]
		if i >= len(people)*maxOwn { // everybody has written all that there is room for
			tb.write(person, "reflect", "Endnu en")
			continue
		}
		tb.write(person, "reflect", fmt.Sprintf("Ytring %d om den digitale hverdag", i)).ok()
	}
}

// BenchmarkCommandToVisible is a facilitator's command with 150 people following; it reports how long until half, 95 %
// and all of them have it on their screens.
func BenchmarkCommandToVisible(b *testing.B) {
	const followers = 150
	w := newWorld(b, func(w *world) { w.tcp = true })
	people := w.crowd(followers)
	tb := w.prepare(people, nil).lead("/open", nil)
	var phones []*follower
	for _, person := range people {
		f := tb.follow(person, "")
		f.next()
		phones = append(phones, f)
	}
	tb.begin("checkin")
	for _, f := range phones {
		f.next()
	}
	var all []time.Duration
	for b.Loop() {
		began := time.Now()
		tb.run("checkin", "/extend", map[string]any{"minutes": 1})
		seen := make(chan time.Duration, followers)
		for _, f := range phones {
			go func() { f.next(); seen <- time.Since(began) }()
		}
		for range phones {
			all = append(all, <-seen)
		}
	}
	slices.Sort(all)
	at := func(share float64) float64 { return float64(all[int(share*float64(len(all)-1))].Milliseconds()) }
	b.ReportMetric(at(.5), "p50-ms")
	b.ReportMetric(at(.95), "p95-ms")
	b.ReportMetric(at(1), "max-ms")
}
