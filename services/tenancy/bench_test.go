package tenancy

import (
	"fmt"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
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
		began, spent := time.Now(), cpu(b)
		checked := read[tenancyapi.Import](b, w.bring("people", staff.String()))
		b.ReportMetric(time.Since(began).Seconds(), "s-check")
		ctx := tenant.With(b.Context(), w.north)
		applying, err := w.service.store.imports.UpdateAt(ctx, checked.ImportID, checked.Revision, func(i *listImport) ([]events.Event, error) {
			return nil, i.apply(false)
		})
		require.NoError(b, err)
		w.service.importing <- struct{}{}
		require.EventuallyWithT(b, func(c *assert.CollectT) { // asked of the store: the harness's checks of each answer take long
			applying, err = w.service.store.imports.Get(ctx, checked.ImportID)
			require.NoError(c, err)
			require.Equal(c, importApplied, applying.Body.Status)
		}, 5*time.Minute, 50*time.Millisecond)
		require.Equal(b, people, applying.Body.Done)
		b.ReportMetric(people/time.Since(began).Seconds(), "people/s")
		b.ReportMetric((cpu(b) - spent).Seconds(), "cpu-s")
		b.StopTimer()
		require.Eventually(b, func() bool { return w.headcounted(w.north) >= people }, 5*time.Minute, time.Second)
		b.ReportMetric(time.Since(began).Seconds(), "s-counted")
		b.StartTimer()
	}
}

// BenchmarkSCIM reads pages and looks people up among 20,000, then brings 400 more at a time, one request after the other as
// Entra ID does and sixteen at a time.
func BenchmarkSCIM(b *testing.B) {
	const people, more = 20_000, 400
	w := newWorld(b)
	system := w.identitySystem()
	provide := func(from, to, together int) {
		ctx := access.WithSubject(tenant.With(b.Context(), w.north), system.subject)
		var work errgroup.Group
		work.SetLimit(together)
		for i := from; i < to; i++ {
			work.Go(func() error {
				in := scim.Attributes{UserName: fmt.Sprintf("p%d@nordby.dk", i), ExternalID: fmt.Sprint(i), Name: "Person Nummer", Active: true}
				plain, err := scimProfile(&in)
				if err == nil {
					_, err = w.service.provision(ctx, w.north, plain, in)
				}
				return err
			})
		}
		require.NoError(b, work.Wait())
	}
	provide(0, people, importWriters)
	for name, query := range map[string]url.Values{
		"first page of 100":   {"count": {"100"}},
		"last page of 100":    {"count": {"100"}, "startIndex": {fmt.Sprint(people - 100)}},
		"filter by userName":  {"filter": {`userName eq "p4711@nordby.dk"`}},
		"filter by number":    {"filter": {`externalId eq "4711"`}},
		"active, count alone": {"filter": {"active eq true"}, "count": {"0"}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w.users(system, query)
			}
		})
	}
	next := people
	for _, together := range []int{1, 16} {
		b.Run(fmt.Sprintf("create, %d at a time", together), func(b *testing.B) {
			for b.Loop() {
				provide(next, next+more, together)
				next += more
			}
			b.ReportMetric(float64(b.N*more)/b.Elapsed().Seconds(), "users/s")
		})
	}
	b.Run("create by request", func(b *testing.B) {
		for b.Loop() {
			read[scim.User](b, w.scim(system, "POST", "/Users", entraUser(fmt.Sprint(next), fmt.Sprintf("p%d@nordby.dk", next), "Person Nummer")))
			next++
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "users/s")
	})
}

// headcounted is the sum of the headcounts of an operator's schools.
func (w *world) headcounted(operator tenant.ID) int {
	w.t.Helper()
	sum, ctx := 0, access.WithSubject(w.t.Context(), access.Service(Name))
	for school, err := range w.service.store.children.All(ctx, document.Query{Index: "by_parent", Equal: []any{string(operator)}}) {
		require.NoError(w.t, err)
		for u, err := range w.service.store.units.All(tenant.With(ctx, school.Tenant), document.Query{Index: "by_name"}) {
			require.NoError(w.t, err)
			sum += u.Body.Headcount
		}
	}
	return sum
}

// cpu is the processor time that the process has taken, which is the same on a machine that others use, too.
func cpu(b *testing.B) time.Duration {
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
