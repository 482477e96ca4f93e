package tenancy

import (
	"context"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// settle brings what hangs on a person's roles in a school in line with them once a role has ended: whoever has no role
// left sits in none of its forums, and whoever is no leader leads none of its units. Doing it again changes nothing.
func (s *Service) settle(ctx context.Context, scope tenant.ID, person string, at time.Time) error {
	if at.After(s.now()) {
		return nil
	}
	o, err := s.store.organisation(ctx, scope)
	if failure.CodeOf(err) == failure.DocumentNotFound { // deleted since, with all that could hang on the role
		return nil
	}
	if err != nil || o.Body.Kind != kindSchool {
		return err
	}
	all, err := s.store.within(ctx, scope)
	if err != nil {
		return err
	}
	now := s.now()
	present := func(role string) bool {
		return slices.ContainsFunc(all, func(d document.Document[assignment]) bool {
			return d.Body.PersonID == person && (role == "" || d.Body.Role == role) && d.Body.counts(now)
		})
	}
	ctx = tenant.With(ctx, scope)
	if !present(access.Leader) {
		if err := s.relieve(ctx, person); err != nil {
			return err
		}
	}
	if present("") {
		return nil
	}
	return s.unseat(ctx, person)
}

// relieve takes from a person the units of the context's school that they lead.
func (s *Service) relieve(ctx context.Context, person string) error {
	units, err := collect(s.store.units.All(ctx, document.Query{Index: "by_name"}))
	if err != nil {
		return err
	}
	for _, d := range units {
		if d.Body.LeaderID != person {
			continue
		}
		_, err := s.store.units.Update(ctx, d.ID, func(u *unit) ([]events.Event, error) {
			if u.LeaderID != person {
				return nil, nil
			}
			u.LeaderID = ""
			return []events.Event{u.changed(d.ID)}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// unseat takes from a person the seats in the forums of the context's tenant.
func (s *Service) unseat(ctx context.Context, person string) error {
	forums, err := collect(s.store.forums.All(ctx, document.Query{Index: "by_name"}))
	if err != nil {
		return err
	}
	for _, d := range forums {
		if !slices.ContainsFunc(d.Body.Members, func(m member) bool { return m.PersonID == person }) {
			continue
		}
		_, err := s.store.forums.Update(ctx, d.ID, func(f *forum) ([]events.Event, error) {
			if sat, err := f.unseat(person, s.now()); err != nil || !sat {
				return nil, err
			}
			return []events.Event{f.changed(d.ID)}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
