package ballotbox_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// paperState is what the box says of an entry.
type paperState struct {
	State     string `json:"state"`
	Unmatched []int  `json:"unmatched"`
	Missing   int    `json:"missing"`
}

const (
	oneCode   = "0101010101010101010101010101010101010101010101010101010101010101"
	otherCode = "0202020202020202020202020202020202020202020202020202020202020202"
)

// setPaper freezes how many answer on paper and returns the code of the refusal, "" for none.
func (w *world) setPaper(r round, unit string, ballots int) failure.Code {
	w.t.Helper()
	numbers := ballotbox.Paper{Units: []ballotbox.PaperUnit{{UnitID: unit, Ballots: ballots}}}
	return failure.CodeOf(w.peer("intake").Call(w.t.Context(), http.MethodPut, "/v1/rounds/"+r.id+"/paper", numbers, nil))
}

// papers are sealed answers to the question of how many there are of them. Two browsers with one code make the same.
func (w *world) papers(r round, n int) (envelopes []string) {
	w.t.Helper()
	for i := range n {
		sealed, err := ballot.Seal(w.release.PublicKey().Bytes(), ballot.Content{
			RoundID: r.id, Instrument: "pulse-core-task", InstrumentVersion: 1, Answers: map[string]string{"paper": fmt.Sprint(i)}})
		require.NoError(w.t, err)
		envelopes = append(envelopes, ballot.Encode64(sealed))
	}
	return envelopes
}

func onPaper(claims jwt.MapClaims) { claims["paper"] = true }

// entry is what somebody sends who enters the papers of unit-a.
func (w *world) entry(r round, who string, envelopes []string, change ...func(map[string]any)) []byte {
	w.t.Helper()
	if envelopes == nil {
		envelopes = []string{}
	}
	body := map[string]any{"ticket": w.ticket(r, "unit-a", who, onPaper), "code": oneCode, "envelopes": envelopes}
	for _, c := range change {
		c(body)
	}
	raw, err := json.Marshal(body)
	require.NoError(w.t, err)
	return raw
}

func (w *world) enter(r round, body []byte) (paperState, failure.Code) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPut, w.base+"/v1/rounds/"+r.id+"/paper-entries", bytes.NewReader(body))
	require.NoError(w.t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := w.client.Do(request)
	require.NoError(w.t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return paperState{}, failure.CodeOf(failure.Read(response))
	}
	var state paperState
	require.NoError(w.t, json.NewDecoder(response.Body).Decode(&state))
	return state, ""
}

// entered expects an entry to be taken.
func (w *world) entered(r round, who string, envelopes []string) paperState {
	w.t.Helper()
	state, code := w.enter(r, w.entry(r, who, envelopes))
	require.Empty(w.t, code)
	return state
}

// Papers count when two people have entered the same, whatever the order; then they lie among the others as if they had
// come from a browser.
func TestPapersCountWhenTwoPeopleEnterTheSame(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 6})
	require.Empty(t, w.setPaper(r, "unit-a", 3))
	require.Empty(t, w.setPaper(r, "unit-a", 3), "a repeat")
	require.Equal(t, failure.BallotRoundDiffers, w.setPaper(r, "unit-a", 4))
	require.Contains(t, w.form(r), `"paper_ballots":3`)
	papers := w.papers(r, 3)
	_, code := w.enter(r, w.entry(r, "tr", papers))
	require.Equal(t, failure.BallotRoundNotOpen, code)
	w.command(r, "open")
	require.NoError(t, w.voter(r, "unit-a", "anna").Answer(t.Context(), map[string]string{"paper": "no"}))
	before := w.visible(r)

	require.Equal(t, paperState{State: "waiting", Unmatched: []int{}}, w.entered(r, "tr", papers))
	require.Equal(t, paperState{State: "waiting", Unmatched: []int{}}, w.entered(r, "tr", papers), "one person twice is one person")
	other := w.papers(r, 1)[0]
	require.Equal(t, paperState{State: "differs", Unmatched: []int{1}, Missing: 2}, w.entered(r, "helper", []string{papers[0], other}))
	require.Equal(t, paperState{State: "differs", Unmatched: []int{1, 2}, Missing: 1}, w.entered(r, "tr", papers), "both see where")
	w.restart()
	require.Equal(t, before, w.visible(r))
	slices.Reverse(papers)
	require.Equal(t, "agreed", w.entered(r, "helper", papers).State)
	require.Equal(t, "agreed", w.entered(r, "helper", papers).State, "a repeat after a lost answer")
	require.Equal(t, "agreed", w.entered(r, "tr", papers).State)
	require.Equal(t, before, w.visible(r), "nothing moves before the round is closed")
	_, code = w.enter(r, w.entry(r, "helper", papers[:2]))
	require.Equal(t, failure.BallotPaperDone, code)
	_, code = w.enter(r, w.entry(r, "helper", w.papers(r, 3), func(body map[string]any) { body["anew"], body["code"] = true, otherCode }))
	require.Equal(t, failure.BallotPaperCode, code)

	result := w.command(r, "close")
	require.Equal(t, 4, result.Units[0].Answers)
	require.Equal(t, 3, result.Paper)
	raw, answers := w.batch(r)
	given := []string{}
	for _, one := range answers["unit-a"] {
		given = append(given, one.Answers["paper"])
	}
	require.ElementsMatch(t, []string{"0", "1", "2", "no"}, given)
	require.NotContains(t, string(raw), `"paper"`, "the batch does not say which")
	_, code = w.enter(r, w.entry(r, "tr", papers))
	require.Equal(t, failure.BallotRoundClosed, code)
}

