// Package intake holds what is asked, about what, and when: instruments as data, technologies, and the rounds in which
// a school asks its staff.
//
// A round is drafted, announced, countersigned (countersign.go), opened, closed, released and archived (round.go).
// Announcing freezes its contract (contract.go), its own questions (extra_question.go) and its roster, has reporting make the
// key that answers are sealed to and the ballot box the keys that tokens are signed with; opening and closing are commands to
// the ballot box too (ballot.go). Afterwards the contract may be tightened until the round opens (tightening.go), and an open
// round be extended once (extension.go). A draft may follow a round before a change (pair.go) or keep to a frame that the
// municipality sets for all its schools (common_round.go). Who has no device answers on paper (paper.go).
//
// Intake signs the tickets that let people on the roster in at the ballot box (ticket.go). It never sees an answer, keeps no
// list of who fetched a ticket, and stores people on a roster under pseudonyms that nobody can resolve once the round is
// closed (roster.go).
//
// On any day staff may tell anonymously what they experience, where their representatives have begun that (voice.go): a month
// is a round of another kind (month.go, months.go), which they countersign (month_countersign.go) and whose batch is opened here
// for those representatives alone (experience.go).
//
// Beside the rounds it keeps what colleagues write confidentially to their representatives: sealed texts, of which it knows
// the receiver and the day (conversation.go, mailbox.go, author.go).
package intake

import (
	"context"
	"crypto/ed25519"
	_ "embed" // the policy
	"encoding/base64"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/keyring"
)

//go:embed policy.rego
var policy string

// Settings are intake's own.
type Settings struct {
	PortalURL    string `env:"PORTAL_PUBLIC_URL,required"`    // where the ballot box links back to
	BallotBoxURL string `env:"BALLOTBOX_PUBLIC_URL,required"` // where people answer
	// BallotBoxHost is the independent party that runs the ballot box; without one the operator runs it.
	BallotBoxHost  string `env:"BALLOTBOX_HOST_NAME"`
	BallotBoxTrust string `env:"BALLOTBOX_TRUST" envDefault:"single"` // single or split, as on the form
	BallotBoxKey   string `env:"BALLOTBOX_SIGNING_KEY,required"`      // its public key, base64: no other ballot box is believed

	ballotBoxKey ed25519.PublicKey
}

// Mistakes implements host.Validator.
func (s *Settings) Mistakes() []string {
	var mistakes []string
	for _, one := range []struct{ name, address string }{{"PORTAL_PUBLIC_URL", s.PortalURL}, {"BALLOTBOX_PUBLIC_URL", s.BallotBoxURL}} {
		u, err := url.Parse(one.address)
		if one.address != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
			mistakes = append(mistakes, fmt.Sprintf("%s: %q is not an http or https address", one.name, one.address))
		}
	}
	switch s.BallotBoxTrust {
	case singleTrust:
	case splitTrust:
		if s.BallotBoxHost == "" {
			mistakes = append(mistakes, "BALLOTBOX_HOST_NAME: who runs the ballot box, when that is somebody else (BALLOTBOX_TRUST split)")
		}
	default:
		mistakes = append(mistakes, fmt.Sprintf("BALLOTBOX_TRUST: %q is neither single nor split", s.BallotBoxTrust))
	}
	key, err := base64.StdEncoding.DecodeString(s.BallotBoxKey)
	if s.BallotBoxKey != "" && (err != nil || len(key) != ed25519.PublicKeySize) {
		mistakes = append(mistakes, "BALLOTBOX_SIGNING_KEY is not a base64 Ed25519 public key")
	}
	s.ballotBoxKey = key
	return mistakes
}

// CheckSettings names every mistake in the service's own settings.
func CheckSettings(values map[string]string) error { return host.Settings(values, &Settings{}) }

// Intake is the service.
type Intake struct {
	logger      *slog.Logger
	now         func() time.Time
	settings    Settings
	bus         *bus.Bus
	keys        *keyring.Ring
	identity    access.Subject
	ballotBox   *host.Peer
	tenancy     *host.Peer
	reporting   *host.Peer
	authorizer  *access.Authorizer
	directory   *directory.Directory
	instruments *Library
	ticketKey   ed25519.PrivateKey

	technologies *document.Collection[Technology]
	rounds       *document.Collection[Round]
	rosters      *document.Collection[Roster]
	commonRounds *document.Collection[CommonRound]
	announcing   *document.Collection[Announcements]
	everywhere   *document.Across[Round]

	voices      *document.Collection[Voice]
	months      *document.Collection[Month]
	experiences *document.Collection[Experience]
	allVoices   *document.Across[Voice]
	allMonths   *document.Across[Month]
	allTold     *document.Across[Experience]

	mailboxes        *document.Collection[Mailbox]
	conversations    *document.Collection[Conversation]
	allMailboxes     *document.Across[Mailbox]
	allConversations *document.Across[Conversation]

	wake       chan struct{} // a command has been left unfinished
	finishing  singleflight.Group
	unfinished prometheus.Gauge
	engine     *gin.Engine
	background func(ctx context.Context, loops ...func(context.Context) error) error
	follow     func(ctx context.Context) error // keeps the directory up to date
}

