// Package reporting turns the sealed answers of a round into its one release, and says what may be seen of it by whom.
//
// It makes the key that answers are sealed to before a round is announced. When the round has closed it takes
// the one batch from the ballot box, opens it, scores it (score.go), decides what may be shown (package disclosure,
// theme.go), writes figures no more exactly than their groups allow (figure.go) and stores the release, whose
// text never changes (release.go) and is signed (signature.go). Answers are held in memory for that moment and are not stored; when the release
// is, the key is destroyed. What the ballot box keeps of the batch until its own retention ends cannot be opened
// from then on, and nothing can be computed a second time: there is no other cut of the data, for anybody.
//
// What people wrote in their own words is parted from what else they answered, masked (words.go) and kept under a key of the
// round for 90 days (writing.go), for the readers alone whom the round's contract names. They tell the others in words of
// their own (paraphrase.go), which are published once beside the release (supplement.go).
//
// Of a round that a municipality holds at its schools it makes one release more (common_release.go), from sums that the
// schools' releases leave behind under a key of their own until then.
//
// Beside releases it keeps two projections: what came of agreements at each school (followthrough.go), for its
// municipality, and how many institutions there are (benchmark.go), for the union. Neither holds an answer, a figure or
// a text. It knows nothing of persons beyond their roles, and never who answered.
package reporting

import (
	"context"
	"crypto/ed25519"
	_ "embed" // policy.rego
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/projection"
)

// Name is the name of the service.
const Name = "reporting"

//go:embed policy.rego
var policy string

// Service is the service reporting. It implements host.Component.
type Service struct {
	deps         *platform.Deps
	store        collections
	directory    *directory.Directory
	authorizer   *access.Authorizer
	follow       *document.Across[followThrough]
	institutions *document.Across[institution]
	published    *document.Across[stored]
	pending      *document.Across[commonRound]
	wake         chan struct{}
	written      *document.Across[writing]
	signing      ed25519.PrivateKey
	engine       *gin.Engine
	refused      prometheus.Counter
	took         prometheus.Histogram
}

// New opens the service's collections and compiles its policy.
func New(ctx context.Context, d *platform.Deps) (host.Component, error) {
	s := &Service{
		deps: d, wake: make(chan struct{}, 1),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "guldkorn_reporting_answers_refused_total", Help: "Answers that could not be opened or were not those of their form.",
		}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "guldkorn_reporting_release_duration_seconds", Help: "Time from opening a batch to its stored release.",
			Buckets: []float64{.01, .05, .1, .5, 1, 5, 10, 60},
		}),
	}
	for _, metric := range []prometheus.Collector{s.refused, s.took} {
		if err := d.Registerer.Register(metric); err != nil {
			return nil, err
		}
	}
	var err error
	if s.signing, err = d.Keys.SigningKey(signingKeyName); err != nil {
		return nil, err
	}
	if err = d.Store.Migrate(ctx, signReleases(s.signing)); err != nil {
		return nil, err
	}
	if s.store, err = openCollections(ctx, d.Store); err != nil {
		return nil, err
	}
	if s.directory, err = directory.Open(ctx, d.Store, d.Now); err != nil {
		return nil, err
	}
	s.authorizer, err = d.Authorizer(ctx, Name, policy, access.WithTightened(s.directory.Tightened))
	if err != nil {
		return nil, err
	}
	s.follow = document.NewAcross(s.store.follow, s.mayFollow)
	s.institutions = document.NewAcross(s.store.institutions, s.mayCompare)
	s.published = document.NewAcross(s.store.releases, s.mayCopy)
	s.pending = document.NewAcross(s.store.commons, s.ownWork)
	s.written = document.NewAcross(s.store.writings, s.ownWork)
	s.engine = host.NewEngine(host.EngineOptions{Service: Name, Logger: d.Logger, Registerer: d.Registerer})
	s.routes(s.engine)
	return s, nil
}

// Name implements host.Component.
func (s *Service) Name() string { return Name }

// Handler implements host.Component.
func (s *Service) Handler() http.Handler { return s.engine }

// Run takes in what the other services tell, and publishes releases, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	rounds, dialogues, organisations := bus.Handlers{}, bus.Handlers{}, bus.Handlers{}
	bus.On(organisations, s.organisationDeleted)
	s.onRounds(rounds)
	s.onActions(dialogues)
	return s.deps.Background(ctx,
		s.forgetWords,
		func(ctx context.Context) error { return s.directory.Follow(ctx, s.deps, organisations) },
		s.makeCommonReleases,
		func(ctx context.Context) error { return s.deps.Bus.Consume(ctx, "intake", rounds) },
		func(ctx context.Context) error { return s.deps.Bus.Consume(ctx, "dialogue", dialogues) },
		func(ctx context.Context) error {
			return projection.CatchUp(ctx, s.deps, "dialogue", dialogues, "actions")
		},
	)
}

var _ host.Component = (*Service)(nil)

func (s *Service) now() time.Time { return s.deps.Now().UTC() }