// Who has lost the code begins again, and what was entered under the old one is forgotten only when somebody says so.
func TestPapersUnderAnotherCode(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 3})
	require.Empty(t, w.setPaper(r, "unit-a", 1))
	papers := w.papers(r, 1)
	w.entered(r, "tr", papers)
	another := func(body map[string]any) { body["code"] = otherCode }
	_, code := w.enter(r, w.entry(r, "helper", papers, another))
	require.Equal(t, failure.BallotPaperCode, code)
	state, code := w.enter(r, w.entry(r, "helper", papers, another, func(body map[string]any) { body["anew"] = true }))
	require.Empty(t, code)
	require.Equal(t, "waiting", state.State)
	_, code = w.enter(r, w.entry(r, "tr", papers))
	require.Equal(t, failure.BallotPaperCode, code)
	state, code = w.enter(r, w.entry(r, "tr", papers, another))
	require.Empty(t, code)
	require.Equal(t, "agreed", state.State)
}

// An empty box is agreed upon like any other.
func TestNobodyAnsweredOnPaper(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 3})
	require.Empty(t, w.setPaper(r, "unit-a", 2))
	require.Equal(t, "waiting", w.entered(r, "tr", nil).State)
	require.Equal(t, "agreed", w.entered(r, "helper", nil).State)
	result := w.command(r, "close")
	require.Zero(t, result.Units[0].Answers)
	require.Zero(t, result.Paper)
}

func TestPaperNumbersAndEntriesThatAreRefused(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 3})
	for unit, ballots := range map[string]int{"unit-a": 4, "unit-b": 1, "": 1} {
		require.Equal(t, failure.RequestInvalid, w.setPaper(r, unit, ballots), "%s %d", unit, ballots)
	}
	require.Equal(t, failure.RequestInvalid, w.setPaper(r, "unit-a", 0))
	err := w.peer("portal").Call(t.Context(), http.MethodPut, "/v1/rounds/"+r.id+"/paper", ballotbox.Paper{}, nil)
	require.Equal(t, failure.AccessDenied, failure.CodeOf(err))
	papers := w.papers(r, 2)
	_, code := w.enter(r, w.entry(r, "tr", papers))
	require.Equal(t, failure.BallotPaperTooMany, code, "before anybody answers on paper")
	require.Empty(t, w.setPaper(r, "unit-a", 1))

	for name, test := range map[string]struct {
		change func(map[string]any)
		code   failure.Code
	}{
		"more than are marked": {func(map[string]any) {}, failure.BallotPaperTooMany},
		"a ticket to answer":   {func(b map[string]any) { b["ticket"] = w.ticket(r, "unit-a", "anna") }, failure.BallotTicketInvalid},
		"another unit":         {func(b map[string]any) { b["ticket"] = w.ticket(r, "unit-b", "tr", onPaper) }, failure.BallotTicketInvalid},
		"no code":              {func(b map[string]any) { b["code"], b["envelopes"] = "", papers[:1] }, failure.RequestInvalid},
		"a short envelope":     {func(b map[string]any) { b["envelopes"] = []string{papers[0][1:]} }, failure.RequestInvalid},
		"more than fits":       {func(b map[string]any) { b["envelopes"] = []string{strings.Repeat("x", 600<<10)} }, failure.RequestTooLarge},
	} {
		_, code := w.enter(r, w.entry(r, "tr", papers, test.change))
		require.Equal(t, test.code, code, name)
	}
	require.Equal(t, failure.BallotTicketInvalid,
		failure.CodeOf(voter.New(w.base, w.client).Fetch(t.Context(), w.ticket(r, "unit-a", "tr", onPaper))), "nobody votes with a ticket for entering papers")
}

