package reporting

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/projection/projectiontest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	platformTenant tenant.ID = "platformaaaa"
	northTenant    tenant.ID = "northaaaaaaa"
	southTenant    tenant.ID = "southaaaaaaa"
	unionTenant    tenant.ID = "unionaaaaaaa"
	// schoolTenant belongs to north.
	quietTenant tenant.ID = "quietaaaaaaa" // north's other school
	farTenant   tenant.ID = "faraaaaaaaaa" // south's school

	waiting = 20 * time.Second
)

// watch is a clock that stands until it is set.
type watch struct {
	mu sync.Mutex
	at time.Time
}

func (w *watch) now() time.Time   { w.mu.Lock(); defer w.mu.Unlock(); return w.at }
func (w *watch) set(at time.Time) { w.mu.Lock(); defer w.mu.Unlock(); w.at = at }

// world is everything around the service: a broker and a store that are real, the services that tell, and the two that
// are asked (a ballot box for its batch, intake for its instrument), which speak the contract over HTTP.
type world struct {
	t          testing.TB
	clock      *watch
	broker     nats.InProcessConnProvider
	told       map[string]*bus.Bus
	keys       *keyring.Ring
	signers    map[string]*access.Signer
	public     map[string]ed25519.PublicKey
	instrument Instrument
	snapshots  map[string][]events.Envelope // of the services that tell, by kind
	names      []string                     // that somebody at the school has, each

	mu      sync.Mutex
	batches map[string][]byte // by round; without one the ballot box does not answer
	pulled  int

	database string
	service  *Service
	api      *apitest.API
	server   *httptest.Server
	client   *http.Client
	stop     func()
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{
		t: t, clock: &watch{at: closedAt}, broker: bustest.Start(t), told: map[string]*bus.Bus{},
		signers: map[string]*access.Signer{}, public: map[string]ed25519.PublicKey{}, batches: map[string][]byte{},
		instrument: newInstrument("core_task"), api: apitest.Load(t, Name),
	}
	for _, service := range []string{access.Portal, "setup", "tenancy", "intake", "dialogue", "ballotbox", Name} {
		public, private, err := ed25519.GenerateKey(nil)
		require.NoError(t, err)
		w.signers[service], w.public[service] = access.NewSigner(private, service, w.clock.now), public
	}
	for _, service := range []string{"tenancy", "intake", "dialogue"} {
		w.told[service] = bustest.Connect(t, w.broker, service, nil)
	}
	var err error
	w.keys, err = keyring.Open(filepath.Join(t.TempDir(), "keys"))
	require.NoError(t, err)
	w.start(filepath.Join(t.TempDir(), "reporting.db"))
	w.organisations()
	return w
}

// start makes the service on a database and runs it until stop.
func (w *world) start(database string) {
	t := w.t
	t.Helper()
	w.database = database
	backend, err := sqlite.Open(t.Context(), database)
	require.NoError(t, err)
	b := bustest.Connect(t, w.broker, Name, nil)
	ballotbox, intake := httptest.NewServer(http.HandlerFunc(w.serveBatch)), httptest.NewServer(http.HandlerFunc(w.serveInstrument))
	component, err := New(t.Context(), &platform.Deps{
		Service: Name, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(), Now: w.clock.now,
		Store: document.NewStore(backend, Name, w.clock.now), Bus: b, Keys: w.keys, Signer: w.signers[Name],
		Verify: platform.Trust(Name, w.public, w.clock.now),
		Addresses: map[string]platform.Address{
			"ballotbox": {Base: ballotbox.URL, Client: ballotbox.Client()}, "intake": {Base: intake.URL, Client: intake.Client()},
			"tenancy": projectiontest.People(projectiontest.Owner(t, w.snapshots), func() []string { return append([]string{}, w.names...) }), "dialogue": projectiontest.Owner(t, w.snapshots),
		},
	})
	require.NoError(t, err)
	w.service = component.(*Service)
	w.server = httptest.NewServer(component.Handler())
	w.client = w.api.Client(w.server.Client())
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- component.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
		w.server.Close()
		ballotbox.Close()
		intake.Close()
		b.Close()
		require.NoError(t, backend.Close())
	})
	t.Cleanup(w.stop)
}

// fromReporting tells whether a request carries reporting's own token for a service.
func (w *world) fromReporting(r *http.Request, audience string) bool {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	subject, err := platform.Trust(audience, w.public, w.clock.now)(token)
	return err == nil && subject.Service == Name
}

func (w *world) serveBatch(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/v1/rounds/"), "/batch")
	content, ok := w.batches[id]
	switch {
	case !w.fromReporting(r, "ballotbox"):
		failure.Write(out, failure.New(failure.AccessUnauthentic), "en")
	case !ok:
		failure.Write(out, failure.New(failure.Unavailable), "en")
	default:
		w.pulled++
		out.Header().Set("Content-Type", "application/json")
		_, _ = out.Write(content)
	}
}

