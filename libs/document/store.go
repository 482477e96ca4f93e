package document

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"
)

// Store is the documents of one service.
type Store struct {
	backend Backend
	service string
	now     func() time.Time
	commits *queue
	lanes   *lanes

	mu     sync.Mutex
	opened map[string]opening
}

type opening struct {
	schema  Schema
	records Records
}

// NewStore returns the store of a service in a database of its own.
func NewStore(backend Backend, service string, now func() time.Time) *Store {
	return &Store{
		backend: backend, service: service, now: now,
		commits: newQueue(), lanes: newLanes(), opened: map[string]opening{},
	}
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.backend.Ping(ctx) }

// Open declares a collection of documents with bodies of type T. It returns an error if T does not have the fields
// that the indexes need, or if the collection is open with another declaration.
func Open[T any](ctx context.Context, s *Store, schema Schema) (*Collection[T], error) {
	if err := schema.Validate(); err != nil {
		return nil, err
	}
	kinds, err := kindsOf(reflect.TypeFor[T](), schema)
	if err != nil {
		return nil, err
	}
	records, err := s.open(ctx, schema)
	if err != nil {
		return nil, err
	}
	return &Collection[T]{store: s, schema: schema, kinds: kinds, records: records}, nil
}

func (s *Store) open(ctx context.Context, schema Schema) (Records, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o, ok := s.opened[schema.Name]; ok {
		if !reflect.DeepEqual(o.schema, schema) {
			return nil, fmt.Errorf("document: collection %s is open with another declaration", schema.Name)
		}
		return o.records, nil
	}
	records, err := s.backend.Open(ctx, schema)
	if err != nil {
		return nil, fmt.Errorf("document: open %s: %w", schema.Name, err)
	}
	records = places{records, schema.Name}
	s.opened[schema.Name] = opening{schema, records}
	return records, nil
}

// records returns a collection that is open.
func (s *Store) records(name string) Records {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened[name].records
}

// names returns the names of the collections that are open now, sorted.
func (s *Store) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.opened))
}

// time returns now as it is stored.
func (s *Store) time() time.Time { return milliseconds(s.now()) }
