package allinone

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// loop is a component that has its own listener or none.
type loop struct {
	name string
	run  func(context.Context) error
}

// Name implements host.Component.
func (l loop) Name() string { return l.name }

// Handler implements host.Component.
func (l loop) Handler() http.Handler { return http.NotFoundHandler() }

// Run implements host.Component.
func (l loop) Run(ctx context.Context) error { return l.run(ctx) }

// door is how the program's own commands reach a running process: an address on loopback and a token that only
// who may read the data directory has.
type door struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

const doorFile = "operations.json"

// operations is metrics and health, and the dead letters for whoever has the door's token.
func (w *world) operations(ctx context.Context) (host.Component, error) {
	broker, err := bus.Connect(ctx, bus.Options{InProcess: w.broker, Logger: w.logger})
	if err != nil {
		return nil, err
	}
	w.onClose(func() error { broker.Close(); return nil })
	d := door{URL: w.url("operations"), Token: rand.Text()}
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	path := w.path(doorFile)
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	w.onClose(func() error { return os.Remove(path) })

	mux := http.NewServeMux()
	mux.Handle("/", host.Operations{Group: w.group, Gatherer: w.registry}.Handler())
	mux.HandleFunc("GET /deadletters", d.guard(func(rw http.ResponseWriter, r *http.Request) error {
		letters, err := broker.DeadLetters(r.Context())
		if err != nil {
			return err
		}
		return json.NewEncoder(rw).Encode(letters)
	}))
	mux.HandleFunc("POST /deadletters/{id}/replay", d.guard(func(_ http.ResponseWriter, r *http.Request) error {
		return broker.Replay(r.Context(), r.PathValue("id"))
	}))
	return served{loop{"operations", func(ctx context.Context) error { <-ctx.Done(); return nil }}, mux}, nil
}

// served is a loop with a handler.
type served struct {
	loop
	handler http.Handler
}

// Handler implements host.Component.
func (s served) Handler() http.Handler { return s.handler }

func (d door) guard(fn func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		err := error(failure.New(failure.AccessDenied))
		if subtle.ConstantTimeCompare([]byte(given), []byte(d.Token)) == 1 {
			err = fn(rw, r)
		}
		if err != nil {
			failure.Write(rw, err, "en")
		}
	}
}

// openDoor reads how to reach the process that runs on a data directory.
func openDoor(dataDir string) (door, error) {
	var d door
	raw, err := os.ReadFile(filepath.Join(dataDir, doorFile))
	if errors.Is(err, os.ErrNotExist) {
		return d, fmt.Errorf("no Guldkorn runs on %s; start it with: guldkorn run --data-dir %s", dataDir, dataDir)
	}
	if err != nil {
		return d, err
	}
	return d, json.Unmarshal(raw, &d)
}

func (d door) call(ctx context.Context, method, path string, out any) error {
	request, err := http.NewRequestWithContext(ctx, method, d.URL+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+d.Token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the running Guldkorn does not answer: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return failure.Read(response)
	}
	if out == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	return json.NewDecoder(response.Body).Decode(out)
}
