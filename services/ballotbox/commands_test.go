package ballotbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

func TestAnnouncingMayBeRepeated(t *testing.T) {
	w := newWorld(t)
	units := map[string]int{"unit-b": 2, "unit-a": 3}
	r := w.announce(units)
	put := func(frame ballotbox.Frame) (announcedRound, error) {
		var answer announcedRound
		err := w.peer("intake").Call(t.Context(), http.MethodPut, "/v1/rounds/"+r.id, frame, &answer)
		return answer, err
	}
	again, err := put(w.frame(units))
	require.NoError(t, err)
	require.Equal(t, announcedRound{State: "announced", Keys: r.keys, KeyListHash: r.keyList}, again)

	spaced := w.frame(units)
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, []byte(instrument), "", "\t")) // the same instrument, spelled otherwise
	spaced.Instrument = indented.Bytes()
	again, err = put(spaced)
	require.NoError(t, err)
	require.Equal(t, r.keyList, again.KeyListHash)

	other := w.frame(units)
	other.ClosesOn = "2026-12-05"
	_, err = put(other)
	require.Equal(t, failure.BallotRoundDiffers, failure.CodeOf(err))
	_, err = put(w.frame(map[string]int{"unit-a": 4, "unit-b": 2}))
	require.Equal(t, failure.BallotRoundDiffers, failure.CodeOf(err))

	w.restart()
	again, err = put(w.frame(units))
	require.NoError(t, err)
	require.Equal(t, r.keys, again.Keys)
	w.command(r, "open")
	again, err = put(w.frame(units))
	require.NoError(t, err)
	require.Equal(t, "open", again.State)
	w.command(r, "close")
	again, err = put(w.frame(units))
	require.NoError(t, err)
	require.Equal(t, "closed", again.State)
	require.Equal(t, r.keys, again.Keys)
}

func TestARoundWaitsForItsKeys(t *testing.T) {
	w := newWorld(t)
	units := map[string]int{"unit-a": 1, "unit-b": 1, "unit-c": 1, "unit-d": 1}
	id := uuid.NewString()
	var first struct {
		State         string
		Ready, Wanted int
	}
	require.NoError(t, w.peer("intake").Call(t.Context(), http.MethodPut, "/v1/rounds/"+id, w.frame(units), &first))
	require.Equal(t, "preparing", first.State)
	require.Equal(t, 4, first.Wanted)
	require.Less(t, first.Ready, 4)
	err := w.peer("intake").Call(t.Context(), http.MethodPost, "/v1/rounds/"+id+"/open", nil, nil)
	require.Equal(t, failure.BallotRoundNotReady, failure.CodeOf(err))
	err = w.peer("intake").Call(t.Context(), http.MethodPost, "/v1/rounds/"+id+"/close", nil, nil)
	require.Equal(t, failure.BallotRoundNotReady, failure.CodeOf(err))
	early := voter.New(w.base, w.client)
	require.Equal(t, failure.BallotRoundUnknown, failure.CodeOf(early.Fetch(t.Context(), w.ticket(round{id: id}, "unit-a", "anna"))))

	w.restart() // keys that were made are not lost
	var answer announcedRound
	require.Eventually(t, func() bool {
		require.NoError(t, w.peer("intake").Call(t.Context(), http.MethodPut, "/v1/rounds/"+id, w.frame(units), &answer))
		return answer.State == "announced"
	}, time.Minute, 20*time.Millisecond)
	require.Len(t, answer.Keys, 4)
	seen := map[string]bool{}
	for _, k := range answer.Keys {
		require.False(t, seen[k.KeyID])
		seen[k.KeyID] = true
	}
}

