package mongo_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/mongo"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

type note struct {
	Text string `bson:"text"`
}

var notes = document.Schema{Name: "notes", Indexes: []document.Index{{Name: "by_text", Fields: []string{"text"}, Unique: true}}}

// TestNothingAcknowledgedIsLostWhenTheServerIsKilled kills the server under writes and starts it again.
func TestNothingAcknowledgedIsLostWhenTheServerIsKilled(t *testing.T) {
	s := startServer(t)
	ctx := tenant.With(t.Context(), tenant.New())
	accepted := map[string]bool{}
	t.Run("killed", func(t *testing.T) {
		collection, err := document.Open[note](ctx, document.NewStore(open(t, s.uri, "notes"), "test", time.Now), notes)
		require.NoError(t, err)
		for {
			id := uuid.NewString()
			_, err := collection.Insert(ctx, id, note{id}, registered(id))
			if err != nil {
				require.Equal(t, failure.Unavailable, failure.CodeOf(err), "%v", err)
				break
			}
			accepted[id] = true
			if len(accepted) == 20 {
				go func() { _ = s.process.Process.Kill() }() // start waits for its end
			}
		}
	})
	t.Run("restarted", func(t *testing.T) {
		_ = s.process.Wait() // tells that it was killed
		s.start(t)
		backend := open(t, s.uri, "notes")
		store := document.NewStore(backend, "test", time.Now)
		collection, err := document.Open[note](ctx, store, notes)
		require.NoError(t, err)
		records, err := backend.Open(ctx, notes)
		require.NoError(t, err)
		published := relayed(t, ctx, store, records)
		require.GreaterOrEqual(t, len(accepted), 20)
		for id := range accepted {
			_, err := collection.Get(ctx, id)
			require.NoError(t, err)
			require.True(t, published[id])
		}
	})
}

func registered(id string) events.Event {
	return events.TechnologyRegistered{TechnologyID: id, Name: "n", Kind: "k"}
}

// relayed runs a relay until nothing is pending and returns the documents whose events were published.
func relayed(t *testing.T, ctx context.Context, store *document.Store, records document.Records) map[string]bool {
	t.Helper()
	var mu sync.Mutex
	got := map[string]bool{}
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() {
		_ = store.Relay(func(_ context.Context, envelopes ...events.Envelope) error {
			mu.Lock()
			defer mu.Unlock()
			for _, e := range envelopes {
				got[e.Subject] = true
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

func TestAServerThatDoesNotAnswerIsUnavailable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	_, err = mongo.Open(t.Context(), "mongodb://"+listener.Addr().String()+"/?serverSelectionTimeoutMS=100", "documents")
	require.Equal(t, failure.Unavailable, failure.CodeOf(err), "%v", err)
	_, err = mongo.Open(t.Context(), "not a uri", "documents")
	require.Error(t, err)
}
