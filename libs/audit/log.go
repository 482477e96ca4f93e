package audit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Log is the chains of all tenants in one service's store. It is safe for concurrent use, and several processes may
// have one on the same store.
type Log struct {
	blocks  *document.Collection[block]
	anybody *document.Across[block]
	now     func() time.Time

	mu    sync.Mutex
	lines map[tenant.ID]*line
}

// block is the entries of a chain that were written at once: one document, so that either all are there or none, and a
// busy tenant waits for the disk once for many. What follows from a block's place is not stored twice.
type block struct {
	First    int64     `bson:"first"`    // Seq of the first entry
	At       time.Time `bson:"at"`       // of all entries
	Previous string    `bson:"previous"` // hash of the last entry of the block before
	Entries  []written `bson:"entries"`
	Source   string    `bson:"source"` // what RecordOnce was given, or else the block's own id
}

type written struct {
	Subject      string `bson:"subject"`
	Action       string `bson:"action"`
	ResourceType string `bson:"resource_type"`
	ResourceID   string `bson:"resource_id"`
	Decision     string `bson:"decision"`
	Hash         string `bson:"hash"`
}

// Indexes of the collection audit.
const (
	bySeq      = "by_seq"
	byTime     = "by_time"
	bySource   = "by_source"
	beginnings = "beginnings"
)

// Open returns the log in a service's store.
func Open(ctx context.Context, store *document.Store, now func() time.Time) (*Log, error) {
	l := &Log{now: now, lines: map[tenant.ID]*line{}}
	var err error
	l.blocks, err = document.Open[block](ctx, store, document.Schema{Name: "audit", Indexes: []document.Index{
		{Name: bySeq, Fields: []string{"first"}, Unique: true},
		{Name: byTime, Fields: []string{"at", "first"}},
		{Name: bySource, Fields: []string{"source"}, Unique: true},
		{Name: beginnings, Fields: []string{"first"}, Across: true},
	}})
	if err != nil {
		return nil, err
	}
	// For the operator's own tool, which has no subject: it reads files that it owns.
	l.anybody = document.NewAcross(l.blocks, func(context.Context) error { return nil })
	return l, nil
}

// id is a block's document id. Of two who write behind the same head one finds it taken.
func (b block) id() string { return fmt.Sprintf("%019d", b.First) }

// entries returns the block's entries as they stand in the tenant's chain.
func (b block) entries(owner tenant.ID) []Entry {
	list := make([]Entry, len(b.Entries))
	previous := b.Previous
	for i, w := range b.Entries {
		list[i] = Entry{
			Tenant: owner, Seq: b.First + int64(i), At: b.At, Subject: w.Subject, Action: w.Action,
			ResourceType: w.ResourceType, ResourceID: w.ResourceID, Decision: w.Decision, Previous: previous, Hash: w.Hash,
		}
		previous = w.Hash
	}
	return list
}

// end is where a chain ends and when that was written.
type end struct {
	head Head
	at   time.Time
}

// line is those who wait to be written into one tenant's chain. Whoever has the turn writes for all.
type line struct {
	turn chan struct{}

	mu      sync.Mutex
	waiting []*waiter

	end   end // of the chain, if known; others' processes may have gone further. For who has the turn.
	known bool
}

type waiter struct {
	written written
	source  string // see RecordOnce
	done    chan struct{}
	err     error
}

// maxField is the most bytes of a field: identifiers fit, prose hardly does.
const maxField = 200

// The most entries of a block, and how long one write may take.
const (
	maxBlock     = 256
	writeTimeout = 10 * time.Second
)

// Record writes a decision into the chain of the tenant that it is about, and returns once that is durable. If ctx ends
// before, the entry may be written or not.
func (l *Log) Record(ctx context.Context, r access.Record) error { return l.RecordOnce(ctx, "", r) }

// RecordOnce is a Record of something that may be told more than once: what was recorded under the same source, which is
// not empty, stands already.
func (l *Log) RecordOnce(ctx context.Context, source string, r access.Record) error {
	if _, err := tenant.Parse(string(r.Tenant)); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	for _, field := range []string{r.Subject, r.Action, r.ResourceType, r.ResourceID} {
		if len(field) > maxField || !utf8.ValidString(field) || strings.ContainsFunc(field, unicode.IsControl) {
			return fmt.Errorf("audit: %.40q is no identifier", field)
		}
	}
	w := &waiter{source: source, done: make(chan struct{}), written: written{
		Subject: r.Subject, Action: r.Action, ResourceType: r.ResourceType, ResourceID: r.ResourceID, Decision: Denied,
	}}
	if r.Allowed {
		w.written.Decision = Allowed
	}
	at := l.line(r.Tenant)
	at.mu.Lock()
	at.waiting = append(at.waiting, w)
	at.mu.Unlock()
	for {
		select {
		case <-w.done:
			return w.err
		case <-ctx.Done():
			return ctx.Err()
		case at.turn <- struct{}{}:
			l.write(context.WithoutCancel(ctx), r.Tenant, at)
			<-at.turn
		}
	}
}

