package intake

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	patience = 20 * time.Second
	glance   = 5 * time.Millisecond
)

// clock is a time that a test sets.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// key is a service's signing key, the same in every process of a test.
func key(issuer string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("test key of " + issuer))
	return ed25519.NewKeyFromSeed(seed[:])
}

func trusted() map[string]ed25519.PublicKey {
	keys := map[string]ed25519.PublicKey{}
	for _, issuer := range []string{"portal", "intake", "reporting", "dialogue", "tenancy", "ballotbox"} {
		keys[issuer] = key(issuer).Public().(ed25519.PublicKey)
	}
	return keys
}

// service is one running intake.
type service struct {
	*Intake
	registry *prometheus.Registry
	stop     func() error
}

// run starts an intake on what lies in dir, with the broker and the addresses of its neighbours.
func run(ctx context.Context, dir string, broker nats.InProcessConnProvider, addresses map[string]platform.Address,
	now func() time.Time, log io.Writer) (*service, error) {
	backend, err := sqlite.Open(ctx, filepath.Join(dir, "intake.db"))
	if err != nil {
		return nil, err
	}
	keys, err := keyring.Open(filepath.Join(dir, "keys"))
	if err != nil {
		return nil, err
	}
	connection, err := bus.Connect(ctx, bus.Options{
		Service: "intake", InProcess: broker, AckWait: time.Second,
		Backoff: []time.Duration{10 * time.Millisecond, 20 * time.Millisecond, 40 * time.Millisecond},
	})
	if err != nil {
		return nil, err
	}
	s := &service{registry: prometheus.NewRegistry()}
	component, err := New(ctx, &platform.Deps{
		Service: "intake", Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Registerer: s.registry, Now: now, Store: document.NewStore(backend, "intake", now), Bus: connection, Keys: keys,
		Signer: access.NewSigner(key("intake"), "intake", now), Verify: platform.Trust("intake", trusted(), now), Addresses: addresses,
		Environment: map[string]string{"PORTAL_PUBLIC_URL": "http://127.0.0.1:1", "BALLOTBOX_PUBLIC_URL": "http://localhost:2",
			"BALLOTBOX_SIGNING_KEY": base64.StdEncoding.EncodeToString(key("ballotbox").Public().(ed25519.PublicKey))},
	})
	if err != nil {
		return nil, err
	}
	s.Intake = component.(*Intake)
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running errgroup.Group
	running.Go(func() error { return component.Run(work) })
	s.stop = func() error {
		cancel()
		err := running.Wait()
		connection.Close()
		return errors.Join(err, backend.Close())
	}
	return s, nil
}

// world is an intake with a real store, a real broker and a real keyring, and neighbours that speak the contracts of
// the ballot box and of reporting. All of it lies in a directory, so that it can be started again.
type world struct {
	t         *testing.T
	dir       string
	clock     *clock
	broker    *server.Server
	tenancy   *bus.Bus
	other     *bus.Bus // reporting's connection
	stream    nats.JetStreamContext
	neighbour *neighbours
	api       *apitest.API
	log       *lockedBuffer

	intake *service
	server *httptest.Server
	stop   func()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := &clock{at: noon}
	w := &world{
		t: t, dir: t.TempDir(), clock: clock, log: &lockedBuffer{}, api: apitest.Load(t, "intake"), neighbour: newNeighbours(t, clock),
	}
	w.connect()
	w.start()
	publish(t, w.tenancy, schoolEvents(t))
	w.eventually(func() bool {
		last, err := w.intake.directory.Assignments(t.Context(), "last")
		return err == nil && len(last) == 1
	})
	return w
}

// connect starts the broker and connects the neighbours to it.
func (w *world) connect() {
	w.t.Helper()
	w.broker = bustest.StartAt(w.t, filepath.Join(w.dir, "jetstream"))
	w.tenancy = bustest.Connect(w.t, w.broker, "tenancy", nil)
	w.other = bustest.Connect(w.t, w.broker, "reporting", nil)
	connection, err := nats.Connect("", nats.InProcessServer(w.broker))
	require.NoError(w.t, err)
	w.t.Cleanup(connection.Close)
	w.stream, err = connection.JetStream()
	require.NoError(w.t, err)
}

