package access_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/accesstest"
)

// publisher is one of bundles for the one service of these tests.
type publisher struct{ *accesstest.Publisher }

func newPublisher(tb testing.TB, algorithm string) publisher {
	tb.Helper()
	return publisher{accesstest.NewPublisher(tb, algorithm)}
}

func (p publisher) signed(revision, policy string) []byte {
	return p.Signed(revision, map[string]string{"service": policy})
}

func (p publisher) bundle(revision, policy string) bundle.Bundle {
	return p.Bundle(revision, map[string]string{"service": policy})
}

func (p publisher) source(directory string) access.Bundles {
	return access.Bundles{URL: p.URL(), Key: p.Public, Directory: directory, Client: http.DefaultClient, Every: time.Millisecond}
}

// following starts an authorizer that takes in bundles until the test ends.
func following(t *testing.T, b access.Bundles) (*access.Authorizer, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewRegistry()
	a := authorizer(t, access.WithRegisterer(registry))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Follow(ctx, b) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
	return a, registry
}

func embedded(t *testing.T) string {
	t.Helper()
	policy, err := os.ReadFile("testdata/policy.rego")
	require.NoError(t, err)
	return string(policy)
}

// changed returns the embedded policy with one text replaced.
func changed(t *testing.T, from, to string) string {
	t.Helper()
	policy := embedded(t)
	require.Equal(t, 1, strings.Count(policy, from))
	return strings.Replace(policy, from, to, 1)
}

// leadersCreate gives the school's leader an action that the embedded policy does not.
func leadersCreate(t *testing.T) string {
	return changed(t, `"thing.create": {"school_administrator"}`, `"thing.create": {"school_administrator", "leader"}`)
}

func mayCreate(t *testing.T, a *access.Authorizer) bool {
	return a.Decide(t.Context(), person(access.Leader, school), "thing.create", at(school, platform, north)) == nil
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 20*time.Second, time.Millisecond)
}

func counted(t *testing.T, registry *prometheus.Registry, outcome string) bool {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, metric := range family.Metric {
			for _, label := range metric.Label {
				if family.GetName() == "guldkorn_access_bundles_total" && label.GetName() == "outcome" && label.GetValue() == outcome {
					return metric.Counter.GetValue() > 0
				}
			}
		}
	}
	return false
}

func TestASignedBundleReplacesThePolicy(t *testing.T) {
	for _, algorithm := range []string{"EdDSA", "ES256"} {
		t.Run(algorithm, func(t *testing.T) {
			p := newPublisher(t, algorithm)
			a, _ := following(t, p.source(t.TempDir()))
			require.False(t, mayCreate(t, a))
			p.Publish(p.signed("1", leadersCreate(t)))
			eventually(t, func() bool { return mayCreate(t, a) })
			eventually(t, func() bool { return p.Unchanged.Load() > 2 })
			require.EqualValues(t, 1, p.Full.Load(), "an unchanged bundle is not sent again")
			p.Publish(p.signed("2", embedded(t)))
			eventually(t, func() bool { return !mayCreate(t, a) })
		})
	}
}

