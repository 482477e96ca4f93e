package dialogue

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// sse is one event of a stream.
type sse struct {
	id, name string
	data     string
}

// follower reads a stream in a test.
type follower struct {
	t      testing.TB
	events chan sse
	close  func()
	gone   chan struct{}
}

func (tb *table) follow(person, after string, options ...option) *follower {
	tb.t.Helper()
	ctx, cancel := context.WithCancel(tb.t.Context())
	r := tb.request(ctx, person, "GET", tb.path("/live"), nil, options...)
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	response, err := tb.client.Do(r)
	require.NoError(tb.t, err)
	require.Equal(tb.t, http.StatusOK, response.StatusCode)
	require.Equal(tb.t, "text/event-stream; charset=utf-8", response.Header.Get("Content-Type"))
	f := &follower{t: tb.t, events: make(chan sse, 1024), close: cancel, gone: make(chan struct{})}
	go func() {
		defer close(f.gone)
		defer response.Body.Close()
		var e sse
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch field {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if e.name != "" {
					f.events <- e
				}
				e = sse{}
			}
		}
	}()
	tb.t.Cleanup(func() { cancel(); <-f.gone })
	return f
}

// next returns the next event.
func (f *follower) next() sse {
	f.t.Helper()
	select {
	case e := <-f.events:
		return e
	case <-f.gone:
		select {
		case e := <-f.events:
			return e
		default:
			f.t.Fatal("the stream ended")
		}
	case <-time.After(patience):
		f.t.Fatal("nothing came")
	}
	return sse{}
}

// until reads deltas until one satisfies the condition.
func (f *follower) until(what func(deltaView) bool) sse {
	f.t.Helper()
	for {
		e := f.next()
		if e.name != "delta" {
			continue
		}
		if what(e.delta(f.t)) {
			return e
		}
	}
}

func (e sse) delta(t testing.TB) deltaView {
	var d deltaView
	require.NoError(t, json.Unmarshal([]byte(e.data), &d))
	return d
}

func (e sse) snapshot(t testing.TB) snapshotView {
	require.Equal(t, "snapshot", e.name)
	var s snapshotView
	require.NoError(t, json.Unmarshal([]byte(e.data), &s))
	return s
}

func phaseIn(d deltaView, step string) *phaseView {
	if d.Dialogue == nil {
		return nil
	}
	for _, p := range d.Dialogue.Phases {
		if p.Step == step {
			return &p
		}
	}
	return nil
}

func TestLive(t *testing.T) {
	for name, tcp := range map[string]bool{"over TCP": true, "in memory": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newWorld(t, func(w *world) { w.tcp = tcp }).prepare(six(), nil).lead("/open", nil)
			phone, screen := tb.follow("teacher-1", ""), tb.follow("leader", "")
			require.Equal(t, participant, phone.next().snapshot(t).Dialogue.MyPart)
			require.Equal(t, facilitator, screen.next().snapshot(t).Dialogue.MyPart)

			began := time.Now()
			tb.begin("reflect")
			phone.until(func(d deltaView) bool { p := phaseIn(d, "reflect"); return p != nil && p.State == Active })
			t.Logf("from command to phone: %v", time.Since(began))
			band := screen.until(func(d deltaView) bool { p := phaseIn(d, "reflect"); return p != nil && p.Contributors != "" })
			require.Equal(t, FewerThan5, phaseIn(band.delta(t), "reflect").Contributors)

			for _, person := range six() {
				tb.write(person, "reflect", "Hemmeligt fra "+person).ok()
			}
			band = screen.until(func(d deltaView) bool {
				p := phaseIn(d, "reflect")
				return p != nil && p.Contributors == From5To9
			})
			require.NotContains(t, band.data, "Hemmeligt")
			tb.lock("reflect")
			revealed := phone.until(func(d deltaView) bool { return len(d.Contributions) > 0 })
			require.Len(t, revealed.delta(t).Contributions, 6, "all of them at once")
			require.NotContains(t, revealed.data, "contributors", "participants are not shown how many have written")

			// A lost connection goes on behind what it had.
			phone.close()
			tb.begin("share")
			tb.write("teacher-2", "share", "Sagt højt").ok()
			screen.until(func(d deltaView) bool { return strings.Contains(fmt.Sprint(d.Contributions), "Sagt højt") })
			back := tb.follow("teacher-1", revealed.id)
			missed := back.next()
			require.Equal(t, "delta", missed.name)
			back2 := tb.follow("teacher-1", "1-ffffffffffffffff")
			require.Len(t, back2.next().snapshot(t).Contributions, 7, "an id that nobody remembers gives everything")

			// What is held back goes from all screens but those of TR and AMR.
			spoken := tb.read("tr", "share")[0]
			guardian := tb.follow("tr", "")
			require.Len(t, guardian.next().snapshot(t).Contributions, 7)
			tb.do("tr", "POST", tb.phasePath("share", "/contributions/"+spoken.ContributionID+"/hold"),
				map[string]any{"reason": "Navn"}, ifMatch(`"1"`)).ok()
			gone := screen.until(func(d deltaView) bool { return len(d.Removed) > 0 })
			require.Equal(t, []string{spoken.ContributionID}, gone.delta(t).Removed)
			require.NotContains(t, gone.data, "Sagt højt")
			kept := guardian.until(func(d deltaView) bool { return len(d.Contributions) > 0 })
			require.True(t, kept.delta(t).Contributions[0].Held)

			// A drain ends every stream at once.
			stopped := time.Now()
			tb.stop()
			<-screen.gone
			<-guardian.gone
			require.Less(t, time.Since(stopped), 5*time.Second)
		})
	}
}

