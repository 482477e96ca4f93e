package directory

import (
	"context"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Member is somebody with a role in a tenant.
type Member struct {
	PersonID string
	Role     string
	UnitID   string    // of an employee
	Group    string    // an employee's staff group; empty where it is not known
	Tenant   tenant.ID // the operator with whom the person lives
}

// assignment is known as far as its events have come. An end may arrive before the beginning; then Role is empty
// and the assignment counts for nothing yet.
type assignment struct {
	Revision int64      `bson:"revision"` // of the event that To is from
	PersonID string     `bson:"person_id"`
	Role     string     `bson:"role"`
	Scope    string     `bson:"scope"`
	UnitID   string     `bson:"unit_id"`
	Group    string     `bson:"staff_group"`
	From     time.Time  `bson:"from"`
	To       *time.Time `bson:"to"`
}

func (a assignment) counts(now time.Time) bool {
	return a.Role != "" && !now.Before(a.From) && (a.To == nil || now.Before(*a.To))
}

func (d *Directory) roleAssigned(ctx context.Context, envelope events.Envelope, e events.RoleAssigned) error {
	_, err := d.assignments.Upsert(ctx, e.AssignmentID, func(a *assignment, _ bool) ([]events.Event, error) {
		// What an assignment is never changes, so this holds whenever it comes; its end may be known better.
		a.PersonID, a.Role, a.Scope, a.UnitID, a.Group, a.From = e.PersonID, e.Role, e.Scope, e.UnitID, e.StaffGroup, e.From
		if envelope.Revision > a.Revision {
			a.Revision, a.To = envelope.Revision, e.To
		}
		return nil, nil
	})
	d.held.forget(e.PersonID)
	return err
}

func (d *Directory) roleEnded(ctx context.Context, envelope events.Envelope, e events.RoleEnded) error {
	_, err := d.assignments.Upsert(ctx, e.AssignmentID, func(a *assignment, _ bool) ([]events.Event, error) {
		a.PersonID = e.PersonID
		if envelope.Revision > a.Revision {
			a.Revision, a.To = envelope.Revision, &e.To
		}
		return nil, nil
	})
	d.held.forget(e.PersonID)
	return err
}

// Assignments returns what roles a person has now, in every scope.
func (d *Directory) Assignments(ctx context.Context, person string) ([]access.Assignment, error) {
	now := d.now()
	known, version, ok := d.held.get(person, now)
	if !ok {
		for found, err := range d.anywhere.All(ctx, document.Query{Index: "by_person", Equal: []any{person}}) {
			if err != nil {
				return nil, err
			}
			known = append(known, found.Body)
		}
		d.held.put(person, version, now, known)
	}
	var valid []access.Assignment
	for _, a := range known {
		if a.counts(now) {
			valid = append(valid, access.Assignment{Role: a.Role, Scope: tenant.ID(a.Scope), Unit: a.UnitID})
		}
	}
	return valid, nil
}

// Members returns who has a role in the context's tenant now: this role, or any for "". Somebody with several
// roles appears once for each.
func (d *Directory) Members(ctx context.Context, role string) ([]Member, error) {
	scope, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	equal := []any{string(scope)}
	if role != "" {
		equal = append(equal, role)
	}
	now := d.now()
	var members []Member
	for found, err := range d.anywhere.All(ctx, document.Query{Index: "by_scope", Equal: equal}) {
		if err != nil {
			return nil, err
		}
		if a := found.Body; a.counts(now) {
			members = append(members, Member{PersonID: a.PersonID, Role: a.Role, UnitID: a.UnitID, Group: a.Group, Tenant: found.Tenant})
		}
	}
	return members, nil
}

// Places returns where a person has a role, had one or is to have one, each once.
func (d *Directory) Places(ctx context.Context, person string) ([]tenant.ID, error) {
	var places []tenant.ID
	for found, err := range d.anywhere.All(ctx, document.Query{Index: "by_person", Equal: []any{person}}) {
		if err != nil {
			return nil, err
		}
		scope := tenant.ID(found.Body.Scope)
		if found.Body.Role != "" && !slices.Contains(places, scope) {
			places = append(places, scope)
		}
	}
	return places, nil
}
