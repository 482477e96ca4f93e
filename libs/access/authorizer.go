package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Authorizer decides for one service. It is compiled before it is asked and safe for concurrent use.
type Authorizer struct {
	service   string
	embedded  *program                // what the service was built with: the floor of every bundle
	program   atomic.Pointer[program] // what is in force
	logger    *slog.Logger
	decisions *prometheus.CounterVec
	duration  prometheus.Histogram
	bundles   *prometheus.CounterVec
	record    Recorder
	tightened Tightened
}

// Option changes where an Authorizer tells about its decisions.
type Option func(*options)

type options struct {
	logger     *slog.Logger
	registerer prometheus.Registerer
	record     Recorder
	tightened  Tightened
}

// WithLogger sends the decision log to logger: denials, failures and permitted privileged actions. Without
// it there is no decision log.
func WithLogger(logger *slog.Logger) Option { return func(o *options) { o.logger = logger } }

// WithRegisterer registers the authorizer's metrics.
func WithRegisterer(registerer prometheus.Registerer) Option {
	return func(o *options) { o.registerer = registerer }
}

// NewAuthorizer compiles a service's policy, which is in package guldkorn.<service> and declares what
// decision.rego lists. A policy that does not compile or reaches for anything outside its input is refused.
func NewAuthorizer(ctx context.Context, service, policy string, opts ...Option) (*Authorizer, error) {
	o := options{logger: slog.New(slog.DiscardHandler)}
	for _, set := range opts {
		set(&o)
	}
	embedded, err := compile(ctx, service, policy)
	if err != nil {
		return nil, err
	}
	a := &Authorizer{service: service, embedded: embedded, logger: o.logger, record: o.record, tightened: o.tightened}
	a.program.Store(embedded)
	return a, a.instrument(o.registerer)
}

func (a *Authorizer) instrument(registerer prometheus.Registerer) error {
	labels := prometheus.Labels{"policy": a.service}
	a.decisions = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "guldkorn_access_decisions_total", Help: "Decisions by action and outcome.", ConstLabels: labels,
	}, []string{"action", "outcome"})
	a.duration = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "guldkorn_access_decision_seconds", Help: "Time that a decision took.", ConstLabels: labels,
		Buckets: []float64{.00001, .000025, .00005, .0001, .00025, .001, .01, .1},
	})
	a.bundles = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "guldkorn_access_bundles_total", Help: "Policy bundles by outcome.", ConstLabels: labels,
	}, []string{"outcome"})
	if registerer == nil {
		return nil
	}
	return errors.Join(registerer.Register(a.decisions), registerer.Register(a.duration), registerer.Register(a.bundles))
}

// Decide returns nil when the subject may take the action on the resource, the failure access.denied when not,
// access.sign_in_again when only the time since the person signed in stands in the way, and internal.error when the
// policy could not be evaluated, which denies as well.
func (a *Authorizer) Decide(ctx context.Context, s Subject, action string, r Resource) error {
	started := time.Now()
	policy := a.program.Load()
	allowed, err := a.permits(ctx, policy, s, action, r)
	took := time.Since(started)
	stale := false
	if err == nil && !allowed && s.IsPerson() && !s.Recent && policy.timely[action] {
		fresh := s
		fresh.Recent = true
		stale, err = a.permits(ctx, policy, fresh, action, r)
	}
	if err == nil && !stale { // being asked to sign in again is no denial
		err = a.remember(ctx, policy, s, action, r, allowed)
	}
	outcome := "denied"
	switch {
	case err != nil:
		outcome = "failed"
	case allowed:
		outcome = "allowed"
	case stale:
		outcome = "stale"
	}
	if !policy.quiet[action] { // who asked for what, and when, is a trace on the anonymous path; so is a count
		a.duration.Observe(took.Seconds())
		a.tell(ctx, policy, s, action, r, outcome, err)
	}
	switch {
	case err != nil:
		return failure.New(failure.InternalError).Because(fmt.Errorf("decide %s: %w", action, err))
	case stale:
		return failure.New(failure.AccessStale)
	case !allowed:
		return failure.New(failure.AccessDenied)
	}
	return nil
}

// permits answers by the policy and by what is taken away.
func (a *Authorizer) permits(ctx context.Context, policy *program, s Subject, action string, r Resource) (bool, error) {
	allowed, err := policy.decide(ctx, s, action, r)
	if !allowed || err != nil {
		return false, err
	}
	return a.tighten(ctx, policy, s, action, r)
}

// VisibleScopes returns the scopes, sorted, in which the subject's own roles permit the action. A list runs
// one query for each; none means that nothing is visible. A service has none.
func (a *Authorizer) VisibleScopes(ctx context.Context, s Subject, action string) ([]tenant.ID, error) {
	s, err := a.tightenedScopes(ctx, s, action)
	if err != nil {
		return nil, failure.New(failure.InternalError).Because(err)
	}
	in, err := question(s, action, Resource{})
	if err != nil {
		return nil, failure.New(failure.InternalError).Because(err)
	}
	scopes, err := a.program.Load().visibleScopes(ctx, in)
	if err != nil {
		return nil, failure.New(failure.InternalError).Because(fmt.Errorf("visible scopes of %s: %w", action, err))
	}
	return scopes, nil
}

// tell counts a decision and writes what the decision log wants, with the subject masked.
func (a *Authorizer) tell(ctx context.Context, policy *program, s Subject, action string, r Resource, outcome string, err error) {
	label := action
	if !policy.actions[action] {
		label = "other" // labels stay bounded by the policy's own list
	}
	a.decisions.WithLabelValues(label, outcome).Inc()
	if outcome == "allowed" && !policy.privileged[action] {
		return
	}
	level := slog.LevelInfo
	attributes := []slog.Attr{
		slog.String("policy", a.service), slog.String("action", action), slog.String("outcome", outcome),
		slog.String("resource", r.Type), slog.String("tenant", string(r.Tenant)), slog.String("subject", Mask(s)),
	}
	if err != nil {
		level = slog.LevelError
		attributes = append(attributes, slog.Any("error", err))
	}
	a.logger.LogAttrs(ctx, level, "access decision", attributes...)
}

// Mask names a subject in a log: a service by its name, an API key by its id, a person or guest by a short hash of the id, so
// that lines about one person can be held together and nobody is named.
func Mask(s Subject) string {
	if s.Service != "" {
		return "service:" + s.Service
	}
	if s.Key {
		return "key:" + s.ID
	}
	sum := sha256.Sum256([]byte(s.ID))
	if s.Guest != "" {
		return "guest:" + hex.EncodeToString(sum[:6])
	}
	return "person:" + hex.EncodeToString(sum[:6])
}