// Somebody who is taken out of a dialogue sees nothing more of it.
func TestLiveEndsWithThePermission(t *testing.T) {
	tb := newWorld(t).prepare(six(), nil).lead("/open", nil)
	out := tb.follow("teacher-1", "")
	out.next()
	people := map[string]any{"participant_ids": six()[1:], "facilitator_ids": []string{"leader"}}
	tb.take(tb.do("leader", "PUT", tb.path("/people"), people, ifMatch(tb.etag)).ok())
	require.Equal(t, "end", out.next().name)
	<-out.gone
	tb.do("teacher-1", "GET", tb.path("/live"), nil).refused(failure.AccessDenied)
	tb.do("teacher-7", "GET", tb.path("/live?wait=1"), nil).refused(failure.AccessDenied)
}

func TestLongPoll(t *testing.T) {
	tb := newWorld(t).prepare(six(), nil).lead("/open", nil)
	type poll struct {
		ID       string
		Snapshot *snapshotView
		Deltas   []deltaView
	}
	ask := func(query string) (p poll) {
		tb.do("teacher-1", "GET", tb.path("/live"+query), nil).ok().into(&p)
		return p
	}
	first := ask("?wait=0")
	require.NotNil(t, first.Snapshot)
	quiet := ask("?wait=0&after=" + first.ID)
	require.Nil(t, quiet.Snapshot)
	require.Empty(t, quiet.Deltas)
	require.Equal(t, first.ID, quiet.ID)

	heard := make(chan poll)
	go func() { heard <- ask("?wait=20&after=" + first.ID) }()
	tb.begin("checkin")
	select {
	case p := <-heard: // by the room's memory, or a snapshot if nobody kept the room
		require.True(t, p.Snapshot != nil || len(p.Deltas) == 1)
		require.NotEqual(t, first.ID, p.ID)
	case <-time.After(patience):
		t.Fatal("the poll slept through it")
	}
	tb.do("teacher-1", "GET", tb.path("/live?wait=26"), nil).refused(failure.RequestInvalid)
	tb.do("teacher-1", "GET", tb.path("/live?wait=soon"), nil).refused(failure.RequestInvalid)
}

// Two processes on one database: what one changes, listeners at the other see, and an id of one is good at the other.
func TestLiveAcrossProcesses(t *testing.T) {
	tb := newWorld(t).prepare(six(), nil).lead("/open", nil)
	here := tb.follow("teacher-1", "")
	here.next()

	elsewhere, err := newHub(tb.service.store, tb.service.deps.Logger, prometheus.NewRegistry())
	require.NoError(t, err)
	defer elsewhere.close()
	ctx := tb.schoolContext()
	room, leave, err := elsewhere.enter(ctx, tb.id)
	require.NoError(t, err)
	defer leave()
	before, err := room.next(ctx, "")
	require.NoError(t, err)

	tb.begin("checkin") // hints this process's hub only
	seen := here.until(func(d deltaView) bool { return d.Dialogue != nil })
	after, err := room.next(ctx, before.scene.id)
	require.NoError(t, err)
	require.NotNil(t, after.change)
	require.Equal(t, seen.id, after.scene.id)
}

// A listener's connection costs nothing once it is gone.
func TestRoomsAreGivenUp(t *testing.T) {
	tb := newWorld(t).prepare(six(), nil)
	f := tb.follow("teacher-1", "")
	f.next()
	hub := tb.service.hub
	rooms := func() int {
		hub.mu.Lock()
		defer hub.mu.Unlock()
		return len(hub.open)
	}
	require.Equal(t, 1, rooms())
	gathered, err := testutil.GatherAndCount(tb.service.deps.Registerer.(prometheus.Gatherer), "guldkorn_dialogue_listeners")
	require.NoError(t, err)
	require.Equal(t, 1, gathered)
	require.InDelta(t, 1, hub.listeners(), 0)
	f.close()
	require.Eventually(t, func() bool { return rooms() == 0 }, patience, tick)
}
