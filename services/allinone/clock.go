package allinone

import (
	"sync/atomic"
	"time"
)

// Clock is the time that the services of one process are given. It shows the real time, except while the demo's past
// is being made: then it stands where the seed puts it.
type Clock struct{ frozen atomic.Pointer[time.Time] }

// Now returns the time in UTC.
func (c *Clock) Now() time.Time {
	if t := c.frozen.Load(); t != nil {
		return *t
	}
	return time.Now().UTC()
}

// Stand makes the clock stand at t.
func (c *Clock) Stand(t time.Time) { t = t.UTC(); c.frozen.Store(&t) }

// Release makes the clock show the real time again.
func (c *Clock) Release() { c.frozen.Store(nil) }
