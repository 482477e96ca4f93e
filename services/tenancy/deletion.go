package tenancy

import (
	"encoding/json"
	"time"

	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// deletion is that a tenant is to go, is going or is gone: a school, or an operator with its schools. It lives in the
// tenant above, under the id of the one that it is about, and outlives it: its certificate is what remains.
//
// waiting -> closing -> erasing -> done, or withdrawn, after which it may be asked for again. Whoever has a role in the
// tenant has it until the waiting time is over. Then the roles end (closing), and what was begun by those who had them
// gets time to end, here and in other services. Then everything goes (erasing).
type deletion struct {
	Kind        string    `bson:"kind"`
	Name        string    `bson:"name"` // of an organisation, not of a person
	State       string    `bson:"state"`
	Open        bool      `bson:"open"` // there is something to do at NextAt
	NextAt      time.Time `bson:"next_at"`
	RequestedAt time.Time `bson:"requested_at"`
	RequestedBy string    `bson:"requested_by"`
	DueAt       time.Time `bson:"due_at"`
	CancelledAt time.Time `bson:"cancelled_at"`
	CancelledBy string    `bson:"cancelled_by"`
	Certificate []byte    `bson:"certificate"` // JSON of a certificate, from erasing on; never changed
}

// States of a deletion.
const (
	deletionWaiting   = "waiting"
	deletionWithdrawn = "withdrawn"
	deletionClosing   = "closing"
	deletionErasing   = "erasing"
	deletionDone      = "done"
)

const (
	// leastWaiting is how long somebody has to notice a deletion that nobody wants. An operator may wait longer.
	leastWaiting = 30
	mostWaiting  = 365 // days
	// closingTime is longer than any copy of a role is believed without asking, and than any request lasts.
	closingTime = 5 * time.Minute
)

// request begins the waiting time, once.
func (d *deletion) request(o organisation, days int, by string, now time.Time) error {
	switch d.State {
	case "", deletionWithdrawn:
	case deletionWaiting:
		return nil // asked for already; the first waiting time counts
	default:
		return failure.New(failure.DeletionBegun)
	}
	if days < leastWaiting || days > mostWaiting {
		return failure.Invalid("waiting_days", "30 to 365 days")
	}
	at := now.Truncate(time.Millisecond)
	due := at.AddDate(0, 0, days)
	*d = deletion{Kind: o.Kind, Name: o.Name, State: deletionWaiting, Open: true, NextAt: due, RequestedAt: at, RequestedBy: by, DueAt: due}
	return nil
}

// cancel is possible until the waiting time is over.
func (d *deletion) cancel(by string, now time.Time) error {
	if d.State != deletionWaiting || !now.Before(d.DueAt) {
		return failure.New(failure.DeletionBegun)
	}
	d.State, d.Open, d.CancelledAt, d.CancelledBy = deletionWithdrawn, false, now.Truncate(time.Millisecond), by
	return nil
}

// rest lets what was begun before the roles ended come to its end.
func (d *deletion) rest(now time.Time) {
	if d.State == deletionWaiting {
		d.State, d.NextAt = deletionClosing, now.Add(closingTime).Truncate(time.Millisecond)
	}
}

// certify fixes what is going to be erased, before anything is: what a process that ended in the middle had erased would
// not be counted any more.
func (d *deletion) certify(c certificate) error {
	if d.State != deletionClosing {
		return nil
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	d.State, d.Certificate = deletionErasing, raw
	return nil
}

func (d *deletion) finish() {
	if d.State == deletionErasing {
		d.State, d.Open = deletionDone, false
	}
}

// certificateFormat is the name and version of a certificate; fields are only ever added to a version.
const certificateFormat = "guldkorn.deletion/1"

// certificate says what was erased. It names organisations and counts; there is nobody in it but, by their ids, those who
// asked for it.
type certificate struct {
	Format      string                `json:"format"`
	Tenant      tenant.ID             `json:"organisation_id"`
	Kind        string                `json:"kind"`
	Name        string                `json:"name"`
	RequestedAt time.Time             `json:"requested_at"`
	RequestedBy string                `json:"requested_by"`
	DueAt       time.Time             `json:"due_at"`
	ErasedAt    time.Time             `json:"erased_at"`      // when the erasing began
	Tenants     []certificateOfTenant `json:"tenants"`        // the last one is the tenant itself
	Keys        int                   `json:"keys_destroyed"` // of people
	Elsewhere   string                `json:"elsewhere"`
}

type certificateOfTenant struct {
	Tenant    tenant.ID        `json:"organisation_id"`
	Kind      string           `json:"kind"`
	Name      string           `json:"name"`
	ParentID  string           `json:"parent_id"`
	Documents map[string]int64 `json:"documents"` // of this service, by collection
	Audit     certificateAudit `json:"audit_log"`
}

// certificateAudit is where the tenant's audit log ended: an export that was taken before can still be held against it.
type certificateAudit struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash,omitempty"`
}

func auditEnd(h audit.Head) certificateAudit { return certificateAudit{h.Seq, h.Hash} }

// elsewhere is what a certificate says of what it does not count.
const elsewhere = "Other services were told by tenancy.organisation-deleted.v1 and erase what they keep for these tenants. " +
	"National figures that were published before hold nobody's answers and stay."
