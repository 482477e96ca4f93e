package document

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// mark is the body of a record that notes a time.
type mark struct {
	At time.Time `bson:"at"`
}

// Mark returns the time that the service noted under a name, zero if it never did. Marks are about the service's own
// work, such as when it last knew that it had missed nothing; they belong to no tenant and say nothing of one.
func (s *Store) Mark(ctx context.Context, name string) (time.Time, error) {
	records, err := s.open(ctx, Schema{Name: "_marks"})
	if err != nil {
		return time.Time{}, err
	}
	found, err := records.Get(ctx, Key{ID: name})
	if err != nil {
		return time.Time{}, unless(err, ErrNotFound)
	}
	var m mark
	err = unmarshal(found.Body, &m)
	return m.At, err
}

// SetMark notes a time under a name. Of several processes that do so at once, one is heard.
func (s *Store) SetMark(ctx context.Context, name string, at time.Time) error {
	records, err := s.open(ctx, Schema{Name: "_marks"})
	if err != nil {
		return err
	}
	body, err := marshal(mark{milliseconds(at)})
	if err != nil {
		return err
	}
	key, now := Key{ID: name}, s.time()
	current, err := records.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		err = records.Insert(ctx, Record{Key: key, Revision: 1, CreatedAt: now, UpdatedAt: now, Body: body})
		return unless(err, ErrDuplicate)
	}
	if err != nil {
		return fmt.Errorf("document: mark %s: %w", name, err)
	}
	err = records.Replace(ctx, key, current.Revision, Change{CreatedAt: current.CreatedAt, UpdatedAt: now, Body: body})
	return unless(err, ErrStale)
}
