package access_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/accesstest"
	"github.com/guldkorn/guldkorn/libs/failure"
)

const sensitivePolicy = `package guldkorn.service

permissions := {"thing.create": {"school_administrator", "municipal_administrator"}, "thing.read": {"school_administrator"}}

service_permissions := {"thing.create": {"setup"}}

key_permissions := {"thing.create": {"people:read"}}

privileged := {"thing.create"}

sensitive if input.action == "thing.create"
`

func TestWhatIsSensitiveTakesARecentSignIn(t *testing.T) {
	var records []access.Record
	a, err := access.NewAuthorizer(t.Context(), "service", sensitivePolicy, access.WithRecorder(func(_ context.Context, r access.Record) error {
		records = append(records, r)
		return nil
	}))
	require.NoError(t, err)
	thing := at(school, platform, north)
	stale, recent := person(access.SchoolAdministrator, school), person(access.SchoolAdministrator, school)
	recent.Recent = true
	require.Equal(t, failure.AccessStale, failure.CodeOf(a.Decide(t.Context(), stale, "thing.create", thing)))
	require.Empty(t, records, "being asked to sign in again is neither allowed nor denied")
	require.NoError(t, a.Decide(t.Context(), recent, "thing.create", thing))
	require.Len(t, records, 1)
	require.NoError(t, a.Decide(t.Context(), stale, "thing.read", thing), "the rest goes on")
	require.NoError(t, a.Decide(t.Context(), access.Service("setup"), "thing.create", thing))

	denied := person(access.Employee, school)
	require.Equal(t, failure.AccessDenied, failure.CodeOf(a.Decide(t.Context(), denied, "thing.create", thing)), "signing in again would not help")
	key := access.Subject{ID: "k", Tenant: school, Key: true, Scopes: []string{access.ScopePeople}, Recent: true}
	require.Equal(t, failure.AccessDenied, failure.CodeOf(a.Decide(t.Context(), key, "thing.create", thing)), "a key never signs in")

	accesstest.Table{
		Permissions: map[string][]string{
			"thing.create": {access.SchoolAdministrator, access.MunicipalAdministrator}, "thing.read": {access.SchoolAdministrator},
		},
		Services: map[string][]string{"thing.create": {"setup"}}, Keys: map[string][]string{"thing.create": {access.ScopePeople}},
		Sensitive: func(action string, _ access.Resource) bool { return action == "thing.create" },
	}.Check(t, a)
}

func TestTokensTellWhenSomebodySignedIn(t *testing.T) {
	p := newParties(t, access.Portal, "intake")
	signer := access.NewSigner(p.private[access.Portal], access.Portal, clock)
	verifier := access.NewVerifier(p.public, "tenancy", clock)
	for _, c := range []struct {
		ago    time.Duration
		recent bool
	}{{0, true}, {access.RecentTime, true}, {access.RecentTime + time.Second, false}, {10 * time.Hour, false}} {
		token, err := signer.Token("tenancy", access.Subject{ID: "6a0f", Tenant: north, SignedInAt: noon.Add(-c.ago)})
		require.NoError(t, err)
		got, err := verifier.Verify(token)
		require.NoError(t, err)
		require.True(t, noon.Add(-c.ago).Equal(got.SignedInAt))
		require.Equal(t, c.recent, got.Recent, c.ago)
	}
	token, err := signer.Token("tenancy", access.Subject{ID: "6a0f", Tenant: north})
	require.NoError(t, err)
	got, err := verifier.Verify(token)
	require.NoError(t, err)
	require.False(t, got.Recent, "nobody knows when")
	_, err = signer.Token("tenancy", access.Subject{ID: "6a0f", Tenant: north, SignedInAt: noon.Add(time.Minute)})
	require.ErrorContains(t, err, "nobody has signed in at that time")

	token, err = signer.Token("tenancy", access.Subject{ID: "k1", Tenant: north, Key: true, Scopes: []string{access.ScopePeople}, SignedInAt: noon, Recent: true})
	require.NoError(t, err)
	got, err = verifier.Verify(token)
	require.NoError(t, err)
	require.False(t, got.Recent, "a key does not sign in")

	for name, forged := range map[string]string{
		"in time to come": p.forge(t, access.Portal, func(c jwt.MapClaims) { c["auth_time"] = noon.Add(time.Minute).Unix() }),
		"a service's":     p.forge(t, "intake", func(c jwt.MapClaims) { c["auth_time"] = noon.Unix() }),
		"that is no time": p.forge(t, access.Portal, func(c jwt.MapClaims) { c["auth_time"] = "now" }),
	} {
		_, err := verifier.Verify(forged)
		require.Equal(t, failure.AccessUnauthentic, failure.CodeOf(err), name)
	}
}

// TestABundleTakesSensitivityFromNobodyOutside: the municipality's administrator could otherwise act from a browser that was
// left signed in.
func TestABundleTakesSensitivityFromNobodyOutside(t *testing.T) {
	p := newPublisher(t, "EdDSA")
	registry := prometheus.NewRegistry()
	a, err := access.NewAuthorizer(t.Context(), "service", sensitivePolicy, access.WithRegisterer(registry))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Follow(ctx, p.source(t.TempDir())) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
	p.Publish(p.signed("1", strings.Replace(sensitivePolicy, "sensitive if", "harmless if", 1)))
	eventually(t, func() bool { return counted(t, registry, "refused") })
	err = a.Decide(t.Context(), person(access.MunicipalAdministrator, north), "thing.create", at(school, platform, north))
	require.Equal(t, failure.AccessStale, failure.CodeOf(err))
}
