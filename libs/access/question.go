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
	nameGuest       = ast.StringTerm("guest")
	nameRecent      = ast.StringTerm("recent")
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
	attributes := ast.InternedEmptyObject
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
			ast.Item(nameKey, ast.InternedTerm(s.Key)),
			text(nameGuest, s.Guest),
			ast.Item(nameRecent, ast.InternedTerm(s.Recent && s.IsPerson())),
			ast.Item(nameScopes, texts(s.Scopes)),
			ast.Item(nameAssignments, ast.ArrayTerm(assignments...)),
		)),
		ast.Item(nameResource, ast.ObjectTerm(
			text(nameType, r.Type),
			text(nameTenant, string(r.Tenant)),
			ast.Item(namePath, texts(r.Path)),
			text(nameUnit, r.Unit),
			ast.Item(nameAttributes, attributes),
		)),
	), nil
}

// roles are the terms of the roles, which most questions are full of.
var roles = func() map[string]*ast.Term {
	terms := map[string]*ast.Term{"": ast.InternedEmptyString}
	for _, role := range Roles() {
		terms[role] = ast.StringTerm(role)
	}
	return terms
}()

func text(name *ast.Term, value string) [2]*ast.Term { return ast.Item(name, term(value)) }

func term(value string) *ast.Term {
	if known, ok := roles[value]; ok {
		return known
	}
	return ast.StringTerm(value)
}

func texts[T ~string](values []T) *ast.Term {
	if len(values) == 0 {
		return ast.InternedEmptyArray
	}
	list := make([]*ast.Term, len(values))
	for i, value := range values {
		list[i] = term(string(value))
	}
	return ast.ArrayTerm(list...)
}
