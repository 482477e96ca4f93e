package directory

import (
	"context"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
)

// Unit is a part of a school.
type Unit struct {
	ID        string
	Parent    string // another unit; empty directly beneath the school
	Name      string
	Headcount int    // employees in it who are not leaders
	Leader    string // a person; empty for a unit that nobody leads
}

type unit struct {
	Revision  int64  `bson:"revision"`
	ParentID  string `bson:"parent_id"`
	Name      string `bson:"name"`
	Headcount int    `bson:"headcount"`
	LeaderID  string `bson:"leader_id"`
}

func (d *Directory) unitCreated(ctx context.Context, envelope events.Envelope, e events.UnitCreated) error {
	return d.unitChanged(ctx, envelope, events.UnitChanged(e))
}

func (d *Directory) unitChanged(ctx context.Context, envelope events.Envelope, e events.UnitChanged) error {
	_, err := d.units.Upsert(ctx, e.UnitID, func(u *unit, _ bool) ([]events.Event, error) {
		if envelope.Revision > u.Revision {
			*u = unit{Revision: envelope.Revision, ParentID: e.ParentID, Name: e.Name, Headcount: e.Headcount, LeaderID: e.LeaderID}
		}
		return nil, nil
	})
	return err
}

func (u unit) public(id string) Unit {
	return Unit{ID: id, Parent: u.ParentID, Name: u.Name, Headcount: u.Headcount, Leader: u.LeaderID}
}

// Units returns the units of the context's tenant, by name.
func (d *Directory) Units(ctx context.Context) ([]Unit, error) {
	var all []Unit
	for found, err := range d.units.All(ctx, document.Query{Index: "by_name"}) {
		if err != nil {
			return nil, err
		}
		all = append(all, found.Body.public(found.ID))
	}
	return all, nil
}

// Unit returns a unit of the context's tenant, or the failure document.not_found.
func (d *Directory) Unit(ctx context.Context, id string) (Unit, error) {
	found, err := d.units.Get(ctx, id)
	if err != nil {
		return Unit{}, err
	}
	return found.Body.public(id), nil
}

// Forum is a body in which leaders and staff of a school meet.
type Forum struct {
	ID      string
	Kind    string
	Name    string
	Mandate string
	Members []events.ForumMember
	Parent  string // another forum, of the same tenant or its operator; empty for an uppermost one
	Clauses []events.ForumClause
	EndedAt *time.Time // nil for one that meets
}

type forum struct {
	Revision int64      `bson:"revision"`
	Kind     string     `bson:"kind"`
	Name     string     `bson:"name"`
	Mandate  string     `bson:"mandate"`
	Members  []member   `bson:"members"`
	ParentID string     `bson:"parent_id"`
	Clauses  []clause   `bson:"clauses"`
	EndedAt  *time.Time `bson:"ended_at"`
}

type member struct {
	PersonID      string `bson:"person_id"`
	Role          string `bson:"role"`
	SubstituteFor string `bson:"substitute_for"`
}

type clause struct {
	ID      string   `bson:"id"`
	Trigger string   `bson:"trigger"`
	Duty    string   `bson:"duty"`
	Topics  []string `bson:"topics"`
}

func (d *Directory) forumCreated(ctx context.Context, envelope events.Envelope, e events.ForumCreated) error {
	return d.forumChanged(ctx, envelope, events.ForumChanged(e))
}

func (d *Directory) forumChanged(ctx context.Context, envelope events.Envelope, e events.ForumChanged) error {
	_, err := d.forums.Upsert(ctx, e.ForumID, func(f *forum, _ bool) ([]events.Event, error) {
		if envelope.Revision <= f.Revision {
			return nil, nil
		}
		*f = forum{Revision: envelope.Revision, Kind: e.Kind, Name: e.Name, Mandate: e.Mandate, ParentID: e.ParentID, EndedAt: e.EndedAt}
		for _, m := range e.Members {
			f.Members = append(f.Members, member(m))
		}
		for _, c := range e.Clauses {
			f.Clauses = append(f.Clauses, clause{ID: c.ClauseID, Trigger: c.Trigger, Duty: c.Duty, Topics: c.Topics})
		}
		return nil, nil
	})
	return err
}

func (f forum) public(id string) Forum {
	public := Forum{ID: id, Kind: f.Kind, Name: f.Name, Mandate: f.Mandate, Parent: f.ParentID, EndedAt: f.EndedAt}
	for _, m := range f.Members {
		public.Members = append(public.Members, events.ForumMember(m))
	}
	for _, c := range f.Clauses {
		public.Clauses = append(public.Clauses, events.ForumClause{ClauseID: c.ID, Trigger: c.Trigger, Duty: c.Duty, Topics: c.Topics})
	}
	return public
}

// Forum returns a forum of the context's tenant, or the failure document.not_found.
func (d *Directory) Forum(ctx context.Context, id string) (Forum, error) {
	found, err := d.forums.Get(ctx, id)
	if err != nil {
		return Forum{}, err
	}
	return found.Body.public(id), nil
}

// Forums returns the forums of the context's tenant, by name.
func (d *Directory) Forums(ctx context.Context) ([]Forum, error) {
	var all []Forum
	for found, err := range d.forums.All(ctx, document.Query{Index: "by_name"}) {
		if err != nil {
			return nil, err
		}
		all = append(all, found.Body.public(found.ID))
	}
	return all, nil
}