// Attack 7, by paper. More answers than people would need tokens and papers beyond the roster; the box gives neither. A
// file into which somebody wrote one more paper is the control: the same look at what comes out finds it.
func TestPapersAreNoWayToStuff(t *testing.T) {
	w := newWorld(t)
	const people = 4
	look := func(r round) (more bool) {
		w.command(r, "close")
		_, answers := w.batch(r)
		return len(answers["unit-a"]) > people
	}
	everybodyElse := func(r round) {
		for n := range people {
			v := voter.New(w.base, w.client)
			if err := v.Fetch(t.Context(), w.ticket(r, "unit-a", pseudonym(n))); err != nil {
				require.Equal(t, failure.BallotUnitExhausted, failure.CodeOf(err))
				continue
			}
			require.NoError(t, v.Answer(t.Context(), nil))
		}
	}

	early := w.opened(map[string]int{"unit-a": people}) // papers first: so many tokens fewer
	require.Empty(t, w.setPaper(early, "unit-a", 2))
	papers := w.papers(early, 2)
	w.entered(early, "tr", papers)
	w.entered(early, "helper", papers)
	everybodyElse(early)
	require.False(t, look(early))

	late := w.opened(map[string]int{"unit-a": people}) // tokens first: no room for papers that are made up afterwards
	everybodyElse(late)
	require.Empty(t, w.setPaper(late, "unit-a", 2))
	papers = w.papers(late, 2)
	w.entered(late, "tr", papers)
	_, code := w.enter(late, w.entry(late, "helper", papers))
	require.Equal(t, failure.BallotUnitExhausted, code)
	require.False(t, look(late))

	planted := w.opened(map[string]int{"unit-a": people})
	everybodyElse(planted)
	w.stop()
	w.plant(planted)
	w.start()
	require.True(t, look(planted), "the control")
}

// plant writes an answer into a round's file, past the box.
func (w *world) plant(r round) {
	w.t.Helper()
	raw, err := ballot.Decode64(w.papers(r, 1)[0], ballot.EnvelopeSize)
	require.NoError(w.t, err)
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "rounds", r.id, "votes.db"))
	require.NoError(w.t, err)
	_, err = db.Exec(`INSERT INTO answers (nullifier, unit, version, envelope) VALUES (?, 0, 1, ?)`, []byte("planted"), raw)
	require.NoError(w.t, err)
	require.NoError(w.t, db.Close())
}

func TestKilledAfterThePapersAgreeBeforeTheReply(t *testing.T) {
	w := newCrashWorld(t)
	process, ended := w.spawn("")
	r := w.opened(map[string]int{"unit-a": 5})
	require.Empty(t, w.setPaper(r, "unit-a", 3))
	papers := w.papers(r, 3)
	w.entered(r, "tr", papers)
	w.stopChild(process, ended)

	_, ended = w.spawn("after-write-before-ack")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, w.base+"/v1/rounds/"+r.id+"/paper-entries", bytes.NewReader(w.entry(r, "helper", papers)))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	_, err = w.client.Do(request)
	require.Error(t, err)
	killed(t, ended)

	process, ended = w.spawn("")
	require.Equal(t, "agreed", w.entered(r, "helper", papers).State, "the repeat")
	result := w.command(r, "close")
	require.Equal(t, 3, result.Units[0].Answers, "none lost, none doubled")
	require.Equal(t, 3, result.Paper)
	w.stopChild(process, ended)
}
