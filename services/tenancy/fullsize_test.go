package tenancy

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/mongo"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// The country: what the service is made for.
const (
	allMunicipalities = 98
	allSchools        = 2_000
	unitsOfEach       = 7
	allPeople         = 150_000
	setUpBy           = 256 // writers, who share commits
)

// country is the service with everybody in it.
type country struct {
	*bench
	municipalities []tenant.ID
	schools        []tenant.ID
	administrators []actor // of the municipalities
	leader         actor   // of the first school
}

// memory is a directory that no disk stands behind: what takes time here is the making of the country, and none of the
// figures depends on how fast a disk is.
func memory(b *testing.B) string {
	b.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "country")
	if err != nil {
		return b.TempDir()
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func newCountry(b *testing.B, backend func(dir string) document.Backend) *country {
	b.Helper()
	dir := memory(b)
	c := &country{bench: newBenchOn(b, dir, backend(dir))}
	ctx, st := b.Context(), c.service.store
	insert := func(work *errgroup.Group, do func() error) { work.Go(do) }
	place := func(work *errgroup.Group, o organisation) tenant.ID {
		id := tenant.New()
		o.Language, o.Identity = "da", string(id)
		insert(work, func() error {
			_, err := st.organisations.Insert(tenant.With(ctx, id), string(id), o)
			return err
		})
		return id
	}
	work := func() *errgroup.Group {
		group := new(errgroup.Group)
		group.SetLimit(setUpBy)
		return group
	}
	group := work()
	platform := place(group, organisation{Kind: kindPlatform, Name: "Guldkorn"})
	for i := range allMunicipalities {
		c.municipalities = append(c.municipalities, place(group, organisation{Kind: kindMunicipality, ParentID: string(platform), Name: fmt.Sprintf("Kommune %d", i)}))
	}
	for i := range allSchools {
		home := c.municipalities[i%allMunicipalities]
		school := place(group, organisation{Kind: kindSchool, ParentID: string(home), InstitutionType: "folkeskole", Name: fmt.Sprintf("Skole %d", i)})
		c.schools = append(c.schools, school)
		for u := range unitsOfEach {
			insert(group, func() error {
				_, err := st.units.Insert(tenant.With(ctx, school), fmt.Sprintf("unit-%d-%d", i, u), unit{Name: fmt.Sprintf("Enhed %d", u)})
				return err
			})
		}
	}
	require.NoError(b, group.Wait())
	group = work()
	for i := range allPeople {
		school := i % allSchools
		insert(group, func() error {
			return c.hire(ctx, i, c.municipalities[school%allMunicipalities], assignment{
				Role: access.Employee, Scope: string(c.schools[school]), UnitID: fmt.Sprintf("unit-%d-%d", school, i/allSchools%unitsOfEach),
			})
		})
	}
	for i, home := range c.municipalities {
		number := allPeople + i
		insert(group, func() error {
			return c.hire(ctx, number, home, assignment{Role: access.MunicipalAdministrator, Scope: string(home)})
		})
		c.administrators = append(c.administrators, actor{subject: access.Subject{ID: c.personID(number), Tenant: home, Session: "s"}})
	}
	number := allPeople + allMunicipalities
	insert(group, func() error {
		return c.hire(ctx, number, c.municipalities[0], assignment{Role: access.Leader, Scope: string(c.schools[0])})
	})
	c.leader = actor{subject: access.Subject{ID: c.personID(number), Tenant: c.municipalities[0], Session: "s"}}
	require.NoError(b, group.Wait())
	return c
}

var (
	firstNames = []string{"Anne", "Peter", "Mette", "Lars", "Åse", "Søren", "Kirsten", "Jens", "Hanne", "Michael", "Æbeltoft", "Ida", "Rasmus", "Freja", "Oluf", "Zara"}
	lastNames  = []string{"Jensen", "Nielsen", "Hansen", "Pedersen", "Andersen", "Kjærgård", "Sørensen", "Østergaard", "Madsen", "Quist", "Holm", "Åkjær", "Lund"}
)

func (c *country) personID(i int) string {
	return c.service.profiles.importedID("everywhere", "person", fmt.Sprint(i))
}

// hire makes a person with a role.
func (c *country) hire(ctx context.Context, i int, home tenant.ID, a assignment) error {
	ctx, id := tenant.With(ctx, home), c.personID(i)
	plain := profile{
		Name:  fmt.Sprintf("%s %s %s", firstNames[i%len(firstNames)], lastNames[i/3%len(lastNames)], lastNames[i/7%len(lastNames)]),
		Email: fmt.Sprintf("person.%d@skole.dk", i), Login: fmt.Sprintf("login%d", i),
	}
	sealed, err := c.service.profiles.seal(home, id, plain)
	if err != nil {
		return err
	}
	now := time.Now().Add(-time.Hour)
	p := person{Language: "da", RegisteredAt: now.Add(time.Duration(i) * time.Millisecond)}
	p.carry(home, plain, sealed, c.service.profiles)
	if _, err := c.service.store.persons.Insert(ctx, id, p); err != nil {
		return err
	}
	a.PersonID, a.From = id, now
	a.Holding = a.holding(id)
	_, err = c.service.store.assignments.Insert(ctx, "of-"+id, a)
	return err
}

// ask has the service answer one request after the other, without a network, and reports the median and the 99th
// percentile in milliseconds. It returns the last answer.
func (c *country) ask(b *testing.B, by func(i int) actor, path func(i int) string) *httptest.ResponseRecorder {
	b.Helper()
	var took []time.Duration
	var last *httptest.ResponseRecorder
	for i := 0; b.Loop(); i++ {
		token, err := c.signers[access.Portal].Token(Name, by(i).subject)
		require.NoError(b, err)
		request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path(i), nil)
		request.Header.Set("Authorization", "Bearer "+token)
		last = httptest.NewRecorder()
		began := time.Now()
		c.service.Handler().ServeHTTP(last, request)
		took = append(took, time.Since(began))
		require.Equal(b, http.StatusOK, last.Code, "%s", last.Body)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2])/1e6, "ms-p50")
	b.ReportMetric(float64(took[len(took)*99/100])/1e6, "ms-p99")
	return last
}