// New makes the service.
func New(ctx context.Context, d *platform.Deps) (host.Component, error) {
	s := &Intake{
		logger: d.Logger, now: d.Now, bus: d.Bus, keys: d.Keys, identity: d.Identity(),
		ballotBox: d.Peer("ballotbox"), tenancy: d.Peer("tenancy"), reporting: d.Peer("reporting"), background: d.Background,
		wake: make(chan struct{}, 1),
		unfinished: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "guldkorn_intake_unfinished_rounds", Help: "Rounds whose command another service has not answered yet.",
		}),
	}
	if err := d.Settings(&s.settings); err != nil {
		return nil, err
	}
	files, err := fs.Sub(instrumentFiles, "instruments")
	if err != nil {
		return nil, err
	}
	if s.instruments, err = LoadInstruments(files); err != nil {
		return nil, err
	}
	if s.ticketKey, err = TicketKey(d.Keys); err != nil {
		return nil, err
	}
	if s.directory, err = directory.Open(ctx, d.Store, d.Now); err != nil {
		return nil, err
	}
	tell := func(r events.AccessRecord) events.IntakeAccessRecorded { return events.IntakeAccessRecorded(r) }
	record, err := audit.Told(ctx, d.Store, d.Now, tell)
	if err != nil {
		return nil, err
	}
	s.authorizer, err = d.Authorizer(ctx, "intake", policy, access.WithTightened(s.directory.Tightened), access.WithRecorder(record))
	if err != nil {
		return nil, err
	}
	s.follow = func(ctx context.Context) error { return s.directory.Follow(ctx, d, s.tenancyHandlers()) }
	if err := s.open(ctx, d.Store); err != nil {
		return nil, err
	}
	if err := d.Registerer.Register(s.unfinished); err != nil {
		return nil, err
	}
	s.engine = host.NewEngine(host.EngineOptions{
		Service: "intake", Logger: d.Logger, Registerer: d.Registerer, QuietRoutes: slices.Concat([]string{ticketRoute, monthTicketRoute}, confidentialRoutes),
	})
	s.routes(host.Authenticate(d.Verify, s.directory.Assignments))
	return s, nil
}

// Name implements host.Component.
func (s *Intake) Name() string { return "intake" }

// Handler implements host.Component.
func (s *Intake) Handler() http.Handler { return s.engine }

// Run implements host.Component.
func (s *Intake) Run(ctx context.Context) error {
	return s.background(ctx,
		s.follow,
		func(ctx context.Context) error { return s.bus.Consume(ctx, "reporting", s.reportingHandlers()) },
		func(ctx context.Context) error { return s.bus.ConsumeDue(ctx, s.dueHandlers()) },
		s.carryOn,
		s.attend,
	)
}

// ticketRoute leaves no access log, no trace and no figure of a single request.
const ticketRoute = "/v1/tenants/:tenant_id/rounds/:round_id/tickets"

func (s *Intake) routes(authenticate gin.HandlerFunc) {
	v1 := s.engine.Group("/v1", authenticate)
	v1.GET("/instruments", host.Handle(s.listInstruments))
	v1.GET("/instruments/:instrument/:version", host.Handle(s.getInstrument))
	v1.GET("/me/records", host.Handle(s.getMyRecords))

	school := v1.Group("/tenants/:tenant_id", host.Tenant())
	school.GET("/technologies", host.Handle(s.listTechnologies))
	school.POST("/technologies", host.Handle(s.registerTechnology))
	school.GET("/technologies/:technology_id", host.Handle(s.getTechnology))
	school.GET("/round-states", host.Handle(s.listRoundStates))
	school.GET("/common-rounds", host.Handle(s.listCommonRounds))
	school.POST("/common-rounds", host.Handle(s.createCommonRound))
	school.GET("/rounds", host.Handle(s.listRounds))
	school.POST("/rounds", host.Handle(s.createRound))
	school.GET("/rounds/:round_id", host.Handle(s.getRound))
	school.GET("/rounds/:round_id/instrument", host.Handle(s.getRoundInstrument))
	school.GET("/rounds/:round_id/preview", host.Handle(s.previewRound))
	school.POST("/rounds/:round_id/announce", host.Handle(s.announceRound))
	school.PUT("/rounds/:round_id/contract", host.Handle(s.tightenContract))
	school.GET("/rounds/:round_id/roster", host.Handle(s.getRoundRoster))
	school.POST("/rounds/:round_id/countersign", host.Handle(s.countersignRound))
	school.GET("/rounds/:round_id/paper", host.Handle(s.getRoundPaper))
	school.POST("/rounds/:round_id/paper-tickets", host.Handle(s.issuePaperTicket))
	school.POST("/rounds/:round_id/refuse", host.Handle(s.refuseRound))
	school.POST("/rounds/:round_id/open", host.Handle(s.openRound))
	school.POST("/rounds/:round_id/extension", host.Handle(s.extendRound))
	school.POST("/rounds/:round_id/close", host.Handle(s.closeRound))
	school.POST("/rounds/:round_id/archive", host.Handle(s.archiveRound))
	s.routeExperiences(authenticate)
	s.routeConfidential(authenticate)
	s.engine.POST(ticketRoute, authenticate, host.Tenant(), host.Handle(s.issueTicket))
}
