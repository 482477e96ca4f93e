package tenancy

import (
	"fmt"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// apiKey lets a program read in a tenant, or bring people. The key itself is shown once and never stored.
type apiKey struct {
	Name       string     `bson:"name"`
	Scopes     []string   `bson:"scopes"`
	Prefix     string     `bson:"prefix"` // see access.Key
	Hash       string     `bson:"hash"`
	CreatedAt  time.Time  `bson:"created_at"`
	CreatedBy  string     `bson:"created_by"` // a person
	ExpiresAt  time.Time  `bson:"expires_at"`
	LastUsedOn string     `bson:"last_used_on"` // the day alone: when a program runs is nobody's business
	RevokedAt  *time.Time `bson:"revoked_at"`
}

// maxKeyYears is how long a key lives at most: one that nobody remembers ends by itself.
const maxKeyYears = 1

// keyScopes are what a key may be given in each kind of organisation. An operator's key never opens what its schools
// say.
var keyScopes = map[string][]string{
	kindMunicipality: {access.ScopeOrganisation, access.ScopePeople, access.ScopeProvisioning},
	kindOperator:     {access.ScopeOrganisation, access.ScopePeople, access.ScopeProvisioning},
	kindSchool:       {access.ScopeOrganisation, access.ScopePeople, access.ScopeReleases},
}

func newAPIKey(in tenancyapi.NewAPIKey, key access.Key, kind, by string, now time.Time) (apiKey, error) {
	k := apiKey{
		Name: in.Name, Prefix: key.Prefix(), Hash: key.Hash(),
		CreatedAt: now.Truncate(time.Millisecond), CreatedBy: by, ExpiresAt: in.ExpiresAt.UTC().Truncate(time.Millisecond),
	}
	for _, scope := range in.Scopes {
		k.Scopes = append(k.Scopes, string(scope))
	}
	slices.Sort(k.Scopes)
	k.Scopes = slices.Compact(k.Scopes)
	outside := slices.ContainsFunc(k.Scopes, func(scope string) bool { return !slices.Contains(keyScopes[kind], scope) })
	return k, failure.Together(
		line("name", k.Name, maxName),
		one("scopes", len(k.Scopes) > 0 && !outside, fmt.Sprintf("one or more of %v", keyScopes[kind])),
		one("expires_at", k.ExpiresAt.After(now) && !k.ExpiresAt.After(now.AddDate(maxKeyYears, 0, 0)), "a time to come, at most one year away"),
	)
}

// opens tells whether a key that was sent is this one, and still counts.
func (k apiKey) opens(sent access.Key, now time.Time) bool {
	return sent.Matches(k.Hash) && k.RevokedAt == nil && now.Before(k.ExpiresAt)
}

// revoke ends the key for good. Once more is no mistake.
func (k *apiKey) revoke(now time.Time) {
	if k.RevokedAt == nil {
		at := now.Truncate(time.Millisecond)
		k.RevokedAt = &at
	}
}

// used notes the day on which the key was used.
func (k *apiKey) used(now time.Time) { k.LastUsedOn = now.Format(time.DateOnly) }

// scopes is what the key was given as the description has it.
func (k apiKey) scopes() []tenancyapi.KeyScope {
	list := make([]tenancyapi.KeyScope, len(k.Scopes))
	for i, scope := range k.Scopes {
		list[i] = tenancyapi.KeyScope(scope)
	}
	return list
}
