package directory

import (
	"sync"
	"time"
)

// What a cache holds at most, and for how long. In this process a change counts at once; one that another process of the
// same service took in counts here after maxAge at the latest.
const (
	maxAge    = 5 * time.Second
	maxCached = 10_000
)

// cache spares the query on each request. Every change moves the version on, so that what was read before a change is
// not kept after it.
type cache[T any] struct {
	mu      sync.Mutex
	version uint64
	entries map[string]cached[T]
}

type cached[T any] struct {
	until time.Time
	value T
}

func newCache[T any]() *cache[T] { return &cache[T]{entries: map[string]cached[T]{}} }

func (c *cache[T]) get(id string, now time.Time) (value T, version uint64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, ok := c.entries[id]
	if !ok || !now.Before(entry.until) {
		return value, c.version, false
	}
	return entry.value, c.version, true
}

func (c *cache[T]) put(id string, version uint64, now time.Time, value T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version != c.version {
		return
	}
	if len(c.entries) >= maxCached {
		clear(c.entries)
	}
	c.entries[id] = cached[T]{now.Add(maxAge), value}
}

func (c *cache[T]) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version++
	delete(c.entries, id)
}
