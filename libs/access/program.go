package access

import (
	"context"
	_ "embed" // the two policies below
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

var (
	//go:embed hierarchy.rego
	hierarchy string
	//go:embed decision.rego
	decision string

	// reserved are the rules that only decision.rego may define.
	reserved = []string{"allowed", "visible_scopes", "actions", "astray", "stale", "for_guests"}

	servicePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// program is a service's policy made ready to answer. It never changes and is safe for concurrent use.
type program struct {
	service    string
	compiler   *ast.Compiler
	allowed    rego.PreparedEvalQuery            // for any action
	known      map[string]rego.PreparedEvalQuery // by action, with the action worked out
	timely     map[string]bool                   // actions for which it matters how long ago somebody signed in
	visible    rego.PreparedEvalQuery
	actions    map[string]bool
	privileged map[string]bool
	quiet      map[string]bool
	// lasting never fires: a decision takes microseconds, and without it OPA starts a goroutine for each
	// that waits for the context.
	lasting topdown.Cancel
}

func compile(ctx context.Context, service, policy string) (*program, error) {
	modules, err := Modules(service, policy)
	if err != nil {
		return nil, err
	}
	compiler := ast.NewCompiler().WithCapabilities(pure())
	if compiler.Compile(modules); compiler.Failed() {
		return nil, fmt.Errorf("access: policy of %s: %w", service, compiler.Errors)
	}
	p := &program{service: service, compiler: compiler, lasting: topdown.NewCancel()}
	pkg := "data.guldkorn." + service
	if p.allowed, err = prepare(ctx, compiler, pkg+".allowed"); err != nil {
		return nil, err
	}
	if p.visible, err = prepare(ctx, compiler, pkg+".visible_scopes[input.action]"); err != nil {
		return nil, err
	}
	for name, into := range map[string]*map[string]bool{"actions": &p.actions, "privileged": &p.privileged, "quiet": &p.quiet} {
		if *into, err = set(ctx, compiler, pkg+"."+name); err != nil {
			return nil, err
		}
	}
	if len(p.actions) == 0 {
		return nil, fmt.Errorf("access: policy of %s permits no action", service)
	}
	p.known, p.timely, err = specialise(ctx, compiler, modules, service, p.actions)
	return p, err
}

// decide answers whether the subject may take the action on the resource.
func (p *program) decide(ctx context.Context, s Subject, action string, r Resource) (bool, error) {
	if len(r.Path) > 0 && r.Path[len(r.Path)-1] != r.Tenant {
		return false, fmt.Errorf("the path of tenant %q ends in %q", r.Tenant, r.Path[len(r.Path)-1])
	}
	in, err := question(s, action, r)
	if err != nil {
		return false, err
	}
	return p.permits(ctx, action, in)
}

// permits answers the decision's question; the error of a policy that could not be evaluated denies.
func (p *program) permits(ctx context.Context, action string, question ast.Value) (bool, error) {
	query, ok := p.known[action]
	if !ok {
		query = p.allowed
	}
	results, err := p.evaluate(ctx, query, question)
	return err == nil && results.Allowed(), err
}

func (p *program) visibleScopes(ctx context.Context, question ast.Value) ([]tenant.ID, error) {
	results, err := p.evaluate(ctx, p.visible, question)
	if err != nil || len(results) == 0 {
		return nil, err
	}
	list, ok := results[0].Expressions[0].Value.([]any)
	if !ok {
		return nil, errors.New("visible_scopes is not a set")
	}
	scopes := make([]tenant.ID, 0, len(list))
	for _, scope := range list {
		if id, ok := scope.(string); ok {
			scopes = append(scopes, tenant.ID(id))
		}
	}
	slices.Sort(scopes)
	return scopes, nil
}

func (p *program) evaluate(ctx context.Context, query rego.PreparedEvalQuery, question ast.Value) (rego.ResultSet, error) {
	return query.Eval(ctx, rego.EvalParsedInput(question), rego.EvalMetrics(metrics.NoOp()), rego.EvalExternalCancel(p.lasting))
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
