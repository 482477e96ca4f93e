// Package calendar writes what people take into their calendars: one meeting, as an invitation that a mail carries, as its
// cancellation, or as a file to keep (RFC 5545, RFC 5546 and RFC 6047). It holds what it is given and nothing else, so
// that whoever gives it decides what may be seen in a calendar that others look into.
//
// Times are written in UTC, which needs no description of a time zone and is the same instant on the days on which the
// clocks change.
package calendar

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Method is what a calendar is to do with the meeting.
type Method string

// A meeting is asked for with Request, called off with Cancel, and given as a file with Publish.
const (
	Request Method = "REQUEST"
	Cancel  Method = "CANCEL"
	Publish Method = "PUBLISH"
)

// Person is somebody in a calendar's words.
type Person struct{ Name, Email string }

// Meeting is one meeting as it stands in a calendar.
type Meeting struct {
	ID        string // the same for as long as the meeting is
	Sequence  int    // raised with each change of time or place, and when it is called off
	StartsAt  time.Time
	Minutes   int
	Title     string
	Place     string
	Text      string // the agenda, in lines
	Link      string
	Private   bool // whoever may look into the calendar of the person sees only that the time is taken
	Organizer *Person
	Attendee  *Person // the one who gets it; nobody learns of the others here
}

// Write returns the meeting as a calendar object, in lines of at most 75 octets.
func (m Meeting) Write(method Method, now time.Time) []byte {
	c := ics.NewCalendar()
	c.SetProductId("-//Guldkorn//Guldkorn//DA")
	c.SetCalscale("GREGORIAN")
	c.SetMethod(ics.Method(method))
	e := c.AddEvent(m.ID + "@guldkorn")
	e.SetDtStampTime(now)
	e.SetSequence(m.Sequence)
	e.SetStartAt(m.StartsAt)
	e.SetEndAt(m.StartsAt.Add(time.Duration(m.Minutes) * time.Minute))
	e.SetSummary(oneLine(m.Title))
	if m.Place != "" {
		e.SetLocation(oneLine(m.Place))
	}
	if m.Text != "" {
		e.SetDescription(m.Text)
	}
	if m.Link != "" {
		e.SetURL(m.Link)
	}
	if m.Private {
		e.SetClass(ics.ClassificationPrivate)
	}
	e.SetStatus(ics.ObjectStatusConfirmed)
	if method == Cancel {
		e.SetStatus(ics.ObjectStatusCancelled)
	}
	if m.Organizer != nil {
		e.SetOrganizer(m.Organizer.Email, ics.WithCN(oneLine(m.Organizer.Name)))
	}
	if m.Attendee != nil {
		e.AddAttendee(m.Attendee.Email, ics.WithCN(oneLine(m.Attendee.Name)), ics.CalendarUserTypeIndividual, ics.ParticipationRoleReqParticipant,
			ics.ParticipationStatusNeedsAction, ics.WithRSVP(false))
	}
	return []byte(c.Serialize(ics.WithNewLine("\r\n")))
}

// oneLine keeps what people named from breaking out of its line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
