package tenancy

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// migrations bring what older versions stored up to date. Names are never reused or reordered.
func (s *Service) migrations() []document.Migration {
	return []document.Migration{{Name: "persons are found by their number and whether they are active", Run: s.numberPersons}}
}

// numberPersons gives persons of before the fields that they are found by now. Their number is in the sealed profile.
func (s *Service) numberPersons(ctx context.Context, store *document.Store) error {
	return document.Rewrite(ctx, store, personsSchema, func(key document.Key, body bson.Raw) (bson.Raw, error) {
		var p person
		if err := bson.Unmarshal(body, &p); err != nil {
			return nil, err
		}
		plain, err := s.profiles.open(document.Document[person]{ID: key.ID, Tenant: key.Tenant, Body: p})
		switch {
		case err == nil:
			p.ExternalHash = s.profiles.externalHash(key.Tenant, plain.ExternalID)
		case failure.CodeOf(err) != failure.DocumentNotFound: // of one who is being erased nothing is known any more
			return nil, err
		}
		return bson.Marshal(p)
	})
}
