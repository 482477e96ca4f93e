package tenancy

import (
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// unit is a part of a school: a team, a department, a stage. Units form trees beneath the school.
type unit struct {
	ParentID  string `bson:"parent_id"` // another unit; empty directly beneath the school
	Name      string `bson:"name"`
	Headcount int    `bson:"headcount"` // see headcounts
	LeaderID  string `bson:"leader_id"` // who leads it, and answers in no unit of the school; empty for nobody
}

func newUnit(in tenancyapi.NewUnit) (unit, error) {
	u := unit{ParentID: given(in.ParentID), Name: in.Name, LeaderID: given(in.LeaderID)}
	return u, failure.Together(line("name", u.Name, maxName))
}

// change renames or moves the unit, or gives it another leader. Whether the new place lies beneath the unit itself is a question to its
// surroundings: see tree.
func (u *unit) change(in tenancyapi.UnitChange) error {
	if in.Name != nil {
		u.Name = *in.Name
	}
	if in.ParentID != nil {
		u.ParentID = *in.ParentID
	}
	if in.LeaderID != nil {
		u.LeaderID = *in.LeaderID
	}
	return failure.Together(line("name", u.Name, maxName))
}

func (u unit) created(id string) events.Event {
	return events.UnitCreated{UnitID: id, ParentID: u.ParentID, Name: u.Name, Headcount: u.Headcount, LeaderID: u.LeaderID}
}

func (u unit) changed(id string) events.Event {
	return events.UnitChanged(u.created(id).(events.UnitCreated))
}
