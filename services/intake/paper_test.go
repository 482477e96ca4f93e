package intake

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// marking is what a countersigner says of paper in these tests.
func marking(persons ...string) func(*intakeapi.Countersigning) {
	return func(c *intakeapi.Countersigning) {
		c.Paper = &intakeapi.PaperMarking{PersonIds: persons, HelperID: "north-a"}
	}
}

// onPaper announces a round in which two people answer on paper.
func (w *world) onPaper() string {
	w.t.Helper()
	id := w.draft(nil).RoundID
	w.command(id, "announce")
	response, answer := w.countersign("tr", id, marking("teacher", "north-b"))
	require.Equal(w.t, http.StatusOK, response.StatusCode, "%s", answer)
	return id
}

func (w *world) seenBy(who, id string) (round intakeapi.Round) {
	w.t.Helper()
	w.get(who, school("/rounds/"+id), &round)
	return round
}

// Whoever answers on paper gets no ticket, from the first moment on which others do, and the ballot box keeps their tokens
// back. Nobody but they and those who enter the papers learns who it is.
func TestWhoAnswersOnPaperGetsNoTicket(t *testing.T) {
	w := newWorld(t)
	id := w.onPaper()
	require.Equal(t, []any{map[string]any{"unit_id": "north", "ballots": 1.0}, map[string]any{"unit_id": "south", "ballots": 1.0}}, w.neighbour.papers(id))
	for _, verb := range []string{"", "open"} {
		if verb != "" {
			w.command(id, verb)
		}
		for _, marked := range []string{"teacher", "north-b"} {
			response, answer := w.call(marked, http.MethodPost, school("/rounds/"+id+"/tickets"), nil)
			refused(t, failure.RoundOnPaper, response, answer)
			seen := w.seenBy(marked, id)
			require.True(t, *seen.OnRoster && *seen.OnPaper)
		}
		response, _ := w.call("amr", http.MethodPost, school("/rounds/"+id+"/tickets"), nil)
		require.Equal(t, http.StatusOK, response.StatusCode)
	}
	for _, who := range []string{"amr", "leader", "north-a"} {
		seen := w.seenBy(who, id)
		require.Nil(t, seen.OnPaper, who)
		require.Equal(t, 2, *seen.PaperBallots)
		require.Equal(t, who == "north-a", seen.PaperHelper != nil)
	}
	for _, e := range w.published() {
		require.NotContains(t, string(e.Data), "north-b", "no event says who")
	}
}

// Papers are entered with a ticket that is good for nothing else, under a name that is not the one by which one votes.
func TestWhoMayEnterPapers(t *testing.T) {
	w := newWorld(t)
	id := w.onPaper()
	path := school("/rounds/" + id + "/paper")
	enter := func(who, unit string) (*http.Response, []byte) {
		return w.call(who, http.MethodPost, path+"-tickets", intakeapi.PaperEntering{UnitID: unit})
	}
	response, answer := enter("tr", "south")
	refused(t, failure.RoundNoTickets, response, answer)
	w.command(id, "open")

	names := map[string]bool{}
	for _, who := range []string{"tr", "amr", "north-a"} {
		response, answer := enter(who, "south")
		require.Equal(t, http.StatusOK, response.StatusCode, "%s: %s", who, answer)
		require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
		ticket := decoded[intakeapi.Ticket](t, answer)
		claims := w.claims(ticket.Ticket)
		require.True(t, claims.Paper)
		require.Equal(t, "south", claims.Unit)
		require.Equal(t, noon.Add(PaperLife), claims.ExpiresAt.UTC())
		names[claims.Pseudonym] = true
		address, err := url.Parse(ticket.URL)
		require.NoError(t, err)
		fields, err := url.ParseQuery(address.Fragment)
		require.NoError(t, err)
		require.Equal(t, "Sydfløjen", fields.Get("unit"))
		if who == "north-a" {
			continue
		}
		response, answer = w.call(who, http.MethodPost, school("/rounds/"+id+"/tickets"), nil)
		require.Equal(t, http.StatusOK, response.StatusCode)
		voting := w.claims(decoded[intakeapi.Ticket](t, answer).Ticket)
		require.False(t, voting.Paper)
		names[voting.Pseudonym] = true
	}
	require.Len(t, names, 5, "five names for three people")

	var paper intakeapi.RoundPaper
	w.get("north-a", path, &paper)
	require.Equal(t, intakeapi.RoundPaper{HelperID: optional("north-a"), Units: []intakeapi.PaperUnit{
		{UnitID: "north", Name: "Nordfløjen", Ballots: 1}, {UnitID: "south", Name: "Sydfløjen", Ballots: 1}}}, paper)
	response, answer = enter("amr", "empty")
	refused(t, failure.RequestInvalid, response, answer)
	for _, who := range []string{"teacher", "north-b", "leader", "administrator", "municipal", "neighbour"} {
		response, answer := enter(who, "south")
		refused(t, failure.AccessDenied, response, answer)
	}
	w.assign("leader", access.SafetyRepresentative, schoolID, "")
	response, answer = enter("leader", "south")
	refused(t, failure.AccessDenied, response, answer)

	other := w.draft(func(r *intakeapi.NewRound) { r.Instrument = "pulse-core-task" }).RoundID
	w.announce(other)
	response, answer = w.call("north-a", http.MethodGet, school("/rounds/"+other+"/paper"), nil)
	refused(t, failure.AccessDenied, response, answer)
	w.get("tr", school("/rounds/"+other+"/paper"), &paper)
	require.Empty(t, paper.Units)
}

