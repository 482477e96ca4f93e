package projection

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const school, other tenant.ID = "northschoola", "northschoolb"

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

type unit struct {
	Name string `bson:"name"`
}

func told(d document.Document[unit]) events.Event {
	return events.UnitChanged{UnitID: d.ID, Name: d.Body.Name}
}

// scene is an owner of units behind a real HTTP server, and what somebody who copies them works with.
type scene struct {
	owned *document.Collection[unit]
	deps  *platform.Deps
	now   time.Time

	mu    sync.Mutex
	asked int
	away  bool
	taken map[string]events.Envelope
	err   error // what the handler says of the unit "bad"
}

func store(t *testing.T, service string, now func() time.Time) *document.Store {
	backend, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = backend.Close() })
	return document.NewStore(backend, service, now)
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{now: noon, taken: map[string]events.Envelope{}}
	now := func() time.Time { return s.now }
	var err error
	s.owned, err = document.Open[unit](t.Context(), store(t, "tenancy", now), document.Schema{Name: "units", Indexes: []document.Index{Everything}})
	require.NoError(t, err)
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/v1/snapshots/units", host.Handle(func(c *gin.Context) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked++
		if s.away {
			return failure.New(failure.Unavailable)
		}
		return Snapshot(c, "tenancy", document.NewAcross(s.owned, func(context.Context) error { return nil }), told)
	}))
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	s.deps = &platform.Deps{
		Service: "intake", Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(), Now: now,
		Store: store(t, "intake", now), Signer: access.NewSigner(key, "intake", now),
		Addresses: map[string]platform.Address{"tenancy": {Base: server.URL, Client: server.Client()}},
	}
	return s
}

func (s *scene) own(t *testing.T, in tenant.ID, id string) {
	t.Helper()
	_, err := s.owned.Insert(tenant.With(t.Context(), in), id, unit{"Unit " + id})
	require.NoError(t, err)
}

func (s *scene) handlers() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, func(ctx context.Context, envelope events.Envelope, e events.UnitChanged) error {
		owner, err := tenant.From(ctx)
		if err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if e.UnitID == "bad" && s.err != nil {
			return s.err
		}
		s.taken[string(owner)+"/"+e.UnitID] = envelope
		return nil
	})
	return h
}

func (s *scene) catchUp() *catchUp {
	return &catchUp{store: s.deps.Store, owner: s.deps.Peer("tenancy"), now: s.deps.Now, handlers: s.handlers(), kinds: []string{"units"}}
}

// fresh counts the requests since the last look.
func (s *scene) fresh() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.asked
	s.asked = 0
	return n
}

func TestANewCopyTakesInEverythingOnce(t *testing.T) {
	s := newScene(t)
	const many = 2*document.MaxLimit + 1
	for i := range many {
		s.own(t, []tenant.ID{school, other}[i%2], fmt.Sprintf("unit-%d", i/2))
	}
	changed, err := s.owned.Update(tenant.With(t.Context(), school), "unit-0", func(u *unit) ([]events.Event, error) {
		u.Name = "Renamed"
		return nil, nil
	})
	require.NoError(t, err)

	n, err := s.catchUp().once(t.Context())
	require.NoError(t, err)
	require.Equal(t, many, n)
	require.Len(t, s.taken, many, "each in its own tenant")
	require.Equal(t, 3, s.fresh(), "pages of 200")
	one := s.taken[string(school)+"/unit-0"]
	require.Equal(t, changed.Revision, one.Revision)
	require.Equal(t, changed.UpdatedAt, one.Time)
	require.JSONEq(t, `{"unit_id":"unit-0","name":"Renamed","headcount":0}`, string(one.Data))

	for _, later := range []time.Duration{0, time.Hour, maxSilence} {
		s.now = s.now.Add(later)
		n, err = s.catchUp().once(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)
	}
	require.Zero(t, s.fresh(), "whoever was there, or away for a while, has the stream")
	s.now = s.now.Add(maxSilence + time.Millisecond)
	n, err = s.catchUp().once(t.Context())
	require.NoError(t, err)
	require.Equal(t, many, n, "away for too long")
}

func TestACopyIsNotCompleteBeforeEverythingIsIn(t *testing.T) {
	s := newScene(t)
	for _, id := range []string{"a", "bad", "z"} {
		s.own(t, school, id)
	}
	s.err = errors.New("not now")
	n, err := s.catchUp().once(t.Context())
	require.ErrorContains(t, err, "not now")
	require.Equal(t, 2, n, "one that is refused holds nobody back")
	require.Len(t, s.taken, 2)
	s.err = nil
	n, err = s.catchUp().once(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, n, "asked for again")
}

func TestAnEventThatNobodyTakesIsAMistake(t *testing.T) {
	s := newScene(t)
	s.own(t, school, "a")
	c := s.catchUp()
	c.handlers = bus.Handlers{}
	_, err := c.once(t.Context())
	require.ErrorContains(t, err, "tenancy.unit-changed.v1")
}

func TestAnOwnerThatIsAwayIsAskedAgain(t *testing.T) {
	s := newScene(t)
	s.own(t, school, "a")
	s.away = true
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- CatchUp(ctx, s.deps, "tenancy", s.handlers(), "units") }()
	require.Eventually(t, func() bool { return s.fresh() > 0 }, 10*time.Second, time.Millisecond)
	s.mu.Lock()
	s.away = false
	s.mu.Unlock()
	require.Eventually(t, func() bool { s.mu.Lock(); defer s.mu.Unlock(); return len(s.taken) == 1 }, 10*time.Second, time.Millisecond)
	cancel()
	require.NoError(t, <-ended)
}

func TestAnUnknownAddressIsSaid(t *testing.T) {
	s := newScene(t)
	s.deps.Addresses = nil
	_, err := s.catchUp().once(t.Context())
	require.Equal(t, failure.Unavailable, failure.CodeOf(err))
	require.ErrorContains(t, err, "the address of tenancy is not set")
}

func TestASnapshotRefusesWhatItCannotRead(t *testing.T) {
	s := newScene(t)
	var problem failure.Problem
	for query, code := range map[string]failure.Code{"limit=0": failure.RequestInvalid, "cursor=made-up": failure.CursorInvalid} {
		response, err := http.Get(s.deps.Addresses["tenancy"].Base + "/v1/snapshots/units?" + query)
		require.NoError(t, err)
		require.NoError(t, json.NewDecoder(response.Body).Decode(&problem))
		require.NoError(t, response.Body.Close())
		require.Equal(t, code, problem.Code, query)
	}
}
