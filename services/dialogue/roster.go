package dialogue

import (
	"context"
	"sync"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	// namesFor is how long the names of a school's people are used before they are asked for again: as long as somebody who
	// was hired or has got another name is not found.
	namesFor = 5 * time.Minute
	// namesWithout is how long they are used while tenancy does not answer, so that a meeting goes on.
	namesWithout = 2 * time.Hour
	// namesRetry is how long tenancy is left in peace after it did not answer.
	namesRetry = 15 * time.Second
)

// roster knows the names of the people of schools, to find them in what is written (privacy.md 5). They are in the memory of
// this process and nowhere else. Tenancy is asked by the service and not by whoever writes, at most once in a while for the
// whole school, so that what it could note of that is nobody's trace.
type roster struct {
	ask func(ctx context.Context) (personal.Names, error) // of the context's tenant
	now func() time.Time

	mu      sync.Mutex
	schools map[tenant.ID]*schoolNames
}

type schoolNames struct {
	mu    sync.Mutex
	names personal.Names
	asked time.Time // when these were the names; zero before the first answer
	next  time.Time // when to ask again
}

// people returns the names of everybody at the context's school. Without any answer of tenancy nothing can be written: what
// nobody has looked at is not shown.
func (r *roster) people(ctx context.Context) (personal.Names, error) {
	school, err := tenant.From(ctx)
	if err != nil {
		return personal.Names{}, err
	}
	known := r.at(school)
	known.mu.Lock()
	defer known.mu.Unlock()
	now := r.now()
	if now.Before(known.next) {
		return known.names, nil
	}
	names, err := r.ask(tenant.With(context.Background(), school)) // nothing of the request goes along
	switch {
	case err == nil:
		known.names, known.asked, known.next = names, now, now.Add(namesFor)
	case known.asked.IsZero() || now.Sub(known.asked) > namesWithout:
		return personal.Names{}, failure.New(failure.Unavailable).Because(err)
	default:
		known.next = now.Add(namesRetry)
	}
	return known.names, nil
}

// at returns what is known of a school, and forgets those in which nobody has written for long.
func (r *roster) at(school tenant.ID) *schoolNames {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.schools[school]
	if known != nil {
		return known
	}
	for id, other := range r.schools {
		if other.mu.TryLock() {
			if r.now().Sub(other.asked) > namesWithout {
				delete(r.schools, id)
			}
			other.mu.Unlock()
		}
	}
	known = &schoolNames{}
	r.schools[school] = known
	return known
}
