package dialogue

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
)

// phaseState waits until a phase is in a state and returns the table as it is then.
func (tb *table) await(step string, state PhaseState) *table {
	tb.t.Helper()
	require.Eventually(tb.t, func() bool { return tb.refresh().phase(step).State == state }, patience, tick)
	return tb
}

// The broker wakes the service at the deadline: nobody has to press anything.
func TestServerLocksAtTheDeadline(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil)
	// By the service's clock the phase starts so long ago that its grace is over in a moment of real time.
	w.clock.ahead(-(7*time.Minute + Grace))
	tb.begin("reflect")
	for _, person := range six() {
		tb.write(person, "reflect", "Inden fristen").ok()
	}
	w.clock.ahead(0)
	tb.await("reflect", Locked)
	require.Eventually(t, func() bool { return *tb.refresh().phase("reflect").AuthorshipDestroyed }, patience, tick)
	require.Len(t, tb.read("teacher-1", "reflect"), 6)
}

// A process that is down at the deadline locks when it comes back, and everything written before is there.
func TestRestartInTheMiddleOfAPhase(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil).begin("reflect")
	tb.write("teacher-1", "reflect", "Før nedbruddet").ok()
	w.restart()
	require.Equal(t, Active, tb.refresh().phase("reflect").State, "the clock goes on")
	require.Len(t, tb.read("teacher-1", "reflect"), 1, "and so does what was written")
	tb.write("teacher-2", "reflect", "Efter").ok()
	w.stop()
	w.clock.ahead(20 * time.Minute)
	w.start()
	tb.await("reflect", Locked)
	require.Eventually(t, func() bool { return len(tb.read("teacher-3", "reflect")) == 2 }, patience, tick)
	told := types(w.events(func(e events.Envelope) bool { return e.Type == events.AuthorshipDestroyed{}.Type() }))
	require.Equal(t, 1, count(told, events.PhaseLocked{}.Type()))
	require.Equal(t, 1, count(told, events.ContributionsRevealed{}.Type()))
}

func TestFollowUpIsToldOnItsDay(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil)
	due := time.Now().In(w.service.zone).AddDate(0, 0, 9).Format(time.DateOnly)
	a := tb.do("leader", "POST", tb.path("/actions"), map[string]any{
		"text": "Prøv det af", "owner_id": "leader", "due_on": due, "follow_up_on": due,
	}).ok()
	require.Equal(t, false, a.body["follow_up_due"])
	w.stop()
	w.clock.ahead(10 * 24 * time.Hour)
	w.start()
	told := w.events(func(e events.Envelope) bool { return e.Type == events.ActionFollowUpDue{}.Type() })
	require.Equal(t, 1, count(types(told), events.ActionFollowUpDue{}.Type()))
	now := w.do("leader", "GET", w.in("/actions/"+a.text("action_id")), nil).ok()
	require.Equal(t, true, now.body["follow_up_due"])
	require.Equal(t, true, now.body["overdue"])
	require.NoError(t, w.service.sweep(w.schoolContext()), "and once only")
	again, err := w.service.actions.Get(w.schoolContext(), a.text("action_id"))
	require.NoError(t, err)
	require.True(t, again.Body.Told)
	require.Equal(t, never, again.Body.CheckAt)
}

// The hardest burst: 150 people send in the last seconds of a phase, some of them twice, and the deadline falls among
// them. Whatever was acknowledged is there once, whatever was refused is not.
func TestBurstAtTheDeadline(t *testing.T) {
	w := newWorld(t)
	people := w.crowd(150)
	tb := w.prepare(people, nil).lead("/open", nil).begin("reflect")
	path := tb.phasePath("reflect", "/contributions")

	var mu sync.Mutex
	acknowledged, refused := map[string]bool{}, map[string]bool{}
	var slowest time.Duration
	var senders sync.WaitGroup
	began := time.Now()
	locked := make(chan struct{})
	for i, person := range people {
		senders.Go(func() {
			if i >= 140 {
				<-locked // the last ten come with the lock or after it
			}
			text := "Fra " + person
			for range 1 + i%2 { // every other one repeats the request
				started := time.Now()
				r := w.request(t.Context(), person, "POST", path, map[string]any{"text": text}, key("key-of-"+person))
				status := send(t, w.client, r)
				mu.Lock()
				slowest = max(slowest, time.Since(started))
				switch {
				case status == http.StatusCreated:
					acknowledged[text] = true
				case !acknowledged[text]:
					refused[text] = true
				}
				mu.Unlock()
			}
		})
	}
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(acknowledged) >= 100
	}, 4*patience, tick)
	close(locked)
	tb.lock("reflect")
	senders.Wait()
	t.Logf("%d taken, %d refused in %v, slowest answer %v", len(acknowledged), len(refused), time.Since(began), slowest)

	got := map[string]int{}
	for _, c := range tb.read(people[0], "reflect") {
		got[c.Text]++
	}
	for text := range acknowledged {
		require.Equal(t, 1, got[text], text)
	}
	require.Len(t, got, len(acknowledged), "nothing that was refused")
}

func send(t *testing.T, client *http.Client, r *http.Request) int {
	response, err := client.Do(r)
	if err != nil {
		t.Errorf("%v", err)
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}

// Everybody votes at once, each three times in different ways: one person, one ballot.
func TestOnePersonOneBallot(t *testing.T) {
	w := newWorld(t)
	people := w.crowd(40)
	tb := w.prepare(people, nil).lead("/open", nil).begin("reflect")
	tb.write(people[0], "reflect", "Det ene").ok()
	tb.write(people[1], "reflect", "Det andet").ok()
	tb.lock("reflect").run("share", "/skip", nil).begin("prioritise")
	choices := tb.read(people[0], "reflect")
	path := tb.phasePath("prioritise", "/ballots")
	var voters sync.WaitGroup
	for _, person := range people {
		for i := range 3 {
			voters.Go(func() {
				body := map[string]any{"choices": []Choice{{choices[i%2].ContributionID, 1}}}
				k := key(fmt.Sprintf("%s-%d", person, min(i, 1)) + strings.Repeat("x", 8))
				send(t, w.client, w.request(t.Context(), person, "POST", path, body, k))
			})
		}
	}
	voters.Wait()
	tb.lock("prioritise")
	result := tb.phase("prioritise").Result
	require.Equal(t, 40, result.Ballots)
	dots := 0
	for _, c := range result.Choices {
		dots += c.Dots
	}
	require.Equal(t, 40, dots)
}

// Two processes settle one phase at the same time.
func TestTwoProcessesSettleOnce(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil).begin("reflect")
	for _, person := range six() {
		tb.write(person, "reflect", "Fra "+person).ok()
	}
	ctx := w.schoolContext()
	_, err := w.service.meetings.Update(ctx, tb.id, func(m *Meeting) ([]events.Event, error) {
		p, err := m.ChangePhase(tb.phase("reflect").PhaseID, (*Phase).lock)
		return p.locked(tb.id), err
	})
	require.NoError(t, err)
	var both sync.WaitGroup
	for range 4 {
		both.Go(func() {
			if _, err := w.service.settler.settle(context.WithoutCancel(ctx), tb.id); err != nil {
				t.Errorf("%v", err)
			}
		})
	}
	both.Wait()
	require.Len(t, tb.refresh().read("teacher-1", "reflect"), 6)
	told := types(w.events(func(e events.Envelope) bool { return e.Type == events.AuthorshipDestroyed{}.Type() }))
	require.Equal(t, 1, count(told, events.ContributionsRevealed{}.Type()))
}
