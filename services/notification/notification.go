// Package notification tells people what waits for them: as items in an inbox at once, and by e-mail in few,
// bundled messages within the hours that their school has set.
//
// An event of another service becomes an item for each person whom it concerns (consume.go, inbox.go). Items of
// mailed kinds gather in a bag for each person and school (mail.go); a schedule in the broker has it emptied at the
// next open hour (quiethours.go, delivery.go) as one mail (letter.go, smtp.go). Towards the mail server delivery is at
// least once with a stable Message-ID; towards the inbox it is once. Addresses are asked for when a mail is
// written and never stored.
package notification

import (
	"context"
	_ "embed"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/projection"
)

//go:embed policy.rego
var policy string

// Service is the notification service.
type Service struct {
	settings   settings
	logger     *slog.Logger
	now        func() time.Time
	bus        *bus.Bus
	background func(context.Context, ...func(context.Context) error) error
	follow     func(context.Context) error // keeps the directory up to date
	catchUp    func(context.Context) error // learns of dialogues that the stream has forgotten
	store      *store
	directory  *directory.Directory
	authorizer *access.Authorizer
	tenancy    *host.Peer
	letters    *letters
	smtp       *smtp
	mails      *prometheus.CounterVec
	engine     *gin.Engine
	askAgain   time.Duration
}

// New returns the service with its settings read from the environment; see settings.
func New(ctx context.Context, d *platform.Deps) (host.Component, error) {
	s := &Service{logger: d.Logger, now: d.Now, bus: d.Bus, background: d.Background, tenancy: d.Peer("tenancy"), askAgain: askAgain}
	if err := d.Settings(&s.settings); err != nil {
		return nil, err
	}
	var err error
	if s.store, err = openStore(ctx, d.Store); err != nil {
		return nil, err
	}
	s.follow = func(ctx context.Context) error { return s.directory.Follow(ctx, d, s.fromTenancy()) }
	s.catchUp = func(ctx context.Context) error {
		return projection.CatchUp(ctx, d, "dialogue", s.dialogues(), "dialogues")
	}
	if s.directory, err = directory.Open(ctx, d.Store, d.Now); err != nil {
		return nil, err
	}
	tell := func(r events.AccessRecord) events.NotificationAccessRecorded {
		return events.NotificationAccessRecorded(r)
	}
	record, err := audit.Told(ctx, d.Store, d.Now, tell)
	if err != nil {
		return nil, err
	}
	s.authorizer, err = d.Authorizer(ctx, s.Name(), policy, access.WithTightened(s.directory.Tightened), access.WithRecorder(record))
	if err != nil {
		return nil, err
	}
	if s.letters, err = newLetters(s.settings.PortalURL); err != nil {
		return nil, err
	}
	if s.smtp, err = newSMTP(s.settings); err != nil {
		return nil, err
	}
	s.mails = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "guldkorn_notification_mails_total", Help: "Mails by what became of them: sent, deferred or failed.",
	}, []string{"outcome"})
	if err := d.Registerer.Register(s.mails); err != nil {
		return nil, err
	}
	s.engine = host.NewEngine(host.EngineOptions{Service: s.Name(), Logger: d.Logger, Registerer: d.Registerer})
	s.routes(s.engine, host.Authenticate(d.Verify, s.directory.Assignments))
	return s, nil
}

// Name implements host.Component.
func (s *Service) Name() string { return "notification" }

// Handler implements host.Component.
func (s *Service) Handler() http.Handler { return s.engine }

// mailers is how many mails one process sends side by side; a mail server takes its time for each.
const mailers = 4

// Run implements host.Component.
func (s *Service) Run(ctx context.Context) error {
	consume := func(from string, h bus.Handlers) func(context.Context) error {
		return func(ctx context.Context) error { return s.bus.Consume(ctx, from, h) }
	}
	loops := []func(context.Context) error{
		s.follow,
		s.catchUp,
		consume("intake", s.fromIntake()),
		consume("reporting", s.fromReporting()),
		consume("dialogue", s.fromDialogue()),
		s.rescheduleAll,
	}
	for range mailers {
		loops = append(loops, func(ctx context.Context) error { return s.bus.ConsumeDue(ctx, s.dueHandlers()) })
	}
	return s.background(ctx, loops...)
}
