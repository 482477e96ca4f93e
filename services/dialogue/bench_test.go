package dialogue

import (
	"fmt"
	"testing"
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