// claims reads a ticket as the ballot box does.
func (w *world) claims(ticket string) Ticket {
	w.t.Helper()
	var claims Ticket
	_, err := jwt.NewParser(jwt.WithTimeFunc(w.clock.now)).ParseWithClaims(ticket, &claims, func(*jwt.Token) (any, error) { return w.intake.ticketKey.Public(), nil })
	require.NoError(w.t, err)
	return claims
}

func TestMarkingsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	id := w.draft(nil).RoundID
	w.command(id, "announce")
	for name, test := range map[string]struct {
		paper intakeapi.PaperMarking
		field string
	}{
		"a stranger":         {intakeapi.PaperMarking{PersonIds: []string{"teacher", "stranger"}, HelperID: "amr"}, "paper.person_ids.1"},
		"the leader":         {intakeapi.PaperMarking{PersonIds: []string{"leader"}, HelperID: "amr"}, "paper.person_ids.0"},
		"twice":              {intakeapi.PaperMarking{PersonIds: []string{"teacher", "teacher"}, HelperID: "amr"}, "paper.person_ids.1"},
		"oneself helps":      {intakeapi.PaperMarking{PersonIds: []string{"teacher"}, HelperID: "tr"}, "paper.helper_id"},
		"the leader helps":   {intakeapi.PaperMarking{PersonIds: []string{"teacher"}, HelperID: "leader"}, "paper.helper_id"},
		"nobody helps":       {intakeapi.PaperMarking{PersonIds: []string{"teacher"}}, "paper.helper_id"},
		"a neighbour's help": {intakeapi.PaperMarking{PersonIds: []string{"teacher"}, HelperID: "neighbour"}, "paper.helper_id"},
	} {
		response, answer := w.countersign("tr", id, func(c *intakeapi.Countersigning) { c.Paper = &test.paper })
		problem := refused(t, failure.RequestInvalid, response, answer)
		require.Equal(t, test.field, problem.Field, name)
		require.Equal(t, Countersigning, w.round(id).Status)
	}
	require.Zero(t, w.neighbour.count("paper"))
}

// The ballot box may be away when the round is countersigned. It knows how many answer on paper before it opens.
func TestTheBallotBoxHearsOfPaperBeforeItOpens(t *testing.T) {
	w := newWorld(t)
	id := w.draft(nil).RoundID
	w.command(id, "announce")
	w.neighbour.set(func() { w.neighbour.away = true })
	response, answer := w.countersign("tr", id, marking("teacher", "north-b"))
	require.Equal(t, http.StatusAccepted, response.StatusCode, "%s", answer)
	require.Equal(t, Announced, w.round(id).Status)
	w.restart()
	w.neighbour.set(func() { w.neighbour.away = false })
	w.eventually(func() bool { return w.neighbour.papers(id) != nil })
	w.eventually(func() bool { return !w.round(id).Unfinished })
	w.command(id, "open")
	require.Equal(t, Open, w.round(id).Status)
}

// How many papers came in is told in a band, and of none whether it was none.
func TestHowManyCameOnPaperIsToldInABand(t *testing.T) {
	two := OnPaper{Units: []RosterUnit{{UnitID: "south", Pseudonyms: []string{"a", "b"}}}}
	for cameIn, band := range map[int]string{0: "0-4", 4: "0-4", 5: "5-9", 9: "5-9", 10: "10-19", 19: "10-19", 20: "20-49", 49: "20-49", 50: "50+", 700: "50+"} {
		require.Equal(t, band, two.band(cameIn), fmt.Sprint(cameIn))
		require.Empty(t, OnPaper{}.band(cameIn))
	}
	w := newWorld(t)
	id := w.onPaper()
	w.command(id, "open")
	w.neighbour.set(func() { w.neighbour.cameIn = 2 })
	w.clock.set(noon.Add(time.Hour))
	w.command(id, "close")
	w.has("intake.round-closed.v1")
	for _, e := range w.published() {
		if e.Type == (events.RoundClosed{}).Type() {
			require.Equal(t, "0-4", decoded[events.RoundClosed](t, e.Data).Paper)
		}
	}
}
