package access_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
)

// publisher signs bundles and serves the last one, as a web server with ETags does.
type publisher struct {
	tb        testing.TB
	algorithm string
	private   string
	public    string
	server    *httptest.Server
	current   atomic.Pointer[[]byte]
	full      atomic.Int64 // answers with a body
	unchanged atomic.Int64
}

func newPublisher(tb testing.TB, algorithm string) *publisher {
	tb.Helper()
	p := &publisher{tb: tb, algorithm: algorithm}
	var private crypto.Signer
	var err error
	if algorithm == "ES256" {
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	} else {
		_, private, err = ed25519.GenerateKey(rand.Reader)
	}
	require.NoError(tb, err)
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(tb, err)
	p.private = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
	raw, err = x509.MarshalPKIXPublicKey(private.Public())
	require.NoError(tb, err)
	p.public = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: raw}))
	p.server = httptest.NewServer(http.HandlerFunc(p.serve))
	tb.Cleanup(p.server.Close)
	return p
}

func (p *publisher) serve(w http.ResponseWriter, r *http.Request) {
	raw := p.current.Load()
	if raw == nil {
		http.Error(w, "none", http.StatusServiceUnavailable)
		return
	}
	sum := sha256.Sum256(*raw)
	etag := `"` + hex.EncodeToString(sum[:]) + `"`
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		p.unchanged.Add(1)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(*raw)
	p.full.Add(1)
}

func (p *publisher) publish(raw []byte) { p.current.Store(&raw) }

func (p *publisher) signed(revision, policy string) []byte {
	b := p.bundle(revision, policy)
	require.NoError(p.tb, b.GenerateSignature(bundle.NewSigningConfig(p.private, p.algorithm, ""), "any", true))
	return written(p.tb, b)
}

func (p *publisher) bundle(revision, policy string) bundle.Bundle {
	b := bundle.Bundle{
		Manifest: bundle.Manifest{Revision: revision}, Data: map[string]any{},
		Modules: []bundle.ModuleFile{{URL: "/service/policy.rego", Path: "/service/policy.rego", Raw: []byte(policy)}},
	}
	b.Manifest.Init()
	return b
}

func written(tb testing.TB, b bundle.Bundle) []byte {
	var out bytes.Buffer
	require.NoError(tb, bundle.NewWriter(&out).UseModulePath(true).DisableFormat(true).Write(b))
	return out.Bytes()
}

func (p *publisher) source(directory string) access.Bundles {
	return access.Bundles{URL: p.server.URL, Key: p.public, Directory: directory, Client: p.server.Client(), Every: time.Millisecond}
}

// following starts an authorizer that takes in bundles until the test ends.
func following(t *testing.T, b access.Bundles) (*access.Authorizer, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewRegistry()
	a := authorizer(t, access.WithRegisterer(registry))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Follow(ctx, b) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
	return a, registry
}

func embedded(t *testing.T) string {
	t.Helper()
	policy, err := os.ReadFile("testdata/policy.rego")
	require.NoError(t, err)
	return string(policy)
}

// changed returns the embedded policy with one text replaced.
func changed(t *testing.T, from, to string) string {
	t.Helper()
	policy := embedded(t)
	require.Equal(t, 1, strings.Count(policy, from))
	return strings.Replace(policy, from, to, 1)
}

// leadersCreate gives the school's leader an action that the embedded policy does not.
func leadersCreate(t *testing.T) string {
	return changed(t, `"thing.create": {"school_administrator"}`, `"thing.create": {"school_administrator", "leader"}`)
}

func mayCreate(t *testing.T, a *access.Authorizer) bool {
	return a.Decide(t.Context(), person(access.Leader, school), "thing.create", at(school, platform, north)) == nil
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 20*time.Second, time.Millisecond)
}

func counted(t *testing.T, registry *prometheus.Registry, outcome string) bool {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, metric := range family.Metric {
			for _, label := range metric.Label {
				if family.GetName() == "guldkorn_access_bundles_total" && label.GetName() == "outcome" && label.GetValue() == outcome {
					return metric.Counter.GetValue() > 0
				}
			}
		}
	}
	return false
}

func TestASignedBundleReplacesThePolicy(t *testing.T) {
	for _, algorithm := range []string{"EdDSA", "ES256"} {
		t.Run(algorithm, func(t *testing.T) {
			p := newPublisher(t, algorithm)
			a, _ := following(t, p.source(t.TempDir()))
			require.False(t, mayCreate(t, a))
			p.publish(p.signed("1", leadersCreate(t)))
			eventually(t, func() bool { return mayCreate(t, a) })
			eventually(t, func() bool { return p.unchanged.Load() > 2 })
			require.EqualValues(t, 1, p.full.Load(), "an unchanged bundle is not sent again")
			p.publish(p.signed("2", embedded(t)))
			eventually(t, func() bool { return !mayCreate(t, a) })
		})
	}
}

