package notification

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
)

func invited(change func(*events.InvitationsChanged)) events.InvitationsChanged {
	e := events.InvitationsChanged{
		DialogueID: "dialogue-1", StartsAt: time.Date(2026, 3, 29, 11, 0, 0, 0, time.UTC), Minutes: 45, Place: "Lokale 12; 1. sal",
		Agenda: []string{"checkin", "reflect", "decide"}, Invited: []string{"ada", "bob"},
	}
	if change != nil {
		change(&e)
	}
	return e
}

// meeting reads the invitation of a mail back.
func (r received) meeting(t *testing.T) *ics.VEvent {
	t.Helper()
	require.Equal(t, r.invitation, r.file, "the part for programs and the file for people say the same")
	c, err := ics.ParseCalendar(strings.NewReader(r.invitation))
	require.NoError(t, err)
	require.Len(t, c.Events(), 1)
	require.Contains(t, r.invitation, "METHOD:"+r.method+"\r\n")
	return c.Events()[0]
}

func property(e *ics.VEvent, name ics.ComponentProperty) string {
	if p := e.GetProperty(name); p != nil {
		return p.Value
	}
	return ""
}

// An invitation comes by itself, can be taken up by a calendar, and names nobody but the one who gets it. It is moved and
// called off under the same id with a higher number.
func TestAnInvitationCanBeTakenUpMovedAndCalledOff(t *testing.T) {
	w := open(t)
	w.tell(schoolID, "dialogue-1", events.DialogueCreated{
		DialogueID: "dialogue-1", Playbook: "four-steps", Version: 1, StartsAt: &[]time.Time{time.Date(2026, 3, 29, 11, 0, 0, 0, time.UTC)}[0], Facilitators: []string{"leader"}, Participants: []string{"ada", "bob"},
	})
	w.tell(schoolID, "dialogue-1", invited(nil))
	eventually(t, func() bool { return len(w.mails.to("ada")) == 1 && len(w.mails.to("bob")) == 1 }, "two mails, and none that says the same twice")
	first := w.mails.to("ada")[0]
	require.Equal(t, "Du er inviteret til en dialog: 29. marts 2026 kl. 13.00", first.subject)
	require.Contains(t, first.body, "varer 45 minutter. Sted: Lokale 12; 1. sal.")
	e := first.meeting(t)
	require.Equal(t, "REQUEST", first.method)
	require.Equal(t, "Dialog på Skovskolen", property(e, ics.ComponentPropertySummary))
	require.Equal(t, "Lokale 12; 1. sal", property(e, ics.ComponentPropertyLocation))
	require.Equal(t, "Dagsorden\n- Tjek ind\n- Tænk selv\n- Beslut", property(e, ics.ComponentPropertyDescription))
	require.Equal(t, "https://guldkorn.example.dk/schools/northschoola/dialogues/dialogue-1", property(e, ics.ComponentPropertyUrl))
	require.Len(t, e.Attendees(), 1)
	require.Equal(t, "ada@example.dk", e.Attendees()[0].Email())
	require.NotContains(t, first.invitation, "bob")
	require.Contains(t, w.mails.to("bob")[0].invitation, "SUMMARY:Dialogue at Skovskolen")
	require.Equal(t, []Kind{DialogueScheduled}, w.inbox("ada"))

	w.tell(schoolID, "dialogue-1", invited(func(e *events.InvitationsChanged) {
		e.Sequence, e.StartsAt, e.Invited = 1, time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC), []string{"ada"}
		e.CalledOff = []string{"bob"}
	}))
	eventually(t, func() bool { return len(w.mails.to("ada")) == 2 && len(w.mails.to("bob")) == 2 }, "one is moved, one is out")
	moved, out := w.mails.to("ada")[1], w.mails.to("bob")[1]
	require.Equal(t, "Ny tid eller nyt sted for dialogen: 25. oktober 2026 kl. 13.00", moved.subject)
	require.Equal(t, e.Id(), moved.meeting(t).Id())
	require.Equal(t, "1", property(moved.meeting(t), ics.ComponentPropertySequence))
	require.Equal(t, "CANCEL", out.method)
	require.Equal(t, "CANCELLED", property(out.meeting(t), ics.ComponentPropertyStatus))
	require.Equal(t, e.Id(), out.meeting(t).Id())
}

