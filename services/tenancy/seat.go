package tenancy

import (
	"fmt"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// member is a seat in a forum.
type member struct {
	PersonID      string `bson:"person_id"`
	Role          string `bson:"role"`
	SubstituteFor string `bson:"substitute_for"` // a member; empty for a substitute who stands in for anybody
}

const (
	// maxMembers is the most that a forum can have: the staff meeting of a large school.
	maxMembers = 200

	substitute = "substitute"
)

// single are the seats of which a forum has one.
var single = map[tenancyapi.ForumMemberRole]bool{"chair": true, "vice_chair": true, "secretary": true}

// seat replaces the members: each person once, and nobody whom eligible refuses.
func (f *forum) seat(in []tenancyapi.ForumMember, eligible func(person string) *failure.Error) error {
	if f.EndedAt != nil {
		return failure.New(failure.ForumEnded)
	}
	if len(in) == 0 || len(in) > maxMembers {
		return failure.Invalid("members", "1 to 200 members")
	}
	members := make([]member, len(in))
	seats, taken := map[string]tenancyapi.ForumMemberRole{}, map[tenancyapi.ForumMemberRole]bool{}
	for i, m := range in {
		at := func(field string) string { return fmt.Sprintf("members.%d.%s", i, field) }
		_, twice := seats[m.PersonID]
		switch {
		case !m.Role.Valid():
			return failure.Invalid(at("role"), "chair, vice_chair, secretary, leader, tr, amr, member or substitute")
		case single[m.Role] && taken[m.Role]:
			return failure.Invalid(at("role"), "one "+string(m.Role)+" at most")
		case twice:
			return failure.Invalid(at("person_id"), "each person once")
		}
		if err := eligible(m.PersonID); err != nil {
			return err.At(at("person_id"))
		}
		seats[m.PersonID], taken[m.Role] = m.Role, true
		members[i] = member{PersonID: m.PersonID, Role: string(m.Role), SubstituteFor: given(m.SubstituteFor)}
	}
	for i, m := range members {
		if m.SubstituteFor == "" {
			continue
		}
		if seat, ok := seats[m.SubstituteFor]; !ok || seat == substitute || m.Role != substitute {
			return failure.Invalid(fmt.Sprintf("members.%d.substitute_for", i), "a member who is no substitute, and only for a substitute")
		}
	}
	f.Members = members
	return nil
}

// unseat takes a person's seat away, and tells whether there was one. Whoever stood in for the person stays, as a
// substitute for anybody. When nobody is left the forum ends, with its last member written in it.
func (f *forum) unseat(person string, now time.Time) (bool, error) {
	if f.EndedAt != nil || !slices.ContainsFunc(f.Members, func(m member) bool { return m.PersonID == person }) {
		return false, nil
	}
	if len(f.Members) == 1 {
		return true, f.end(now)
	}
	var left []member
	for _, m := range f.Members {
		if m.SubstituteFor == person {
			m.SubstituteFor = ""
		}
		if m.PersonID != person {
			left = append(left, m)
		}
	}
	f.Members = left
	return true, nil
}
