package access

import (
	"context"
	"crypto/sha256"
	_ "embed" // the two policies below
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

var (
	//go:embed hierarchy.rego
	hierarchy string
	//go:embed decision.rego
	decision string

	// reserved are the rules that only decision.rego may define.
	reserved = []string{"allowed", "visible_scopes", "actions", "astray"}

	servicePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// Authorizer decides for one service. It is compiled once and safe for concurrent use.
type Authorizer struct {
	service    string
	allowed    rego.PreparedEvalQuery
	visible    rego.PreparedEvalQuery
	actions    map[string]bool
	privileged map[string]bool
	quiet      map[string]bool
	logger     *slog.Logger
	decisions  *prometheus.CounterVec
	duration   prometheus.Histogram
	record     Recorder
}

// Option changes where an Authorizer tells about its decisions.
type Option func(*options)

type options struct {
	logger     *slog.Logger
	registerer prometheus.Registerer
	record     Recorder
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
	modules, err := Modules(service, policy)
	if err != nil {
		return nil, err
	}
	compiler := ast.NewCompiler().WithCapabilities(pure())
	if compiler.Compile(modules); compiler.Failed() {
		return nil, fmt.Errorf("access: policy of %s: %w", service, compiler.Errors)
	}
	a := &Authorizer{service: service, logger: o.logger, record: o.record}
	pkg := "data.guldkorn." + service
	if a.allowed, err = prepare(ctx, compiler, pkg+".allowed"); err != nil {
		return nil, err
	}
	if a.visible, err = prepare(ctx, compiler, pkg+".visible_scopes[input.action]"); err != nil {
		return nil, err
	}
	for name, into := range map[string]*map[string]bool{"actions": &a.actions, "privileged": &a.privileged, "quiet": &a.quiet} {
		if *into, err = set(ctx, compiler, pkg+"."+name); err != nil {
			return nil, err
		}
	}
	if len(a.actions) == 0 {
		return nil, fmt.Errorf("access: policy of %s permits no action", service)
	}
	return a, a.instrument(o.registerer)
}

// Modules returns the policy as it is compiled: hierarchy.rego, and decision.rego in the policy's own package.
func Modules(service, policy string) (map[string]*ast.Module, error) {
	if !servicePattern.MatchString(service) {
		return nil, fmt.Errorf("access: %q is not a service's name", service)
	}
	sources := map[string]string{
		"access/hierarchy.rego":  hierarchy,
		"access/decision.rego":   strings.ReplaceAll(decision, "guldkorn.service", "guldkorn."+service),
		service + "/policy.rego": policy,
	}
	modules := make(map[string]*ast.Module, len(sources))
	for name, source := range sources {
		module, err := ast.ParseModule(name, source)
		if err != nil {
			return nil, fmt.Errorf("access: %w", err)
		}
		modules[name] = module
	}
	own := modules[service+"/policy.rego"]
	if got, want := own.Package.Path.String(), "data.guldkorn."+service; got != want {
		return nil, fmt.Errorf("access: the policy of %s is in package %s, not %s", service, got, want)
	}
	for _, rule := range own.Rules {
		if name := rule.Head.Ref()[0].String(); slices.Contains(reserved, name) || (rule.Default && name == "allow") {
			return nil, fmt.Errorf("access: the policy of %s redefines %s, which decision.rego does", service, name)
		}
	}
	return modules, nil
}

// pure returns the language without everything that looks beyond the input: network, clock, chance,
// environment. A policy's answer depends on nothing but the question.
func pure() *ast.Capabilities {
	capabilities := ast.CapabilitiesForThisVersion()
	capabilities.AllowNet = []string{}
	capabilities.Builtins = slices.DeleteFunc(capabilities.Builtins, func(b *ast.Builtin) bool { return b.IsNondeterministic() })
	return capabilities
}

func prepare(ctx context.Context, compiler *ast.Compiler, query string) (rego.PreparedEvalQuery, error) {
	prepared, err := rego.New(rego.Compiler(compiler), rego.Query(query), rego.StrictBuiltinErrors(true)).PrepareForEval(ctx)
	if err != nil {
		return prepared, fmt.Errorf("access: prepare %s: %w", query, err)
	}
	return prepared, nil
}

// set evaluates a constant set of strings of the policy; an undeclared one is empty.
func set(ctx context.Context, compiler *ast.Compiler, query string) (map[string]bool, error) {
	prepared, err := prepare(ctx, compiler, query)
	if err != nil {
		return nil, err
	}
	results, err := prepared.Eval(ctx)
	if err != nil {
		return nil, fmt.Errorf("access: %s: %w", query, err)
	}
	members := map[string]bool{}
	if len(results) == 0 {
		return members, nil
	}
	list, ok := results[0].Expressions[0].Value.([]any)
	if !ok {
		return nil, fmt.Errorf("access: %s is not a set", query)
	}
	for _, member := range list {
		name, ok := member.(string)
		if !ok {
			return nil, fmt.Errorf("access: %s holds %v, which is no string", query, member)
		}
		members[name] = true
	}
	return members, nil
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
	if registerer == nil {
		return nil
	}
	return errors.Join(registerer.Register(a.decisions), registerer.Register(a.duration))
}

// Decide returns nil when the subject may take the action on the resource, the failure access.denied when
// not, and internal.error when the policy could not be evaluated, which denies as well.
func (a *Authorizer) Decide(ctx context.Context, s Subject, action string, r Resource) error {
	started := time.Now()
	allowed, err := a.evaluate(ctx, s, action, r)
	took := time.Since(started)
	if err == nil {
		err = a.remember(ctx, s, action, r, allowed)
	}
	outcome := "denied"
	switch {
	case err != nil:
		outcome = "failed"
	case allowed:
		outcome = "allowed"
	}
	if !a.quiet[action] { // who asked for what, and when, is a trace on the anonymous path; so is a count
		a.duration.Observe(took.Seconds())
		a.tell(ctx, s, action, r, outcome, err)
	}
	switch {
	case err != nil:
		return failure.New(failure.InternalError).Because(fmt.Errorf("decide %s: %w", action, err))
	case !allowed:
		return failure.New(failure.AccessDenied)
	}
	return nil
}

func (a *Authorizer) evaluate(ctx context.Context, s Subject, action string, r Resource) (bool, error) {
	if len(r.Path) > 0 && r.Path[len(r.Path)-1] != r.Tenant {
		return false, fmt.Errorf("the path of tenant %q ends in %q", r.Tenant, r.Path[len(r.Path)-1])
	}
	in, err := question(s, action, r)
	if err != nil {
		return false, err
	}
	results, err := a.allowed.Eval(ctx, rego.EvalParsedInput(in))
	if err != nil {
		return false, err
	}
	return results.Allowed(), nil
}

// VisibleScopes returns the scopes, sorted, in which the subject's own roles permit the action. A list runs
// one query for each; none means that nothing is visible. A service has none.
func (a *Authorizer) VisibleScopes(ctx context.Context, s Subject, action string) ([]tenant.ID, error) {
	in, err := question(s, action, Resource{})
	if err != nil {
		return nil, failure.New(failure.InternalError).Because(err)
	}
	results, err := a.visible.Eval(ctx, rego.EvalParsedInput(in))
	if err != nil {
		return nil, failure.New(failure.InternalError).Because(fmt.Errorf("visible scopes of %s: %w", action, err))
	}
	if len(results) == 0 {
		return nil, nil
	}
	list, _ := results[0].Expressions[0].Value.([]any)
	scopes := make([]tenant.ID, 0, len(list))
	for _, scope := range list {
		if id, ok := scope.(string); ok {
			scopes = append(scopes, tenant.ID(id))
		}
	}
	slices.Sort(scopes)
	return scopes, nil
}

// tell counts a decision and writes what the decision log wants, with the subject masked.
func (a *Authorizer) tell(ctx context.Context, s Subject, action string, r Resource, outcome string, err error) {
	label := action
	if !a.actions[action] {
		label = "other" // labels stay bounded by the policy's own list
	}
	a.decisions.WithLabelValues(label, outcome).Inc()
	if outcome == "allowed" && !a.privileged[action] {
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

// Mask names a subject in a log: a service by its name, an API key by its id, a person by a short hash of the id, so that lines
// about one person can be held together and nobody is named.
func Mask(s Subject) string {
	if s.Service != "" {
		return "service:" + s.Service
	}
	if s.Key {
		return "key:" + s.ID
	}
	sum := sha256.Sum256([]byte(s.ID))
	return "person:" + hex.EncodeToString(sum[:6])
}
