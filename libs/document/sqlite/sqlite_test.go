package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/documenttest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func open(t testing.TB, path string) *Backend {
	t.Helper()
	backend, err := Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, backend.Close()) })
	return backend
}

func TestBehaviour(t *testing.T) {
	path := filepath.Join(t.TempDir(), "documents.db")
	documenttest.Run(t, func(t *testing.T) document.Backend { return open(t, path) })
}

// task is what these tests store.
type task struct {
	Title string    `bson:"title"`
	State string    `bson:"state"`
	Due   time.Time `bson:"due"`
}

var tasks = document.Schema{Name: "tasks", Indexes: []document.Index{
	{Name: "by_id"},
	{Name: "by_title", Fields: []string{"title"}, Unique: true},
	{Name: "by_state", Fields: []string{"state", "due"}},
	{Name: "across_due", Fields: []string{"due"}, Across: true},
}}

func TestEveryQueryRunsInTheOrderOfAnIndex(t *testing.T) {
	backend := open(t, filepath.Join(t.TempDir(), "documents.db"))
	records, err := backend.Open(t.Context(), tasks)
	require.NoError(t, err)
	table := records.(*table)
	queries := map[string][]any{
		table.get:     {"t", "id"},
		table.pending: {"t", "id", 10},
		table.walk:    {"t", "id", 10},
	}
	steps := map[string]string{} // what the plan of a query says of its index
	within := map[string]bool{}  // queries that read nothing but their index
	examples := map[string]any{"title": "x", "state": "open", "due": time.Now()}
	for _, index := range tasks.Indexes {
		for equal := range len(index.Fields) + 1 {
			for shape := range 8 {
				s := document.Scan{Tenant: "t", Index: index, Limit: 10, Descending: shape&1 != 0}
				for _, field := range index.Fields[:equal] {
					s.Equal = append(s.Equal, examples[field])
				}
				if rest := s.Rest(); len(rest) > 0 && shape&2 != 0 {
					s.From, s.To = examples[rest[0]], examples[rest[0]]
				}
				if shape&4 != 0 {
					s.After = &document.Place{Key: document.Key{Tenant: "t", ID: "id"}}
					for _, field := range s.Rest() {
						s.After.Values = append(s.After.Values, examples[field])
					}
				}
				query, args := table.find(s)
				queries[query], steps[query] = args, sought(s)
				s.Skip = 5
				query, args = table.skip(s)
				queries[query], steps[query], within[query] = args, sought(s), true
				if !index.Across {
					query, args := table.size(s)
					queries[query], within[query] = args, true
				}
			}
		}
	}
	require.Greater(t, len(queries), 40)
	for query, args := range queries {
		plan := explain(t, backend.read, query, args)
		require.NotContains(t, plan, "TEMP B-TREE", query)
		if strings.Contains(plan, "SCAN") { // all of an index in its order, up to the limit
			require.Contains(t, plan, "INDEX tasks.by.across_due", query)
		}
		if within[query] {
			require.Contains(t, plan, "COVERING INDEX", query)
		}
		require.Contains(t, plan, steps[query], query)
	}
}

// sought is how the plan of a scan says that it looks for the values of all its leading fields, and does not read
// through the tenant for them.
func sought(s document.Scan) string {
	var terms []string
	if !s.Index.Across {
		terms = append(terms, "tenant=?")
	}
	for _, field := range s.Index.Fields[:len(s.Equal)] {
		terms = append(terms, "body."+field+"=?")
	}
	if len(terms) == 0 {
		return "INDEX tasks.by." + s.Index.Name
	}
	return "INDEX tasks.by." + s.Index.Name + " (" + strings.Join(terms, " AND ")
}

func explain(t *testing.T, db *sql.DB, query string, args []any) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		plan.WriteString(detail + "\n")
	}
	require.NoError(t, rows.Err())
	return plan.String()
}

func TestFileIsTheOwnersAloneAndSafe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "with space? & 100%.db")
	backend := open(t, path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "secure_delete": "1"} {
		var got string
		require.NoError(t, backend.write.db.QueryRow("PRAGMA "+pragma).Scan(&got))
		require.Equal(t, want, got, pragma)
	}
	_, err = backend.read.Exec("CREATE TABLE t (a)")
	require.Error(t, err, "the readers do not write")
}

func TestNothingOfErasedContentIsLeftInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "documents.db")
	backend, err := Open(t.Context(), path)
	require.NoError(t, err)
	store := document.NewStore(backend, "test", time.Now)
	collection, err := document.Open[task](t.Context(), store, tasks)
	require.NoError(t, err)
	ctx := tenant.With(t.Context(), tenant.New())
	content := func() []byte { // of the file, once the log has been emptied into it
		require.Eventually(t, func() bool {
			log, err := os.Stat(path + "-wal")
			return err == nil && log.Size() == 0
		}, time.Minute, 10*time.Millisecond)
		found, err := os.ReadFile(path)
		require.NoError(t, err)
		return found
	}
	for i, change := range []func(id string) error{
		func(id string) error { return collection.Erase(ctx, id) },
		func(id string) error { return collection.Delete(ctx, id) },
	} {
		secret := fmt.Sprintf("secret number %d", i)
		id := uuid.NewString()
		_, err := collection.Insert(ctx, id, task{Title: secret + strings.Repeat(" and more", 1000), State: secret})
		require.NoError(t, err)
		require.True(t, bytes.Contains(content(), []byte(secret)))
		require.NoError(t, change(id))
		require.False(t, bytes.Contains(content(), []byte(secret)))
	}
	require.NoError(t, backend.Close())
	require.NoFileExists(t, path+"-wal")
}

