package tenancy

import (
	"context"
	"regexp"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// recordDecision writes a decision into the audit log of the tenant that it is about. Of a tenant that does not exist
// there is no log: else whoever is signed in could fill the database by asking about such ones.
func (s *Service) recordDecision(ctx context.Context, r access.Record) error {
	if !r.Allowed {
		_, err := s.store.organisation(ctx, r.Tenant)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return s.audit.Record(ctx, r)
}

// told takes in what other services have decided and do not keep a log of.
func (s *Service) told(ctx context.Context, envelope events.Envelope, e events.AccessRecord) error {
	owner, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	_, err = s.store.organisation(ctx, owner)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil // it was deleted meanwhile, and its log with it
	}
	if err != nil {
		return err
	}
	return s.audit.RecordOnce(ctx, envelope.ID, access.Record{
		Tenant: owner, Subject: e.Subject, Action: e.Action, ResourceType: e.ResourceType, ResourceID: e.ResourceID, Allowed: !e.Denied,
	})
}

// fromOthers are the handlers of what is told by the services that tell, by service.
func (s *Service) fromOthers() map[string]bus.Handlers {
	intake, dialogue, notification := bus.Handlers{}, bus.Handlers{}, bus.Handlers{}
	bus.On(intake, func(ctx context.Context, envelope events.Envelope, e events.IntakeAccessRecorded) error {
		return s.told(ctx, envelope, events.AccessRecord(e))
	})
	bus.On(dialogue, func(ctx context.Context, envelope events.Envelope, e events.DialogueAccessRecorded) error {
		return s.told(ctx, envelope, events.AccessRecord(e))
	})
	bus.On(notification, func(ctx context.Context, envelope events.Envelope, e events.NotificationAccessRecorded) error {
		return s.told(ctx, envelope, events.AccessRecord(e))
	})
	return map[string]bus.Handlers{"intake": intake, "dialogue": dialogue, "notification": notification}
}

// concerning names in the audit log what a decision is about, by what the policy was told of it: the sign-in provider, the
// key, the list, the organisation, or the person, and for a role which one, as "person/role". What a caller made up is left
// out, since it could say anything.
func concerning(attributes map[string]any) string {
	for _, name := range []string{"provider_id", "key_id", "import_id", "request_id"} {
		if id, _ := attributes[name].(string); idPattern.MatchString(id) {
			return id
		}
	}
	if organisation, ok := attributes["organisation_id"].(string); ok {
		id, _ := tenant.Parse(organisation) // "" for what is none
		return string(id)
	}
	person, _ := attributes["person_id"].(string)
	if !idPattern.MatchString(person) {
		person = ""
	}
	role, _ := attributes["role"].(string)
	if !slices.Contains(access.Roles(), role) {
		return person
	}
	return person + "/" + role
}

// What ids that this service makes look like, and hashes of entries.
var (
	idPattern   = regexp.MustCompile(`^[0-9a-f-]{1,64}$`)
	hashPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)
)
