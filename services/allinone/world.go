package allinone

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/allinone/demo"
	"github.com/guldkorn/guldkorn/services/allinone/devidp"
	"github.com/guldkorn/guldkorn/services/allinone/inbox"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/intake"
	"github.com/guldkorn/guldkorn/services/tenancy"
)

// world is what the services of one process stand on.
type world struct {
	options   Options
	values    map[string]string
	policies  access.Bundles // one for all services
	logger    *slog.Logger
	registry  *prometheus.Registry
	clock     *Clock
	began     time.Time
	listeners map[string]net.Listener
	memory    map[string]*host.MemoryListener
	addresses map[string]platform.Address
	trust     trust
	boxKey    ed25519.PublicKey // the ballot box's own
	broker    *server.Server
	mail      *inbox.Inbox
	provider  *devidp.Provider // of the demo; nil otherwise
	tenancy   *tenancy.Service
	group     *host.Group
	closers   []func() error
}

// open starts what is embedded and makes or reads the keys.
func (w *world) open(ctx context.Context) (err error) {
	w.began = time.Now()
	if w.trust, err = readTrust(w.path("trust")); err != nil {
		return err
	}
	if w.broker, err = startNATS(w.path("jetstream")); err != nil {
		return err
	}
	w.onClose(func() error { w.broker.Shutdown(); w.broker.WaitForShutdown(); return nil })
	w.group = &host.Group{Logger: w.logger}
	w.addresses = map[string]platform.Address{"ballotbox": {Base: w.ballotBoxURL(), Client: http.DefaultClient}}
	for _, service := range order {
		l := host.NewMemoryListener()
		w.memory[service.name] = l
		w.addresses[service.name] = platform.Address{Base: "http://" + service.name, Client: l.Client()}
	}
	if w.mail, err = inbox.Start(ctx, "127.0.0.1:0", "127.0.0.1:0", w.logger); err != nil {
		return err
	}
	w.onClose(w.mail.Close)
	if !w.options.Demo { // people sign in where the set-up and their administrators say
		return nil
	}
	if w.provider, err = devidp.Start(ctx, "127.0.0.1:0", demo.Personas(), w.logger); err != nil {
		return err
	}
	w.onClose(w.provider.Close)
	return nil
}

// servers makes every service, in the order in which they start.
func (w *world) servers(ctx context.Context) ([]host.Server, error) {
	servers := []host.Server{
		{Component: loop{"inbox", w.mail.Run}},
	}
	if w.provider != nil {
		servers = append(servers, host.Server{Component: loop{"provider", w.provider.Run}})
	}
	box, err := w.ballotBox(ctx)
	if err != nil {
		return nil, err
	}
	w.boxKey = box.SigningKey()
	servers = append(servers, host.Server{Component: box, Listener: w.listeners["ballotbox"]})
	for _, service := range order {
		d, err := w.deps(ctx, service.name)
		if err != nil {
			return nil, err
		}
		component, err := service.make(ctx, d)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", service.name, err)
		}
		if known, ok := component.(*tenancy.Service); ok {
			w.tenancy = known
		}
		w.group.Checks = append(w.group.Checks, d.Checks()...)
		var l net.Listener = w.memory[service.name]
		if service.name == "portal" {
			l = w.listeners["portal"]
		}
		servers = append(servers, host.Server{Component: d.Served(component), Listener: l})
	}
	ops, err := w.operations(ctx)
	if err != nil {
		return nil, err
	}
	return append(servers, host.Server{Component: ops, Listener: w.listeners["operations"]}), nil
}

// deps gives a service its own database, connection, keys and name.
func (w *world) deps(ctx context.Context, service string) (*platform.Deps, error) {
	logger := w.logger.With("service", service)
	registerer := prometheus.WrapRegistererWith(nil, w.registry)
	backend, err := sqlite.Open(ctx, w.path(service+".db"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", service, err)
	}
	w.onClose(backend.Close)
	broker, err := bus.Connect(ctx, bus.Options{Service: service, InProcess: w.broker, Logger: logger, Registerer: registerer, StreamBytes: streamBytes})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", service, err)
	}
	w.onClose(func() error { broker.Close(); return nil })
	keys, err := keyring.Open(w.path("keys", service))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", service, err)
	}
	return &platform.Deps{
		Service: service, Logger: logger, Registerer: registerer, Now: w.clock.Now,
		Store: document.NewStore(backend, service, w.clock.Now), Bus: broker, Keys: keys,
		Signer: w.trust.signer(service, w.clock.Now), Verify: platform.Trust(service, w.trust.public, w.clock.Now),
		Addresses: w.addresses, Environment: w.environment(), Bundles: w.policies,
	}, nil
}

