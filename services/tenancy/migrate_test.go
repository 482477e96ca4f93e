package tenancy

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

// Persons whom an older version stored are found by the fields that it did not know.
func TestPersonsOfBeforeAreFound(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	u := read[scim.User](t, w.scim(system, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø")))
	store := w.service.deps.Store
	all := w.users(system, nil).TotalResults
	require.NoError(t, document.Rewrite(t.Context(), store, personsSchema, func(_ document.Key, body bson.Raw) (bson.Raw, error) {
		var old bson.D
		if err := bson.Unmarshal(body, &old); err != nil {
			return nil, err
		}
		var kept bson.D
		for _, e := range old {
			if e.Key != "external_hash" && e.Key != "suspended" && e.Key != "withdrawn" {
				kept = append(kept, e)
			}
		}
		return bson.Marshal(kept)
	}))
	require.Zero(t, w.users(system, nil).TotalResults)
	require.Empty(t, w.matching(system, `externalId eq "17"`))
	for range 2 {
		require.NoError(t, w.service.numberPersons(t.Context(), store))
		require.Equal(t, all, w.users(system, nil).TotalResults)
		require.Equal(t, u.ID, w.matching(system, `externalId eq "17" and active eq true`)[0].ID)
	}
}
