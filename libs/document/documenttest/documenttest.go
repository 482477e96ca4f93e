// Package documenttest is the one behaviour suite of libs/document, for every backend: what the package promises is
// what Run asks for, races included.
package documenttest

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Run holds a backend to the behaviour of document.Backend. open returns a new connection, closed by the test's
// clean-up, to one and the same database. Run never has two at once, and uses collections and tenants of its own, so
// that the database may be one that lives on.
func Run(t *testing.T, open func(t *testing.T) document.Backend) {
	t.Run("documents", func(t *testing.T) { documents(t, open(t)) })
	t.Run("updates", func(t *testing.T) { updates(t, open(t)) })
	t.Run("creation", func(t *testing.T) { creation(t, open(t)) })
	t.Run("unique", func(t *testing.T) { unique(t, open(t)) })
	t.Run("tombstones", func(t *testing.T) { tombstones(t, open(t)) })
	t.Run("tenants", func(t *testing.T) { tenants(t, open(t)) })
	t.Run("a tenant that leaves", func(t *testing.T) { leaving(t, open(t)) })
	t.Run("queries", func(t *testing.T) { queries(t, open(t)) })
	t.Run("paging", func(t *testing.T) { paging(t, open(t)) })
	t.Run("oracle", func(t *testing.T) { oracle(t, open(t)) })
	t.Run("races", func(t *testing.T) { races(t, open(t)) })
	t.Run("outbox", func(t *testing.T) { outbox(t, open(t)) })
	t.Run("migrations", func(t *testing.T) { migrations(t, open(t)) })
	t.Run("marks", func(t *testing.T) { marks(t, open(t)) })
	t.Run("restart", func(t *testing.T) { restart(t, open) })
}

// person is what the suite stores.
type person struct {
	Name   string         `bson:"name"`
	Login  string         `bson:"login"`
	Unit   string         `bson:"unit"`
	Age    int            `bson:"age"`
	Active bool           `bson:"active"`
	Since  time.Time      `bson:"since"`
	Home   home           `bson:"home"`
	Tags   map[string]int `bson:"tags,omitempty"`
	Notes  []string       `bson:"notes"`
	Count  int            `bson:"count"`
}

type home struct {
	Town string `bson:"town"`
}

// indexes declares one index of each sort.
var indexes = []document.Index{
	{Name: "by_id"},
	{Name: "by_login", Fields: []string{"login"}, Unique: true},
	{Name: "by_unit", Fields: []string{"unit", "age", "name"}},
	{Name: "by_active", Fields: []string{"active", "since"}},
	{Name: "by_town", Fields: []string{"home.town"}},
	{Name: "across_units", Fields: []string{"unit", "age"}, Across: true},
	{Name: "everything", Across: true},
}

// start is the time at which the suite's clock begins.
var start = time.Date(2026, 8, 10, 7, 30, 0, 0, time.UTC)

// clock is a time that passes by one millisecond whenever it is looked at.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

// fixture is one collection of people that nobody else uses, and a tenant.
type fixture struct {
	backend document.Backend
	store   *document.Store
	schema  document.Schema
	people  *document.Collection[person]
	ctx     context.Context
}

func newFixture(t *testing.T, backend document.Backend) *fixture {
	t.Helper()
	schema := document.Schema{Name: "people_" + string(tenant.New()), Indexes: indexes}
	return reopen(t, backend, schema, tenant.With(t.Context(), tenant.New()))
}

// reopen returns the fixture of a collection that is there already.
func reopen(t *testing.T, backend document.Backend, schema document.Schema, ctx context.Context) *fixture {
	t.Helper()
	store := document.NewStore(backend, "intake", (&clock{now: start}).Now)
	people, err := document.Open[person](ctx, store, schema)
	require.NoError(t, err)
	return &fixture{backend, store, schema, people, ctx}
}

// records returns the collection without the rules of libs/document.
func (f *fixture) records(t *testing.T) document.Records {
	t.Helper()
	records, err := f.backend.Open(f.ctx, f.schema)
	require.NoError(t, err)
	return records
}

// key returns the key of a document of the fixture's tenant.
func (f *fixture) key(id string) document.Key {
	owner, _ := tenant.From(f.ctx)
	return document.Key{Tenant: owner, ID: id}
}

// insert adds people under new ids and returns the ids.
func (f *fixture) insert(t *testing.T, people ...person) []string {
	t.Helper()
	var ids []string
	for _, p := range people {
		id := uuid.NewString()
		if p.Login == "" {
			p.Login = id
		}
		_, err := f.people.Insert(f.ctx, id, p)
		require.NoError(t, err)
		ids = append(ids, id)
	}
	return ids
}

// opened is an event to send with a change; note tells one from another.
func opened(note string) events.Event {
	return events.TechnologyRegistered{TechnologyID: note, Name: note, Kind: "test"}
}

// count adds one and tells of it.
func count(p *person) ([]events.Event, error) {
	p.Count++
	return []events.Event{opened("counted")}, nil
}

var errRefused = errors.New("refused")

// broker keeps what a relay publishes.
type broker struct {
	mu     sync.Mutex
	got    []events.Envelope
	before func(context.Context, []events.Envelope) error // called first; an error is what publish returns
	news   chan struct{}
}

func newBroker() *broker { return &broker{news: make(chan struct{}, 1)} }

func (b *broker) publish(ctx context.Context, envelopes ...events.Envelope) error {
	if b.before != nil {
		if err := b.before(ctx, envelopes); err != nil {
			return err
		}
	}
	b.mu.Lock()
	b.got = append(b.got, envelopes...)
	b.mu.Unlock()
	select {
	case b.news <- struct{}{}:
	default:
	}
	return nil
}

// all returns what was published, each event once, in the order of its first arrival.
func (b *broker) all() []events.Envelope {
	b.mu.Lock()
	defer b.mu.Unlock()
	var first []events.Envelope
	seen := map[string]bool{}
	for _, e := range b.got {
		if !seen[e.ID] {
			first = append(first, e)
		}
		seen[e.ID] = true
	}
	return first
}

// await returns what was published once there are n events.
func (b *broker) await(t *testing.T, n int) []events.Envelope {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		if got := b.all(); len(got) >= n {
			require.Len(t, got, n)
			return got
		}
		select {
		case <-b.news:
		case <-deadline:
			require.FailNow(t, "events are missing", "%d of %d were published", len(b.all()), n)
		}
	}
}

// relay runs the store's relay until the returned function is called, which waits for its end.
func (f *fixture) relay(t *testing.T, b *broker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(f.ctx)
	ended := make(chan error, 1)
	go func() { ended <- f.store.Relay(b.publish, slog.New(slog.DiscardHandler)).Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			require.NoError(t, <-ended)
		})
	}
	t.Cleanup(stop)
	return stop
}

// settled waits until nothing of the collection is pending.
func (f *fixture) settled(t *testing.T) {
	t.Helper()
	records := f.records(t)
	require.Eventually(t, func() bool {
		keys, err := records.Pending(context.WithoutCancel(f.ctx), document.Key{}, 1)
		return err == nil && len(keys) == 0
	}, time.Minute, 5*time.Millisecond)
}
