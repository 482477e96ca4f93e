// Package caller calls the services as a person would, or as the set-up does: for the demo's seed, load programs and
// tests. It repeats what did not reach a service, as a careful client does.
package caller

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// SetupIssuer is who signs for the set-up that makes the first organisations.
const SetupIssuer = "setup"

// Caller knows where the services are and signs for whoever calls.
type Caller struct {
	Addresses map[string]platform.Address
	Person    *access.Signer // the portal's
	Setup     *access.Signer
	// Patience is how long a call is repeated while its service cannot be reached; 0 means once.
	Patience time.Duration
}

// Actor is one who calls.
type Actor struct {
	caller  *Caller
	subject access.Subject
	signer  *access.Signer
}

// As returns a person of an operator's tenant, who has just signed in.
func (c *Caller) As(person string, home tenant.ID) Actor {
	return Actor{caller: c, subject: access.Subject{ID: person, Tenant: home, Recent: true}, signer: c.Person}
}

// AsSetup returns the set-up.
func (c *Caller) AsSetup() Actor { return c.AsService(c.Setup, SetupIssuer) }

// AsService returns a service that calls on its own behalf.
func (c *Caller) AsService(signer *access.Signer, name string) Actor {
	return Actor{caller: c, subject: access.Service(name), signer: signer}
}

// Call sends a request as the actor.
func (a Actor) Call(ctx context.Context, service, method, path string, in, out any, options ...host.CallOption) error {
	address := a.caller.Addresses[service]
	peer := &host.Peer{Service: service, Base: address.Base, Client: address.Client,
		Token: func(_ context.Context, audience string) (string, error) { return a.signer.Token(audience, a.subject) }}
	deadline := time.Now().Add(a.caller.Patience)
	for {
		err := peer.Call(ctx, method, path, in, out, options...)
		if failure.CodeOf(err) != failure.Unavailable || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Create posts something new; a repeat carries the same idempotency key.
func (a Actor) Create(ctx context.Context, service, path string, in, out any) error {
	return a.Call(ctx, service, http.MethodPost, path, in, out, host.WithIdempotencyKey(rand.Text()))
}

// Get reads something.
func (a Actor) Get(ctx context.Context, service, path string, out any) error {
	return a.Call(ctx, service, http.MethodGet, path, nil, out)
}

// Command posts a verb to an entity at the revision that it has now.
func (a Actor) Command(ctx context.Context, service, entity, verb string, in, out any) error {
	var etag string
	read := host.WithAnswer(func(r *http.Response) { etag = r.Header.Get("ETag") })
	if err := a.Call(ctx, service, http.MethodGet, entity, nil, nil, read); err != nil {
		return err
	}
	return a.Call(ctx, service, http.MethodPost, entity+verb, in, out, host.WithIfMatch(etag))
}

// ErrPatience is how a wait ends that took too long.
var ErrPatience = errors.New("did not happen in time")

// Eventually asks until the answer is yes, a minute at most: what one service says reaches the others a moment later.
func Eventually(ctx context.Context, what string, ask func() (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, ErrPatience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		yes, err := ask()
		if yes {
			return nil
		}
		select {
		case <-ctx.Done():
			if err == nil {
				return fmt.Errorf("%s: %w", what, context.Cause(ctx))
			}
			return fmt.Errorf("%s: %w: %w", what, context.Cause(ctx), err)
		case <-tick.C:
		}
	}
}
