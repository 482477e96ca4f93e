// Package devidp is the identity provider of the demo and of tests: a real OpenID Connect provider
// (authorization code with PKCE) whose sign-in page lists made-up people to be with one click.
//
// It knows no passwords and must therefore never be reachable by anybody else: it refuses to listen on an
// address that is not loopback, and answers only requests whose Host is that address (DNS rebinding). It
// keeps everything in memory and talks to no other part of the product.
package devidp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// ClientID is the one client that the provider knows: a public client that must use PKCE.
const ClientID = "guldkorn-portal"

// Where the provider sends browsers back to, on any loopback port: CallbackPath and what is one step beneath it after
// signing in, SignedOutPath after signing out.
const (
	CallbackPath  = "/sign-in/callback"
	SignedOutPath = "/signed-out"
)

// Persona is somebody to sign in as.
type Persona struct {
	Login string // what the identity is matched by, told as preferred_username
	Name  string
	Role  string // what the person is, shown beside the name, such as "Lærer, Egebakkeskolen"
}

// Provider is a running identity provider.
type Provider struct {
	issuer string
	server *http.Server
	done   chan error
}

// Start listens on a loopback address ("127.0.0.1:0" for a free port) and serves until Close; Run closes it when its
// context ends. Every other address is refused.
func Start(ctx context.Context, listenAddr string, personas []Persona, logger *slog.Logger) (*Provider, error) {
	if err := loopback(listenAddr); err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", listenAddr)
	if err != nil {
		return nil, fmt.Errorf("development identity provider: %w", err)
	}
	issuer := "http://" + listener.Addr().String()
	handler, err := newHandler(issuer, personas, logger)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	p := &Provider{
		issuer: issuer,
		server: &http.Server{Handler: onlyHost(listener.Addr().String(), handler), ReadHeaderTimeout: 5 * time.Second},
		done:   make(chan error, 1),
	}
	go func() { p.done <- p.server.Serve(listener) }()
	return p, nil
}

// Issuer returns the provider's issuer address.
func (p *Provider) Issuer() string { return p.issuer }

// ClientID returns the id of the client to use.
func (p *Provider) ClientID() string { return ClientID }

// Run waits until ctx ends, then closes the provider. It returns early with the reason if serving fails.
func (p *Provider) Run(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return p.Close()
	case err := <-p.done:
		p.done <- err
		return fmt.Errorf("development identity provider: %w", err)
	}
}

// Close stops listening and waits until the server has ended. It may be called again.
func (p *Provider) Close() error {
	closed := p.server.Close()
	err := <-p.done
	p.done <- err
	if !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(closed, err)
	}
	return closed
}

func loopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("development identity provider: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("development identity provider: %q is not a loopback address; anybody who reaches it is signed in without a password", addr)
	}
	return nil
}

func onlyHost(host string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != host {
			http.Error(w, "unknown host", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func newHandler(issuer string, personas []Persona, logger *slog.Logger) (http.Handler, error) {
	store, err := newStorage(personas, time.Now)
	if err != nil {
		return nil, fmt.Errorf("development identity provider: %w", err)
	}
	provider, err := op.NewProvider(
		&op.Config{CryptoKey: store.sealing, CodeMethodS256: true, SupportedScopes: []string{"openid", "profile"}},
		store, op.StaticIssuer(issuer), op.WithAllowInsecure(), op.WithLogger(logger), op.WithCORSOptions(nil),
	)
	if err != nil {
		return nil, fmt.Errorf("development identity provider: %w", err)
	}
	page := &personaPage{store: store, callback: op.AuthCallbackURL(provider)}
	withIssuer := op.NewIssuerInterceptor(provider.IssuerFromRequest)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /personas", page.show)
	mux.HandleFunc("POST /personas", withIssuer.HandlerFunc(page.choose))
	mux.HandleFunc("GET /personas.css", page.style)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.Handle("/", provider)
	return mux, nil
}
