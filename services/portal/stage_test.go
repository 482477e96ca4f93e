package portal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/services/allinone/devidp"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

const (
	operatorID = "aaaaaaaaaaaa"
	schoolID   = "bbbbbbbbbbbb"
	unionID    = "cccccccccccc"
	platformID = "ffffffffffff"
	annaID     = "11111111-1111-4111-8111-111111111111"
	boID       = "22222222-2222-4222-8222-222222222222"
	claraID    = "33333333-3333-4333-8333-333333333333" // whose access is closed

	otherSchoolID = "dddddddddddd"
)

// stage is a real portal with a real identity provider, a real session store and real tokens. The services behind it
// answer what the test gives them.
type stage struct {
	t        *testing.T
	portal   *Portal
	address  string
	services map[string]*http.ServeMux
	log      *safeBuffer
	gone     sync.Map                 // ids of people whom tenancy knows no more
	offers   []tenancyapi.SignInOffer // of tenants' own providers
	down     sync.Map                 // names of services that do not answer

	mu      sync.Mutex
	time    time.Time
	asked   []asked
	voice   intakeapi.Voice     // of the school, as intake tells it
	matched []tenancyapi.SignIn // what tenancy was asked to find somebody by
}

// asked is one call that the portal made.
type asked struct {
	service, call string
	subject       access.Subject
	query         string
}

type safeBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func key(issuer string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("test key of " + issuer))
	return ed25519.NewKeyFromSeed(seed[:])
}

func (s *stage) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.time
}

func (s *stage) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.time = s.time.Add(d)
}

func (s *stage) calls() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]asked{}, s.asked...)
}

// queries are what a path was asked with.
func (s *stage) queries(path string) (all []string) {
	for _, one := range s.calls() {
		if one.call == "GET "+path {
			all = append(all, one.query)
		}
	}
	return all
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, time: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC), services: map[string]*http.ServeMux{}, log: &safeBuffer{}}
	provider, err := devidp.Start(t.Context(), "127.0.0.1:0", []devidp.Persona{
		{Login: "anna", Name: "Anna Lind", Role: "Lærer"}, {Login: "bo", Name: "Bo Kjær", Role: "Leder"}, {Login: "cille", Name: "Cille Dam", Role: "Lærer"}, {Login: "stranger", Name: "Sine Ukendt", Role: "?"},
	}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, provider.Close()) })

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.address = "http://" + listener.Addr().String()
	backend, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "portal.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, backend.Close()) })
	keys, err := keyring.Open(filepath.Join(t.TempDir(), "keys"))
	require.NoError(t, err)

	addresses := map[string]platform.Address{}
	for _, service := range []string{"tenancy", "intake", "reporting", "dialogue", "notification"} {
		mux := http.NewServeMux()
		s.services[service] = mux
		server := httptest.NewServer(s.noted(service, mux))
		t.Cleanup(server.Close)
		addresses[service] = platform.Address{Base: server.URL, Client: server.Client()}
	}
	component, err := New(t.Context(), &platform.Deps{
		Service: "portal", Logger: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Registerer: prometheus.NewRegistry(), Now: s.now, Store: document.NewStore(backend, "portal", s.now), Keys: keys,
		Signer: access.NewSigner(key("portal"), "portal", s.now), Addresses: addresses,
		Environment: map[string]string{
			"PORTAL_PUBLIC_URL": s.address, "BALLOTBOX_PUBLIC_URL": "http://localhost:9", "OIDC_ISSUER": provider.Issuer(),
			"OIDC_CLIENT_ID": provider.ClientID(), "DEMO": "true",
		},
	})
	require.NoError(t, err)
	s.portal = component.(*Portal)
	server := httptest.NewUnstartedServer(s.portal.Handler())
	require.NoError(t, server.Listener.Close())
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	s.people()
	return s
}

