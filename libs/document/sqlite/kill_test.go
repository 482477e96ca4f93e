package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// childPath names the database in the process that is to be killed.
const childPath = "DOCUMENT_TEST_DATABASE"

const childTenant = tenant.ID("killedkilled")

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		err := child(path)
		fmt.Fprintln(os.Stderr, "the child was not killed:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// child inserts documents with an event each for ever, says on its output which are accepted and which events are
// published, and waits for its death.
func child(path string) error {
	ctx := tenant.With(context.Background(), childTenant)
	backend, err := Open(ctx, path)
	if err != nil {
		return err
	}
	store := document.NewStore(backend, "test", time.Now)
	collection, err := document.Open[task](ctx, store, tasks)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	group.Go(func() {
		err = errors.Join(err, store.Relay(func(_ context.Context, envelopes ...events.Envelope) error {
			for _, e := range envelopes {
				fmt.Println("published", e.Subject, e.ID)
			}
			return nil
		}, slog.New(slog.DiscardHandler)).Run(ctx))
	})
	for {
		id := uuid.NewString()
		if _, err := collection.Insert(ctx, id, task{Title: id}, registered(id)); err != nil {
			return err
		}
		fmt.Println("accepted", id)
	}
}

func registered(id string) events.Event {
	return events.TechnologyRegistered{TechnologyID: id, Name: "n", Kind: "k"}
}

func TestNothingAcceptedIsLostWhenTheProcessIsKilled(t *testing.T) {
	for _, place := range []string{"after-commit-before-publish:1", "after-commit-before-publish:20", "after-publish-before-ack:1", "after-publish-before-ack:20"} {
		t.Run(place, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "documents.db")
			accepted, published := runUntilKilled(t, path, place)

			ctx := tenant.With(t.Context(), childTenant)
			backend := open(t, path)
			store := document.NewStore(backend, "test", time.Now)
			collection, err := document.Open[task](ctx, store, tasks)
			require.NoError(t, err)
			for _, id := range accepted {
				_, err := collection.Get(ctx, id)
				require.NoError(t, err)
			}

			records, err := backend.Open(ctx, tasks)
			require.NoError(t, err)
			after := relayed(t, store, records)
			again := 0
			for subject, event := range after {
				if before, ok := published[subject]; ok {
					require.Equal(t, before, event, "published again under the same id")
					again++
				}
			}
			for _, id := range accepted {
				require.True(t, published[id] != "" || after[id] != "", "its event is published")
			}
			if strings.HasPrefix(place, "after-publish") {
				require.NotZero(t, again, "what was not acknowledged is published again")
			} else {
				require.Greater(t, len(after), again, "what was not published is published now")
			}
		})
	}
}

// runUntilKilled runs a child that dies at a place and returns what it has said.
func runUntilKilled(t *testing.T, path, place string) (accepted []string, published map[string]string) {
	t.Helper()
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), childPath+"="+path, "GULDKORN_FAILPOINT="+place)
	process.Stderr = os.Stderr
	output, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	published = map[string]string{}
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		switch words := strings.Fields(lines.Text()); {
		case len(words) == 2 && words[0] == "accepted":
			accepted = append(accepted, words[1])
		case len(words) == 3 && words[0] == "published":
			published[words[1]] = words[2]
		}
	}
	var exit *exec.ExitError
	require.ErrorAs(t, process.Wait(), &exit)
	require.Equal(t, syscall.SIGKILL, exit.Sys().(syscall.WaitStatus).Signal())
	return accepted, published
}

// relayed runs a relay until nothing is pending and returns the ids of the events by document.
func relayed(t *testing.T, store *document.Store, records document.Records) map[string]string {
	t.Helper()
	var mu sync.Mutex
	got := map[string]string{}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		_ = store.Relay(func(_ context.Context, envelopes ...events.Envelope) error {
			mu.Lock()
			defer mu.Unlock()
			for _, e := range envelopes {
				got[e.Subject] = e.ID
			}
			return nil
		}, slog.New(slog.DiscardHandler)).Run(ctx) // it ends with the context and has no other error
	})
	require.Eventually(t, func() bool {
		keys, err := records.Pending(ctx, document.Key{}, 1)
		return err == nil && len(keys) == 0
	}, time.Minute, 5*time.Millisecond)
	cancel()
	group.Wait()
	return got
}
