package access_test

import (
	"context"
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// TestWhatIsRecorded asks for everything of interest, and finds exactly what has to be accounted for.
func TestWhatIsRecorded(t *testing.T) {
	var records []access.Record
	a := authorizer(t, access.WithRecorder(func(_ context.Context, r access.Record) error {
		records = append(records, r)
		return nil
	}))
	thing := at(school, platform, north)
	thing.ID = "thing-1"
	allowed, denied := person("school_administrator", school), person("employee", other)
	for _, c := range []struct {
		name   string
		by     access.Subject
		action string
		about  access.Resource
		want   []access.Record
	}{
		{"privileged and permitted", allowed, "thing.erase", thing,
			[]access.Record{{Tenant: school, Subject: "6a0f", Action: "thing.erase", ResourceType: "thing", ResourceID: "thing-1", Allowed: true, Privileged: true}}},
		{"permitted and ordinary", allowed, "thing.create", thing, nil},
		{"a person's denial", denied, "thing.create", thing,
			[]access.Record{{Tenant: school, Subject: "6a0f", Action: "thing.create", ResourceType: "thing", ResourceID: "thing-1"}}},
		{"a service's denial", access.Service("portal"), "thing.create", thing, nil},
		{"nobody's denial", access.Subject{}, "thing.create", thing, nil},
		{"a denial without a tenant", denied, "thing.create", access.Resource{Type: "thing"}, nil},
		{"quiet and permitted", person("amr", school), "thing.whisper", thing, nil},
		{"quiet and denied", denied, "thing.whisper", thing, nil},
	} {
		records = nil
		_ = a.Decide(t.Context(), c.by, c.action, c.about)
		require.Equal(t, c.want, records, c.name)
	}
}

func TestWhatCannotBeRecordedIsRefused(t *testing.T) {
	registry := prometheus.NewRegistry()
	a := authorizer(t, access.WithRegisterer(registry), access.WithRecorder(func(context.Context, access.Record) error {
		return errors.New("disk full")
	}))
	thing := at(school, platform, tenant.ID("northaaaaaaa"))
	err := a.Decide(t.Context(), person("school_administrator", school), "thing.erase", thing)
	require.Equal(t, failure.InternalError, failure.CodeOf(err), "a privileged action without a record")
	require.NoError(t, a.Decide(t.Context(), person("school_administrator", school), "thing.create", thing), "an ordinary action needs none")
	err = a.Decide(t.Context(), person("employee", other), "thing.create", thing)
	require.Equal(t, failure.AccessDenied, failure.CodeOf(err), "a denial stands without its record")
	count, err := testutil.GatherAndCount(registry, "guldkorn_access_decisions_total")
	require.NoError(t, err)
	require.Equal(t, 3, count, "failed, allowed and denied are counted apart")
}
