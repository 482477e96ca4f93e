package document

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Migration is one step of a database from an older form to a newer one. Names are never reused or reordered. Run may
// be started again after a crash, so it must not mind finding its work partly done.
type Migration struct {
	Name string
	Run  func(ctx context.Context, s *Store) error
}

// Migrate runs, in their order, the migrations that the database has not had yet, under a lease: of several processes
// one does it and the others wait. It refuses a database that has had a migration which is not in the list, for that
// one is newer than the program. Call it before serving.
func (s *Store) Migrate(ctx context.Context, migrations ...Migration) error {
	listed := map[string]bool{}
	for _, m := range migrations {
		if listed[m.Name] {
			return fmt.Errorf("document: migration %q is listed twice", m.Name)
		}
		listed[m.Name] = true
	}
	return s.exclusively(ctx, "migrate", func(ctx context.Context) error {
		records, err := s.open(ctx, Schema{Name: "_migrations"})
		if err != nil {
			return err
		}
		done, err := recorded(ctx, records)
		if err != nil {
			return err
		}
		for name := range done {
			if !listed[name] {
				return fmt.Errorf("document: the database has had the migration %q, which this program does not know", name)
			}
		}
		for _, m := range migrations {
			if done[m.Name] {
				continue
			}
			if err := m.Run(ctx, s); err != nil {
				return fmt.Errorf("document: migration %q: %w", m.Name, err)
			}
			now := s.time()
			if err := records.Insert(ctx, Record{Key: Key{ID: m.Name}, Revision: 1, CreatedAt: now, UpdatedAt: now, Body: noBody}); err != nil {
				return fmt.Errorf("document: record migration %q: %w", m.Name, err)
			}
		}
		return nil
	})
}

// recorded returns the ids of all records.
func recorded(ctx context.Context, records Records) (map[string]bool, error) {
	found := map[string]bool{}
	err := walk(ctx, records, func(r Record) error {
		found[r.Key.ID] = true
		return nil
	})
	return found, err
}

// Rewrite passes every live body of a collection, of all tenants, through fn and writes those that come back changed.
// It is for migrations.
func Rewrite(ctx context.Context, s *Store, schema Schema, fn func(key Key, body bson.Raw) (bson.Raw, error)) error {
	records, err := s.open(ctx, schema)
	if err != nil {
		return err
	}
	return walk(ctx, records, func(r Record) error {
		return retry(ctx, func() error {
			current, err := records.Get(ctx, r.Key)
			if errors.Is(err, ErrNotFound) || err == nil && current.State != Live {
				return nil
			}
			if err != nil {
				return err
			}
			body, err := fn(r.Key, current.Body)
			if err != nil || same(current.Body, body) {
				return err
			}
			return records.Replace(ctx, r.Key, current.Revision, Change{CreatedAt: current.CreatedAt, UpdatedAt: s.time(), Body: body})
		})
	})
}

// walkPage is how many records are in memory at a time.
const walkPage = 256

// walk shows each record of a collection, of all tenants.
func walk(ctx context.Context, records Records, each func(Record) error) error {
	return walkFrom(ctx, records, Key{}, each)
}

// walkFrom shows each record whose key follows after, until each returns an error.
func walkFrom(ctx context.Context, records Records, after Key, each func(Record) error) error {
	for {
		page, err := records.Walk(ctx, after, walkPage)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := each(r); err != nil {
				return err
			}
		}
		if len(page) < walkPage {
			return nil
		}
		after = page[len(page)-1].Key
	}
}
