// Package ballotbox gives each person of a round one blind-signed token and takes one sealed answer per token, so
// that nobody, the ballot box included, can tell whose answer is whose.
//
// It is a service apart: its own process, origin, keys and store. It knows no sessions and no persons, only
// pseudonyms that intake vouches for with a ticket, and it touches neither the bus nor the document store, since both
// put a time and a sequence on everything. On the public path nothing about a request is logged, traced, measured or
// stored: no address, no browser, no time, no order. What is stored is in votes.go, and how it ends in closing.go.
//
// Read round.go for the states of a round, signing.go and answering.go for the two things that a voter does, paper.go for
// those who answer on paper, and package ballot for the protocol.
package ballotbox

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// Service is the name of the service: the audience of tokens and tickets.
const Service = "ballotbox"

// Options are what a ballot box works with.
type Options struct {
	DataDir    string // rounds, ballots and batches
	KeyDir     string // the signing keys; empty is the directory keys below DataDir
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Now        func() time.Time
	Verify     func(token string) (access.Subject, error) // service tokens whose audience is Service
	TicketKey  ed25519.PublicKey                          // intake's
	Origin     string                                     // own public origin, such as https://stemmeboks.example; see SetOrigin
	PoolSize   int                                        // signing keys that are kept ready ahead of any round; 0 means 4
}

const defaultPool = 4

// Box is the ballot box. It implements host.Component.
type Box struct {
	logger   *slog.Logger
	now      func() time.Time
	verify   func(string) (access.Subject, error)
	tickets  *tickets
	identity ed25519.PrivateKey
	program  string // hash of the client code
	dir      string
	registry *registry
	keys     *keyMaker
	signers  *signers
	health   *health
	handler  http.Handler
	origin   atomic.Pointer[url.URL]

	admitting sync.Mutex // one new round at a time

	mu     sync.Mutex
	rounds map[string]*round // those that are not closed
	closed bool
}

// New opens the store below o.DataDir and finishes what an earlier process was interrupted in. The caller runs the
// box, or closes it if it never runs.
func New(ctx context.Context, o Options) (*Box, error) {
	if o.PoolSize == 0 {
		o.PoolSize = defaultPool
	}
	if o.KeyDir == "" {
		o.KeyDir = filepath.Join(o.DataDir, "keys")
	}
	for _, dir := range []string{o.DataDir, filepath.Join(o.DataDir, roundsDir), filepath.Join(o.DataDir, batchesDir)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("ballot box: %w", err)
		}
	}
	ring, err := keyring.Open(o.KeyDir)
	if err != nil {
		return nil, fmt.Errorf("ballot box: %w", err)
	}
	identity, err := Identity(ring)
	if err != nil {
		return nil, fmt.Errorf("ballot box: %w", err)
	}
	files, err := readPages()
	if err != nil {
		return nil, fmt.Errorf("ballot box: %w", err)
	}
	registry, err := openRegistry(filepath.Join(o.DataDir, "rounds.db"))
	if err != nil {
		return nil, fmt.Errorf("ballot box: %w", err)
	}
	b := &Box{
		logger: o.Logger, now: o.Now, verify: o.Verify, dir: o.DataDir, identity: identity, program: hashOf(files[programFile].raw),
		tickets:  newTickets(o.TicketKey, ballot.Fingerprint(identity.Public().(ed25519.PublicKey)), o.Now),
		registry: registry, keys: newKeyMaker(registry, ring, o.PoolSize), signers: newSigners(),
		health: &health{logger: o.Logger}, rounds: map[string]*round{},
	}
	b.handler = b.routes(o.Registerer, files)
	if o.Origin != "" {
		err = b.SetOrigin(o.Origin)
	}
	if err == nil {
		err = b.recover(ctx)
	}
	if err == nil && o.Registerer != nil {
		err = b.measure(o.Registerer)
	}
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// SetOrigin says under which address the public reaches the box. Until then public requests are refused.
func (b *Box) SetOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return fmt.Errorf("ballot box: %q is no origin such as https://stemmeboks.example", origin)
	}
	b.origin.Store(u)
	return nil
}

// Name implements host.Component.
func (b *Box) Name() string { return Service }

// Handler implements host.Component.
func (b *Box) Handler() http.Handler { return b.handler }

// Run makes keys ahead and deletes batches whose time is over, until ctx ends; then it closes the box.
func (b *Box) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.keys.run(ctx, b.health) })
	group.Go(func() error { return b.keepHouse(ctx) })
	return errors.Join(group.Wait(), b.Close())
}

// Close writes everything out and closes the files. It may be called more than once.
func (b *Box) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	var errs []error
	for _, r := range b.rounds {
		errs = append(errs, r.closeVotes())
	}
	return errors.Join(append(errs, b.registry.close())...)
}

// measure publishes what an operator needs and nothing that follows the voters: no count of requests, tokens or
// answers.
func (b *Box) measure(registerer prometheus.Registerer) error {
	return errors.Join(
		registerer.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "guldkorn_ballotbox_spare_keys", Help: "Signing keys made ahead that no round has yet.",
		}, func() float64 {
			n, err := b.registry.pool(context.Background())
			if err != nil {
				return -1
			}
			return float64(n)
		})),
		registerer.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "guldkorn_ballotbox_storage_failing", Help: "1 while answers cannot be stored, for example because the disk is full.",
		}, func() float64 {
			if b.health.bad.Load() {
				return 1
			}
			return 0
		})))
}

// round returns a round by its id. A closed one is read from the registry each time and only ever read.
func (b *Box) round(ctx context.Context, id string) (*round, error) {
	if !roundPattern.MatchString(id) {
		return nil, failure.New(failure.BallotRoundUnknown)
	}
	b.mu.Lock()
	r, current := b.rounds[id]
	b.mu.Unlock()
	if current {
		return r, nil
	}
	record, err := b.registry.round(ctx, id)
	if err != nil {
		return nil, err
	}
	if record == nil {
		return nil, failure.New(failure.BallotRoundUnknown)
	}
	return b.keep(record)
}

// keep makes a record a round in memory, the same one for everybody while it is not closed.
func (b *Box) keep(record *record) (*round, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r, ok := b.rounds[record.RoundID]; ok {
		return r, nil
	}
	var seal *ecdh.PrivateKey
	if record.State != Closed {
		var err error
		if seal, err = b.ensureSealing(record.RoundID); err != nil {
			return nil, err
		}
	}
	r, err := newRound(record, filepath.Join(b.dir, roundsDir, record.RoundID), b.identity, seal, b.health)
	if err != nil {
		return nil, err
	}
	if record.State != Closed {
		b.rounds[record.RoundID] = r
	}
	return r, nil
}

// forget leaves a closed round to the registry.
func (b *Box) forget(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.rounds, id)
}
