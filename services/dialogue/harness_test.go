package dialogue

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/projection/projectiontest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	patience = 15 * time.Second
	tick     = 5 * time.Millisecond
)

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now func() time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

// ahead makes the clock go this far ahead of (or behind) the real one.
func (c *clock) ahead(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = func() time.Time { return time.Now().Add(by) }
}

// stand makes the clock stand still at a time.
func (c *clock) stand(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = func() time.Time { return at }
}

// names are those of the people at any school.
type names struct {
	mu  sync.Mutex
	all []string
}

func (n *names) read() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.all
}

// are makes these the names; none is a tenancy that does not answer.
func (n *names) are(all ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = all
}

// world is one running service with its broker, its files and the people of two schools.
type world struct {
	t         testing.TB
	dir       string
	broker    nats.InProcessConnProvider
	clock     *clock
	names     *names
	key       ed25519.PrivateKey
	log       *bytes.Buffer
	logMu     sync.Mutex
	service   *service
	learners  string // what schools call those they are there for
	tcp       bool   // serve on a loopback port instead of in memory
	torn      bool   // write a document first and its outbox after it, which nothing may
	base      string // address of the service
	client    *http.Client
	stop      func()
	platform  tenant.ID
	operator  tenant.ID
	union     tenant.ID
	school    tenant.ID
	other     tenant.ID
	snapshots map[string][]events.Envelope // of the services that tell, by kind
	tenancy   *bus.Bus
	reporting *bus.Bus
}

// Write collects the service's log.
func (w *world) Write(p []byte) (int, error) {
	w.logMu.Lock()
	defer w.logMu.Unlock()
	return w.log.Write(p)
}

func newWorld(t testing.TB, change ...func(*world)) *world {
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	dir := t.TempDir()
	w := &world{
		t: t, dir: dir, broker: bustest.StartAt(t, filepath.Join(dir, "streams")), clock: &clock{now: time.Now}, names: &names{all: []string{}}, key: key, log: &bytes.Buffer{},
		platform: tenant.New(), operator: tenant.New(), union: tenant.New(), school: tenant.New(), other: tenant.New(),
	}
	for _, c := range change {
		c(w)
	}
	w.tenancy = bustest.Connect(t, w.broker, "tenancy", nil)
	w.reporting = bustest.Connect(t, w.broker, "reporting", nil)
	w.start()
	w.settle()
	return w
}

// start runs the service on the world's files.
func (w *world) start() {
	t := w.t
	backend, err := sqlite.Open(t.Context(), filepath.Join(w.dir, "dialogue.db"))
	require.NoError(t, err)
	database := document.Backend(backend)
	if w.torn {
		database = tornBackend{backend}
	}
	broker := bustest.Connect(t, w.broker, Name, nil)
	keys, err := keyring.Open(filepath.Join(w.dir, "keys"))
	require.NoError(t, err)
	_, own, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	d := &platform.Deps{
		Service: Name, Logger: slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Registerer: prometheus.NewRegistry(), Now: w.clock.read, Store: document.NewStore(database, Name, w.clock.read),
		Bus: broker, Keys: keys, Signer: access.NewSigner(own, Name, w.clock.read),
		Verify: platform.Trust(Name, map[string]ed25519.PublicKey{
			access.Portal: w.key.Public().(ed25519.PublicKey), "reporting": w.key.Public().(ed25519.PublicKey), "intake": w.key.Public().(ed25519.PublicKey),
		}, w.clock.read),
		Addresses: map[string]platform.Address{"tenancy": projectiontest.People(projectiontest.Owner(t, w.snapshots), w.names.read), "reporting": projectiontest.Owner(t, w.snapshots)},
	}
	w.service, err = newService(t.Context(), d)
	require.NoError(t, err)
	listener := w.listen()
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	group := &host.Group{Logger: d.Logger, Ready: func() { close(ready) }}
	go func() { done <- group.Run(ctx, host.Server{Component: w.service, Listener: listener}) }()
	<-ready
	w.stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-done)
		w.client.CloseIdleConnections()
		broker.Close()
		require.NoError(t, backend.Close())
	})
	t.Cleanup(w.stop)
}

