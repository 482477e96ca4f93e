package tenancy

import (
	"context"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// unit is a part of a school: a team, a department, a stage. Units form trees beneath the school.
type unit struct {
	ParentID  string `bson:"parent_id"` // another unit; empty directly beneath the school
	Name      string `bson:"name"`
	Headcount int    `bson:"headcount"` // see headcounts
}

func newUnit(in tenancyapi.NewUnit) (unit, error) {
	u := unit{ParentID: given(in.ParentID), Name: in.Name}
	return u, failure.Together(line("name", u.Name, maxName))
}

// change renames or moves the unit. Whether the new place lies beneath the unit itself is a question to its
// surroundings: see climb.
func (u *unit) change(in tenancyapi.UnitChange) error {
	if in.Name != nil {
		u.Name = *in.Name
	}
	if in.ParentID != nil {
		u.ParentID = *in.ParentID
	}
	return failure.Together(line("name", u.Name, maxName))
}

func (u unit) created(id string) events.Event {
	return events.UnitCreated{UnitID: id, ParentID: u.ParentID, Name: u.Name, Headcount: u.Headcount}
}

func (u unit) changed(id string) events.Event {
	return events.UnitChanged(u.created(id).(events.UnitCreated))
}

// climb walks from a unit's parent up to the school. It refuses a parent that the school does not have, and a way
// that leads back to the unit itself.
func climb(ctx context.Context, id, parentID string, parentOf func(context.Context, string) (string, error)) error {
	for depth := 0; parentID != ""; depth++ {
		if parentID == id || depth == maxDepth {
			return failure.New(failure.UnitCycle).At("parent_id").Wanting("a unit that does not lie beneath this one, at most 16 levels deep")
		}
		next, err := parentOf(ctx, parentID)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			return failure.New(failure.ForeignIdentifier).At("parent_id").Wanting("a unit of this school")
		}
		if err != nil {
			return err
		}
		parentID = next
	}
	return nil
}
