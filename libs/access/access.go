// Package access decides who may do what.
//
// A service asks its Authorizer about a Subject, an action and a Resource. The answer comes from Rego
// evaluated in process: the service's own policy.rego, which is little more than two tables (action to roles,
// action to calling services), joined with hierarchy.rego, which says when a role that somebody has somewhere
// counts here. Everything that is not allowed is denied. No service trusts another's check: what travels
// between them is a short-lived signed token that says who is asking (token.go), never what they may do.
//
// The package knows no store and no broker; where the assignments come from is package directory's matter.
package access

import (
	"context"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Roles that an assignment may carry.
const (
	PlatformOperator       = "platform_operator"
	MunicipalAdministrator = "municipal_administrator"
	MunicipalAnalyst       = "municipal_analyst"
	SchoolAdministrator    = "school_administrator"
	Leader                 = "leader"
	Employee               = "employee"
	UnionRepresentative    = "tr"
	SafetyRepresentative   = "amr"
	ForumMember            = "forum_member"
	Facilitator            = "facilitator"
	UnionAnalyst           = "union_analyst"
	TextReader             = "text_reader"
	ITGuide                = "it_guide"
	LearnerRepresentative  = "learner_representative"
	Auditor                = "auditor"
)

// Roles returns every role there is, from the widest scope to the narrowest.
func Roles() []string {
	return []string{
		PlatformOperator, MunicipalAdministrator, MunicipalAnalyst, UnionAnalyst, Auditor, SchoolAdministrator, Leader,
		Employee, UnionRepresentative, SafetyRepresentative, ForumMember, Facilitator, TextReader, ITGuide, LearnerRepresentative,
	}
}

// Assignment says that a subject has a role in a scope: a platform, an operator, a school or a union.
type Assignment struct {
	Role  string
	Scope tenant.ID
	Unit  string // the unit that an employee works in; empty for roles of the whole scope
}

// Subject is who asks: a person, a service on its own behalf, a program with an API key of a tenant, or a guest.
type Subject struct {
	ID          string // the person's id, the service's name, the key's id, or the guest's
	Tenant      tenant.ID
	Session     string
	Service     string   // non-empty: a service itself, whose assignments count for nothing
	Key         bool     // an API key of Tenant, which is never a person and has no assignments
	Scopes      []string // what the key was given
	Guest       string   // non-empty: a guest, without account or roles, who was let in to the one thing of Tenant with this id
	Assignments []Assignment
	// SignedInAt is when the person last showed who they are, zero if nobody knows. Recent tells of one whose token was
	// read whether that was a short while before; see RecentTime. Nobody else is ever recent.
	SignedInAt time.Time
	Recent     bool
}

// IsPerson tells whether a signed-in person asks.
func (s Subject) IsPerson() bool { return s.ID != "" && s.Service == "" && !s.Key && s.Guest == "" }

// Service returns the subject of a service that acts on its own behalf.
func Service(name string) Subject { return Subject{ID: name, Service: name} }

// Has tells whether the subject is a person with this role in exactly this scope.
func (s Subject) Has(role string, scope tenant.ID) bool {
	if !s.IsPerson() {
		return false
	}
	for _, a := range s.Assignments {
		if a.Role == role && a.Scope == scope {
			return true
		}
	}
	return false
}

// Resource is what an action is about.
type Resource struct {
	Type       string
	ID         string // for the record of the decision; no policy looks at it
	Tenant     tenant.ID
	Path       []tenant.ID // the tenant's ancestors, the platform first, and the tenant itself last
	Unit       string
	Attributes map[string]any // what extra rules of the service's policy look at
}

type contextKey struct{}

// WithSubject returns a context in which s is asking.
func WithSubject(ctx context.Context, s Subject) context.Context {
	return context.WithValue(ctx, contextKey{}, s)
}

// SubjectFrom returns who is asking, or the failure access.unauthenticated.
func SubjectFrom(ctx context.Context) (Subject, error) {
	s, ok := ctx.Value(contextKey{}).(Subject)
	if !ok || s.ID == "" {
		return Subject{}, failure.New(failure.AccessUnauthentic)
	}
	return s, nil
}
