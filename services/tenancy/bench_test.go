package tenancy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// BenchmarkImport checks and takes in 20,000 people, one employee's role each, in 200 schools. The time includes the
// dry run and, since the service goes on counting and publishing meanwhile, what of that falls into it.
func BenchmarkImport(b *testing.B) {
	const people, schools = 20_000, 200
	var places, staff strings.Builder
	places.WriteString("Institutionsnummer;Skole;Type;Enhed\n")
	for i := range schools {
		fmt.Fprintf(&places, "%d;Skole %d;Folkeskole;Hele skolen\n", 910000+i, i)
	}
	staff.WriteString(peopleHeading)
	for i := range people {
		fmt.Fprintf(&staff, "Person %d;p%d@skole.dk;person.%d;%d;%d;Hele skolen;Lærer;;\n", i, i, i, 1000+i, 910000+i%schools)
	}
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b)
		w.take(read[tenancyapi.Import](b, w.bring("schools", places.String())), false)
		b.StartTimer()
		began := time.Now()
		checked := read[tenancyapi.Import](b, w.bring("people", staff.String()))
		b.ReportMetric(time.Since(began).Seconds(), "s-check")
		if done := w.take(checked, false); done.Done != people {
			b.Fatalf("%d of %d", done.Done, people)
		}
		b.ReportMetric(people/time.Since(began).Seconds(), "people/s")
	}
}
