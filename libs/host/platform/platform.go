// Package platform gives a service what it works with: its document store, the bus, keys, trust and peers.
//
// A constructor takes Deps and nothing else, so the same service runs alone in a container (Main, with NATS and
// MongoDB from the environment) and beside the others in one process (package allinone, with embedded ones).
package platform

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/keyring"
)

// Deps is everything that a service is given. Nothing in it is nil.
type Deps struct {
	Service     string
	Logger      *slog.Logger
	Registerer  prometheus.Registerer
	Now         func() time.Time
	Store       *document.Store
	Bus         *bus.Bus
	Keys        *keyring.Ring
	Signer      *access.Signer                       // signs in the service's own name
	Verify      func(string) (access.Subject, error) // tokens whose audience is this service
	Addresses   map[string]Address                   // of the other services
	Environment map[string]string                    // see Settings
	Bundles     access.Bundles                       // what replaces policies; the zero value for nothing

	authorizers []*access.Authorizer
}

// Authorizer compiles a policy of the service. While Background runs, it takes in what bundles bring.
func (d *Deps) Authorizer(ctx context.Context, service, policy string, opts ...access.Option) (*access.Authorizer, error) {
	a, err := access.NewAuthorizer(ctx, service, policy,
		append([]access.Option{access.WithLogger(d.Logger), access.WithRegisterer(d.Registerer)}, opts...)...)
	if err == nil {
		d.authorizers = append(d.authorizers, a)
	}
	return a, err
}

// Address says how to reach a service: over the network or in memory.
type Address struct {
	Base   string
	Client *http.Client
}

// Constructor makes a service.
type Constructor func(ctx context.Context, d *Deps) (host.Component, error)

// Settings reads the service's own settings; the error names every mistake.
func (d *Deps) Settings(into any) error { return host.Settings(d.Environment, into) }

// Identity is the service itself, for background work.
func (d *Deps) Identity() access.Subject {
	return access.Service(d.Service)
}

// Peer returns a caller of another service. It speaks for the subject in the context if there is one and this
// service may assert persons, otherwise for the service itself.
func (d *Deps) Peer(service string) *host.Peer {
	address := d.Addresses[service]
	return &host.Peer{Service: service, Base: address.Base, Client: address.Client,
		Token: func(ctx context.Context, audience string) (string, error) {
			subject := d.Identity()
			if person, err := access.SubjectFrom(ctx); err == nil && person.Service == "" && d.Service == access.Portal {
				subject = person
			}
			return d.Signer.Token(audience, subject)
		}}
}

// Background runs the relay of the store, what replaces policies, and the given loops until ctx ends or one of them fails.
func (d *Deps) Background(ctx context.Context, loops ...func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return d.Store.Relay(d.Bus.Publish, d.Logger).Run(ctx) })
	for _, a := range d.authorizers {
		group.Go(func() error { return a.Follow(ctx, d.Bundles) })
	}
	for _, loop := range loops {
		group.Go(func() error { return loop(ctx) })
	}
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// Served is how a component of this service is served. Its peers ask it whether it is ready; those that browsers reach
// tell nobody.
func (d *Deps) Served(c host.Component) host.Component {
	if d.Service == access.Portal || d.Service == "ballotbox" {
		return c
	}
	return host.Ready(c, d.Checks())
}

// Checks are the conditions of readiness.
func (d *Deps) Checks() []host.Check {
	return []host.Check{{Name: "store", Test: d.Store.Ping}, {Name: "bus", Test: d.Bus.Ping}}
}

// Trust makes the Verify function of a service from the public keys of all services, by issuer.
func Trust(service string, keys map[string]ed25519.PublicKey, now func() time.Time) func(string) (access.Subject, error) {
	return access.NewVerifier(keys, service, now).Verify
}
