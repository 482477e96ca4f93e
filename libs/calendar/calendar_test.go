package calendar

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"
)

var (
	copenhagen, _ = time.LoadLocation("Europe/Copenhagen")
	now           = time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC)
)

func meeting(at time.Time) Meeting {
	return Meeting{
		ID: "0123456789abcdef", Sequence: 2, StartsAt: at, Minutes: 45, Title: "Dialog på Skovskolen", Place: "Lærerværelset, 1. sal; bagerst\\til højre",
		Text: "Tjek ind (5 minutter)\nTænk selv, del og vælg (30 minutter)\nBeslut (10 minutter)\n" + strings.Repeat("æøå og 🙂 ", 40),
		Link: "https://guldkorn.example.dk/schools/northschoola/dialogues/0123456789abcdef0123456789abcdef", Organizer: &Person{"Guldkorn", "guldkorn@example.dk"},
		Attendee: &Person{`Ada "Ö" Lind, TR; AMR:`, "ada@example.dk"},
	}
}

// read parses what was written and checks its lines.
func read(t *testing.T, raw []byte) (*ics.Calendar, *ics.VEvent) {
	t.Helper()
	require.True(t, strings.HasSuffix(string(raw), "END:VCALENDAR\r\n"))
	for _, line := range strings.Split(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
		require.LessOrEqual(t, len(line), 75, "RFC 5545, section 3.1: octets of %q", line)
		require.True(t, utf8.ValidString(line), "a character is never folded: %q", line)
		require.NotContains(t, line, "\n")
	}
	c, err := ics.ParseCalendar(strings.NewReader(string(raw)))
	require.NoError(t, err)
	require.Len(t, c.Events(), 1)
	return c, c.Events()[0]
}

func TestAnInvitationIsReadAsItWasWritten(t *testing.T) {
	m := meeting(time.Date(2026, 3, 3, 13, 0, 0, 0, time.UTC))
	raw := m.Write(Request, now)
	c, e := read(t, raw)
	require.Contains(t, string(raw), "METHOD:REQUEST\r\n")
	require.Contains(t, string(raw), "SEQUENCE:2\r\n")
	require.Len(t, c.Events(), 1)
	require.Equal(t, m.ID+"@guldkorn", e.Id())
	text := func(p ics.ComponentProperty) string { return e.GetProperty(p).Value }
	require.Equal(t, m.Title, text(ics.ComponentPropertySummary))
	require.Equal(t, m.Place, text(ics.ComponentPropertyLocation))
	require.Equal(t, m.Text, text(ics.ComponentPropertyDescription))
	require.Equal(t, m.Link, text(ics.ComponentPropertyUrl))
	require.Equal(t, "CONFIRMED", text(ics.ComponentPropertyStatus))
	require.Nil(t, e.GetProperty(ics.ComponentPropertyClass))
	require.Len(t, e.Attendees(), 1)
	require.Equal(t, "ada@example.dk", e.Attendees()[0].Email())
	require.Equal(t, "FALSE", strings.ToUpper(e.Attendees()[0].ICalParameters["RSVP"][0]))
}

// The instant and the length are the same on the days on which the clocks change: a meeting that begins before the
// change and ends after it, and one in the hour that the clock shows twice.
func TestDaysOnWhichTheClocksChange(t *testing.T) {
	for local, want := range map[time.Time]string{
		time.Date(2026, 3, 29, 1, 30, 0, 0, copenhagen):  "20260329T003000Z",
		time.Date(2026, 3, 29, 13, 0, 0, 0, copenhagen):  "20260329T110000Z",
		time.Date(2026, 3, 28, 13, 0, 0, 0, copenhagen):  "20260328T120000Z",
		time.Date(2026, 10, 25, 13, 0, 0, 0, copenhagen): "20261025T120000Z",
		time.Date(2026, 10, 24, 13, 0, 0, 0, copenhagen): "20261024T110000Z",
		time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC):   "20261025T003000Z", // 02:30 for the first time
		time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC):   "20261025T013000Z", // and for the second
	} {
		raw := meeting(local).Write(Request, now)
		require.Contains(t, string(raw), "DTSTART:"+want+"\r\n")
		_, e := read(t, raw)
		from, err := e.GetStartAt()
		require.NoError(t, err)
		to, err := e.GetEndAt()
		require.NoError(t, err)
		require.True(t, from.Equal(local))
		require.Equal(t, 45*time.Minute, to.Sub(from))
	}
}

func TestAMeetingIsCalledOff(t *testing.T) {
	raw := meeting(now).Write(Cancel, now)
	_, e := read(t, raw)
	require.Contains(t, string(raw), "METHOD:CANCEL\r\n")
	require.Equal(t, "CANCELLED", e.GetProperty(ics.ComponentPropertyStatus).Value)
}

func TestAPrivateMeetingToKeep(t *testing.T) {
	m := Meeting{ID: "x", StartsAt: now, Minutes: 20, Title: "Møde\r\nATTENDEE:mailto:evil@example.dk", Private: true}
	raw := m.Write(Publish, now)
	_, e := read(t, raw)
	require.Equal(t, "PRIVATE", e.GetProperty(ics.ComponentPropertyClass).Value)
	require.Empty(t, e.Attendees(), "nothing that somebody wrote becomes a line of its own")
	require.Nil(t, e.GetProperty(ics.ComponentPropertyDescription))
}
