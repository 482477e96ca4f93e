package tenancy

import (
	"fmt"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// forum is a body in which leaders and staff of a school meet.
type forum struct {
	Kind    string   `bson:"kind"`
	Name    string   `bson:"name"`
	Mandate string   `bson:"mandate"`
	Members []member `bson:"members"`
}

type member struct {
	PersonID string `bson:"person_id"`
	Role     string `bson:"role"`
}

// maxMembers is the most that a forum can have: the staff meeting of a large school.
const maxMembers = 200

// newForum returns a forum. staff tells who has a role in the school.
func newForum(in tenancyapi.NewForum, staff func(person string) bool) (forum, error) {
	f := forum{Kind: string(in.Kind), Name: in.Name, Mandate: string(in.Mandate)}
	if err := failure.Together(
		one("kind", in.Kind.Valid(), "one of the kinds of forums"),
		line("name", f.Name, maxName),
		one("mandate", in.Mandate.Valid(), "information, consultation, guideline, advises or decides"),
	); err != nil {
		return f, err
	}
	return f, f.seat(in.Members, staff)
}

// seat replaces the members: people of the school, each once.
func (f *forum) seat(in []tenancyapi.ForumMember, staff func(person string) bool) error {
	if len(in) == 0 || len(in) > maxMembers {
		return failure.Invalid("members", "1 to 200 members")
	}
	members := make([]member, len(in))
	seen := map[string]bool{}
	for i, m := range in {
		at := func(field string) string { return fmt.Sprintf("members.%d.%s", i, field) }
		switch {
		case !m.Role.Valid():
			return failure.Invalid(at("role"), "chair, leader, tr, amr, member or substitute")
		case seen[m.PersonID]:
			return failure.Invalid(at("person_id"), "each person once")
		case !staff(m.PersonID):
			return failure.New(failure.PersonWithoutAccess).At(at("person_id")).Wanting("somebody with a role in this school")
		}
		seen[m.PersonID] = true
		members[i] = member{PersonID: m.PersonID, Role: string(m.Role)}
	}
	f.Members = members
	return nil
}

func (f forum) created(id string) events.Event {
	e := events.ForumCreated{ForumID: id, Kind: f.Kind, Name: f.Name, Mandate: f.Mandate}
	for _, m := range f.Members {
		e.Members = append(e.Members, events.ForumMember(m))
	}
	return e
}

func (f forum) changed(id string) events.Event {
	return events.ForumChanged(f.created(id).(events.ForumCreated))
}
