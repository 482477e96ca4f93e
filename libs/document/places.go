package document

import (
	"context"

	"github.com/guldkorn/guldkorn/libs/host/failpoint"
)

// places are the records of a collection with a place before and one after each write, "before agreements" and "after
// agreements", so that a crash test can end the process between any two of them.
type places struct {
	Records
	name string
}

func (p places) Insert(ctx context.Context, r Record) error {
	return failpoint.Around(p.name, func() error { return p.Records.Insert(ctx, r) })
}

func (p places) Replace(ctx context.Context, key Key, revision int64, c Change) error {
	return failpoint.Around(p.name, func() error { return p.Records.Replace(ctx, key, revision, c) })
}

func (p places) Remove(ctx context.Context, key Key, revision int64) error {
	return failpoint.Around(p.name, func() error { return p.Records.Remove(ctx, key, revision) })
}
