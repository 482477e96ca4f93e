package document

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// What a backend says when a record is not as the caller thought. Anything else it returns is a fault.
var (
	ErrNotFound  = errors.New("document: no such record")
	ErrDuplicate = errors.New("document: the key or a unique value is taken")
	ErrStale     = errors.New("document: the record is not at this revision")
)

// Backend is a database: all that one has to do to store documents. What documents mean is not its business, so
// that there can be several and each stays small.
type Backend interface {
	// Open makes the collection and its indexes be as declared.
	Open(ctx context.Context, schema Schema) (Records, error)
	// Ping tells whether the database answers.
	Ping(ctx context.Context) error
}

// Records is a collection in a Backend. Every change is durable when the call returns and touches one record.
type Records interface {
	// Get returns the record, a tombstone too, or ErrNotFound.
	Get(ctx context.Context, key Key) (Record, error)
	// Insert adds a record, or returns ErrDuplicate.
	Insert(ctx context.Context, r Record) error
	// Replace gives the record of r.Key what c says, adds one to its revision and appends c.Outgoing to its outbox,
	// if it is at this revision; otherwise it returns ErrStale, and ErrDuplicate for a unique value that is taken.
	Replace(ctx context.Context, key Key, revision int64, c Change) error
	// Acknowledge empties the outbox if the record is at this revision, and leaves the revision as it is; otherwise
	// it returns ErrStale.
	Acknowledge(ctx context.Context, key Key, revision int64) error
	// Remove takes the record physically away if it is at this revision and its outbox is empty; otherwise it
	// returns ErrStale.
	Remove(ctx context.Context, key Key, revision int64) error
	// Find returns the live records of a scan, in the order of its index.
	Find(ctx context.Context, s Scan) ([]Record, error)
	// Count returns how many live records a scan has, whatever its Skip, After and Limit.
	Count(ctx context.Context, s Scan) (int, error)
	// Pending returns keys of records, of all tenants, whose outbox is not empty: the first ones after a key.
	Pending(ctx context.Context, after Key, limit int) ([]Key, error)
	// Walk returns records of all tenants in the order of their keys, tombstones too: the first ones after a key.
	Walk(ctx context.Context, after Key, limit int) ([]Record, error)
}

// Key is the identity of a record.
type Key struct {
	Tenant tenant.ID
	ID     string
}

// String returns the key as one string, `tenant/id`. Tenant ids have one length, so the strings sort as the keys do.
func (k Key) String() string { return string(k.Tenant) + "/" + k.ID }

// Record is a document as a backend sees it.
type Record struct {
	Key       Key
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
	State     State
	Request   string // hash of the creating request
	Body      bson.Raw
	Outbox    []Outgoing
}

// State tells what is left of a document.
type State int

// A tombstone has an empty body. A doomed record is a tombstone that is to be removed once its outbox is empty.
const (
	Live State = iota
	Tombstone
	Doomed
)

// Change is what Replace writes.
type Change struct {
	CreatedAt time.Time
	UpdatedAt time.Time
	State     State
	Body      bson.Raw
	Outgoing  *Outgoing // nil for a change without events
}

// Outgoing holds the events of one change until they are published, in their order.
type Outgoing struct {
	Revision  int64             `bson:"revision"`
	Envelopes []events.Envelope `bson:"envelopes"`
}

// Scan is a query that has been checked against its index. Order is by the index fields that follow Equal, then by
// key; all of them downwards if Descending.
type Scan struct {
	Tenant     tenant.ID // not looked at when the index is Across
	Index      Index
	Equal      []any  // values of the leading fields
	From, To   any    // the next field is at least From and below To; nil for no bound
	After      *Place // only what follows this place
	Descending bool
	Skip       int // so many of what is left are passed over
	Limit      int
}

// Rest returns the fields that the order is made of.
func (s Scan) Rest() []string { return s.Index.Fields[len(s.Equal):] }

// Place is where a record stands in the order of a scan: its values of Rest, then its key.
type Place struct {
	Values []any
	Key    Key
}
