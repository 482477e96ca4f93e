package mongo_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/documenttest"
	"github.com/guldkorn/guldkorn/libs/document/mongo"
)

func open(t testing.TB, uri, database string) *mongo.Backend {
	t.Helper()
	backend, err := mongo.Open(t.Context(), uri, database)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, backend.Close()) })
	return backend
}

// TestBehaviourOnFerretDB proves the backend's use of the wire protocol. It proves nothing of concurrency, since all
// goes through one connection.
func TestBehaviourOnFerretDB(t *testing.T) {
	s := startServer(t)
	documenttest.Run(t, func(t *testing.T) document.Backend { return open(t, s.uri, "documents") })
}

// TestBehaviourOnMongoDB is the whole suite, over as many connections as the driver likes, on the server that
// MONGODB_URI names, in a database that is dropped afterwards.
func TestBehaviourOnMongoDB(t *testing.T) {
	uri := os.Getenv("MONGODB_URI")
	if uri == "" {
		const notice = "mongo concurrency: not proven (no MONGODB_URI)"
		t.Log(notice)
		fmt.Println(notice)
		return
	}
	database := "guldkorn_test_" + uuid.NewString()[:8]
	t.Cleanup(func() {
		client, err := driver.Connect(options.Client().ApplyURI(uri))
		require.NoError(t, err)
		require.NoError(t, client.Database(database).Drop(context.Background()))
		require.NoError(t, client.Disconnect(context.Background()))
	})
	documenttest.Run(t, func(t *testing.T) document.Backend { return open(t, uri, database) })
}