// start runs the service; what is in the directory and at the broker is found again.
func (w *world) start() {
	w.t.Helper()
	one, err := run(w.t.Context(), w.dir, w.broker, w.neighbour.addresses(), w.clock.now, w.log)
	require.NoError(w.t, err)
	w.intake, w.server = one, httptest.NewServer(one.Handler())
	w.stop = sync.OnceFunc(func() {
		w.server.Close()
		require.NoError(w.t, one.stop())
	})
	w.t.Cleanup(w.stop)
}

func (w *world) restart() {
	w.t.Helper()
	w.stop()
	w.start()
}

func (w *world) eventually(condition func() bool) {
	w.t.Helper()
	require.Eventually(w.t, condition, patience, glance)
}

// person is a subject of the tests; assignments are in schoolEvents.
func person(id string) access.Subject {
	return access.Subject{ID: id, Tenant: operatorID, Session: "s"}
}

// call sends a request in somebody's name and returns the answer with its body, both checked against the API's
// description.
func (w *world) call(who, method, path string, body any, headers ...string) (*http.Response, []byte) {
	w.t.Helper()
	return w.send(person(who), method, path, body, headers...)
}

func (w *world) send(who access.Subject, method, path string, body any, headers ...string) (*http.Response, []byte) {
	w.t.Helper()
	var payload io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		payload = bytes.NewReader([]byte(b))
	default:
		raw, err := json.Marshal(b)
		require.NoError(w.t, err)
		payload = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, payload)
	require.NoError(w.t, err)
	if payload != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	issuer := "portal"
	if who.Service != "" {
		issuer = who.Service
	}
	if who.ID != "" {
		token, err := access.NewSigner(key(issuer), issuer, w.clock.now).Token("intake", who)
		require.NoError(w.t, err)
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for n := 0; n < len(headers); n += 2 {
		request.Header.Set(headers[n], headers[n+1])
	}
	response, err := w.api.Client(w.server.Client()).Do(request)
	require.NoError(w.t, err)
	answer, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	require.NoError(w.t, response.Body.Close())
	return response, answer
}

// get reads into what a GET answers.
func (w *world) get(who, path string, into any) *http.Response {
	w.t.Helper()
	response, answer := w.call(who, http.MethodGet, path, nil)
	require.Equal(w.t, http.StatusOK, response.StatusCode, "%s: %s", path, answer)
	require.NoError(w.t, json.Unmarshal(answer, into))
	return response
}

// refused expects a problem with this code.
func refused(t *testing.T, code failure.Code, response *http.Response, answer []byte) failure.Problem {
	t.Helper()
	var p failure.Problem
	require.NoError(t, json.Unmarshal(answer, &p), "%s", answer)
	require.Equal(t, code, p.Code, "%s", answer)
	require.Equal(t, failure.New(code).Status(), response.StatusCode)
	require.Equal(t, failure.ContentType, response.Header.Get("Content-Type"))
	return p
}

func school(path string) string { return "/v1/tenants/" + string(schoolID) + path }

func fresh() []string { return []string{"Idempotency-Key", uuid.NewString()} }

// draft makes a round of today's date as the leader and returns it.
func (w *world) draft(change func(*intakeapi.NewRound)) intakeapi.Round {
	w.t.Helper()
	asked := intakeapi.NewRound{
		Title: "Aula i hverdagen", Instrument: "pulse-relations", InstrumentVersion: 1,
		OpensOn: "2026-11-23", ClosesOn: "2026-12-04", VisibleToAllOn: "2026-12-11",
	}
	if change != nil {
		change(&asked)
	}
	response, answer := w.call("leader", http.MethodPost, school("/rounds"), asked, fresh()...)
	require.Equal(w.t, http.StatusCreated, response.StatusCode, "%s", answer)
	return decoded[intakeapi.Round](w.t, answer)
}

