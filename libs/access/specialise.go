package access

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// specialise returns the decision prepared for each action that the policy knows: partially evaluated with the
// action given, so that the tables are looked up once at the start and what remains of the policy for, say,
// unit.read are the few comparisons that depend on who asks about what. The rules stay OPA's own; only when they are
// worked out differs, and an action that the policy does not know takes the long way. timely are the actions for which it
// matters how long ago the person signed in.
func specialise(ctx context.Context, compiler *ast.Compiler, modules map[string]*ast.Module, service string, actions map[string]bool) (known map[string]rego.PreparedEvalQuery, timely map[string]bool, err error) {
	timely = map[string]bool{}
	all := maps.Clone(modules)
	homes := map[string]string{}
	for i, action := range slices.Sorted(maps.Keys(actions)) {
		home := fmt.Sprintf("action_%d", i)
		partial, err := rego.New(rego.Compiler(compiler), rego.Query("data.guldkorn."+service+".allowed"),
			rego.ParsedInput(ast.NewObject(text(nameAction, action))), rego.Unknowns([]string{"input.subject", "input.resource"}),
			rego.PartialNamespace(home), rego.StrictBuiltinErrors(true)).Partial(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("access: work out %s in advance: %w", action, err)
		}
		module := &ast.Module{Package: &ast.Package{Path: ast.Ref{ast.DefaultRootDocument, ast.StringTerm(home + "_decision")}}}
		for _, body := range partial.Queries {
			rule := &ast.Rule{Head: ast.NewHead("allowed", nil, ast.BooleanTerm(true)), Body: body, Module: module}
			module.Rules = append(module.Rules, rule)
		}
		all[home] = module
		for j, support := range partial.Support {
			all[fmt.Sprintf("%s_%d", home, j)] = support
			timely[action] = timely[action] || asksWhen(support)
		}
		timely[action] = timely[action] || asksWhen(module)
		homes[action] = home
	}
	specialised := ast.NewCompiler().WithCapabilities(pure())
	if specialised.Compile(all); specialised.Failed() {
		return nil, nil, fmt.Errorf("access: compile what was worked out of %s: %w", service, specialised.Errors)
	}
	queries := make(map[string]rego.PreparedEvalQuery, len(homes))
	for action, home := range homes {
		query, err := prepare(ctx, specialised, "data."+home+"_decision.allowed")
		if err != nil {
			return nil, nil, err
		}
		queries[action] = query
	}
	return queries, timely, nil
}

// asksWhen tells whether what is left of a policy looks at how long ago the person signed in.
func asksWhen(module *ast.Module) bool {
	found := false
	ast.WalkTerms(module, func(t *ast.Term) bool {
		found = found || t.Equal(nameRecent)
		return found
	})
	return found
}