func (w *world) serveInstrument(out http.ResponseWriter, r *http.Request) {
	if !w.fromReporting(r, "intake") || r.URL.Path != "/v1/instruments/pulse/1" {
		failure.Write(out, failure.NotFound("instrument"), "en")
		return
	}
	_ = json.NewEncoder(out).Encode(w.instrument)
}

// tell publishes an event of its service, in a tenant.
func (w *world) tell(in tenant.ID, subject string, revision int64, e events.Event) {
	w.t.Helper()
	service, _, _ := strings.Cut(e.Type(), ".")
	ctx := tenant.With(w.t.Context(), in)
	envelope, err := events.New(ctx, service, subject, revision, w.clock.now(), e)
	require.NoError(w.t, err)
	require.NoError(w.t, w.told[service].Publish(ctx, envelope))
}

func (w *world) organisations() {
	w.t.Helper()
	for _, o := range []events.OrganisationCreated{
		{OrganisationID: string(platformTenant), Kind: "platform", Name: "Guldkorn", Language: "da"},
		{OrganisationID: string(northTenant), Kind: "municipality", ParentID: string(platformTenant), Name: "Nordby", Language: "da"},
		{OrganisationID: string(southTenant), Kind: "municipality", ParentID: string(platformTenant), Name: "Sydby", Language: "da"},
		{OrganisationID: string(unionTenant), Kind: "union", ParentID: string(platformTenant), Name: "Forbundet", Language: "da"},
		{OrganisationID: string(schoolTenant), Kind: "school", ParentID: string(northTenant), Name: "Åskolen", Language: "da"},
		{OrganisationID: string(quietTenant), Kind: "school", ParentID: string(northTenant), Name: "Skovskolen", Language: "da"},
		{OrganisationID: string(farTenant), Kind: "school", ParentID: string(southTenant), Name: "Strandskolen", Language: "da"},
	} {
		w.tell(tenant.ID(o.OrganisationID), o.OrganisationID, 1, o)
	}
	w.eventually(func() bool {
		_, err := w.service.directory.Path(w.t.Context(), farTenant)
		return err == nil
	}, "the directory knows the organisations")
}

// person gives somebody of this role in this scope and returns the id.
func (w *world) person(role string, scope tenant.ID) string {
	w.t.Helper()
	id := role + "-at-" + string(scope)
	w.assign(id, role, scope)
	return id
}

// assign gives somebody a role in a scope.
func (w *world) assign(person, role string, scope tenant.ID) {
	w.t.Helper()
	id := person + "-" + role
	w.tell(northTenant, id, 1, events.RoleAssigned{AssignmentID: id, PersonID: person, Role: role, Scope: string(scope), From: closedAt.Add(-time.Hour)})
	w.eventually(func() bool {
		known, err := w.service.directory.Assignments(w.t.Context(), person)
		return err == nil && slices.ContainsFunc(known, func(a access.Assignment) bool { return a.Role == role && a.Scope == scope })
	}, "the directory knows "+id)
}

// announce makes the release key as intake does and tells of the round.
func (w *world) announce(in tenant.ID, round Round) (publicKey string) {
	w.t.Helper()
	var key api.ReleaseKey
	require.Equal(w.t, http.StatusOK, w.call(w.as("intake"), http.MethodPut, "/v1/tenants/"+string(in)+"/rounds/"+round.RoundID+"/release-key", &key))
	e := events.RoundAnnounced{
		RoundID: round.RoundID, Title: round.Title, Instrument: "pulse", InstrumentVersion: 1,
		TechnologyID: round.TechnologyID, TechnologyName: round.TechnologyName,
		OpensOn: string(round.OpensOn), ClosesOn: string(round.ClosesOn), VisibleToAllOn: string(round.VisibleToAllOn),
		Thresholds: events.Thresholds{Means: round.Thresholds.Means, Distributions: round.Thresholds.Distributions}, ReleaseKey: key.PublicKey,
		ExtraQuestions: round.ExtraQuestions, BeforeRoundID: round.BeforeRoundID, CommonRoundID: round.CommonRoundID, TextReaders: round.TextReaders,
		Breakdown: round.Breakdown, WholeSchool: round.WholeSchool,
	}
	for _, u := range round.Units {
		e.Units = append(e.Units, events.RoundUnit{UnitID: u.ID, ParentID: u.Parent, Name: u.Name, Headcount: u.Headcount})
	}
	w.tell(in, round.RoundID, 1, e)
	w.eventually(func() bool {
		_, err := w.service.store.rounds.Get(tenant.With(w.t.Context(), in), round.RoundID)
		return err == nil
	}, "the round is known")
	return key.PublicKey
}

// seal puts an answer into an envelope as the browser does.
func seal(t testing.TB, public, roundID string, plain []byte) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(public)
	require.NoError(t, err)
	key, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(raw)
	require.NoError(t, err)
	enc, sender, err := hpke.NewSender(key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("guldkorn answer v1"))
	require.NoError(t, err)
	ciphertext, err := sender.Seal([]byte(roundID), plain)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(append(enc, ciphertext...))
}

