package dialogue

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// before is a scheduled dialogue whose first writing step those who are invited can write in.
func (w *world) before(people []string, in time.Duration, start map[string]any) *table {
	at := w.service.now().Add(in)
	tb := w.prepare(people, func(body map[string]any) { body["starts_at"] = at })
	require.Equal(w.t, beforehandPossible, tb.phase("reflect").Beforehand)
	require.Empty(w.t, tb.phase("share").Beforehand)
	return tb.run("reflect", "/start", start)
}

// Those who are invited write before the meeting, under the same seal as in it, until it begins.
func TestTheInvitedWriteBeforeTheMeeting(t *testing.T) {
	w := newWorld(t)
	tb := w.before(six(), 50*time.Hour, nil)
	require.Equal(t, Scheduled, tb.view.State)
	shown := tb.phase("reflect")
	require.Equal(t, Active, shown.State)
	require.Equal(t, beforehandStarted, shown.Beforehand)
	require.Equal(t, *tb.view.StartsAt, *shown.Deadline)
	tb.do("leader", "POST", tb.phasePath("share", "/start"), map[string]any{}, ifMatch(tb.etag)).refused(failure.DialogueWrongState)
	tb.do("leader", "POST", tb.phasePath("share", "/skip"), nil, ifMatch(tb.etag)).refused(failure.DialogueWrongState)
	tb.do("leader", "POST", tb.phasePath("reflect", "/pause"), nil, ifMatch(tb.etag)).refused(failure.PhaseWrongState)
	for _, more := range []map[string]any{{"minutes": 5}, {"days": 1}} {
		tb.do("leader", "POST", tb.phasePath("reflect", "/extend"), more, ifMatch(tb.etag)).refused(failure.RequestInvalid)
	}

	tb.write("teacher-1", "reflect", "Skrevet hjemme").ok()
	tb.write("teacher-2", "reflect", "Skrevet i bussen").ok()
	require.Len(t, tb.read("teacher-1", "reflect"), 1, "each sees what is one's own")
	require.Empty(t, tb.read("leader", "reflect"))
	tb.write("stranger", "reflect", "Udefra").refused(failure.AccessDenied)

	moved := w.service.now().Add(80 * time.Hour)
	tb.lead("/schedule", map[string]any{"starts_at": moved})
	require.Equal(t, *tb.view.StartsAt, *tb.phase("reflect").Deadline, "it moves with the meeting")
	tb.lead("/open", nil)
	ended := tb.phase("reflect")
	require.Equal(t, Locked, ended.State)
	require.True(t, *ended.AuthorshipDestroyed)
	require.Len(t, tb.read("leader", "reflect"), 2)
	tb.write("teacher-3", "reflect", "For sent").refused(failure.PhaseLocked)

	var types []string
	for _, e := range w.events(func(e events.Envelope) bool { return e.Type == events.AuthorshipDestroyed{}.Type() }) {
		if e.Subject == tb.id {
			types = append(types, e.Type)
		}
	}
	require.Equal(t, []string{
		events.DialogueCreated{}.Type(), events.InvitationsChanged{}.Type(), events.PhaseStarted{}.Type(), events.InvitationsChanged{}.Type(), events.InvitationsChanged{}.Type(),
		events.DialogueOpened{}.Type(), events.PhaseLocked{}.Type(), events.ContributionsRevealed{}.Type(), events.AuthorshipDestroyed{}.Type(),
	}, types, "nothing is told of anybody who writes")
	tb.begin("share") // what it builds on is there
}

// When nobody opens the meeting at its hour the server locks the step all the same, and somebody can take it once more later.
func TestTheServerLocksWhatIsWrittenBeforehand(t *testing.T) {
	w := newWorld(t)
	tb := w.before(six(), 50*time.Hour, nil)
	tb.write("teacher-1", "reflect", "Skrevet hjemme").ok()
	w.clock.ahead(time.Until(*tb.view.StartsAt) + Grace + time.Second)
	require.NoError(t, w.service.sweep(w.schoolContext()))
	require.Equal(t, Scheduled, tb.refresh().view.State)
	require.True(t, *tb.phase("reflect").AuthorshipDestroyed)
	tb.do("leader", "POST", tb.phasePath("reflect", "/start"), map[string]any{}, ifMatch(tb.etag)).refused(failure.DialogueWrongState)
	tb.lead("/open", nil).run("reflect", "/repeat", nil)
	again := tb.view.Phases[2]
	require.Equal(t, "reflect", again.Step)
	require.Empty(t, again.Beforehand)
	require.Equal(t, Pending, again.State)
}