// listen opens the service's listener and a client that reaches it.
func (w *world) listen() net.Listener {
	if w.tcp {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(w.t, err)
		w.base, w.client = "http://"+listener.Addr().String(), &http.Client{Transport: &http.Transport{}}
		return listener
	}
	listener := host.NewMemoryListener()
	w.base, w.client = "http://dialogue", listener.Client()
	return listener
}

// restart stops the service and starts it again on the same files and the same broker.
func (w *world) restart() {
	w.stop()
	w.start()
}

// settle founds a platform with an operator, a union and two schools, and waits until the service knows them.
func (w *world) settle() {
	w.found(w.platform, "platform", "")
	w.found(w.operator, "municipality", w.platform)
	w.found(w.union, "union", w.platform)
	w.found(w.school, "school", w.operator)
	w.found(w.other, "school", w.operator)
	for i := 1; i <= 8; i++ {
		w.employ("teacher-"+strconv.Itoa(i), access.Employee, w.school)
	}
	w.employ("leader", access.Leader, w.school)
	w.employ("leader", access.Employee, w.school)
	w.employ("tr", access.Employee, w.school)
	w.employ("tr", access.UnionRepresentative, w.school)
	w.employ("amr", access.Employee, w.school)
	w.employ("amr", access.SafetyRepresentative, w.school)
	w.employ("administrator", access.SchoolAdministrator, w.school)
	w.employ("stranger", access.Leader, w.other)
	w.employ("municipality", access.MunicipalAdministrator, w.operator)
	w.employ("analyst", access.MunicipalAnalyst, w.operator)
	w.employ("operator", access.PlatformOperator, w.platform)
	w.employ("union", access.UnionAnalyst, w.union)
	w.known("union")
}

// known waits until the service knows a person's role, and so everything that was told before it.
func (w *world) known(person string) {
	require.Eventually(w.t, func() bool {
		given, err := w.service.directory.Assignments(w.t.Context(), person)
		return err == nil && len(given) > 0
	}, patience, tick)
}

func (w *world) tell(from *bus.Bus, source string, owner tenant.ID, subject string, e events.Event) {
	ctx := tenant.With(w.t.Context(), owner)
	envelope, err := events.New(ctx, source, subject, 1, w.clock.read(), e)
	require.NoError(w.t, err)
	require.NoError(w.t, from.Publish(ctx, envelope))
}

func (w *world) found(id tenant.ID, kind string, parent tenant.ID) {
	w.tell(w.tenancy, "tenancy", id, string(id), events.OrganisationCreated{
		OrganisationID: string(id), Kind: kind, ParentID: string(parent), Name: kind, Language: "da", LearnerWord: map[string]string{"school": w.learners}[kind],
	})
}

func (w *world) employ(person, role string, scope tenant.ID) {
	id := uuid.NewString()
	w.tell(w.tenancy, "tenancy", w.operator, id, events.RoleAssigned{
		AssignmentID: id, PersonID: person, Role: role, Scope: string(scope), From: time.Unix(0, 0),
	})
}

// release tells the service of a release of the school and waits until it knows.
func (w *world) release(id string) {
	w.tell(w.reporting, "reporting", w.school, id, events.ReleasePublished{
		ReleaseID: id, RoundID: "round", ContentHash: string(bytes.Repeat([]byte("0a"), 32)),
		VisibleToRepresentativesFrom: time.Unix(0, 0), VisibleToAllOn: "2026-11-01", Shown: true,
	})
	require.Eventually(w.t, func() bool {
		_, err := w.service.releases.Get(tenant.With(w.t.Context(), w.school), id)
		return err == nil
	}, patience, tick)
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	etag   string
	body   map[string]any
	raw    []byte
}

// ok fails unless the request succeeded.
func (a answer) ok() answer {
	a.t.Helper()
	require.Less(a.t, a.status, 400, "%s", a.raw)
	return a
}

