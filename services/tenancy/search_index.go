package tenancy

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Names are sealed under a key per person, so no index of the database can find them, and none should: one over keyed
// hashes of names and their beginnings would tell whoever holds a copy of the database who shares a name with whom and
// how common it is, which for names is nearly the name, and it would outlive the person's key in every backup.
//
// So a process keeps what it has opened anyhow, in memory alone, for the operators in which somebody is searching: it
// is read from the documents when the first search comes, dropped when the last one is some minutes past, bounded in
// number, and never written anywhere. It holds nothing that the process could not open at that moment; a search shows
// nobody from it without opening the document anew, so that a key that is gone hides its person at once.
//
// Documents are the truth for each process: before every search it reads which of the operator's people have changed and
// who is being erased since its last look. So one process finds what another has just written.

const (
	// indexIdle is how long an operator's names stay after the last search, and indexAge how long they are used before
	// all of them are read anew.
	indexIdle = 5 * time.Minute
	indexAge  = 15 * time.Minute
	// indexOverlap is how far each look reaches back before the one before: further than clocks of two processes differ
	// and than a write takes.
	indexOverlap = 10 * time.Second
	// maxIndexed is how many people are kept at most, of all operators together: some 60 MB.
	maxIndexed = 200_000
	// indexSweep is how often idle indexes are looked for.
	indexSweep = time.Minute
)

// indexes are the operators in which somebody is searching.
type indexes struct {
	mu        sync.Mutex
	operators map[tenant.ID]*index
}

// index is one operator's people.
type index struct {
	used time.Time    // under the lock of indexes
	size atomic.Int64 // how many people it holds

	mu     sync.Mutex
	read   time.Time        // when all were read; zero for never
	looked time.Time        // when changes were looked for
	people map[string]int64 // revisions by id
	order  []searchable     // by name
}

// of returns an operator's index, which may be empty.
func (x *indexes) of(operator tenant.ID, now time.Time) *index {
	x.mu.Lock()
	defer x.mu.Unlock()
	one := x.operators[operator]
	if one == nil {
		one = &index{}
		x.operators[operator] = one
	}
	one.used = now
	return one
}

// drop forgets an operator's people.
func (x *indexes) drop(operator tenant.ID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.operators, operator)
}

// trim drops what nobody has searched in for a while, and beyond the bound those that were searched in longest ago.
func (x *indexes) trim(now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	byUse := slices.SortedFunc(maps.Keys(x.operators), func(a, b tenant.ID) int {
		return x.operators[b].used.Compare(x.operators[a].used)
	})
	var sum int64
	for i, operator := range byUse {
		one := x.operators[operator]
		sum += one.size.Load()
		if now.Sub(one.used) >= indexIdle || i > 0 && sum > maxIndexed {
			delete(x.operators, operator)
		}
	}
}

// dropIdle lets names go that nobody searches any more, until ctx ends.
func (s *Service) dropIdle(ctx context.Context) error {
	tick := time.NewTicker(indexSweep)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			s.indexes.trim(s.now())
		}
	}
}

// found returns the ids of those whom a search finds in the context's tenant, in the order of their names: those after
// a person, or all for "". A person who is not there, or no longer, is the failure request.cursor_invalid.
func (s *Service) found(ctx context.Context, q search, after string) ([]string, error) {
	operator, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	x := s.indexes.of(operator, now)
	defer s.indexes.trim(now)
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.refresh(ctx, s, now); err != nil {
		return nil, err
	}
	rest := x.order
	if after != "" {
		i := slices.IndexFunc(rest, func(one searchable) bool { return one.id == after })
		if i < 0 {
			return nil, failure.New(failure.CursorInvalid)
		}
		rest = rest[i+1:]
	}
	var ids []string
	for _, one := range rest {
		if q.matches(one) {
			ids = append(ids, one.id)
		}
	}
	return ids, nil
}

// refresh brings the index up to what the documents say. Without a lock on it nobody calls this.
func (x *index) refresh(ctx context.Context, s *Service, now time.Time) error {
	since := x.looked.Add(-indexOverlap)
	query, whole := document.Query{Index: "by_change", From: since}, now.Sub(x.read) >= indexAge
	if whole {
		x.people, x.order, since = map[string]int64{}, nil, now.Add(-indexOverlap)
		query = document.Query{Index: "by_registration"}
	}
	changed, err := s.searchables(ctx, query, x.people)
	if err != nil {
		return err
	}
	erasures, err := collect(s.store.dataRequests.All(ctx, document.Query{Index: "by_asking", From: since}))
	if err != nil {
		return err
	}
	for _, d := range erasures {
		if d.Body.Kind == requestErasure {
			changed[d.Body.PersonID] = change{}
		}
	}
	x.take(changed)
	x.looked = now
	if whole {
		x.read = now
	}
	return nil
}

// change is what an index has to be told of a person: nothing to search by if there is no such person any more.
type change struct {
	revision int64
	person   searchable
}

// take replaces what has changed.
func (x *index) take(changed map[string]change) {
	if len(changed) == 0 {
		return
	}
	x.order = slices.DeleteFunc(x.order, func(one searchable) bool {
		_, is := changed[one.id]
		return is
	})
	for id, c := range changed {
		delete(x.people, id)
		if c.person.id != "" {
			x.people[id] = c.revision
			x.order = append(x.order, c.person)
		}
	}
	slices.SortFunc(x.order, searchable.compare)
	x.size.Store(int64(len(x.order)))
}

// searchables opens the people of a query whose revision is not known yet.
func (s *Service) searchables(ctx context.Context, query document.Query, known map[string]int64) (map[string]change, error) {
	var mu sync.Mutex
	all := map[string]change{}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for query.Limit = document.MaxLimit; ; {
		page, err := s.store.persons.Find(ctx, query)
		if err != nil {
			return nil, errors.Join(err, work.Wait())
		}
		fresh := slices.DeleteFunc(page.Items, func(d document.Document[person]) bool { return known[d.ID] == d.Revision })
		work.Go(func() error {
			names := newNamesake()
			for _, d := range fresh {
				c := change{revision: d.Revision}
				plain, err := s.profiles.open(d)
				switch {
				case err == nil:
					c.person = names.searchable(d.ID, plain)
				case failure.CodeOf(err) != failure.DocumentNotFound:
					return err
				}
				mu.Lock()
				all[d.ID] = c
				mu.Unlock()
			}
			return nil
		})
		if page.Next == "" {
			return all, work.Wait()
		}
		query.Cursor = page.Next
	}
}
