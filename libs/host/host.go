// Package host is what every process of the platform is made of: configuration, logging, traces, metrics, HTTP
// with strict input and problem answers, health, and an ordered start and stop.
//
// It knows neither the bus nor the document store, so that the ballot box can be built on it without either;
// package host/platform adds those for the other services.
package host

import (
	"context"
	"net/http"
)

// Component is one service inside a process. Handler is served while Run runs. Run owns the component's
// goroutines: it returns when its context ends and all of them have ended, or earlier with an error, which
// stops the process.
type Component interface {
	Name() string
	Handler() http.Handler
	Run(ctx context.Context) error
}

// Check is one condition of readiness, such as a reachable broker.
type Check struct {
	Name string
	Test func(ctx context.Context) error
}

type drainKey struct{}

// Draining returns a channel that is closed when the server that handles this request begins to stop. Streams
// end on it, so that a drain does not wait for readers who would stay for hours.
func Draining(ctx context.Context) <-chan struct{} {
	c, _ := ctx.Value(drainKey{}).(chan struct{})
	return c // a nil channel blocks for ever: no drain without a server
}