// onLatest has somebody act on a round as a client does: read it, send its ETag, and read again where the service's
// own work, which a change sets going, was faster.
func (w *world) onLatest(who, id, method, verb string, body any) (*http.Response, []byte) {
	w.t.Helper()
	for tries := 1; ; tries++ {
		var round intakeapi.Round
		etag := w.get("leader", school("/rounds/"+id), &round).Header.Get("ETag")
		response, answer := w.call(who, method, school("/rounds/"+id+verb), body, "If-Match", etag)
		if response.StatusCode != http.StatusPreconditionFailed || tries == 5 {
			return response, answer
		}
	}
}

// command gives a round a command as the leader.
func (w *world) command(id, verb string) (*http.Response, intakeapi.Round) {
	w.t.Helper()
	response, answer := w.onLatest("leader", id, http.MethodPost, "/"+verb, nil)
	require.Less(w.t, response.StatusCode, 300, "%s: %s", verb, answer)
	return response, decoded[intakeapi.Round](w.t, answer)
}

// schoolContext is the school's.
func schoolContext(t *testing.T) context.Context { return tenant.With(t.Context(), schoolID) }

// announce has the leader announce a round and the TR countersign it.
func (w *world) announce(id string) intakeapi.Round {
	w.t.Helper()
	w.command(id, "announce")
	response, answer := w.countersign("tr", id, nil)
	require.Equal(w.t, http.StatusOK, response.StatusCode, "%s", answer)
	return decoded[intakeapi.Round](w.t, answer)
}

// countersign has somebody sign what the TR reads of a round's roster, or something else.
func (w *world) countersign(who, id string, change func(*intakeapi.Countersigning)) (*http.Response, []byte) {
	w.t.Helper()
	var roster intakeapi.RoundRoster
	w.get("tr", school("/rounds/"+id+"/roster"), &roster)
	signed := intakeapi.Countersigning{RosterHash: *roster.Round.RosterHash, KeyListHash: *roster.Round.KeyListHash}
	if change != nil {
		change(&signed)
	}
	return w.onLatest(who, id, http.MethodPost, "/countersign", signed)
}

// round is a round as it is stored, the zero Round if there is none.
func (w *world) round(id string) Round {
	doc, err := w.intake.rounds.Get(tenant.With(w.t.Context(), schoolID), id)
	if err != nil {
		return Round{}
	}
	return doc.Body
}

// reaches waits until a round has a status.
func (w *world) reaches(id string, status Status) Round {
	w.t.Helper()
	w.eventually(func() bool { return w.round(id).Status == status })
	return w.round(id)
}

// has waits until an event was published exactly once.
func (w *world) has(event string) {
	w.t.Helper()
	w.eventually(func() bool { return w.told()[event] > 0 })
	require.Equal(w.t, 1, w.told()[event], event)
}

// told returns how often each event of intake was published, by type.
func (w *world) told() map[string]int {
	seen := map[string]int{}
	for _, e := range w.published() {
		seen[e.Type]++
	}
	return seen
}

// published returns the events of intake.
func (w *world) published() (all []events.Envelope) {
	info, err := w.stream.StreamInfo("intake")
	if err != nil {
		return nil
	}
	for n := info.State.FirstSeq; n <= info.State.LastSeq && n > 0; n++ {
		message, err := w.stream.GetMsg("intake", n)
		if err != nil {
			return all
		}
		var e events.Envelope
		if json.Unmarshal(message.Data, &e) == nil {
			all = append(all, e)
		}
	}
	return all
}

func decoded[T any](t *testing.T, raw []byte) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal(raw, &v), "%s", raw)
	return v
}

// lockedBuffer collects a log.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// ownContext is that of intake's own work.
func ownContext(w *world) context.Context {
	return access.WithSubject(w.t.Context(), w.intake.identity)
}
