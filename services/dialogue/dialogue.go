// Package dialogue is the service of the dialogues that schools hold: playbooks, meetings with their phases, what is
// said and chosen in them, and what comes out of them: decisions, disagreements, actions, agreements that are looked at
// again, topics, questions to other forums, and minutes.
//
// Two promises shape it. What is sealed can be linked to nobody once its phase is locked: it lies in an Urn until then,
// leaves no event, no trace and no log line, and the key of the urn is destroyed at the lock (urn.go, settle.go; the
// promise is in privacy.md, section 3b); so does what members answer about an agreement (adherence.go). And the clock is the
// server's: it locks a phase by itself, also when the process was down at the deadline (clock.go).
//
// A third promise is to the staff side: its pre-meetings are closed to everybody else (premeeting.go). Guests, who come to
// one dialogue by a code, are no part of what the first two protect (guest.go).
//
// The rules of a thing stand on the thing and take the time as an argument: meeting.go, phase.go, vote.go, action.go,
// outcome.go, agreement.go, topic.go, escalation.go, minutes.go. The service knows people by their ids; it asks tenancy for the
// names at a school to keep what names somebody from being shown (roster.go), and keeps none. No operator or union can read anything in it, but for a question that a school puts to
// a forum in which somebody sits (policy.rego).
package dialogue

import (
	"context"
	_ "embed" // the policy
	"fmt"
	"net/http"
	"time"
	_ "time/tzdata" // deadlines are local days, also in a container without a time zone database

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/projection"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Name is the service's name: of its stream, its tokens' audience and its metrics.
const Name = "dialogue"

//go:embed policy.rego
var policy string

type service struct {
	*store
	deps       *platform.Deps
	zone       *time.Location
	shelf      *Shelf
	editions   editions
	directory  *directory.Directory
	roster     *roster
	authorizer *access.Authorizer
	settler    *settler
	hub        *hub
	engine     *gin.Engine
}

// New makes the service.
func New(ctx context.Context, d *platform.Deps) (host.Component, error) { return newService(ctx, d) }

func newService(ctx context.Context, d *platform.Deps) (*service, error) {
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		return nil, fmt.Errorf("dialogue: %w", err)
	}
	s := &service{deps: d, zone: zone}
	if s.shelf, err = newShelf(shipped); err != nil {
		return nil, fmt.Errorf("dialogue: playbooks: %w", err)
	}
	if s.store, err = openStore(ctx, d.Store, d.Keys); err != nil {
		return nil, err
	}
	if err = d.Store.Migrate(ctx, s.migrations()...); err != nil {
		return nil, err
	}
	if s.directory, err = directory.Open(ctx, d.Store, d.Now); err != nil {
		return nil, err
	}
	s.roster = &roster{now: d.Now, schools: map[tenant.ID]*schoolNames{}, ask: func(ctx context.Context) (personal.Names, error) {
		return s.directory.Colleagues(ctx, d.Peer("tenancy"))
	}}
	tell := func(r events.AccessRecord) events.DialogueAccessRecorded { return events.DialogueAccessRecorded(r) }
	record, err := audit.Told(ctx, d.Store, d.Now, tell)
	if err != nil {
		return nil, err
	}
	s.authorizer, err = d.Authorizer(ctx, Name, policy, access.WithTightened(s.directory.Tightened), access.WithRecorder(record))
	if err != nil {
		return nil, err
	}
	s.settler = &settler{store: s.store}
	if s.hub, err = newHub(s.store, d.Logger, d.Registerer); err != nil {
		return nil, err
	}
	s.engine = s.routes()
	return s, nil
}

// Name implements host.Component.
func (s *service) Name() string { return Name }

// Handler implements host.Component.
func (s *service) Handler() http.Handler { return s.engine }

// Run implements host.Component.
func (s *service) Run(ctx context.Context) error {
	defer s.hub.close()
	return s.deps.Background(ctx,
		func(ctx context.Context) error { return s.directory.Follow(ctx, s.deps, s.fromTenancy()) },
		func(ctx context.Context) error { return s.deps.Bus.Consume(ctx, "reporting", s.fromReporting()) },
		func(ctx context.Context) error {
			return projection.CatchUp(ctx, s.deps, "reporting", s.fromReporting(), "releases")
		},
		func(ctx context.Context) error { return s.deps.Bus.ConsumeDue(ctx, s.due()) },
		s.watchClock,
	)
}

// fromTenancy is what the directory does not do.
func (s *service) fromTenancy() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, func(ctx context.Context, _ events.Envelope, _ events.OrganisationDeleted) error {
		return s.forgetSealed(ctx)
	})
	return h
}

// forgetSealed destroys what is sealed in a school that is gone, with its keys; the directory erases the rest after.
func (s *service) forgetSealed(ctx context.Context) error {
	for _, all := range []*document.Collection[Meeting]{s.meetings.Collection, s.meetings.closed} {
		for meeting, err := range all.All(ctx, document.Query{Index: byAge}) {
			if err != nil {
				return err
			}
			for _, phase := range meeting.Body.Phases {
				if err := s.urn.Destroy(ctx, phase.ID); err != nil {
					return err
				}
			}
		}
	}
	for agreement, err := range s.agreements.All(ctx, document.Query{Index: byAge}) {
		if err != nil {
			return err
		}
		if err := s.urn.Destroy(ctx, agreement.ID); err != nil {
			return err
		}
	}
	return nil
}

// fromReporting takes in which releases the school has.
func (s *service) fromReporting() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, func(ctx context.Context, _ events.Envelope, e events.ReleasePublished) error {
		_, err := s.releases.Upsert(ctx, e.ReleaseID, func(r *release, _ bool) ([]events.Event, error) {
			r.RoundID = e.RoundID
			return nil, nil
		})
		return err
	})
	return h
}

// now is the time as it is stored.
func (s *service) now() time.Time { return s.deps.Now().UTC().Truncate(time.Millisecond) }

// today is the local date.
func (s *service) today() string { return s.now().In(s.zone).Format(time.DateOnly) }

// midnight is when a local date begins.
func (s *service) midnight(date string) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, date, s.zone)
	if err != nil {
		return never
	}
	return at.UTC()
}

// committed tells those who follow a dialogue that it changed.
func (s *service) committed(ctx context.Context, meeting document.Document[Meeting]) {
	s.hub.changed(ctx, meeting.ID)
}
