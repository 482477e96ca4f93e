package access

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// The names of the input's fields, made into terms once.
var (
	nameAction      = ast.StringTerm("action")
	nameSubject     = ast.StringTerm("subject")
	nameResource    = ast.StringTerm("resource")
	nameID          = ast.StringTerm("id")
	nameTenant      = ast.StringTerm("tenant")
	nameService     = ast.StringTerm("service")
	nameKey         = ast.StringTerm("key")
	nameScopes      = ast.StringTerm("scopes")
	nameAssignments = ast.StringTerm("assignments")
	nameRole        = ast.StringTerm("role")
	nameScope       = ast.StringTerm("scope")
	nameUnit        = ast.StringTerm("unit")
	nameType        = ast.StringTerm("type")
	namePath        = ast.StringTerm("path")
	nameAttributes  = ast.StringTerm("attributes")
)

// question builds a policy's input from Go values directly: going through JSON costs more than the decision.
func question(s Subject, action string, r Resource) (ast.Value, error) {
	assignments := make([]*ast.Term, len(s.Assignments))
	for i, a := range s.Assignments {
		assignments[i] = ast.ObjectTerm(
			text(nameRole, a.Role),
			text(nameScope, string(a.Scope)),
			text(nameUnit, a.Unit),
		)
	}
	attributes := ast.ObjectTerm()
	if len(r.Attributes) > 0 {
		value, err := ast.InterfaceToValue(r.Attributes)
		if err != nil {
			return nil, fmt.Errorf("attributes of %s: %w", r.Type, err)
		}
		attributes = ast.NewTerm(value)
	}
	return ast.NewObject(
		text(nameAction, action),
		ast.Item(nameSubject, ast.ObjectTerm(
			text(nameID, s.ID),
			text(nameTenant, string(s.Tenant)),
			text(nameService, s.Service),
			ast.Item(nameKey, ast.BooleanTerm(s.Key)),
			ast.Item(nameScopes, ast.ArrayTerm(texts(s.Scopes)...)),
			ast.Item(nameAssignments, ast.ArrayTerm(assignments...)),
		)),
		ast.Item(nameResource, ast.ObjectTerm(
			text(nameType, r.Type),
			text(nameTenant, string(r.Tenant)),
			ast.Item(namePath, ast.ArrayTerm(texts(r.Path)...)),
			text(nameUnit, r.Unit),
			ast.Item(nameAttributes, attributes),
		)),
	), nil
}

func text(name *ast.Term, value string) [2]*ast.Term { return ast.Item(name, ast.StringTerm(value)) }

func texts[T ~string](values []T) []*ast.Term {
	list := make([]*ast.Term, len(values))
	for i, value := range values {
		list[i] = ast.StringTerm(string(value))
	}
	return list
}
