package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// A file of the time when a document held its events itself is taken over with all that waits in it.
func TestEventsInTheDocumentsThemselvesAreTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "documents.db")
	ctx := tenant.With(t.Context(), tenant.New())
	waiting, idle := uuid.NewString(), uuid.NewString()
	schema := document.Schema{Name: "tasks", Indexes: []document.Index{{Name: "by_title", Fields: []string{"title"}}}}
	t.Run("before", func(t *testing.T) {
		backend := open(t, path)
		collection, err := document.Open[task](ctx, document.NewStore(backend, "test", time.Now), schema)
		require.NoError(t, err)
		_, err = collection.Insert(ctx, waiting, task{Title: "a"}, registered(waiting))
		require.NoError(t, err)
		_, err = collection.Insert(ctx, idle, task{Title: "b"})
		require.NoError(t, err)
		for _, statement := range []string{ // as such a file was made
			`ALTER TABLE "tasks" ADD COLUMN outbox BLOB NOT NULL DEFAULT x''`,
			`ALTER TABLE "tasks" ADD COLUMN pending INTEGER NOT NULL DEFAULT 0`,
			`CREATE INDEX "tasks.pending" ON "tasks" (tenant, id) WHERE pending = 1`,
			`UPDATE "tasks" SET pending = 1, outbox = (SELECT entries FROM "tasks.outbox" AS o WHERE o.id = "tasks".id) WHERE id IN (SELECT id FROM "tasks.outbox")`,
			`DROP TABLE "tasks.outbox"`,
		} {
			_, err := backend.write.db.Exec(statement)
			require.NoError(t, err, statement)
		}
	})
	for _, run := range []string{"the first time", "again"} {
		t.Run(run, func(t *testing.T) {
			records, err := open(t, path).Open(ctx, schema)
			require.NoError(t, err)
			keys, err := records.Pending(ctx, document.Key{}, 10)
			require.NoError(t, err)
			require.Len(t, keys, 1)
			record, err := records.Get(ctx, keys[0])
			require.NoError(t, err)
			require.Equal(t, waiting, record.Key.ID)
			require.Len(t, record.Outbox, 1)
			registered, err := events.Decode[events.TechnologyRegistered](record.Outbox[0].Envelopes[0])
			require.NoError(t, err)
			require.Equal(t, waiting, registered.TechnologyID)
		})
	}
}
