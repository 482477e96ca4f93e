// Package tenancy knows who there is: the platform, operators, schools and unions, units, people, the roles that
// they have, and the forums in which they meet.
//
// It is the one service that holds names and addresses of people, encrypted under a key per person (profile.go);
// what it tells the others carries identifiers. Rules stand with the entity that they are about: organisation.go,
// unit.go, person.go, assignment.go, forum.go. Handlers are in http_*.go, collections in store.go, permissions in
// policy.rego. It knows nothing of rounds, results or dialogues.
package tenancy

import (
	"context"
	_ "embed" // policy.rego
	"fmt"
	"net/http"
	"time"
	_ "time/tzdata" // a static image has no time zones of its own

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/roster"
)

// Name is the name of the service.
const Name = "tenancy"

//go:embed policy.rego
var policy string

// Service is the service tenancy. It implements host.Component.
type Service struct {
	deps       *platform.Deps
	store      *store
	profiles   *profiles
	authorizer *access.Authorizer
	audit      *audit.Log
	indexes    indexes
	engine     *gin.Engine
	importing  chan struct{} // says that there is an import to apply
	counting   chan struct{} // says that there is a school to count
	zone       *time.Location
}

// New opens the service's collections and keys and compiles its policy.
func New(ctx context.Context, d *platform.Deps) (host.Component, error) {
	s := &Service{deps: d, importing: make(chan struct{}, 1), counting: make(chan struct{}, 1), indexes: indexes{operators: map[tenant.ID]*index{}}}
	var err error
	if s.zone, err = time.LoadLocation("Europe/Copenhagen"); err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	if s.store, err = openStore(ctx, d.Store); err != nil {
		return nil, err
	}
	if s.profiles, err = openProfiles(d.Keys, s.now); err != nil {
		return nil, err
	}
	if err := d.Store.Migrate(ctx, s.migrations()...); err != nil {
		return nil, err
	}
	if s.audit, err = audit.Open(ctx, d.Store, d.Now); err != nil {
		return nil, err
	}
	s.authorizer, err = d.Authorizer(ctx, Name, policy, access.WithRecorder(s.recordDecision), access.WithTightened(s.store.tightened))
	if err != nil {
		return nil, err
	}
	s.engine = host.NewEngine(host.EngineOptions{Service: Name, Logger: d.Logger, Registerer: d.Registerer,
		BodyLimits: map[string]int64{importsRoute: roster.MaxBytes}})
	s.routes(s.engine)
	return s, nil
}

// Name implements host.Component.
func (s *Service) Name() string { return Name }

// Handler implements host.Component.
func (s *Service) Handler() http.Handler { return s.engine }

// Run publishes what happened, keeps headcounts up to date, finishes erasures and deletes tenants whose time has come, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	handlers := s.handlers()
	loops := []func(context.Context) error{
		func(ctx context.Context) error { return s.deps.Bus.Consume(ctx, Name, handlers) },
		func(ctx context.Context) error { return s.deps.Bus.ConsumeDue(ctx, handlers) },
		s.keepHeadcounts,
		s.dropIdle,
		s.applyImports,
		s.finishErasures,
		s.deleteTenants,
	}
	for from, told := range s.fromOthers() {
		loops = append(loops, func(ctx context.Context) error { return s.deps.Bus.Consume(ctx, from, told) })
	}
	return s.deps.Background(ctx, loops...)
}

var _ host.Component = (*Service)(nil)

func (s *Service) now() time.Time { return s.deps.Now().UTC() }

// handlers take the service's own events: the counting that follows an assignment, and the end of the roles that follows
// a suspension, must come even when the process ends between the two.
func (s *Service) handlers() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, s.roleAssigned)
	bus.On(h, s.roleEnded)
	bus.On(h, s.personSuspended)
	return h
}

// decide asks the policy whether the context's subject may take an action in a tenant. A tenant that does not exist
// is refused like one that belongs to others.
func (s *Service) decide(ctx context.Context, action, resource string, owner tenant.ID, attributes map[string]any) error {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	r := access.Resource{Type: resource, ID: concerning(attributes), Tenant: owner, Attributes: attributes}
	if owner != "" {
		if r.Path, err = s.store.path(ctx, owner); err != nil {
			return fmt.Errorf("decide %s: %w", action, err)
		}
	}
	return s.authorizer.Decide(ctx, subject, action, r)
}

// decideHere is decide for the context's own tenant.
func (s *Service) decideHere(ctx context.Context, action, resource string, attributes map[string]any) error {
	owner, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	return s.decide(ctx, action, resource, owner, attributes)
}