func TestFramesThatAreRefused(t *testing.T) {
	w := newWorld(t)
	for field, change := range map[string]func(*ballotbox.Frame){
		"tenant_id":                func(f *ballotbox.Frame) { f.TenantID = "School" },
		"title":                    func(f *ballotbox.Frame) { f.Title.En = "" },
		"instrument":               func(f *ballotbox.Frame) { f.Instrument = []byte(`{"id":"x"}`) },
		"units":                    func(f *ballotbox.Frame) { f.Units = nil },
		"units.0.unit_id":          func(f *ballotbox.Frame) { f.Units[0].UnitID = `a"b` },
		"units.0.voters":           func(f *ballotbox.Frame) { f.Units[0].Voters = -1 },
		"release_key":              func(f *ballotbox.Frame) { f.ReleaseKey = "AAAA" },
		"thresholds.means":         func(f *ballotbox.Frame) { f.Thresholds.Means = 4 },
		"thresholds.distributions": func(f *ballotbox.Frame) { f.Thresholds.Distributions = 9 },
		"contract":                 func(f *ballotbox.Frame) { f.Contract.BallotBox.Trust = "half" },
		"opens_on":                 func(f *ballotbox.Frame) { f.OpensOn = "2026-11-31" },
		"closes_on":                func(f *ballotbox.Frame) { f.ClosesOn = "2026-11-23" },
		"portal_url":               func(f *ballotbox.Frame) { f.PortalURL = "javascript:alert(1)" },
	} {
		t.Run(field, func(t *testing.T) {
			frame := w.frame(map[string]int{"unit-a": 1})
			change(&frame)
			err := w.peer("intake").Call(t.Context(), http.MethodPut, "/v1/rounds/"+uuid.NewString(), frame, nil)
			require.Equal(t, failure.RequestInvalid, failure.CodeOf(err))
			require.Equal(t, field, failure.From(err).Field)
		})
	}
	err := w.peer("intake").Call(t.Context(), http.MethodPut, "/v1/rounds/NOT-A-ROUND", w.frame(map[string]int{"unit-a": 1}), nil)
	require.Equal(t, failure.RequestInvalid, failure.CodeOf(err))
	err = w.peer("intake").Call(t.Context(), http.MethodPut, "/v1/rounds/"+uuid.NewString(), map[string]int{"x": 1}, nil)
	require.Equal(t, failure.RequestUnknownField, failure.CodeOf(err))
	huge := w.frame(map[string]int{"unit-a": 1})
	huge.TechnologyName = strings.Repeat("x", 1<<20)
	err = w.peer("intake").Call(t.Context(), http.MethodPut, "/v1/rounds/"+uuid.NewString(), huge, nil)
	require.Equal(t, failure.RequestTooLarge, failure.CodeOf(err))
}

func TestWhoMayCommand(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 1})
	person := access.NewSigner(w.serviceKey["portal"], "portal", func() time.Time { return w.now })
	callers := map[string]*host.Peer{
		"nobody":   {Service: "ballotbox", Base: w.base, Client: w.client},
		"a ticket": {Service: "ballotbox", Base: w.base, Client: w.client, Token: func(context.Context, string) (string, error) { return w.ticket(r, "unit-a", "anna"), nil }},
		"a person": {Service: "ballotbox", Base: w.base, Client: w.client, Token: func(_ context.Context, audience string) (string, error) {
			return person.Token(audience, access.Subject{ID: uuid.NewString(), Tenant: "abcdefghij23"})
		}},
		"the portal":     w.peer("portal"),
		"dialogue":       w.peer("dialogue"),
		"intake":         w.peer("intake"),
		"reporting":      w.peer("reporting"),
		"intake, stolen": {Service: "ballotbox", Base: w.base, Client: w.client, Token: func(ctx context.Context, _ string) (string, error) { return w.peer("intake").Token(ctx, "reporting") }},
	}
	for _, c := range []struct{ method, path, allowed string }{
		{http.MethodPut, "", "intake"}, {http.MethodPut, "/contract", "intake"}, {http.MethodPut, "/closing-day", "intake"}, {http.MethodPost, "/open", "intake"},
		{http.MethodPost, "/close", "intake"}, {http.MethodGet, "/batch", "reporting"},
	} {
		for name, peer := range callers {
			if name == c.allowed {
				continue
			}
			err := peer.Call(t.Context(), c.method, "/v1/rounds/"+r.id+c.path, nil, nil)
			require.Contains(t, []failure.Code{failure.AccessUnauthentic, failure.AccessDenied}, failure.CodeOf(err), "%s %s", name, c.path)
		}
	}
	require.NoError(t, w.voter(r, "unit-a", "anna").Answer(t.Context(), nil), "nothing of that has closed the round")
	w.command(r, "close")
	w.batch(r)
}

