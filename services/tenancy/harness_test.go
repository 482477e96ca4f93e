package tenancy

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// bench is the service with a real store and a real broker, behind a real HTTP server whose every answer is held
// against the OpenAPI description.
type bench struct {
	t       testing.TB
	dir     string
	broker  nats.InProcessConnProvider
	keys    *keyring.Ring
	api     *apitest.API
	server  *httptest.Server
	client  *http.Client
	clock   *watch
	signers map[string]*access.Signer
	deps    platform.Deps
	service *Service
	counter int
}

// watch is the real time, as the service is given it, unless a test lets time pass.
type watch struct{ ahead atomic.Int64 }

func (w *watch) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

func (w *watch) pass(d time.Duration) { w.ahead.Add(int64(d)) }

// callers are the services that have keys in the tests.
var callers = []string{access.Portal, "setup", "intake", "reporting", "dialogue", "notification", "ballotbox"}

func newBench(t testing.TB) *bench {
	t.Helper()
	dir := t.TempDir()
	return newBenchOn(t, dir, embedded(t, dir))
}

// embedded is the backend of make run.
func embedded(t testing.TB, dir string) document.Backend {
	t.Helper()
	backend, err := sqlite.Open(t.Context(), filepath.Join(dir, "tenancy.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, backend.Close()) })
	return backend
}

// newBenchOn runs the service with its keys in a directory and its documents on a backend.
func newBenchOn(t testing.TB, dir string, backend document.Backend) *bench {
	t.Helper()
	b := &bench{t: t, dir: dir, broker: bustest.Start(t), clock: &watch{}, signers: map[string]*access.Signer{}}
	public := map[string]ed25519.PublicKey{}
	for _, name := range append(callers, Name) {
		key, private, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(t, err)
		public[name], b.signers[name] = key, access.NewSigner(private, name, b.clock.now)
	}
	var err error
	b.keys, err = keyring.Open(filepath.Join(b.dir, "keys"))
	require.NoError(t, err)
	registry := prometheus.NewRegistry()
	logger := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	b.deps = platform.Deps{
		Service: Name, Logger: logger, Registerer: registry, Now: b.clock.now,
		Store: document.NewStore(backend, Name, b.clock.now),
		Bus:   bustest.Connect(t, b.broker, Name, func(o *bus.Options) { o.Registerer = registry }),
		Keys:  b.keys, Signer: b.signers[Name], Verify: platform.Trust(Name, public, b.clock.now),
	}
	component, err := New(t.Context(), &b.deps)
	require.NoError(t, err)
	b.service = component.(*Service)
	b.server = httptest.NewServer(component.Handler())
	b.api = apitest.Load(t, Name)
	b.client = b.api.Client(b.server.Client())

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- component.Run(ctx) }()
	t.Cleanup(func() {
		b.server.Close()
		cancel()
		require.NoError(t, <-ended)
	})
	return b
}

// actor is somebody who calls.
type actor struct {
	name    string
	subject access.Subject
}

func service(name string) actor { return actor{name, access.Service(name)} }

// answer is what came back.
type answer struct {
	status int
	etag   string
	body   []byte
}

// read decodes a successful answer.
func read[T any](t testing.TB, a answer) T {
	t.Helper()
	var into T
	require.Less(t, a.status, 300, "%s", a.body)
	require.NoError(t, json.Unmarshal(a.body, &into))
	return into
}

func (a answer) refused(t testing.TB, status int, code failure.Code) {
	t.Helper()
	var p failure.Problem
	require.NoError(t, json.Unmarshal(a.body, &p), "%s", a.body)
	require.Equal(t, code, p.Code, "%s", a.body)
	require.Equal(t, status, a.status, "%s", a.body)
}

type header struct{ name, value string }

func ifMatch(revision int64) header {
	return header{"If-Match", `"` + strconv.FormatInt(revision, 10) + `"`}
}

func key(value string) header { return header{"Idempotency-Key", value} }

// call sends a request; in may be bytes that go out as they are.
func (b *bench) call(by actor, method, path string, in any, headers ...header) answer {
	b.t.Helper()
	var body io.Reader
	switch given := in.(type) {
	case nil:
	case []byte:
		body = bytes.NewReader(given)
	default:
		raw, err := json.Marshal(given)
		require.NoError(b.t, err)
		body = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL+path, body)
	require.NoError(b.t, err)
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	signer := access.Portal
	if by.subject.Service != "" {
		signer = by.subject.Service
	}
	if by.subject.ID != "" {
		token, err := b.signers[signer].Token(Name, by.subject)
		require.NoError(b.t, err)
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if method == http.MethodPost {
		b.counter++
		request.Header.Set("Idempotency-Key", fmt.Sprintf("test-key-%d", b.counter))
	}
	for _, h := range headers {
		request.Header.Set(h.name, h.value)
	}
	response, err := b.client.Do(request)
	require.NoError(b.t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	return answer{response.StatusCode, response.Header.Get("ETag"), raw}
}

func at(owner tenant.ID, rest string) string { return "/v1/tenants/" + string(owner) + rest }

// world is the bench with people in it.
type world struct {
	*bench
	platform, north, south, union tenant.ID
	school, sister, away          tenant.ID // two schools of north and one of south
	unit, sisterUnit, awayUnit    string
	forum                         tenancyapi.Forum
	people                        map[string]actor // by what they are
	assignments                   map[string]tenancyapi.RoleAssignment
}

// ptr is for optional fields.
func ptr[T any](v T) *T { return &v }

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{bench: newBench(t), people: map[string]actor{}, assignments: map[string]tenancyapi.RoleAssignment{}}
	w.platform = tenant.ID(read[tenancyapi.Organisation](t, w.call(service("setup"), "POST", "/v1/platform",
		tenancyapi.NewPlatform{Name: "Guldkorn", Language: "da"})).OrganisationID)
	w.north = w.organisation(w.platform, "municipality", "Nordby")
	w.south = w.organisation(w.platform, "municipality", "Sydby")
	w.union = w.organisation(w.platform, "union", "Forbundet")
	w.school = w.organisation(w.north, "school", "Nordskolen")
	w.sister = w.organisation(w.north, "school", "Søsterskolen")
	w.away = w.organisation(w.south, "school", "Sydskolen")
	w.unit = w.newUnit(w.school, "Indskoling")
	w.sisterUnit = w.newUnit(w.sister, "Indskoling")
	w.awayUnit = w.newUnit(w.away, "Indskoling")

	w.hire("platform_operator", w.platform, w.platform, "")
	w.hire("municipal_administrator", w.north, w.north, "")
	w.hire("municipal_analyst", w.north, w.north, "")
	w.hire("union_analyst", w.union, w.union, "")
	w.hire("auditor", w.north, w.north, "")
	for _, role := range []string{"school_administrator", "leader", "tr", "amr", "forum_member", "facilitator", "text_reader", "it_guide", "learner_representative"} {
		w.hire(role, w.north, w.school, "")
	}
	w.hire("employee", w.north, w.school, w.unit)
	w.hireAs("southern administrator", "municipal_administrator", w.south, w.south, "")
	w.hireAs("sister's administrator", "school_administrator", w.north, w.sister, "")
	w.hireAs("away administrator", "school_administrator", w.south, w.away, "")
	w.forum = read[tenancyapi.Forum](t, w.call(w.people["leader"], "POST", at(w.school, "/forums"), tenancyapi.NewForum{
		Kind: "med", Name: "MED-udvalg", Mandate: "consultation",
		Members: []tenancyapi.ForumMember{{PersonID: w.people["leader"].subject.ID, Role: "chair"}, {PersonID: w.people["tr"].subject.ID, Role: "tr"}},
	}))
	return w
}

func (w *world) organisation(parent tenant.ID, kind, name string) tenant.ID {
	w.t.Helper()
	in := tenancyapi.NewOrganisation{Kind: tenancyapi.OrganisationKind(kind), Name: name, Language: "da"}
	if kind == kindSchool {
		in.InstitutionType = ptr(tenancyapi.InstitutionType("folkeskole"))
	}
	return tenant.ID(read[tenancyapi.Organisation](w.t, w.call(service("setup"), "POST", at(parent, "/organisations"), in)).OrganisationID)
}

func (w *world) newUnit(school tenant.ID, name string) string {
	w.t.Helper()
	return read[tenancyapi.Unit](w.t, w.call(service("setup"), "POST", at(school, "/units"), tenancyapi.NewUnit{Name: name})).UnitID
}

func (w *world) person(home tenant.ID, name string) actor {
	w.t.Helper()
	w.counter++
	p := read[tenancyapi.Person](w.t, w.call(service("setup"), "POST", at(home, "/persons"), tenancyapi.NewPerson{
		Name: name, Email: fmt.Sprintf("p%d@example.dk", w.counter), Login: fmt.Sprintf("login%d", w.counter), Language: "da",
	}))
	return actor{name, access.Subject{ID: p.PersonID, Tenant: home, Session: "s", Recent: true}}
}

func (w *world) assign(p actor, role string, scope tenant.ID, unit string) tenancyapi.RoleAssignment {
	w.t.Helper()
	return read[tenancyapi.RoleAssignment](w.t, w.call(service("setup"), "POST", at(p.subject.Tenant, "/role-assignments"),
		tenancyapi.NewRoleAssignment{PersonID: p.subject.ID, Role: tenancyapi.Role(role), Scope: string(scope), UnitID: optional(unit)}))
}

// newForum makes a forum that a leader of the school chairs.
func (w *world) newForum(owner tenant.ID, kind tenancyapi.ForumKind, parentID *string) tenancyapi.Forum {
	w.t.Helper()
	return read[tenancyapi.Forum](w.t, w.call(service("setup"), "POST", at(owner, "/forums"), tenancyapi.NewForum{
		Kind: kind, Name: "Forum", Mandate: mandates(string(kind))[0], ParentID: parentID,
		Members: []tenancyapi.ForumMember{{PersonID: w.people["leader"].subject.ID, Role: "chair"}},
	}))
}

func (w *world) hire(role string, home, scope tenant.ID, unit string) {
	w.hireAs(role, role, home, scope, unit)
}

func (w *world) hireAs(as, role string, home, scope tenant.ID, unit string) {
	w.t.Helper()
	p := w.person(home, "Navn på "+as)
	p.name = as
	w.people[as], w.assignments[as] = p, w.assign(p, role, scope, unit)
}

// within waits for something that an event brings about.
func within(t testing.TB, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 10*time.Second, 5*time.Millisecond)
}