// BenchmarkCountry asks the service with everybody in it: 98 municipalities, 2,000 schools with 7 units each and 150,000
// people, on SQLite and on the MongoDB server that MONGODB_URI names, if it does, in a database that is dropped
// afterwards. The country takes about a minute to make.
func BenchmarkCountry(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		country := newCountry(b, func(dir string) document.Backend { return embedded(b, dir) })
		country.measure(b)
	})
	uri := os.Getenv("MONGODB_URI")
	if uri == "" {
		b.Log("not measured on MongoDB: no MONGODB_URI")
		return
	}
	b.Run("mongodb", func(b *testing.B) {
		country := newCountry(b, func(string) document.Backend { return onMongoDB(b, uri) })
		country.measure(b)
	})
}

// onMongoDB is a database of its own on a server.
func onMongoDB(b *testing.B, uri string) document.Backend {
	b.Helper()
	name := "guldkorn_bench_" + string(tenant.New())
	b.Cleanup(func() {
		client, err := driver.Connect(options.Client().ApplyURI(uri))
		require.NoError(b, err)
		require.NoError(b, client.Database(name).Drop(context.Background()))
		require.NoError(b, client.Disconnect(context.Background()))
	})
	backend, err := mongo.Open(b.Context(), uri, name)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, backend.Close()) })
	return backend
}

func (c *country) measure(b *testing.B) {
	of := func(i int) actor { return c.administrators[i%allMunicipalities] }
	persons := func(i int, query string) string { return at(c.municipalities[i%allMunicipalities], "/persons"+query) }

	b.Run("people", func(b *testing.B) {
		c.ask(b, of, func(i int) string { return persons(i, "") })
	})
	b.Run("people-page-of-200", func(b *testing.B) {
		c.ask(b, of, func(i int) string { return persons(i, "?limit=200") })
	})
	b.Run("first-search", func(b *testing.B) {
		before := heap()
		c.ask(b, of, func(i int) string {
			c.service.indexes.drop(c.municipalities[i%allMunicipalities])
			return persons(i, "?q=sore+madsen")
		})
		b.ReportMetric(float64(heap()-before)/float64(1<<20), "MB")
	})
	b.Run("search", func(b *testing.B) {
		words := []string{"ase", "s%C3%B8ren+holm", "login14", "person.12", "Kj%C3%A6rg%C3%A5rd+an", "a"}
		for i := range allMunicipalities { // each has been searched in before
			_, err := c.service.found(tenant.With(b.Context(), c.municipalities[i]), search{" a"}, "")
			require.NoError(b, err)
		}
		b.ResetTimer()
		last := c.ask(b, of, func(i int) string { return persons(i, "?q="+words[i%len(words)]) })
		require.NotEmpty(b, read[tenancyapi.PersonList](b, answer{last.Code, "", last.Body.Bytes()}).Items)
	})
	b.Run("staff-of-a-school", func(b *testing.B) {
		c.ask(b, func(int) actor { return c.leader }, func(int) string { return at(c.schools[0], "/staff") })
	})
	b.Run("one-person", func(b *testing.B) {
		c.ask(b, of, func(i int) string { return persons(i, "/"+c.administrators[i%allMunicipalities].subject.ID) })
	})
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
