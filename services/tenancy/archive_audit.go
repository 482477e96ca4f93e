package tenancy

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// archivedEntry is an entry of an audit log that says what the person did, or what somebody did about them. Whom else the
// person did something about is left out: it is the others' (GDPR article 15(4)). Who did something about the person
// stands there by an id, which the operator can resolve.
type archivedEntry struct {
	TenantID     string    `json:"tenant_id"`
	ScopeName    string    `json:"scope_name"`
	At           time.Time `json:"at"`
	Subject      string    `json:"subject"`
	Action       string    `json:"action"`
	ResourceType string    `json:"resource_type"`
	AboutYou     bool      `json:"about_you"`
	Decision     string    `json:"decision"`
}

// archiveAudit returns what the logs say of a person: those of where they live and have or had a role, and of what lies
// directly beneath, where those act who look after several schools. Each log is read from its beginning, which nobody does
// often.
func (s *Service) archiveAudit(ctx context.Context, home tenant.ID, person string, held []document.Document[assignment]) ([]archivedEntry, error) {
	list := []archivedEntry{}
	places, err := s.logsOf(ctx, home, held)
	if err != nil {
		return list, err
	}
	for _, o := range places {
		for e, err := range s.audit.Entries(tenant.With(ctx, o.Tenant)) {
			if err != nil {
				return list, err
			}
			if about := concerns(e, person); about || e.Subject == person {
				list = append(list, archivedEntry{
					TenantID: string(o.Tenant), ScopeName: o.Body.Name, At: e.At, Subject: e.Subject, Action: e.Action,
					ResourceType: e.ResourceType, AboutYou: about, Decision: e.Decision,
				})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b archivedEntry) int { return a.At.Compare(b.At) })
	return list, nil
}

// concerns tells whether an entry is about a person; see concerning.
func concerns(e audit.Entry, person string) bool {
	return e.ResourceID == person || strings.HasPrefix(e.ResourceID, person+"/")
}

func (s *Service) logsOf(ctx context.Context, home tenant.ID, held []document.Document[assignment]) ([]document.Document[organisation], error) {
	scopes := []tenant.ID{home}
	above := map[tenant.ID]bool{}
	for _, h := range held {
		scope := tenant.ID(h.Body.Scope)
		scopes = append(scopes, scope)
		above[scope] = above[scope] || slices.Contains([]string{access.MunicipalAdministrator, access.PlatformOperator}, h.Body.Role)
	}
	slices.Sort(scopes)
	var places []document.Document[organisation]
	for _, scope := range slices.Compact(scopes) {
		o, err := s.store.organisation(ctx, scope)
		if err != nil {
			return nil, err
		}
		places = append(places, o)
		if !above[scope] {
			continue
		}
		beneath, err := collect(s.store.children.All(ctx, document.Query{Index: "by_parent", Equal: []any{string(scope)}}))
		if err != nil {
			return nil, err
		}
		for _, child := range beneath {
			if !slices.Contains(scopes, child.Tenant) {
				places = append(places, child)
			}
		}
	}
	return places, nil
}
