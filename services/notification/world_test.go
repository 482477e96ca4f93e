package notification

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	gosmtp "github.com/emersion/go-smtp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/projection/projectiontest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	platformID tenant.ID = "platformaaaa"
	operatorID tenant.ID = "northaaaaaaa"
	schoolID   tenant.ID = "northschoola"

	waiting = 20 * time.Second
)

func eventually(t *testing.T, condition func() bool, what string, args ...any) {
	t.Helper()
	require.Eventually(t, condition, waiting, 10*time.Millisecond, append([]any{what}, args...)...)
}

// clock is the time that the service is given. It stands in the past, so that the broker's schedules, which go by
// the real time, come at once, and the service's own look at the clock decides.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time      { c.mu.Lock(); defer c.mu.Unlock(); return c.at }
func (c *clock) set(at time.Time)    { c.mu.Lock(); defer c.mu.Unlock(); c.at = at }
func (c *clock) add(d time.Duration) { c.set(c.now().Add(d)) }

// world is everything around the service: a broker, the services that tell, tenancy's addresses, a mail server.
type world struct {
	t         *testing.T
	clock     clock
	broker    nats.InProcessConnProvider
	database  string
	mails     *mailbox
	portal    ed25519.PrivateKey
	told      map[string]*bus.Bus
	addresses *addresses
	snapshots map[string][]events.Envelope // of dialogue, by kind
	gather    string

	service *Service
	server  *httptest.Server
	stop    func()
	kill    func() // takes the database away
}

func newWorld(t *testing.T) *world {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	w := &world{
		t: t, broker: bustest.Start(t), database: filepath.Join(t.TempDir(), "notification.db"), portal: key,
		mails: startMailbox(t, "127.0.0.1:0"), told: map[string]*bus.Bus{}, addresses: startAddresses(t), gather: "0s",
	}
	w.clock.set(morning)
	for _, service := range []string{"tenancy", "intake", "reporting", "dialogue"} {
		w.told[service] = bustest.Connect(t, w.broker, service, nil)
	}
	return w
}

// start makes the service on the world's database and runs it; a second start follows a stop.
func (w *world) start() {
	w.t.Helper()
	backend, err := sqlite.Open(w.t.Context(), w.database)
	require.NoError(w.t, err)
	kill := sync.OnceFunc(func() { _ = backend.Close() })
	b := bustest.Connect(w.t, w.broker, "notification", nil)
	_, own, err := ed25519.GenerateKey(nil)
	require.NoError(w.t, err)
	smtpHost, smtpPort, err := net.SplitHostPort(w.mails.address)
	require.NoError(w.t, err)
	component, err := New(w.t.Context(), &platform.Deps{
		Service: "notification", Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(), Now: w.clock.now,
		Store: document.NewStore(backend, "notification", w.clock.now), Bus: b,
		Signer: access.NewSigner(own, "notification", w.clock.now),
		Verify: platform.Trust("notification", map[string]ed25519.PublicKey{"portal": w.portal.Public().(ed25519.PublicKey)}, w.clock.now),
		Addresses: map[string]platform.Address{
			"tenancy":  {Base: w.addresses.server.URL, Client: w.addresses.server.Client()},
			"dialogue": projectiontest.Owner(w.t, w.snapshots),
		},
		Environment: map[string]string{
			"SMTP_HOST": smtpHost, "SMTP_PORT": smtpPort, "SMTP_TLS": "none", "SMTP_FROM": "Guldkorn <guldkorn@example.dk>",
			"PORTAL_PUBLIC_URL": "https://guldkorn.example.dk", "MAIL_GATHER": w.gather,
		},
	})
	require.NoError(w.t, err)
	w.service = component.(*Service)
	w.service.askAgain = 0
	w.server = httptest.NewServer(component.Handler())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- component.Run(ctx) }()
	w.kill = kill
	w.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-done: // a killed one returns an error
		case <-time.After(waiting):
			w.t.Error("the service does not stop")
		}
		w.server.Close()
		b.Close()
		kill()
	})
	w.t.Cleanup(w.stop)
}

