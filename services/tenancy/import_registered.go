package tenancy

import (
	"context"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// registered finds people who are there already, nil for nobody.
type registered interface {
	byID(ctx context.Context, id string) (*document.Document[person], error)
	byLogin(ctx context.Context, hash string) (*document.Document[person], error)
	byExternal(ctx context.Context, hash string) (*document.Document[person], error)
}

// stored asks the store about each person.
type stored struct{ store *store }

func (s stored) byID(ctx context.Context, id string) (*document.Document[person], error) {
	found, err := s.store.persons.Get(ctx, id)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &found, nil
}

func (s stored) byLogin(ctx context.Context, hash string) (*document.Document[person], error) {
	return s.store.personBy(ctx, "by_login", hash)
}

func (s stored) byExternal(ctx context.Context, hash string) (*document.Document[person], error) {
	return s.store.personBy(ctx, "by_external", hash)
}

// readAtOnce are all people of an operator as they were when a long list was begun: three questions to the store for
// each of its rows take longer than reading everybody once. Whoever has changed since is met when they are written,
// by their revision or a unique value, and then stored is asked.
type readAtOnce struct {
	ids, logins, externals map[string]*document.Document[person]
}

// longList is from how many people on a list everybody is read at once.
const longList = 500

func (s *store) readAtOnce(ctx context.Context) (readAtOnce, error) {
	all := readAtOnce{map[string]*document.Document[person]{}, map[string]*document.Document[person]{}, map[string]*document.Document[person]{}}
	for d, err := range s.persons.All(ctx, document.Query{Index: "by_registration"}) {
		if err != nil {
			return all, err
		}
		all.ids[d.ID], all.logins[d.Body.LoginHash] = &d, &d
		if d.Body.ExternalHash != "" {
			all.externals[d.Body.ExternalHash] = &d
		}
	}
	return all, nil
}

func (a readAtOnce) byID(_ context.Context, id string) (*document.Document[person], error) {
	return a.ids[id], nil
}

func (a readAtOnce) byLogin(_ context.Context, hash string) (*document.Document[person], error) {
	return a.logins[hash], nil
}

func (a readAtOnce) byExternal(_ context.Context, hash string) (*document.Document[person], error) {
	return a.externals[hash], nil
}