// environment lays the addresses of this process over what the operator set.
func (w *world) environment() map[string]string {
	smtpHost, smtpPort, _ := net.SplitHostPort(w.mail.SMTPAddr())
	values := map[string]string{
		"SMTP_HOST": smtpHost, "SMTP_PORT": smtpPort, "SMTP_TLS": "none", "SMTP_FROM": "guldkorn@example.invalid",
		"MAIL_GATHER": "10s",
	}
	if w.provider != nil {
		maps.Copy(values, map[string]string{
			"OIDC_ISSUER": w.provider.Issuer(), "OIDC_PROVIDER": demo.Issuer, "OIDC_CLIENT_ID": w.provider.ClientID(),
		})
	}
	maps.Copy(values, w.values)
	maps.Copy(values, map[string]string{
		"PORTAL_PUBLIC_URL": w.url("portal"), "BALLOTBOX_PUBLIC_URL": w.ballotBoxURL(),
		"BALLOTBOX_SIGNING_KEY": base64.StdEncoding.EncodeToString(w.boxKey),
		"INBOX_URL":             w.mail.URL(), "DEMO": strconv.FormatBool(w.options.Demo),
	})
	return values
}

// ballotBox makes the one service with a store and an origin of its own.
func (w *world) ballotBox(ctx context.Context) (*ballotbox.Box, error) {
	ring, err := keyring.Open(w.path("keys", "intake"))
	if err != nil {
		return nil, fmt.Errorf("ballotbox: %w", err)
	}
	ticket, err := intake.TicketKey(ring)
	if err != nil {
		return nil, fmt.Errorf("ballotbox: %w", err)
	}
	box, err := ballotbox.New(ctx, ballotbox.Options{
		DataDir: w.path("ballotbox"), Logger: w.logger.With("service", "ballotbox"), Registerer: w.registry, Now: w.clock.Now,
		Verify:    platform.Trust("ballotbox", w.trust.public, w.clock.Now),
		TicketKey: publicKey(ticket), Origin: w.ballotBoxURL(),
	})
	if err != nil {
		return nil, fmt.Errorf("ballotbox: %w", err)
	}
	return box, nil
}

func (w *world) path(parts ...string) string {
	return filepath.Join(append([]string{w.options.DataDir}, parts...)...)
}

func (w *world) url(name string) string { return "http://" + w.listeners[name].Addr().String() }

// ballotBoxURL names the ballot box by another host than the portal: cookies ignore ports.
func (w *world) ballotBoxURL() string {
	_, port, _ := net.SplitHostPort(w.listeners["ballotbox"].Addr().String())
	return "http://localhost:" + port
}

func (w *world) onClose(fn func() error) { w.closers = append(w.closers, fn) }

// close ends what open and servers started, the last first.
func (w *world) close() error {
	var errs []error
	for i := len(w.closers) - 1; i >= 0; i-- {
		errs = append(errs, w.closers[i]())
	}
	return errors.Join(errs...)
}

// tell says what is going on to somebody who waits for the first start.
func (w *world) tell(chapter string) {
	if !w.options.JSON {
		fmt.Fprintf(w.options.Out, "      %4.1f s  demo: %s\n", time.Since(w.began).Seconds(), chapter)
	}
}

// ready makes the demo on the very first start and then tells the caller.
func (w *world) ready(ctx context.Context) error {
	if w.options.Demo {
		seed := demo.Seed{
			Clock: w.clock, Logger: w.logger, Done: w.path(demoFile), Begins: w.tell,
			Services: &caller.Caller{Addresses: w.addresses,
				Person: w.trust.signer(access.Portal, w.clock.Now), Setup: w.trust.signer(caller.SetupIssuer, w.clock.Now)},
		}
		if err := seed.Ensure(ctx); err != nil {
			return fmt.Errorf("demo data: %w", err)
		}
		if err := os.RemoveAll(w.path(makingFile)); err != nil {
			return err
		}
	}
	setUp, err := w.setUpLink(ctx)
	if err != nil {
		return err
	}
	return announce(w.options, Addresses{
		Portal: w.url("portal"), BallotBox: w.ballotBoxURL(), Inbox: w.mail.URL(), Metrics: w.url("operations"), SetUp: setUp,
	}, time.Since(w.began))
}

// setUpLink is where the first operator of a fresh deployment is made, "" once there is one. The demo has its people.
func (w *world) setUpLink(ctx context.Context) (string, error) {
	if w.options.Demo {
		return "", nil
	}
	link, err := w.tenancy.SetUpLink(ctx)
	if err != nil || link == "" {
		return "", err
	}
	return w.url("portal") + tenancy.SetUpPath + "?link=" + link, nil
}
