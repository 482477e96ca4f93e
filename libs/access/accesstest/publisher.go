package accesstest

import (
	"bytes"
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
	"sync/atomic"
	"testing"

	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/stretchr/testify/require"
)

// Publisher signs bundles of policies and serves the last one, as a web server with ETags does.
type Publisher struct {
	Public    string // PEM of the public key
	Full      atomic.Int64
	Unchanged atomic.Int64 // answers without a body

	tb        testing.TB
	algorithm string
	private   string
	server    *httptest.Server
	current   atomic.Pointer[[]byte]
}

// NewPublisher returns a publisher with a new key for EdDSA or ES256, and nothing published.
func NewPublisher(tb testing.TB, algorithm string) *Publisher {
	tb.Helper()
	p := &Publisher{tb: tb, algorithm: algorithm}
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
	p.Public = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: raw}))
	p.server = httptest.NewServer(http.HandlerFunc(p.serve))
	tb.Cleanup(p.server.Close)
	return p
}

func (p *Publisher) serve(w http.ResponseWriter, r *http.Request) {
	raw := p.current.Load()
	if raw == nil {
		http.Error(w, "none", http.StatusServiceUnavailable)
		return
	}
	sum := sha256.Sum256(*raw)
	etag := `"` + hex.EncodeToString(sum[:]) + `"`
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		p.Unchanged.Add(1)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(*raw)
	p.Full.Add(1)
}

// URL is where the published bundle is.
func (p *Publisher) URL() string { return p.server.URL }

// Publish puts a bundle in the place of the one before; nil takes it away.
func (p *Publisher) Publish(raw []byte) {
	if raw == nil {
		p.current.Store(nil)
		return
	}
	p.current.Store(&raw)
}

// Signed returns a signed bundle with a policy for each of some services.
func (p *Publisher) Signed(revision string, policies map[string]string) []byte {
	b := p.Bundle(revision, policies)
	p.Sign(&b)
	return p.Written(b)
}

// Bundle returns a bundle that nobody has signed.
func (p *Publisher) Bundle(revision string, policies map[string]string) bundle.Bundle {
	b := bundle.Bundle{Manifest: bundle.Manifest{Revision: revision}, Data: map[string]any{}}
	for service, policy := range policies {
		path := "/" + service + "/policy.rego"
		b.Modules = append(b.Modules, bundle.ModuleFile{URL: path, Path: path, Raw: []byte(policy)})
	}
	b.Manifest.Init()
	return b
}

// Sign signs a bundle as it is now.
func (p *Publisher) Sign(b *bundle.Bundle) {
	require.NoError(p.tb, b.GenerateSignature(bundle.NewSigningConfig(p.private, p.algorithm, ""), "any", true))
}

// Written returns a bundle as it is sent.
func (p *Publisher) Written(b bundle.Bundle) []byte {
	var out bytes.Buffer
	require.NoError(p.tb, bundle.NewWriter(&out).UseModulePath(true).DisableFormat(true).Write(b))
	return out.Bytes()
}
