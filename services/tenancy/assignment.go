package tenancy

import (
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// scopeKinds says in what kind of organisation each role is given.
var scopeKinds = map[string][]string{
	access.PlatformOperator:       {kindPlatform},
	access.MunicipalAdministrator: {kindMunicipality, kindOperator},
	access.MunicipalAnalyst:       {kindMunicipality, kindOperator},
	access.UnionAnalyst:           {kindUnion},
	access.SchoolAdministrator:    {kindSchool},
	access.Leader:                 {kindSchool},
	access.Employee:               {kindSchool},
	access.UnionRepresentative:    {kindSchool},
	access.SafetyRepresentative:   {kindSchool},
	access.ForumMember:            {kindSchool},
	access.Facilitator:            {kindSchool},
	access.TextReader:             {kindSchool},
	access.ITGuide:                {kindSchool},
	access.LearnerRepresentative:  {kindSchool},
	access.Auditor:                {kindPlatform, kindMunicipality, kindOperator, kindSchool},
}

// administrators are the roles of which a scope always keeps one holder.
var administrators = []string{access.PlatformOperator, access.MunicipalAdministrator, access.SchoolAdministrator}

// assignment says that a person has a role in a scope from one time to another. All but its end is fixed.
type assignment struct {
	PersonID string     `bson:"person_id"`
	Role     string     `bson:"role"`
	Scope    string     `bson:"scope"`
	UnitID   string     `bson:"unit_id"`
	From     time.Time  `bson:"from"`
	To       *time.Time `bson:"to"`
	Holding  string     `bson:"holding"` // what no two assignments share; see holding

	// StaffGroup is what an employee is employed as, where that is known. It is the employment's and not the person's: the
	// same person may be a teacher at one school and a leader at another, and become something else with the next contract.
	StaffGroup string `bson:"staff_group"`
	// SubstituteFor is the assignment whose duty this one stands in for. A substitute has the role like anybody else, for
	// as long as the own assignment says, and no longer than there is somebody to stand in for.
	SubstituteFor string `bson:"substitute_for"`
	// MovedTo is the placement that followed when the employee was moved.
	MovedTo string `bson:"moved_to"`
	// MovedFrom is when the placement would have ended without the move, nil for never.
	MovedFrom *time.Time `bson:"moved_from"`
}

func newAssignment(id string, in tenancyapi.NewRoleAssignment, scopeKind string, now time.Time) (assignment, error) {
	a := assignment{
		PersonID: in.PersonID, Role: string(in.Role), Scope: in.Scope, UnitID: given(in.UnitID),
		From: now.Truncate(time.Millisecond), To: instant(in.To),
		StaffGroup: string(given(in.StaffGroup)), SubstituteFor: given(in.SubstituteFor),
	}
	if in.From != nil {
		a.From = *instant(in.From)
	}
	a.Holding = a.holding(id)
	if err := failure.Together(
		one("role", in.Role.Valid(), "one of the roles"),
		one("to", a.To == nil || a.To.After(a.From), "a time after from"),
		one("unit_id", (a.UnitID != "") == (a.Role == access.Employee), "a unit of the school for an employee, nothing otherwise"),
		one("staff_group", in.StaffGroup == nil || in.StaffGroup.Valid() && a.Role == access.Employee, "one of the staff groups for an employee, nothing otherwise"),
		one("substitute_for", a.SubstituteFor == "" || a.Role != access.Employee, "nothing for an employee"),
	); err != nil {
		return a, err
	}
	if !slices.Contains(scopeKinds[a.Role], scopeKind) {
		return a, failure.New(failure.RoleMisplaced).At("role").Wanting("a role that is given in a " + scopeKind)
	}
	return a, nil
}

func instant(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	utc := t.UTC().Truncate(time.Millisecond)
	return &utc
}

// holding keeps a person from having the same role in the same scope twice without end, and an employee from being
// placed in two units of a school. Assignments with an end have their id, which nobody else has.
func (a assignment) holding(id string) string {
	if a.To != nil {
		return id
	}
	return a.PersonID + " " + a.Role + " " + a.Scope
}

// counts tells whether the role is held at a time.
func (a assignment) counts(now time.Time) bool {
	return !now.Before(a.From) && !a.over(now)
}

// over tells whether the role has ended.
func (a assignment) over(now time.Time) bool { return a.To != nil && !now.Before(*a.To) }

// overlaps tells whether both say, for some moment, that the person has the role.
func (a assignment) overlaps(b assignment) bool {
	return a.PersonID == b.PersonID && a.Role == b.Role && a.Scope == b.Scope &&
		(a.To == nil || b.From.Before(*a.To)) && (b.To == nil || a.From.Before(*b.To))
}

// next returns the placement that follows when an employee is moved: from the moment on at which this one ends, which is
// now unless the move is still to come.
func (a assignment) next(id string, scope tenant.ID, scopeKind string, in tenancyapi.EmployeeMove, now time.Time) (assignment, error) {
	if a.Role != access.Employee {
		return a, failure.New(failure.RoleMisplaced).At("assignment_id").Wanting("the placement of an employee")
	}
	at := now.Truncate(time.Millisecond)
	switch moved := a.MovedTo == id; {
	case moved:
		at = *a.To
	case a.To != nil && !now.Before(*a.To):
		return a, failure.New(failure.AssignmentEnded)
	case in.From.After(at):
		at = *instant(&in.From)
	}
	before := a.To
	if a.MovedTo == id {
		before = a.MovedFrom
	}
	b, err := newAssignment(id, tenancyapi.NewRoleAssignment{
		PersonID: a.PersonID, Role: access.Employee, Scope: string(scope), UnitID: &in.UnitID, StaffGroup: in.StaffGroup, From: &at, To: in.To,
	}, scopeKind, now)
	if err != nil {
		return b, err
	}
	if in.StaffGroup == nil {
		b.StaffGroup = a.StaffGroup
	}
	return b, failure.Together(
		one("from", at.After(a.From), "a time after the placement began"),
		one("from", before == nil || at.Before(*before), "a time before the placement ends"),
		one("to", before == nil || in.To != nil, "the end of the new placement, since the one before it has an end"),
		one("unit_id", b.UnitID != a.UnitID || b.StaffGroup != a.StaffGroup, "another unit, or another staff group"),
	)
}

// standsInFor refuses an assignment whose duty a cannot stand in for.
func (a assignment) standsInFor(b assignment) error {
	switch {
	case b.Scope != a.Scope || b.Role != a.Role || b.PersonID == a.PersonID || b.SubstituteFor != "":
		return failure.New(failure.ForeignIdentifier).At("substitute_for").Wanting("the same role of another person in the same scope, who is no substitute")
	case a.From.Before(b.From):
		return failure.Invalid("from", "not before the role that it stands in for begins")
	case b.To != nil && (a.To == nil || a.To.After(*b.To)):
		return failure.Invalid("to", "not after the role that it stands in for ends")
	}
	return nil
}

// lasting tells whether the assignment makes its holder one of the administrators that a scope must keep.
func (a assignment) lasting() bool {
	return a.To == nil && a.SubstituteFor == "" && slices.Contains(administrators, a.Role)
}

// end gives the assignment its end. A time that has passed means now: nothing that somebody could do is undone.
func (a *assignment) end(id string, to *time.Time, now time.Time) error {
	if a.over(now) {
		return failure.New(failure.AssignmentEnded)
	}
	at := now.Truncate(time.Millisecond)
	if to != nil && to.After(at) {
		at = *instant(to)
	}
	a.To = &at
	a.Holding = a.holding(id)
	return nil
}

func (a assignment) assigned(id string) events.Event {
	return events.RoleAssigned{
		AssignmentID: id, PersonID: a.PersonID, Role: a.Role, Scope: a.Scope, UnitID: a.UnitID, From: a.From, To: a.To,
		StaffGroup: a.StaffGroup, SubstituteFor: a.SubstituteFor,
	}
}

func (a assignment) ended(id string) events.Event {
	return events.RoleEnded{AssignmentID: id, PersonID: a.PersonID, To: *a.To}
}

// effective returns the roles that count at a time as a policy sees them.
func effective(all []document.Document[assignment], now time.Time) []access.Assignment {
	var list []access.Assignment
	for _, d := range all {
		if a := d.Body; a.counts(now) {
			list = append(list, access.Assignment{Role: a.Role, Scope: tenant.ID(a.Scope), Unit: a.UnitID})
		}
	}
	return list
}