// tell publishes an event of its service, in a tenant.
func (w *world) tell(in tenant.ID, subject string, e events.Event) events.Envelope {
	w.t.Helper()
	service, _, _ := strings.Cut(e.Type(), ".")
	ctx := tenant.With(w.t.Context(), in)
	envelope, err := events.New(ctx, service, subject, 1, w.clock.now(), e)
	require.NoError(w.t, err)
	require.NoError(w.t, w.told[service].Publish(ctx, envelope))
	return envelope
}

// person has a role at the school and a mail address; the unit is for employees.
func (w *world) person(id, language, role, unit string) {
	w.t.Helper()
	w.addresses.add(addressee{PersonID: id, Name: strings.ToUpper(id), Language: language, Email: id + "@example.dk"})
	w.role(id, role, unit)
}

func (w *world) role(id, role, unit string) {
	w.t.Helper()
	assignment := id + "-" + role
	w.tell(operatorID, assignment, events.RoleAssigned{
		AssignmentID: assignment, PersonID: id, Role: role, Scope: string(schoolID), UnitID: unit, From: morning.Add(-time.Hour),
	})
}

// school is Skovskolen with a leader, two teachers of unit-1, one of unit-2, a TR and an AMR among them.
func (w *world) school() {
	w.t.Helper()
	w.tell(platformID, string(platformID), events.OrganisationCreated{OrganisationID: string(platformID), Kind: "platform", Name: "Guldkorn", Language: "da"})
	w.tell(operatorID, string(operatorID), events.OrganisationCreated{OrganisationID: string(operatorID), Kind: "municipality", ParentID: string(platformID), Name: "Nordby", Language: "da"})
	w.tell(schoolID, string(schoolID), events.OrganisationCreated{OrganisationID: string(schoolID), Kind: "school", ParentID: string(operatorID), Name: "Skovskolen", Language: "da"})
	w.person("leader", "da", access.Leader, "")
	w.role("leader", access.Employee, "unit-1")
	w.person("ada", "da", access.Employee, "unit-1")
	w.person("bob", "en", access.Employee, "unit-1")
	w.person("cleo", "da", access.Employee, "unit-2")
	w.role("ada", access.UnionRepresentative, "")
	w.role("bob", access.SafetyRepresentative, "")
	w.role("ada", access.SafetyRepresentative, "")
	eventually(w.t, func() bool {
		members, err := w.service.directory.Members(tenant.With(context.Background(), schoolID), "")
		return err == nil && len(members) == 8
	}, "the directory knows the school")
}

func announced() events.RoundAnnounced {
	return events.RoundAnnounced{
		RoundID: "round-1", Title: "Ny læringsplatform", Instrument: "pulse", InstrumentVersion: 1,
		Units:   []events.RoundUnit{{UnitID: "unit-1", Name: "Indskoling", Headcount: 2}},
		OpensOn: "2026-03-11", ClosesOn: "2026-03-20", VisibleToAllOn: "2026-03-27",
		Thresholds: events.Thresholds{Means: 5, Distributions: 10}, ReleaseKey: "a2V5",
	}
}

// inbox returns the kinds of a person's items, newest first.
func (w *world) inbox(person string) []Kind {
	w.t.Helper()
	page, err := w.service.store.inbox(tenant.With(context.Background(), operatorID), person, w.clock.now(), "", 50)
	require.NoError(w.t, err)
	var kinds []Kind
	for _, item := range page.Items {
		kinds = append(kinds, item.Body.Kind)
	}
	return kinds
}

// outcomes returns what the service told of its mails.
func (w *world) outcomes() []events.Envelope {
	w.t.Helper()
	conn, err := nats.Connect("", nats.InProcessServer(w.broker))
	require.NoError(w.t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(w.t, err)
	stream, err := js.Stream(context.Background(), "notification")
	require.NoError(w.t, err)
	var all []events.Envelope
	for seq := uint64(1); seq <= stream.CachedInfo().State.LastSeq; seq++ {
		m, err := stream.GetMsg(context.Background(), seq)
		require.NoError(w.t, err)
		var e events.Envelope
		require.NoError(w.t, json.Unmarshal(m.Data, &e))
		all = append(all, e)
	}
	return all
}

// addresses is tenancy as far as this service needs it.
type addresses struct {
	server *httptest.Server
	mu     sync.Mutex
	known  map[string]addressee
	asked  int
	away   bool
}

func startAddresses(t *testing.T) *addresses {
	a := &addresses{known: map[string]addressee{}}
	a.server = httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.server.Close)
	return a
}