// What calendars show to others says nothing of a pre-meeting.
func TestTheCalendarDoesNotTellOfAPreMeeting(t *testing.T) {
	w := open(t)
	w.tell(schoolID, "dialogue-1", invited(func(e *events.InvitationsChanged) { e.PreMeeting, e.Agenda, e.Invited = true, nil, []string{"ada"} }))
	eventually(t, func() bool { return len(w.mails.to("ada")) == 1 }, "one mail")
	mail := w.mails.to("ada")[0]
	require.Contains(t, mail.subject, "Formøde")
	e := mail.meeting(t)
	require.Equal(t, "Møde", property(e, ics.ComponentPropertySummary))
	require.Equal(t, "PRIVATE", property(e, ics.ComponentPropertyClass))
	require.Empty(t, property(e, ics.ComponentPropertyDescription))
	require.Empty(t, property(e, ics.ComponentPropertyUrl))
	for _, word := range []string{"Formøde", "formøde", "Dialog", "dialogues", "TR"} {
		require.NotContains(t, strings.ReplaceAll(mail.invitation, "\r\n ", ""), word)
	}
}

// What is moved before the mail has gone is sent as it stands then, once.
func TestTheLastOfSeveralInvitationsCounts(t *testing.T) {
	w := open(t)
	w.clock.set(wall(t, "Fri 2026-03-27 18:00"))
	w.tell(schoolID, "dialogue-1", invited(nil))
	w.tell(schoolID, "dialogue-1", invited(func(e *events.InvitationsChanged) { e.Sequence, e.Place = 1, "Salen" }))
	eventually(t, func() bool { return len(w.inbox("ada")) == 2 }, "both are in the inbox")
	require.Empty(t, w.mails.all(), "in the quiet hours")
	w.clock.set(wall(t, "Mon 2026-03-30 07:00"))
	eventually(t, func() bool { return len(w.mails.to("ada")) == 1 && len(w.mails.to("bob")) == 1 }, "one mail each")
	require.Equal(t, "Salen", property(w.mails.to("ada")[0].meeting(t), ics.ComponentPropertyLocation))
}

// Whoever can write before a meeting is led to where one does, and is told again before it ends, whether one has written or not.
func TestTheInvitationLeadsToWritingBeforehand(t *testing.T) {
	w := open(t)
	starts := time.Date(2026, 3, 29, 11, 0, 0, 0, time.UTC)
	w.tell(schoolID, "dialogue-1", invited(func(e *events.InvitationsChanged) { e.WriteUntil = &starts }))
	eventually(t, func() bool { return len(w.mails.to("ada")) == 1 && len(w.mails.to("bob")) == 1 }, "two invitations")
	link := "https://guldkorn.example.dk/schools/northschoola/dialogues/dialogue-1/beforehand"
	mail := w.mails.to("ada")[0]
	require.Equal(t, "Skriv på forhånd til dialogen: 29. marts 2026 kl. 13.00", mail.subject)
	require.Contains(t, mail.body, "skrive på forhånd indtil den 29. marts 2026 kl. 13.00")
	require.Contains(t, mail.body, link)
	require.Equal(t, link, property(mail.meeting(t), ics.ComponentPropertyUrl))

	w.tell(schoolID, "dialogue-1", events.StepReminderDue{DialogueID: "dialogue-1", PhaseID: "phase-1", Until: starts, Beforehand: true, PersonIDs: []string{"ada"}})
	eventually(t, func() bool { return len(w.mails.to("ada")) == 2 }, "a reminder")
	reminder := w.mails.to("ada")[1]
	require.Equal(t, "Du kan stadig skrive på forhånd", reminder.subject)
	require.Contains(t, reminder.body, link)
	require.Empty(t, reminder.invitation)

	w.tell(schoolID, "dialogue-2", events.StepReminderDue{DialogueID: "dialogue-2", PhaseID: "phase-2", Until: time.Date(2026, 3, 26, 23, 0, 0, 0, time.UTC), PersonIDs: []string{"bob"}})
	eventually(t, func() bool { return len(w.mails.to("bob")) == 2 }, "a reminder")
	require.Contains(t, w.mails.to("bob")[1].body, "open until the end of 26 March 2026")
	require.ElementsMatch(t, []Kind{DialogueScheduled, StepEnding}, w.inbox("bob"))
}