// An address that is not the box's own serves no voter; commands, which prove themselves, may come by it.
func TestNoOriginNoVoters(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 1})
	require.NoError(t, w.box.SetOrigin("https://stemmeboks.example"))
	err := voter.New(w.base, w.client).Fetch(t.Context(), w.ticket(r, "unit-a", "anna"))
	require.Equal(t, failure.BallotHostWrong, failure.CodeOf(err))
	w.command(r, "open")
	for _, wrong := range []string{"", "stemmeboks.example", "https://a.example/path", "ftp://a.example", "https://a.example?x=1"} {
		require.Error(t, w.box.SetOrigin(wrong), wrong)
	}
}

func TestTheAPIIsAsDescribed(t *testing.T) {
	w := newWorld(t)
	api := apitest.Load(t, "ballotbox")
	engine, ok := w.box.Handler().(*gin.Engine)
	require.True(t, ok)
	api.Routes(engine)
	w.client = api.Client(w.client)
	r := w.announce(map[string]int{"unit-a": 2})
	require.Empty(t, w.tighten(r, 6, "b"))
	w.command(r, "open")
	require.Empty(t, w.extend(r, "2026-12-09", "2026-12-09"))
	require.Empty(t, w.setPaper(r, "unit-a", 1))
	w.entered(r, "tr", w.papers(r, 1))
	name := strings.Repeat("ab", 32)
	require.Empty(t, w.leave(r, w.ticket(r, "unit-a", "anna"), name, make([]byte, ballot.RecoverySize)))
	_, refused := w.fetch(r, name)
	require.Empty(t, refused)
	response, err := w.client.Get(w.base + ballotbox.IdentityPath)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	v := w.voter(r, "unit-a", "anna")
	require.NoError(t, v.Answer(t.Context(), map[string]string{"core_task.meaning.gain": "75"}))
	require.NoError(t, v.Withdraw(t.Context()))
	require.NoError(t, v.Answer(t.Context(), map[string]string{"core_task.meaning.gain": "50"}))
	require.Equal(t, failure.BallotTokenIssued, failure.CodeOf(voter.New(w.base, w.client).Fetch(t.Context(), w.ticket(r, "unit-a", "anna"))))
	w.command(r, "close")
	w.batch(r)
	_, refused = w.bulletin(r)
	require.Empty(t, refused)
	m := w.month(5)
	teller := w.voter(m, schoolUnit, "anna")
	require.NoError(t, teller.Tell(t.Context(), told("Det gik bedre.")))
	w.command(m, "close")
	_, experiences := w.experiences(m)
	require.Empty(t, w.reply(m, experiences[0], "Tak."))
	answered, err := teller.Reply(t.Context())
	require.NoError(t, err)
	require.Equal(t, "Tak.", answered)
	api.Covered("GET /r/{round_id}")
}

// Two boxes on one directory would hand out two tokens.
func TestOneProcessADirectory(t *testing.T) {
	w := newWorld(t)
	_, err := ballotbox.New(t.Context(), ballotbox.Options{DataDir: w.dir, Logger: quietLogger(), Now: time.Now})
	require.Error(t, err)
	w.stop()
	box, err := ballotbox.New(t.Context(), ballotbox.Options{DataDir: w.dir, Logger: quietLogger(), Now: time.Now})
	require.NoError(t, err)
	require.NoError(t, box.Close())
	require.NoError(t, box.Close())
	matches, err := filepath.Glob(filepath.Join(w.dir, "*-wal"))
	require.NoError(t, err)
	require.Empty(t, matches)
}
