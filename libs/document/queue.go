package document

import (
	"math/rand/v2"
	"sync"
	"time"
)

// reference names one document of the store.
type reference struct {
	collection string
	key        Key
}

// How many documents wait for the relay at most (more are found by its sweep), and how long a document rests after
// its events could not be published: longer each time.
const (
	maxWaiting  = 8192
	firstRest   = 50 * time.Millisecond
	longestRest = 10 * time.Second
)

// queue holds the documents whose outbox the relay has to look at: each at most once, and none while a worker has it.
type queue struct {
	mu      sync.Mutex
	waiting []reference
	turns   map[reference]*turn
	ready   chan struct{} // has a token while something waits
}

// turn is where a document stands in the queue.
type turn struct {
	written *Record // as it was when it came into line, if that is all that there was to publish
	working bool    // a worker has it
	news    bool    // something was added since the worker took it
	rest    time.Duration
}

func newQueue() *queue { return &queue{turns: map[reference]*turn{}, ready: make(chan struct{}, 1)} }

// add puts a document in line. One that rests keeps resting. written is the record of a document that is new, which
// spares the worker reading it, or nil.
func (q *queue) add(r reference, written *Record) {
	q.mu.Lock()
	defer q.mu.Unlock()
	t, known := q.turns[r]
	switch {
	case known:
		t.news, t.written = t.working, nil
	case len(q.waiting) < maxWaiting:
		q.turns[r] = &turn{written: written, rest: firstRest}
		q.push(r)
	}
}

// take returns the next document, if any, and what add was given. The worker gives it back by done or failed.
func (q *queue) take() (next reference, written *Record, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return reference{}, nil, false
	}
	next = q.waiting[0]
	q.waiting = q.waiting[1:]
	t := q.turns[next]
	t.working = true
	if len(q.waiting) > 0 {
		q.signal() // for the next worker
	}
	return next, t.written, true
}

// done gives a document back. If there was news of it meanwhile it is in line again.
func (q *queue) done(r reference) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.turns[r].news {
		delete(q.turns, r)
		return
	}
	q.turns[r] = &turn{rest: firstRest}
	q.push(r)
}

// failed gives a document back that has to rest before it is in line again, and returns how long.
func (q *queue) failed(r reference) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := q.turns[r]
	pause := t.rest/2 + rand.N(t.rest/2)
	q.turns[r] = &turn{rest: min(2*t.rest, longestRest)}
	time.AfterFunc(pause, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.push(r)
	})
	return pause
}

func (q *queue) push(r reference) {
	q.waiting = append(q.waiting, r)
	q.signal()
}

func (q *queue) signal() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}
