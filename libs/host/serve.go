package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// DrainTime is how long requests that are under way may take when a server stops.
const DrainTime = 10 * time.Second

// Server is one component on one listener. Without a listener the component only runs: it has its own.
type Server struct {
	Component Component
	Listener  net.Listener
}

// Group runs servers in one process: in order at the start, in reverse at the stop, so that what others depend on
// is there first and last. The zero value is not ready; use it through Run.
type Group struct {
	Logger *slog.Logger
	Checks []Check
	// Ready is called once, when every server takes requests.
	Ready func()

	ready atomic.Bool
}

// Run serves until ctx ends or a component fails, drains and returns. The error is the first failure, nil for an
// orderly stop.
func (g *Group) Run(ctx context.Context, servers ...Server) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stops := make([]func(), 0, len(servers))
	for _, s := range servers {
		stops = append(stops, g.start(s, cancel))
	}
	if ctx.Err() == nil {
		g.ready.Store(true)
		if g.Ready != nil {
			g.Ready()
		}
	}
	<-ctx.Done()
	g.ready.Store(false)
	for i := len(stops) - 1; i >= 0; i-- {
		stops[i]()
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) && !errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	return nil
}

// start runs one component and its server and returns how to stop both: first the requests, then the component.
func (g *Group) start(s Server, fail context.CancelCauseFunc) (stop func()) {
	name := s.Component.Name()
	work, endWork := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Component.Run(work); err != nil && work.Err() == nil {
			fail(fmt.Errorf("%s: %w", name, err))
		}
	})
	if s.Listener == nil {
		return func() {
			endWork()
			running.Wait()
		}
	}
	draining := make(chan struct{})
	server := &http.Server{
		Handler:           s.Component.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // it would print addresses of clients
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), drainKey{}, draining)
		},
	}
	running.Go(func() {
		if err := server.Serve(s.Listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			fail(fmt.Errorf("%s: serve: %w", name, err))
		}
	})
	return func() {
		close(draining)
		deadline, done := context.WithTimeout(context.Background(), DrainTime)
		defer done()
		if err := server.Shutdown(deadline); err != nil {
			g.Logger.Warn("drain cut short", "service", name, "error", err)
			_ = server.Close()
		}
		endWork()
		running.Wait()
	}
}

// Health answers /healthz (the process lives) and /readyz (every server runs, every check passes, no drain has
// begun) and leaves the rest to next, which may be nil.
func (g *Group) Health(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET "+ReadyPath, func(w http.ResponseWriter, r *http.Request) {
		if !g.ready.Load() {
			http.Error(w, "starting or draining", http.StatusServiceUnavailable)
			return
		}
		answerReady(w, r, g.Checks)
	})
	if next != nil {
		mux.Handle("/", next)
	}
	return mux
}

// Ready answers /readyz beside what a component serves, for other services: they reach no listener but its own.
func Ready(c Component, checks []Check) Component {
	return readyComponent{c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == ReadyPath {
			answerReady(w, r, checks)
			return
		}
		c.Handler().ServeHTTP(w, r)
	})}
}

// ReadyPath is where Ready answers.
const ReadyPath = "/readyz"

type readyComponent struct {
	Component
	handler http.Handler
}

// Handler implements Component.
func (c readyComponent) Handler() http.Handler { return c.handler }

func answerReady(w http.ResponseWriter, r *http.Request, checks []Check) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	for _, check := range checks {
		if err := check.Test(ctx); err != nil {
			http.Error(w, check.Name+" does not answer", http.StatusServiceUnavailable)
			return
		}
	}
	_, _ = w.Write([]byte("ready\n"))
}