func (a *addresses) add(one addressee) { a.mu.Lock(); defer a.mu.Unlock(); a.known[one.PersonID] = one }

func (a *addresses) setAway(away bool) { a.mu.Lock(); defer a.mu.Unlock(); a.away = away }

func (a *addresses) serve(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/v1/snapshots/") { // the tests tell by events
		_, _ = io.WriteString(w, `{"items":[]}`)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var ask struct {
		PersonIDs []string `json:"person_ids"`
	}
	if a.asked++; a.away || r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") ||
		r.URL.Path != "/v1/tenants/"+string(operatorID)+"/persons/lookup" || json.NewDecoder(r.Body).Decode(&ask) != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	found := []addressee{}
	for _, id := range ask.PersonIDs {
		if one, ok := a.known[id]; ok {
			found = append(found, one)
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"items": found})
}

// mailbox is a real mail server that keeps what it takes.
type mailbox struct {
	address string
	server  *gosmtp.Server
	mu      sync.Mutex
	mails   []received
	refuse  func(to string) error // at RCPT, nil for none
	taken   func()                // called when a mail was taken, before the server says so
}

type received struct {
	to, id, subject, language, body string

	invitation, method, file string // as a program takes it up, how, and as a file
}

func startMailbox(t *testing.T, address string) *mailbox {
	t.Helper()
	l, err := net.Listen("tcp", address)
	require.NoError(t, err)
	m := &mailbox{address: l.Addr().String()}
	m.server = gosmtp.NewServer(m)
	m.server.Domain = "localhost"
	done := make(chan struct{})
	go func() { defer close(done); _ = m.server.Serve(l) }()
	t.Cleanup(func() { _ = m.server.Close(); <-done })
	return m
}

func (m *mailbox) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &session{box: m}, nil }

func (m *mailbox) all() []received {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]received(nil), m.mails...)
}

func (m *mailbox) to(person string) []received {
	var some []received
	for _, one := range m.all() {
		if one.to == person+"@example.dk" {
			some = append(some, one)
		}
	}
	return some
}

func (m *mailbox) refuseWith(code int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = nil
	if code > 0 {
		m.refuse = func(string) error { return &gosmtp.SMTPError{Code: code, Message: strconv.Itoa(code)} }
	}
}

type session struct {
	box *mailbox
	to  string
}

func (s *session) Reset()                                 { s.to = "" }
func (s *session) Logout() error                          { return nil }
func (s *session) Mail(string, *gosmtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if s.to = to; s.box.refuse != nil {
		return s.box.refuse(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	reader, err := mail.CreateReader(r)
	if err != nil {
		return err
	}
	one := received{to: s.to, language: reader.Header.Get("Content-Language")}
	one.id, _ = reader.Header.MessageID()
	one.subject, _ = reader.Header.Subject()
	part, err := reader.NextPart()
	if err != nil {
		return err
	}
	body, err := io.ReadAll(part.Body)
	if err != nil {
		return err
	}
	one.body = strings.ReplaceAll(string(body), "\r\n", "\n")
	if err := one.rest(reader); err != nil {
		return err
	}
	s.box.mu.Lock()
	s.box.mails = append(s.box.mails, one)
	taken := s.box.taken
	s.box.mu.Unlock()
	if taken != nil {
		taken()
	}
	return nil
}

// rest reads the parts of a mail after its text.
func (r *received) rest(reader *mail.Reader) error {
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		raw, err := io.ReadAll(part.Body)
		if err != nil {
			return err
		}
		switch header := part.Header.(type) {
		case *mail.InlineHeader:
			kind, parameters, err := header.ContentType()
			if err != nil || kind != "text/calendar" {
				return fmt.Errorf("a part of kind %q: %w", kind, err)
			}
			r.invitation, r.method = string(raw), parameters["method"]
		case *mail.AttachmentHeader:
			r.file = string(raw)
		}
	}
}
