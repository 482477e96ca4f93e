package document

import (
	"context"
	"sync"
	"time"
)

// longestQueue is how long a change waits for the others of this process. Then it takes its chance beside them: the
// compare-and-set is what keeps changes apart, queueing only saves them from colliding.
const longestQueue = time.Second

// lanes lets the changes of one document go one after the other within the process.
type lanes struct {
	mu    sync.Mutex
	lanes map[reference]*lane
}

type lane struct {
	free chan struct{} // has a token while nobody is in the lane
	used int           // by how many, those who wait included
}

func newLanes() *lanes { return &lanes{lanes: map[reference]*lane{}} }

// enter waits for the lane of a document. The caller has to leave it by the function returned.
func (l *lanes) enter(ctx context.Context, r reference) (leave func()) {
	l.mu.Lock()
	mine, ok := l.lanes[r]
	if !ok {
		mine = &lane{free: make(chan struct{}, 1)}
		mine.free <- struct{}{}
		l.lanes[r] = mine
	}
	mine.used++
	l.mu.Unlock()

	timer := time.NewTimer(longestQueue)
	defer timer.Stop()
	entered := false
	select {
	case <-mine.free:
		entered = true
	case <-timer.C:
	case <-ctx.Done():
	}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if entered {
			mine.free <- struct{}{}
		}
		if mine.used--; mine.used == 0 {
			delete(l.lanes, r)
		}
	}
}