// subject is on whose behalf a service is called.
func (s *stage) subject(service string, r *http.Request) (access.Subject, error) {
	verify := platform.Trust(service, map[string]ed25519.PublicKey{"portal": key("portal").Public().(ed25519.PublicKey)}, s.now)
	return verify(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
}

// noted checks the token of a call as the service would, and remembers who asked.
func (s *stage) noted(service string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		subject, err := s.subject(service, r)
		if err != nil {
			failure.Write(w, err, "en")
			return
		}
		s.mu.Lock()
		s.asked = append(s.asked, asked{service, r.Method + " " + r.URL.Path, subject, r.URL.RawQuery})
		s.mu.Unlock()
		if _, down := s.down.Load(service); down {
			failure.Write(w, failure.New(failure.Unavailable), "en")
			return
		}
		if _, pattern := next.(*http.ServeMux).Handler(r); pattern == "" {
			failure.Write(w, failure.New(failure.DocumentNotFound), "en")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// on lets a service answer a pattern such as "GET /v1/me".
func (s *stage) on(service, pattern string, answer any) {
	s.services[service].HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
		if err, ok := answer.(error); ok {
			failure.Write(w, err, "da")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("ETag", `"3"`)
		respond(s.t, w, answer)
	})
}

// live answers with a dialogue as it is now, or holds the stream of its changes open.
func (s *stage) live(d dialogueapi.Dialogue) {
	s.services["dialogue"].HandleFunc("GET "+under(schoolID, "dialogues", d.DialogueID, "live"), func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("wait") {
			w.Header().Set("Content-Type", "application/json")
			shown := seenByGuest(d)
			respond(s.t, w, dialogueapi.LivePoll{Snapshot: &shown})
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		if err := http.NewResponseController(w).Flush(); err == nil {
			<-r.Context().Done()
		}
	})
}

func respond(t *testing.T, w http.ResponseWriter, answer any) {
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		t.Error(err)
	}
}

// people makes tenancy know Anna, a teacher and TR, Cille, a teacher, and Bo, a leader, and nobody else.
func (s *stage) people() {
	known := map[string]tenancyapi.SignedIn{
		"anna":  {PersonID: annaID, TenantID: operatorID, Name: "Anna Lind", Language: "da"},
		"bo":    {PersonID: boID, TenantID: operatorID, Name: "Bo Kjær", Language: "da"},
		"cille": {PersonID: "cille", TenantID: operatorID, Name: "Cille Dam", Language: "da"},
	}
	s.services["tenancy"].HandleFunc("POST /v1/sign-ins/match", func(w http.ResponseWriter, r *http.Request) {
		var in tenancyapi.SignIn
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			s.t.Error(err)
		}
		s.mu.Lock()
		s.matched = append(s.matched, in)
		s.mu.Unlock()
		who, ok := known[in.Login]
		if !ok {
			failure.Write(w, failure.New(failure.DocumentNotFound), "da")
			return
		}
		if err := json.NewEncoder(w).Encode(who); err != nil {
			s.t.Error(err)
		}
	})
	s.services["tenancy"].HandleFunc("GET /v1/sign-in-providers", func(w http.ResponseWriter, _ *http.Request) {
		respond(s.t, w, tenancyapi.SignInOfferList{Items: s.offers})
	})
	s.services["tenancy"].HandleFunc("GET /v1/me", func(w http.ResponseWriter, r *http.Request) {
		token, _ := s.subject("tenancy", r)
		if _, gone := s.gone.Load(token.ID); gone {
			failure.Write(w, failure.New(failure.DocumentNotFound), "da")
			return
		}
		me := tenancyapi.Me{PersonID: token.ID, TenantID: operatorID, Name: "?", Language: "da"}
		role := func(name, scope, label, kind string) {
			me.Assignments = append(me.Assignments, tenancyapi.MyAssignment{
				Role: tenancyapi.Role(name), Scope: scope, ScopeName: label, ScopeKind: tenancyapi.OrganisationKind(kind),
			})
		}
		role("employee", schoolID, "Egebakkeskolen", "school")
		switch token.ID {
		case "cille":
		case annaID:
			role("tr", schoolID, "Egebakkeskolen", "school")
		default:
			role("leader", schoolID, "Egebakkeskolen", "school")
			role("municipal_administrator", operatorID, "Havnelund Kommune", "municipality")
			role("school_administrator", schoolID, "Egebakkeskolen", "school")
			role("platform_operator", platformID, "Platformen", "platform")
			role("union_analyst", unionID, "Fagforeningen", "union")
		}
		if err := json.NewEncoder(w).Encode(me); err != nil {
			s.t.Error(err)
		}
	})
}

// browser is somebody with cookies, who follows no redirect by themselves.
type browser struct {
	*stage
	client *http.Client
}

func (s *stage) browser() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(s.t, err)
	return &browser{s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// page is an answer with its body read.
type page struct {
	*http.Response
	body string
}

func (b *browser) do(r *http.Request) page {
	b.t.Helper()
	response, err := b.client.Do(r)
	require.NoError(b.t, err)
	raw, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	require.NoError(b.t, response.Body.Close())
	return page{response, string(raw)}
}

func (b *browser) get(address string) page {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.address + address
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, address, nil)
	require.NoError(b.t, err)
	r.Header.Set("Accept-Language", "da")
	return b.do(r)
}

func (b *browser) post(path string, form url.Values, headers ...string) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.address+path, strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.do(r)
}

func (p page) next(t *testing.T) string {
	t.Helper()
	location, err := p.Location()
	require.NoError(t, err, "%s: %s", p.Status, p.body)
	return location.String()
}

// cookie is the portal's cookie under a name, "" for none.
func (b *browser) cookie(name string) string {
	at, err := url.Parse(b.address + "/sign-in/callback")
	require.NoError(b.t, err)
	for _, one := range b.client.Jar.Cookies(at) {
		if one.Name == name {
			return one.Value
		}
	}
	return ""
}

// walk goes from the provider's address to the callback address for a persona, without calling it.
func (b *browser) walk(authorize, login string) string {
	b.t.Helper()
	chooser := b.get(b.get(authorize).next(b.t))
	id := regexp.MustCompile(`name="request" value="([^"]+)"`).FindStringSubmatch(chooser.body)
	require.NotNil(b.t, id, chooser.body)
	at := *chooser.Request.URL
	at.Path, at.RawQuery = "/personas", ""
	response, err := b.client.PostForm(at.String(), url.Values{"request": {id[1]}, "login": {login}})
	require.NoError(b.t, err)
	require.NoError(b.t, response.Body.Close())
	return b.get(page{response, ""}.next(b.t)).next(b.t)
}

// signIn signs in and returns the answer of the callback.
func (b *browser) signIn(login, back string) page {
	b.t.Helper()
	start := b.get("/sign-in/start?" + url.Values{"return": {back}}.Encode())
	return b.get(b.walk(start.next(b.t), login))
}

// arrives signs Bo, who leads the school, in with a real browser.
func (s *stage) arrives(p *browsertest.Person) {
	s.t.Helper()
	p.Open(s.address + "/sign-in")
	p.Click("#sign-in")
	p.Click(`button[value="bo"]`)
	p.WaitAddress(s.address + "/schools/" + schoolID)
}

// token is what the session's forms carry.
func (b *browser) token() string {
	b.t.Helper()
	found := regexp.MustCompile(`name="form_token" value="([^"]+)"`).FindStringSubmatch(b.get("/privacy").body)
	require.NotNil(b.t, found)
	return found[1]
}
