package tenancy

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/roster"
)

// regroupedID is the id of the placement that follows another one with a staff group of its own, so that a list which is
// taken in twice moves nobody twice.
func (r *importer) regroupedID(placement, group string) string {
	return r.service.profiles.importedID(r.operator, "staff group", placement+"\n"+group)
}

// passed tells of a placement that another one has followed, of which the list speaks now.
func passed(d document.Document[assignment], held []document.Document[assignment]) bool {
	return d.Body.MovedTo != "" && slices.ContainsFunc(held, func(other document.Document[assignment]) bool { return other.ID == d.Body.MovedTo })
}

// regroups tells whether a row says of somebody's placement that they are employed as something else: now, or in a move
// that an earlier attempt had begun.
func (r *importer) regroups(d document.Document[assignment], row assignment) bool {
	if row.StaffGroup == "" || d.Body.StaffGroup == row.StaffGroup || d.Body.UnitID != row.UnitID || d.Body.Scope != row.Scope {
		return false
	}
	return d.Body.MovedTo == r.regroupedID(d.ID, row.StaffGroup) || d.Body.overlaps(row) && !d.Body.over(r.now)
}

// regroup plans the placement that follows: what somebody is employed as is the employment's, and becomes another with the
// next one, as when they are moved.
func (r *importer) regroup(d document.Document[assignment], row assignment, school tenant.ID) (planned *plannedRole, column, reason string) {
	id, until := r.regroupedID(d.ID, row.StaffGroup), d.Body.To
	if d.Body.MovedTo == id {
		until = d.Body.MovedFrom
	}
	changes := []cellChange{{"staff_group", d.Body.StaffGroup, row.StaffGroup}}
	if row.To != nil && (until == nil || !until.Equal(*row.To)) {
		changes = append(changes, r.newEnd(until, row.To))
		until = row.To
	}
	group := tenancyapi.StaffGroup(row.StaffGroup)
	next, err := d.Body.next(id, school, kindSchool, tenancyapi.EmployeeMove{UnitID: row.UnitID, StaffGroup: &group, From: row.From, To: until}, r.now)
	if err != nil { // it has not begun, or would end before it does
		return nil, "staff_group", roster.Conflict
	}
	return &plannedRole{id: id, role: next, follows: &d, changes: changes}, "", ""
}

// among returns what the person has with the role.
func (p plannedRole) among(held []document.Document[assignment]) []document.Document[assignment] {
	for i, d := range held {
		if p.follows != nil && d.ID == p.follows.ID {
			held[i].Body.To, held[i].Body.MovedTo = &p.role.From, p.id
		}
	}
	return append(held, document.Document[assignment]{ID: p.id, Body: p.role})
}

// follow ends a placement and begins the next, as moveEmployee does.
func (r *importer) follow(ctx context.Context, one plannedRole) error {
	s, left := r.service, *one.follows
	if left.Body.MovedTo != one.id {
		var err error
		if left, err = s.leavePlacement(ctx, left, one.role.From, one.id, r.now); err != nil {
			return err
		}
	}
	_, err := s.store.assignments.Insert(ctx, one.id, one.role, one.role.assigned(one.id))
	if err == nil {
		return s.heldBySomebody(ctx, one.id, one.role)
	}
	if failure.CodeOf(err) != failure.DocumentExists {
		return err
	}
	if _, found := s.store.assignments.Get(ctx, one.id); found == nil {
		return nil // an earlier attempt came this far
	}
	return errors.Join(err, s.returnToPlacement(ctx, left))
}

// newEnd says that a role ends on another day than it did.
func (r *importer) newEnd(before, after *time.Time) cellChange {
	return cellChange{"to", r.lastDay(before), r.lastDay(after)}
}

// lastDay is the last day of something that ends at a moment; "" of what does not end.
func (r *importer) lastDay(end *time.Time) string {
	if end == nil {
		return ""
	}
	return end.Add(-time.Millisecond).In(r.zone).Format(time.DateOnly)
}