func TestBundlesThatAreRefused(t *testing.T) {
	p := newPublisher(t, "EdDSA")
	good := leadersCreate(t)
	stranger := newPublisher(t, "EdDSA")
	tampered := p.bundle("7", embedded(t))
	require.NoError(t, tampered.GenerateSignature(bundle.NewSigningConfig(p.private, p.algorithm, ""), "any", true))
	tampered.Modules[0].Raw = []byte(good)

	for name, raw := range map[string][]byte{
		"signed by another":          stranger.signed("7", good),
		"not signed":                 written(t, p.bundle("7", good)),
		"changed after signing":      written(t, tampered),
		"older":                      p.signed("4", good),
		"without a number":           p.signed("seven", good),
		"no bundle":                  []byte("<html>"),
		"not Rego":                   p.signed("7", good+"\nallow if {"),
		"of another package":         p.signed("7", strings.Replace(good, "package guldkorn.service", "package guldkorn.other", 1)),
		"asking the network":         p.signed("7", good+"\nallow if http.send({\"url\": \"http://localhost\", \"method\": \"get\"})"),
		"asking the clock":           p.signed("7", good+"\nallow if time.now_ns() > 0"),
		"replacing the decision":     p.signed("7", good+"\nallowed := true"),
		"logging what is quiet":      p.signed("7", changed(t, `quiet := {"thing.whisper"}`, `quiet := {"thing.other"}`)),
		"silent on what is recorded": p.signed("7", changed(t, `privileged := {"thing.erase"}`, `privileged := {"thing.other"}`)),
		"open to the municipality": p.signed("7", changed(t, `"thing.create": {"school_administrator"}`,
			`"thing.create": {"school_administrator", "leader", "municipal_administrator"}`)),
		"open to the operator by an attribute": p.signed("7", good+
			"\nallow if {\n\tinput.action == \"thing.create\"\n\tinput.subject.assignments[_].role == \"platform_operator\"\n\tinput.resource.attributes.odd == 17\n}"),
		"open to keys": p.signed("7", changed(t, `"thing.erase": {"releases:read"}`, `"thing.erase": {"releases:read"}, "thing.whisper": {"releases:read"}`)),
		"open to all":  p.signed("7", good+"\nallow if input.action == \"thing.create\""),
	} {
		t.Run(name, func(t *testing.T) {
			p.publish(p.signed("5", embedded(t)))
			a, registry := following(t, p.source(t.TempDir()))
			eventually(t, func() bool { return counted(t, registry, "accepted") })
			p.publish(raw)
			eventually(t, func() bool { return counted(t, registry, "refused") })
			require.False(t, mayCreate(t, a))
		})
	}
}

func TestTheLastGoodBundleOutlivesTheNetwork(t *testing.T) {
	p, directory := newPublisher(t, "EdDSA"), t.TempDir()
	p.publish(p.signed("3", leadersCreate(t)))
	first, _ := following(t, p.source(directory))
	eventually(t, func() bool { return mayCreate(t, first) })
	kept := filepath.Join(directory, "service.tar.gz")
	eventually(t, func() bool { _, err := os.Stat(kept); return err == nil })

	p.current.Store(nil) // the network is away
	again, registry := following(t, p.source(directory))
	eventually(t, func() bool { return counted(t, registry, "unreachable") })
	require.True(t, mayCreate(t, again), "the bundle that was kept is in force")
	require.True(t, mayCreate(t, first))

	require.NoError(t, os.WriteFile(kept, []byte("spoiled"), 0o600))
	floor, registry := following(t, p.source(directory))
	eventually(t, func() bool { return counted(t, registry, "refused") && counted(t, registry, "unreachable") })
	require.False(t, mayCreate(t, floor), "the embedded policy is the floor")
}

func TestPoliciesChangeUnderLoad(t *testing.T) {
	p := newPublisher(t, "EdDSA")
	a, _ := following(t, p.source(t.TempDir()))
	stop := make(chan struct{})
	var askers sync.WaitGroup
	for range 4 {
		askers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if a.Decide(t.Context(), person(access.Leader, school), "thing.read", at(school, platform, north)) != nil {
					t.Error("what both policies permit was denied")
					return
				}
				if a.Decide(t.Context(), person(access.MunicipalAdministrator, north), "thing.whisper", at(school, platform, north)) == nil {
					t.Error("what neither policy permits was allowed")
					return
				}
			}
		})
	}
	for i, policy := range []string{leadersCreate(t), embedded(t), leadersCreate(t)} {
		p.publish(p.signed(string(rune('1'+i)), policy))
		eventually(t, func() bool { return mayCreate(t, a) == (i != 1) })
	}
	close(stop)
	askers.Wait()
}