func (l *Log) line(owner tenant.ID) *line {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, ok := l.lines[owner]
	if !ok {
		at = &line{turn: make(chan struct{}, 1)}
		l.lines[owner] = at
	}
	return at
}

// write writes those who wait, up to a block's worth, and tells them.
func (l *Log) write(ctx context.Context, owner tenant.ID, at *line) {
	at.mu.Lock()
	batch := together(at.waiting)
	at.waiting = at.waiting[len(batch):]
	at.mu.Unlock()
	if len(batch) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(tenant.With(ctx, owner), writeTimeout)
	defer cancel()
	err := l.extend(ctx, owner, at, batch)
	for _, w := range batch {
		w.err = err
		close(w.done)
	}
}

// together returns those whose entries one block can hold: a source stands for a whole block.
func together(waiting []*waiter) []*waiter {
	for i, w := range waiting {
		switch {
		case w.source != "" && i == 0:
			return waiting[:1]
		case w.source != "" || i == maxBlock:
			return waiting[:i]
		}
	}
	return waiting
}

// stands tells whether the source was recorded before.
func (l *Log) stands(ctx context.Context, source string) (bool, error) {
	if source == "" {
		return false, nil
	}
	page, err := l.blocks.Find(ctx, document.Query{Index: bySource, Equal: []any{source}, Limit: 1})
	return err == nil && len(page.Items) > 0, err
}

// How often a block is put behind a head that others have moved meanwhile, and the longest pause between.
const (
	attempts  = 24
	mostPause = 64 * time.Millisecond
)

// extend puts the batch behind the head of the chain. Somebody else's block behind the same head has the same id, so
// the chain never forks.
func (l *Log) extend(ctx context.Context, owner tenant.ID, at *line, batch []*waiter) error {
	pause := time.Millisecond
	for range attempts {
		if !at.known {
			var err error
			if at.end, err = l.find(ctx, owner); err != nil {
				return err
			}
			at.known = true
		}
		b := chained(owner, at.end, l.now(), batch)
		if b.Source = batch[0].source; b.Source == "" {
			b.Source = b.id()
		}
		_, err := l.blocks.Insert(ctx, b.id(), b)
		if err == nil {
			last := len(batch) - 1
			at.end = end{Head{b.First + int64(last), b.Entries[last].Hash}, b.At}
			return nil
		}
		at.known = false // somebody was there first; or nobody knows whether it was written
		if failure.CodeOf(err) != failure.DocumentExists {
			return fmt.Errorf("audit: write: %w", err)
		}
		if stands, err := l.stands(ctx, batch[0].source); err != nil || stands {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(pause)):
		}
		pause = min(2*pause, mostPause)
	}
	return failure.New(failure.DocumentConflict)
}

// find reads where a chain ends.
func (l *Log) find(ctx context.Context, owner tenant.ID) (end, error) {
	page, err := l.blocks.Find(ctx, document.Query{Index: bySeq, Descending: true, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return end{}, err
	}
	entries := page.Items[0].Body.entries(owner)
	if len(entries) == 0 {
		return end{}, errors.New("audit: a block without entries")
	}
	last := entries[len(entries)-1]
	return end{Head{last.Seq, last.Hash}, last.At}, nil
}

// chained makes the block that follows an end. Its time is never before that of the end: two processes may have
// different clocks.
func chained(owner tenant.ID, after end, now time.Time, batch []*waiter) block {
	at := now.UTC().Truncate(time.Millisecond)
	if at.Before(after.at) {
		at = after.at
	}
	b := block{First: after.head.Seq + 1, At: at, Previous: after.head.Hash, Entries: make([]written, len(batch))}
	for i, w := range batch {
		b.Entries[i] = w.written
	}
	for i, e := range b.entries(owner) {
		if i > 0 {
			e.Previous = b.Entries[i-1].Hash
		}
		b.Entries[i].Hash = e.Sum()
	}
	return b
}
