package host

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// ListenSettings say where a process listens.
type ListenSettings struct {
	Listen  string `env:"LISTEN" envDefault:":8080"`
	Metrics string `env:"METRICS_LISTEN" envDefault:":9090"` // metrics and health
}

// Exit codes of every program.
const (
	ExitOK      = 0
	ExitFailure = 1
	ExitConfig  = 2
)

// ExitCode prints err to standard error and returns the exit code that it stands for.
func ExitCode(err error) int {
	var config *ConfigError
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &config):
		fmt.Fprintln(os.Stderr, config)
		return ExitConfig
	default:
		fmt.Fprintln(os.Stderr, "error:", err)
		return ExitFailure
	}
}

// SignalContext ends with the first SIGINT or SIGTERM; a second one ends the process at once.
func SignalContext() (context.Context, context.CancelFunc) {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		again := make(chan os.Signal, 1)
		signal.Notify(again, syscall.SIGINT, syscall.SIGTERM)
		go func() {
			<-again
			os.Exit(ExitFailure)
		}()
	})
	return ctx, cancel
}

// ListenAll opens a listener for each named address, or names all that cannot be opened.
func ListenAll(addresses map[string]string) (map[string]net.Listener, error) {
	listeners := map[string]net.Listener{}
	var mistakes []string
	for _, name := range slices.Sorted(maps.Keys(addresses)) {
		address := addresses[name]
		l, err := net.Listen("tcp", address)
		if err != nil {
			mistakes = append(mistakes, fmt.Sprintf("%s %q cannot be used: %v", name, address, err))
			continue
		}
		listeners[name] = l
	}
	if len(mistakes) > 0 {
		for _, l := range listeners {
			_ = l.Close()
		}
		return nil, &ConfigError{mistakes}
	}
	return listeners, nil
}

// Operations is the component that serves metrics and health of a process, apart from its own traffic.
type Operations struct {
	Group    *Group
	Gatherer prometheus.Gatherer
}

// Name implements Component.
func (Operations) Name() string { return "operations" }

// Handler implements Component.
func (o Operations) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{}))
	return o.Group.Health(mux)
}

// Run implements Component.
func (Operations) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}