// A facilitator can end it early; what is called off is erased unread.
func TestWhatIsWrittenBeforehandCanBeEnded(t *testing.T) {
	w := newWorld(t)
	tb := w.before(six(), 50*time.Hour, nil)
	tb.write("teacher-1", "reflect", "Skrevet hjemme").ok()
	tb.lock("reflect")
	require.Equal(t, Scheduled, tb.view.State)
	require.Len(t, tb.read("teacher-2", "reflect"), 1, "and can be read before the meeting")

	off := w.before(six(), 50*time.Hour, nil)
	off.write("teacher-1", "reflect", "Skrevet hjemme").ok()
	off.lead("/cancel", map[string]any{"reason": "Sygdom"})
	require.True(t, *off.phase("reflect").AuthorshipDestroyed)
	require.Empty(t, off.read("leader", "reflect"))
}

// Below five it is open or not at all, and a meeting whose hour has come takes nothing beforehand.
func TestWritingBeforehandKeepsTheRulesOfTheStep(t *testing.T) {
	w := newWorld(t)
	at := w.service.now().Add(50 * time.Hour)
	few := w.prepare([]string{"leader", "tr", "amr"}, func(body map[string]any) { body["starts_at"] = at })
	few.do("leader", "POST", few.phasePath("reflect", "/start"), map[string]any{}, ifMatch(few.etag)).refused(failure.TooFewParticipants)
	few.run("reflect", "/start", map[string]any{"attribution": playbook.Group})
	few.write("tr", "reflect", "For alle").ok()
	require.Len(t, few.read("amr", "reflect"), 1)

	late := w.prepare(six(), func(body map[string]any) { body["starts_at"] = at })
	w.clock.ahead(51 * time.Hour)
	late.do("leader", "POST", late.phasePath("reflect", "/start"), map[string]any{}, ifMatch(late.etag)).refused(failure.RequestInvalid)
	undated := w.prepare(six(), nil)
	undated.do("leader", "POST", undated.phasePath("reflect", "/start"), map[string]any{}, ifMatch(undated.etag)).refused(failure.DialogueWrongState)
}

// While something is sealed colleagues can still be invited, and hear until when they can write; nobody is taken out.
func TestPeopleJoinWhileOthersWriteBeforehand(t *testing.T) {
	w := newWorld(t)
	tb := w.before(six(), 50*time.Hour, nil)
	people := func(ids ...string) answer {
		return tb.do("leader", "PUT", tb.path("/people"), map[string]any{"participant_ids": ids, "facilitator_ids": []string{"leader"}}, ifMatch(tb.etag))
	}
	people(append(six()[1:], "teacher-8")...).refused(failure.PhaseSealedActive)
	tb.take(people(append(six(), "teacher-8")...).ok())
	tb.write("teacher-8", "reflect", "Kom til").ok()
	sent := w.sent(tb.id)
	require.Len(t, sent, 3)
	require.Nil(t, sent[0].WriteUntil)
	for _, one := range sent[1:] {
		require.True(t, one.WriteUntil.Equal(*tb.view.StartsAt))
		require.Zero(t, one.Sequence, "time and place are as they were")
	}
	require.Equal(t, []string{"teacher-8"}, sent[2].Invited)
}

// Over days people come one at a time, so nobody is told how many have written, not even in bands.
func TestNobodyCountsWhoWritesOverDays(t *testing.T) {
	w := newWorld(t)
	tb := w.before(six(), 50*time.Hour, nil)
	for _, person := range six() {
		tb.write(person, "reflect", "Om det hele").ok()
		tb.ready(person, "reflect", true).ok()
	}
	var live struct {
		Snapshot struct{ Dialogue dialogueView }
	}
	tb.do("leader", "GET", tb.path("/live?wait=0"), nil).ok().into(&live)
	for _, p := range live.Snapshot.Dialogue.Phases {
		require.Empty(t, p.Contributors)
		require.Empty(t, p.ReadyBand)
		require.Zero(t, p.Ready)
	}
}
