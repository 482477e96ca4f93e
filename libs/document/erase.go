package document

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// erase removes every trace of a record; see Collection.Erase.
func (s *Store) erase(ctx context.Context, name string, records Records, key Key) error {
	defer s.lanes.enter(ctx, reference{name, key})()
	doom := false
	return retry(ctx, func() error {
		r, err := records.Get(ctx, key)
		if errors.Is(err, ErrNotFound) && doom {
			return nil // the relay was quick
		}
		if errors.Is(err, ErrNotFound) {
			return failure.NotFound(name)
		}
		if err != nil {
			return fmt.Errorf("document: erase %s %s: %w", name, key, err)
		}
		if len(r.Outbox) == 0 {
			return records.Remove(ctx, key, r.Revision)
		}
		if r.State == Doomed {
			return nil // the relay takes it away
		}
		doomed := Change{CreatedAt: r.CreatedAt, UpdatedAt: s.time(), State: Doomed, Body: noBody}
		if err := records.Replace(ctx, key, r.Revision, doomed); err != nil {
			return err
		}
		doom = true
		return ErrStale // look again: the relay may have emptied the outbox in between
	})
}

// EraseTenant removes every trace of the context's tenant from all collections that are open: each document as
// Collection.Erase does, tombstones too. It may be repeated after any part of it. It does not see what others write for
// the tenant behind its back, so nobody should be able to any more.
func (s *Store) EraseTenant(ctx context.Context) error {
	return s.everyRecord(ctx, func(name string, records Records, r Record) error {
		err := s.erase(ctx, name, records, r.Key)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			return nil // somebody else's work
		}
		return err
	})
}

// CountTenant returns how many documents the context's tenant has in each collection that is open; where it has none,
// the collection is left out.
func (s *Store) CountTenant(ctx context.Context) (map[string]int64, error) {
	counts := map[string]int64{}
	err := s.everyRecord(ctx, func(name string, _ Records, r Record) error {
		if r.State == Live {
			counts[name]++
		}
		return nil
	})
	return counts, err
}

// everyRecord shows fn the records of the context's tenant in all collections but those of the package itself, which
// belong to no tenant.
func (s *Store) everyRecord(ctx context.Context, fn func(name string, records Records, r Record) error) error {
	owner, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	for _, name := range s.names() {
		if strings.HasPrefix(name, "_") {
			continue
		}
		records := s.records(name)
		err := walkFrom(ctx, records, Key{Tenant: owner}, func(r Record) error {
			if r.Key.Tenant != owner {
				return errWalked
			}
			return fn(name, records, r)
		})
		if err != nil && !errors.Is(err, errWalked) {
			return fmt.Errorf("document: %s of %s: %w", name, owner, err)
		}
	}
	return nil
}

// errWalked ends a walk before the end of the collection.
var errWalked = errors.New("document: as far as was wanted")
