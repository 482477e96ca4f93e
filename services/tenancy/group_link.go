package tenancy

import (
	"context"
	"net/http"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

// groupLink says that an identity system has made one of our groups its own, and what it calls it. Its id is the group's.
type groupLink struct {
	ExternalID string    `bson:"external_id"` // empty where it said nothing
	LinkedAt   time.Time `bson:"linked_at"`
}

// linked returns a group with what the identity system of the context's tenant calls it.
func (s *Service) linked(ctx context.Context, g provisionedGroup) (provisionedGroup, error) {
	d, err := s.store.groupLinks.Get(ctx, g.id())
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return g, nil
	}
	g.external = d.Body.ExternalID
	return g, err
}

// groupsCalled returns the ids of the groups that the identity system calls so: one, unless it was of a school that is gone.
func (s *Service) groupsCalled(ctx context.Context, external string) ([]string, error) {
	if external == "" {
		return nil, nil
	}
	page, err := s.store.groupLinks.Find(ctx, document.Query{Index: "by_external", Equal: []any{external}})
	var ids []string
	for _, d := range page.Items {
		ids = append(ids, d.ID)
	}
	return ids, err
}

// unclaimed refuses a name that the identity system has given to another group.
func (s *Service) unclaimed(ctx context.Context, operator tenant.ID, g provisionedGroup, external string) error {
	ids, err := s.groupsCalled(ctx, external)
	if err != nil {
		return err
	}
	others, err := s.groupsAmong(ctx, operator, without(ids, []string{g.id()}), nil)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		return &scim.Error{Status: http.StatusConflict, Type: scim.Uniqueness, Detail: "another group has this externalId"}
	}
	return nil
}

// linkable returns the group that a name is of and that nobody has linked, for an identity system that means to make it.
func (s *Service) linkable(ctx context.Context, operator tenant.ID, name, external string) (provisionedGroup, error) {
	found, err := s.groups(ctx, operator, []scim.Condition{{Attribute: "displayname", Value: name}})
	if err != nil {
		return provisionedGroup{}, err
	}
	switch len(found) {
	case 0:
		return provisionedGroup{}, &scim.Error{Status: http.StatusBadRequest, Type: scim.InvalidValue, Detail: "displayName: no school or unit is called so. " +
			"Groups are those of schools and units: list them, and call yours the same, such as \"Skovskolen (901010) – Ledere\""}
	case 1:
	default: // two schools without numbers
		return provisionedGroup{}, &scim.Error{Status: http.StatusConflict, Type: scim.Uniqueness, Detail: "several groups have this displayName; give the schools their numbers"}
	}
	_, err = s.store.groupLinks.Get(ctx, found[0].id())
	if err == nil {
		return provisionedGroup{}, failure.New(failure.DocumentExists)
	}
	if failure.CodeOf(err) != failure.DocumentNotFound {
		return provisionedGroup{}, err
	}
	return found[0], s.unclaimed(ctx, operator, found[0], external)
}

// link makes the group the identity system's own.
func (s *Service) link(ctx context.Context, g provisionedGroup, external string) (provisionedGroup, error) {
	_, err := s.store.groupLinks.Insert(ctx, g.id(), groupLink{ExternalID: external, LinkedAt: s.now().Truncate(time.Millisecond)})
	g.external = external
	return g, err
}

// rename notes what the identity system calls a group from now on; it says so of one that it found, too.
func (s *Service) rename(ctx context.Context, g provisionedGroup, external string) (provisionedGroup, error) {
	if external == "" || external == g.external {
		return g, nil
	}
	_, err := s.store.groupLinks.Upsert(ctx, g.id(), func(l *groupLink, found bool) ([]events.Event, error) {
		if !found {
			l.LinkedAt = s.now().Truncate(time.Millisecond)
		}
		l.ExternalID = external
		return nil, nil
	})
	g.external = external
	return g, err
}

// unlink forgets what the identity system calls a group.
func (s *Service) unlink(ctx context.Context, g provisionedGroup) error {
	err := s.store.groupLinks.Erase(ctx, g.id())
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil
	}
	return err
}
