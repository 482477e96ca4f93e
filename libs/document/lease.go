package document

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
)

// leaseTime is how long a lease is held unless it is renewed, and leaseCheck how often it is renewed or asked for.
const (
	leaseTime  = 30 * time.Second
	leaseCheck = 250 * time.Millisecond
)

// lease is the body of a record that at most one process holds at a time.
type lease struct {
	Holder string    `bson:"holder"`
	Until  time.Time `bson:"until"`
}

// exclusively runs do while holding the lease of this name, waiting for it as long as the context allows. The context
// of do ends when the lease is lost.
func (s *Store) exclusively(ctx context.Context, name string, do func(context.Context) error) error {
	records, err := s.open(ctx, Schema{Name: "_leases"})
	if err != nil {
		return err
	}
	key, holder := Key{ID: name}, uuid.NewString()
	for {
		held, err := s.hold(ctx, records, key, holder, leaseTime)
		if err != nil {
			return err
		}
		if held {
			break
		}
		if err := wait(ctx, leaseCheck); err != nil {
			return err
		}
	}
	leased, lost := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		for wait(leased, leaseTime/3) == nil {
			if held, err := s.hold(leased, records, key, holder, leaseTime); err != nil || !held {
				lost(errors.Join(errors.New("document: lost the lease "+name), err))
			}
		}
	}()
	err = do(leased)
	if err != nil && leased.Err() != nil {
		err = errors.Join(err, context.Cause(leased))
	}
	lost(nil)
	<-renewed
	_, released := s.hold(context.WithoutCancel(ctx), records, key, holder, 0)
	return errors.Join(err, released)
}

// hold takes or renews the lease, and gives it up if the duration is zero. It tells whether the holder had it or has
// it now.
func (s *Store) hold(ctx context.Context, records Records, key Key, holder string, d time.Duration) (bool, error) {
	now := s.time()
	next := lease{holder, now.Add(d)}
	if d == 0 {
		next = lease{}
	}
	body, err := marshal(next)
	if err != nil {
		return false, err
	}
	current, err := records.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		err = records.Insert(ctx, Record{Key: key, Revision: 1, CreatedAt: now, UpdatedAt: now, Body: body})
		return err == nil, unless(err, ErrDuplicate)
	}
	if err != nil {
		return false, err
	}
	var l lease
	if err := unmarshal(current.Body, &l); err != nil {
		return false, err
	}
	if l.Holder != holder && l.Holder != "" && l.Until.After(now) {
		return false, nil
	}
	err = records.Replace(ctx, key, current.Revision, Change{CreatedAt: current.CreatedAt, UpdatedAt: now, Body: body})
	return err == nil, unless(err, ErrStale)
}

// unless returns err if it is not the expected one.
func unless(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