func TestANewIndexFieldIsFilledFromTheBodies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "documents.db")
	ctx := tenant.With(t.Context(), tenant.New())
	first := document.Schema{Name: "tasks", Indexes: []document.Index{{Name: "by", Fields: []string{"title"}}}}
	t.Run("before", func(t *testing.T) {
		collection, err := document.Open[task](ctx, document.NewStore(open(t, path), "test", time.Now), first)
		require.NoError(t, err)
		for i := range 600 { // more than a page
			_, err := collection.Insert(ctx, uuid.NewString(), task{Title: "t", State: fmt.Sprint(i % 3)})
			require.NoError(t, err)
		}
	})
	t.Run("after", func(t *testing.T) {
		changed := document.Schema{Name: "tasks", Indexes: []document.Index{{Name: "by", Fields: []string{"state"}}}}
		collection, err := document.Open[task](ctx, document.NewStore(open(t, path), "test", time.Now), changed)
		require.NoError(t, err)
		n := 0
		for doc, err := range collection.All(ctx, document.Query{Index: "by", Equal: []any{"2"}}) {
			require.NoError(t, err)
			require.Equal(t, "2", doc.Body.State)
			n++
		}
		require.Equal(t, 200, n)
	})
}

func TestAUniqueIndexIsRefusedWhereThereAreDuplicates(t *testing.T) {
	backend := open(t, filepath.Join(t.TempDir(), "documents.db"))
	schema := document.Schema{Name: "tasks", Indexes: []document.Index{{Name: "by", Fields: []string{"title"}}}}
	records, err := backend.Open(t.Context(), schema)
	require.NoError(t, err)
	body, err := bson.Marshal(task{Title: "same"})
	require.NoError(t, err)
	for _, id := range []string{"a", "b"} {
		require.NoError(t, records.Insert(t.Context(), document.Record{Key: document.Key{Tenant: "t", ID: id}, Revision: 1, Body: body}))
	}
	schema.Indexes = []document.Index{{Name: "by", Fields: []string{"title"}, Unique: true}}
	_, err = backend.Open(t.Context(), schema)
	require.ErrorContains(t, err, "UNIQUE")
	found, err := records.Find(t.Context(), document.Scan{Tenant: "t", Index: document.Index{Name: "by", Fields: []string{"title"}}, Limit: 5})
	require.NoError(t, err)
	require.Len(t, found, 2, "nothing is half changed")
}

func TestChangesThatComeTogetherShareACommitAndKeepTheirOutcomes(t *testing.T) {
	backend := open(t, filepath.Join(t.TempDir(), "documents.db"))
	records, err := backend.Open(t.Context(), tasks)
	require.NoError(t, err)
	const n = 100
	tx, err := backend.write.db.Begin() // holds the writer up until all are waiting
	require.NoError(t, err)
	failures := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		body, err := bson.Marshal(task{Title: fmt.Sprint(i / 2)}) // every second one collides
		require.NoError(t, err)
		group.Go(func() {
			failures[i] = records.Insert(t.Context(), document.Record{Key: document.Key{Tenant: "t", ID: fmt.Sprint(i)}, Revision: 1, Body: body})
		})
	}
	require.Eventually(t, func() bool { return len(backend.write.changes) >= n-1 }, time.Minute, time.Millisecond)
	require.NoError(t, tx.Rollback())
	group.Wait()
	taken := 0
	for _, err := range failures {
		if err != nil {
			require.ErrorIs(t, err, document.ErrDuplicate)
			taken++
		}
	}
	require.Equal(t, n/2, taken)
	found, err := records.Walk(t.Context(), document.Key{}, n)
	require.NoError(t, err)
	require.Len(t, found, n/2)
}

func TestAClosedDatabaseSaysSo(t *testing.T) {
	backend, err := Open(t.Context(), filepath.Join(t.TempDir(), "documents.db"))
	require.NoError(t, err)
	records, err := backend.Open(t.Context(), tasks)
	require.NoError(t, err)
	require.NoError(t, backend.Close())
	require.NoError(t, backend.Close())
	require.Error(t, backend.Ping(context.WithoutCancel(t.Context())))
	require.ErrorIs(t, records.Remove(t.Context(), document.Key{}, 1), errClosed)
	_, err = records.Get(t.Context(), document.Key{})
	require.Error(t, err)
}

func TestADatabaseThatCannotBeOpenedSaysSo(t *testing.T) {
	_, err := Open(t.Context(), filepath.Join(t.TempDir(), "absent", "documents.db"))
	require.ErrorIs(t, err, os.ErrNotExist)
	path := filepath.Join(t.TempDir(), "documents.db")
	require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("not a database "), 1000), 0o600))
	_, err = Open(t.Context(), path)
	require.ErrorContains(t, err, path)
}