// refused fails unless the request was refused with this code.
func (a answer) refused(code failure.Code) answer {
	a.t.Helper()
	require.Equal(a.t, string(code), a.body["code"], "%d %s", a.status, a.raw)
	return a
}

func (a answer) text(field string) string {
	a.t.Helper()
	s, ok := a.body[field].(string)
	require.True(a.t, ok, "%s in %s", field, a.raw)
	return s
}

func (a answer) items() []map[string]any {
	a.t.Helper()
	var list struct{ Items []map[string]any }
	require.NoError(a.t, json.Unmarshal(a.raw, &list))
	return list.Items
}

// into decodes the answer.
func (a answer) into(v any) { require.NoError(a.t, json.Unmarshal(a.raw, v)) }

type option func(*http.Request)

func ifMatch(etag string) option { return func(r *http.Request) { r.Header.Set("If-Match", etag) } }

func key(k string) option { return func(r *http.Request) { r.Header.Set("Idempotency-Key", k) } }

// as is the token of a service.
func (w *world) as(service string) option {
	token, err := access.NewSigner(w.key, service, w.clock.read).Token(Name, access.Service(service))
	require.NoError(w.t, err)
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

// request builds a request of a person, or of somebody whom an option names. Every POST carries an idempotency key unless an option sets one.
func (w *world) request(ctx context.Context, person, method, path string, body any, options ...option) *http.Request {
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = bytes.NewReader([]byte(b))
	default:
		raw, err := json.Marshal(b)
		require.NoError(w.t, err)
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, w.base+path, reader)
	require.NoError(w.t, err)
	if reader != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		r.Header.Set("Idempotency-Key", uuid.NewString())
	}
	if person != "" {
		token, err := access.NewSigner(w.key, access.Portal, w.clock.read).Token(Name, access.Subject{ID: person, Tenant: w.operator})
		require.NoError(w.t, err)
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, o := range options {
		o(r)
	}
	return r
}

// do sends a request of a person and reads the answer.
func (w *world) do(person, method, path string, body any, options ...option) answer {
	w.t.Helper()
	response, err := w.client.Do(w.request(w.t.Context(), person, method, path, body, options...))
	require.NoError(w.t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	a := answer{t: w.t, status: response.StatusCode, etag: response.Header.Get("ETag"), raw: raw}
	_ = json.Unmarshal(raw, &a.body) // a 204 has none
	return a
}

// in returns the path of something in the school.
func (w *world) in(rest string) string { return "/v1/tenants/" + string(w.school) + rest }

// events returns everything that the service has told of the school until an event of this type about this subject
// has come.
func (w *world) events(until func(events.Envelope) bool) []events.Envelope {
	w.t.Helper()
	listener := bustest.Connect(w.t, w.broker, "listener"+strconv.Itoa(int(time.Now().UnixNano()%1e9)), nil)
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	var mu sync.Mutex
	var all []events.Envelope
	h := bus.Handlers{}
	found := false
	for _, e := range events.Catalogue {
		h[e.Type()] = func(_ context.Context, envelope events.Envelope) error {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, envelope)
			if until(envelope) {
				found = true
				cancel()
			}
			return nil
		}
	}
	require.NoError(w.t, listener.Consume(ctx, Name, h))
	require.True(w.t, found, "the event never came; %d others did", len(all))
	return all
}

// schoolContext is for looks into the store from inside.
func (w *world) schoolContext() context.Context { return w.contextOf(w.school) }

func (w *world) contextOf(owner tenant.ID) context.Context {
	return access.WithSubject(tenant.With(w.t.Context(), owner), access.Service(Name))
}

// crowd employs n more people and waits until the service knows them.
func (w *world) crowd(n int) []string {
	w.t.Helper()
	all := make([]string, n)
	for i := range all {
		all[i] = "crowd-" + strconv.Itoa(i+1)
		w.employ(all[i], access.Employee, w.school)
	}
	w.known(all[n-1])
	return all
}