func TestBundlesThatAreRefused(t *testing.T) {
	p := newPublisher(t, "EdDSA")
	good := leadersCreate(t)
	stranger := newPublisher(t, "EdDSA")
	tampered := p.bundle("7", embedded(t))
	p.Sign(&tampered)
	tampered.Modules[0].Raw = []byte(good)

	for name, raw := range map[string][]byte{
		"signed by another":          stranger.signed("7", good),
		"not signed":                 p.Written(p.bundle("7", good)),
		"changed after signing":      p.Written(tampered),
		"older":                      p.signed("4", good),
		"without a number":           p.signed("seven", good),
		"no bundle":                  []byte("<html>"),
		"not Rego":                   p.signed("7", good+"\nallow if {"),
		"of another package":         p.signed("7", strings.Replace(good, "package guldkorn.service", "package guldkorn.other", 1)),
		"asking the network":         p.signed("7", good+"\nallow if http.send({\"url\": \"http://localhost\", \"method\": \"get\"})"),
		"asking the clock":           p.signed("7", good+"\nallow if time.now_ns() > 0"),
		"replacing the decision":     p.signed("7", good+"\nallowed := true"),
		"logging what is quiet":      p.signed("7", changed(t, `quiet := {"thing.whisper"}`, `quiet := {"thing.other"}`)),
		"silent on what is recorded": p.signed("7", changed(t, `privileged := {"thing.erase"}`, `privileged := {"thing.other"}`)),
		"open to the municipality": p.signed("7", changed(t, `"thing.create": {"school_administrator"}`,
			`"thing.create": {"school_administrator", "leader", "municipal_administrator"}`)),
		"open to the operator by an attribute": p.signed("7", good+
			"\nallow if {\n\tinput.action == \"thing.create\"\n\tinput.subject.assignments[_].role == \"platform_operator\"\n\tinput.resource.attributes.odd == 17\n}"),
		"open to keys":   p.signed("7", changed(t, `"thing.erase": {"releases:read"}`, `"thing.erase": {"releases:read"}, "thing.whisper": {"releases:read"}`)),
		"open to guests": p.signed("7", changed(t, `guest_actions := {"thing.watch"}`, `guest_actions := {"thing.watch", "thing.whisper"}`)),
		"open to all":    p.signed("7", good+"\nallow if input.action == \"thing.create\""),
	} {
		t.Run(name, func(t *testing.T) {
			p.Publish(p.signed("5", embedded(t)))
			a, registry := following(t, p.source(t.TempDir()))
			eventually(t, func() bool { return counted(t, registry, "accepted") })
			p.Publish(raw)
			eventually(t, func() bool { return counted(t, registry, "refused") })
			require.False(t, mayCreate(t, a))
		})
	}
}

func TestTheLastGoodBundleOutlivesTheNetwork(t *testing.T) {
	p, directory := newPublisher(t, "EdDSA"), t.TempDir()
	p.Publish(p.signed("3", leadersCreate(t)))
	first, _ := following(t, p.source(directory))
	eventually(t, func() bool { return mayCreate(t, first) })
	kept := filepath.Join(directory, "service.tar.gz")
	eventually(t, func() bool { _, err := os.Stat(kept); return err == nil })

	p.Publish(nil) // the network is away
	again, registry := following(t, p.source(directory))
	eventually(t, func() bool { return counted(t, registry, "unreachable") })
	require.True(t, mayCreate(t, again), "the bundle that was kept is in force")
	require.True(t, mayCreate(t, first))

	require.NoError(t, os.WriteFile(kept, []byte("spoiled"), 0o600))
	floor, registry := following(t, p.source(directory))
	eventually(t, func() bool { return counted(t, registry, "refused") && counted(t, registry, "unreachable") })
	require.False(t, mayCreate(t, floor), "the embedded policy is the floor")
}

func TestPoliciesChangeUnderLoad(t *testing.T) {
	p := newPublisher(t, "EdDSA")
	a, _ := following(t, p.source(t.TempDir()))
	stop := make(chan struct{})
	var askers sync.WaitGroup
	for range 4 {
		askers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if a.Decide(t.Context(), person(access.Leader, school), "thing.read", at(school, platform, north)) != nil {
					t.Error("what both policies permit was denied")
					return
				}
				if a.Decide(t.Context(), person(access.MunicipalAdministrator, north), "thing.whisper", at(school, platform, north)) == nil {
					t.Error("what neither policy permits was allowed")
					return
				}
			}
		})
	}
	for i, policy := range []string{leadersCreate(t), embedded(t), leadersCreate(t)} {
		p.Publish(p.signed(string(rune('1'+i)), policy))
		eventually(t, func() bool { return mayCreate(t, a) == (i != 1) })
	}
	close(stop)
	askers.Wait()
}
