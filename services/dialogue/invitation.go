package dialogue

import (
	"slices"

	"github.com/guldkorn/guldkorn/libs/events"
)

// people are those who take part and those who lead.
func (m *Meeting) people() []string {
	all := slices.Concat(m.Participants, m.Facilitators)
	slices.Sort(all)
	return slices.Compact(all)
}

// announced is what the others are told when the dialogue is there: that it is, and who is invited if its time is known.
func (m *Meeting) announced(id string) []events.Event {
	all := told(m.created(id))
	if m.State == Scheduled {
		all = append(all, m.invitations(id, m.people(), nil)...)
	}
	return all
}

// invitations tells whom the time and place reach, and from whom they are taken; nothing while no time is known.
func (m *Meeting) invitations(id string, invited, calledOff []string) []events.Event {
	if m.StartsAt == nil || len(invited)+len(calledOff) == 0 {
		return nil
	}
	e := events.InvitationsChanged{
		DialogueID: id, PreMeeting: m.PreMeeting, Sequence: m.Sequence, StartsAt: *m.StartsAt, Minutes: m.Variant, Place: m.Place,
		WriteUntil: m.writeUntil(), Invited: invited, CalledOff: calledOff,
	}
	if !m.PreMeeting { // calendars are looked into by others
		for i := range m.Phases {
			e.Agenda = append(e.Agenda, string(m.Phases[i].Kind))
		}
	}
	return told(e)
}

// reseated tells those who came to a scheduled dialogue, and those who left it.
func (m *Meeting) reseated(id string, before []string) []events.Event {
	if m.State != Scheduled {
		return nil
	}
	without := func(all, gone []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(person string) bool { return slices.Contains(gone, person) })
	}
	return m.invitations(id, without(m.people(), before), without(before, m.people()))
}
