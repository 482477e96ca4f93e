package access

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Record is a decision that somebody may have to account for.
type Record struct {
	Tenant       tenant.ID
	Subject      string // a person's id, "service:" and a service's name, "key:" and an API key's id, or "guest:" and a guest's id
	Action       string
	ResourceType string
	ResourceID   string
	Allowed      bool
	Privileged   bool // whether the policy calls the action that
}

// Recorder keeps a record; it returns nil once that is durable.
type Recorder func(context.Context, Record) error

// WithRecorder gives record what has to be accounted for in a tenant: every privileged action that is permitted, and
// every denial of whoever is no service. It never hears of quiet actions.
func WithRecorder(record Recorder) Option { return func(o *options) { o.record = record } }

// remember hands a decision to the recorder. What is permitted and cannot be recorded does not happen; a denial
// stands in any case.
func (a *Authorizer) remember(ctx context.Context, policy *program, s Subject, action string, r Resource, allowed bool) error {
	if a.record == nil || policy.quiet[action] || r.Tenant == "" {
		return nil
	}
	subject := s.ID
	if s.Service != "" {
		subject = "service:" + s.Service
	}
	if s.Key {
		subject = "key:" + s.ID
	}
	if s.Guest != "" {
		subject = "guest:" + s.ID
	}
	if allowed && !policy.privileged[action] || !allowed && (s.Service != "" || subject == "") {
		return nil
	}
	err := a.record(ctx, Record{
		Tenant: r.Tenant, Subject: subject, Action: action, ResourceType: r.Type, ResourceID: r.ID, Allowed: allowed,
		Privileged: policy.privileged[action],
	})
	if err == nil {
		return nil
	}
	if allowed {
		return fmt.Errorf("record: %w", err)
	}
	a.logger.LogAttrs(ctx, slog.LevelError, "denial not recorded", slog.String("policy", a.service),
		slog.String("action", action), slog.String("tenant", string(r.Tenant)), slog.Any("error", err))
	return nil
}
