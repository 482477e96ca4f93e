package tenancy

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// forum is a body in which leaders and staff of a school meet, or one that an operator has for all of its schools.
type forum struct {
	Kind         string     `bson:"kind"`
	Name         string     `bson:"name"`
	Mandate      string     `bson:"mandate"`
	ParentID     string     `bson:"parent_id"`     // another forum; empty for an uppermost one
	ParentTenant string     `bson:"parent_tenant"` // whose the parent is: the forum's own tenant, or its operator
	Members      []member   `bson:"members"`
	Clauses      []clause   `bson:"clauses"`
	EndedAt      *time.Time `bson:"ended_at"`
}

// mandates says what a forum of each kind is there for. A MED committee or a SU has the three steps of the MED agreement;
// the others are not part of it.
func mandates(kind string) []tenancyapi.Mandate {
	switch kind {
	case "med", "su":
		return []tenancyapi.Mandate{"information", "consultation", "guideline"}
	}
	return []tenancyapi.Mandate{"advises", "decides"}
}

// place is where a forum is.
type place struct {
	owner tenant.ID
	forum string
}

// newForum returns a forum. eligible refuses whoever cannot be a member of it.
func newForum(id string, in tenancyapi.NewForum, eligible func(person string) *failure.Error) (forum, error) {
	f := forum{Kind: string(in.Kind), Name: norm.NFC.String(in.Name), Mandate: string(in.Mandate)}
	if err := failure.Together(one("kind", in.Kind.Valid(), "one of the kinds of forums"), f.check()); err != nil {
		return f, err
	}
	if err := f.agree(id, given(in.Clauses)); err != nil {
		return f, err
	}
	return f, f.seat(in.Members, eligible)
}

func (f forum) check() *failure.Error {
	if err := line("name", f.Name, maxName); err != nil {
		return err
	}
	allowed := mandates(f.Kind)
	return one("mandate", slices.Contains(allowed, tenancyapi.Mandate(f.Mandate)), fmt.Sprintf("one of %v for a forum of this kind", allowed))
}

// change sets what is given; see agree for seed. Where the forum lies is a question to its surroundings: see tree.
func (f *forum) change(seed string, in tenancyapi.ForumChange) error {
	if f.EndedAt != nil {
		return failure.New(failure.ForumEnded)
	}
	if in.Name != nil {
		f.Name = norm.NFC.String(*in.Name)
	}
	if in.Mandate != nil {
		f.Mandate = string(*in.Mandate)
	}
	if err := f.check(); err != nil {
		return err
	}
	if in.Clauses == nil {
		return nil
	}
	return f.agree(seed, *in.Clauses)
}

// beneath puts the forum beneath another one, or beneath none for nil.
func (f *forum) beneath(parent *place) {
	f.ParentID, f.ParentTenant = "", ""
	if parent != nil {
		f.ParentID, f.ParentTenant = parent.forum, string(parent.owner)
	}
}

// end ends the forum. What it was stays to be read, with those who sat in it: minutes refer to it.
func (f *forum) end(now time.Time) error {
	if f.EndedAt != nil {
		return failure.New(failure.ForumEnded)
	}
	at := now.Truncate(time.Millisecond)
	f.EndedAt = &at
	return nil
}

func (f forum) created(id string) events.Event {
	e := events.ForumCreated{
		ForumID: id, Kind: f.Kind, Name: f.Name, Mandate: f.Mandate,
		ParentID: f.ParentID, ParentTenant: f.ParentTenant, EndedAt: f.EndedAt,
	}
	for _, m := range f.Members {
		e.Members = append(e.Members, events.ForumMember(m))
	}
	for _, c := range f.Clauses {
		e.Clauses = append(e.Clauses, events.ForumClause{ClauseID: c.ID, Trigger: c.Trigger, Duty: c.Duty, Topics: c.Topics})
	}
	return e
}

func (f forum) changed(id string) events.Event {
	return events.ForumChanged(f.created(id).(events.ForumCreated))
}