// filledIn writes an answer as the browser does, padded to its size.
func filledIn(t testing.TB, roundID string, a Answer) []byte {
	t.Helper()
	texts := map[string]string{}
	for item, value := range a.Values {
		for text, one := range values {
			if one == value && text != "do_not_know" {
				texts[item] = text
			}
		}
	}
	for theme, text := range a.Words {
		texts[theme+textSuffix] = text
	}
	raw, err := json.Marshal(map[string]any{"round_id": roundID, "instrument": "pulse", "instrument_version": 1, "answers": texts})
	require.NoError(t, err)
	return append(raw, strings.Repeat(" ", 4096-len(raw))...)
}

// boxed seals answers by unit.
func boxed(t testing.TB, public, roundID string, answers []Answer) map[string][]string {
	t.Helper()
	sealed := map[string][]string{}
	for _, a := range answers {
		sealed[a.Unit] = append(sealed[a.Unit], seal(t, public, roundID, filledIn(t, roundID, a)))
	}
	return sealed
}

// fill puts a batch into the ballot box and returns its hash.
func (w *world) fill(roundID string, sealed map[string][]string) string {
	w.t.Helper()
	type unit struct {
		UnitID  string   `json:"unit_id"`
		Answers []string `json:"answers"`
	}
	var units []unit
	for id, answers := range sealed {
		units = append(units, unit{id, answers})
	}
	content, err := json.Marshal(map[string]any{"round_id": roundID, "units": units})
	require.NoError(w.t, err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.batches[roundID] = content
	return contentHash(content)
}

func (w *world) close(in tenant.ID, roundID, hash string) {
	w.t.Helper()
	w.tell(in, roundID, 2, events.RoundClosed{RoundID: roundID, BatchHash: hash})
}

// released waits for the release of a round and returns it as stored.
func (w *world) released(in tenant.ID, roundID string) document.Document[stored] {
	w.t.Helper()
	ctx := tenant.With(context.Background(), in)
	var found document.Document[stored]
	w.eventually(func() bool {
		kept, ok, err := w.service.store.releaseOf(ctx, roundID)
		found = kept
		return err == nil && ok
	}, "round "+roundID+" is released")
	name, err := keyName(ctx, roundID)
	require.NoError(w.t, err)
	w.eventually(func() bool { _, err := w.keys.Get(name); return err != nil }, "its key is destroyed")
	return found
}

// wholeRound announces, answers, closes and releases.
func (w *world) wholeRound(in tenant.ID, round Round, answers []Answer) document.Document[stored] {
	w.t.Helper()
	key := w.announce(in, round)
	w.close(in, round.RoundID, w.fill(round.RoundID, boxed(w.t, key, round.RoundID, answers)))
	return w.released(in, round.RoundID)
}

// told returns the events that the service published, once there are n.
func (w *world) published(n uint64) []events.Envelope {
	w.t.Helper()
	stream := bustest.Stream(w.t, w.broker, Name)
	w.eventually(func() bool {
		info, err := stream.Info(w.t.Context())
		return err == nil && info.State.LastSeq >= n
	}, "the events are out")
	var all []events.Envelope
	for seq := uint64(1); seq <= stream.CachedInfo().State.LastSeq; seq++ {
		m, err := stream.GetMsg(w.t.Context(), seq)
		require.NoError(w.t, err)
		var e events.Envelope
		require.NoError(w.t, json.Unmarshal(m.Data, &e))
		all = append(all, e)
	}
	return all
}

// as returns the token of a service.
func (w *world) as(service string) string {
	w.t.Helper()
	token, err := w.signers[service].Token(Name, access.Service(service))
	require.NoError(w.t, err)
	return token
}

// asPerson returns a token that the portal signs.
func (w *world) asPerson(id string) string {
	w.t.Helper()
	token, err := w.signers[access.Portal].Token(Name, access.Subject{ID: id, Tenant: northTenant})
	require.NoError(w.t, err)
	return token
}

// call sends a request, reads the answer into out unless nil, and returns the status.
func (w *world) call(token, method, path string, out any) int {
	w.t.Helper()
	response, body := w.send(token, method, path, "")
	if out != nil {
		require.NoError(w.t, json.Unmarshal(body, out), "%s", body)
	}
	return response.StatusCode
}

func (w *world) send(token, method, path, ifNoneMatch string) (*http.Response, []byte) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, nil)
	require.NoError(w.t, err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if ifNoneMatch != "" {
		r.Header.Set("If-None-Match", ifNoneMatch)
	}
	response, err := w.client.Do(r)
	require.NoError(w.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	return response, body
}

func (w *world) eventually(condition func() bool, what string) {
	w.t.Helper()
	require.Eventually(w.t, condition, waiting, 5*time.Millisecond, what)
}
