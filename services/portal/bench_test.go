package portal

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// BenchmarkSessionCheck serves the same page without a session and with one among 10,000 others. What the check adds to a
// request, as processor time, should stay below 200 µs.
func BenchmarkSessionCheck(b *testing.B) {
	backend, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "portal.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, backend.Close()) })
	p := &Portal{logger: slog.New(slog.DiscardHandler), now: time.Now, zone: time.UTC}
	p.sessions, err = openSessions(b.Context(), document.NewStore(backend, "portal", p.now), p.now)
	require.NoError(b, err)
	owner := tenant.New()
	var cookie *http.Cookie
	for range 10_000 {
		begun, err := p.sessions.begin(b.Context(), owner, sessionBody{
			PersonID: "anna", Name: "Anna Lind", Language: "da", RolesAt: p.now().Add(absoluteTime),
			Roles: []role{{Role: "employee", Scope: "abcdefghijkl", ScopeName: "Skovskolen", ScopeKind: "school", ParentID: "mnopqrstuvwx", UnitName: "Indskoling"}},
		}, "")
		require.NoError(b, err)
		cookie = begun.cookie(false)
	}
	engine := host.NewEngine(host.EngineOptions{Service: "portal", Logger: p.logger, Registerer: prometheus.NewRegistry()})
	page := func(v *visit) error { v.gin.Status(http.StatusNoContent); return nil }
	engine.GET("/anybody", p.anybody(page))
	engine.GET("/person", p.person(page))

	serve := func(b *testing.B, path string, cookies ...*http.Cookie) time.Duration {
		request := httptest.NewRequest(http.MethodGet, path, nil)
		for _, c := range cookies {
			request.AddCookie(c)
		}
		b.ReportAllocs()
		began := processorTime(b)
		for b.Loop() {
			answer := httptest.NewRecorder()
			engine.ServeHTTP(answer, request)
			if answer.Code != http.StatusNoContent {
				b.Fatalf("status %d", answer.Code)
			}
		}
		each := (processorTime(b) - began) / time.Duration(b.N)
		b.ReportMetric(float64(each.Microseconds()), "cpu-µs/op")
		return each
	}
	var without time.Duration
	b.Run("without", func(b *testing.B) { without = serve(b, "/anybody") })
	b.Run("with", func(b *testing.B) {
		added := serve(b, "/person", cookie) - without
		b.ReportMetric(float64(added.Microseconds()), "added-µs/op")
	})
}

// processorTime is what the process has used, which is the same on a machine that others use, too.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
