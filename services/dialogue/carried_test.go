package dialogue

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// hold brings a dialogue from its opening to its follow-up.
func (tb *table) hold() *table {
	tb.t.Helper()
	tb.lead("/conclude", nil).lead("/minutes/circulate", map[string]any{})
	circulated := tb.do(tb.leader, "GET", tb.path("/minutes"), nil).ok()
	return tb.lead("/minutes/approve", map[string]any{"content_hash": circulated.text("content_hash")})
}

func (tb *table) carried() (left carriedView) {
	tb.t.Helper()
	tb.do("teacher-1", "GET", tb.path("/carried"), nil).ok().into(&left)
	return left
}

// What was left undone is what the next dialogue of the same people begins with, until it is settled there.
func (w *world) theNextDialogueBeginsWithWhatIsUndone() {
	t := w.t
	t.Helper()
	tb := w.prepare(six(), nil).lead("/open", nil)
	step := []string{tb.phase("decide").PhaseID}
	topic := func(person string, body map[string]any) answer {
		body["source_ids"] = step
		return tb.do(person, "POST", tb.path("/topics"), body)
	}
	parked := topic("leader", map[string]any{"kind": "parked", "text": "Mobiler i frikvarteret"}).ok()
	raised := topic("tr", map[string]any{"kind": "raised", "raised_as": "tr", "text": "Tid til oplæring"}).ok()
	topic("teacher-1", map[string]any{"kind": "parked", "text": "x"}).refused(failure.AccessDenied)
	topic("leader", map[string]any{"kind": "raised", "raised_as": "leader", "text": "x"}).refused(failure.RequestInvalid)
	topic("leader", map[string]any{"kind": "parked", "raised_as": "tr", "text": "x"}).refused(failure.RequestInvalid)
	tb.do("leader", "POST", tb.path("/topics"), map[string]any{"kind": "parked", "text": "Uden grund", "source_ids": []string{}}).refused(failure.RequestInvalid)
	settle := func(on *table, of answer, body map[string]any) answer {
		return on.do("leader", "POST", on.path("/topics/"+of.text("topic_id")+"/settle"), body, ifMatch(of.etag))
	}
	settle(tb, raised, map[string]any{"decision": "Ja"}).refused(failure.RequestInvalid)
	settled := settle(tb, raised, map[string]any{"decision": "To timer i januar", "reason": "Puljen dækker det"}).ok()
	settle(tb, settled, map[string]any{"decision": "Nej", "reason": "Nej"}).refused(failure.TopicIsSettled)
	tb.do("leader", "POST", tb.path("/actions"), map[string]any{"text": "Skriv til forældrene", "owner_id": "leader", "due_on": w.day(5), "follow_up_on": w.day(9)}).ok()
	tb.do("leader", "POST", tb.path("/next"), map[string]any{}).refused(failure.DialogueWrongState)
	tb.hold()
	minutes := string(tb.do("teacher-1", "GET", tb.path("/minutes"), nil).ok().raw)
	require.Contains(t, minutes, "Puljen dækker det")
	require.Contains(t, minutes, "Mobiler i frikvarteret")

	next := &table{world: w, leader: "leader"}
	next.take(tb.do("leader", "POST", tb.path("/next"), map[string]any{}, key("the-same-click")).ok())
	require.Equal(t, next.id, tb.do("leader", "POST", tb.path("/next"), map[string]any{}, key("the-same-click")).ok().text("dialogue_id"))
	require.Equal(t, tb.id, next.view.Follows)
	require.Equal(t, six(), next.view.Participants)
	left := next.carried()
	require.Len(t, left.Actions, 1)
	require.Len(t, left.Topics, 1)
	require.Equal(t, "Mobiler i frikvarteret", left.Topics[0].Text)
	stranger := w.prepare(teachers(5), nil).lead("/open", nil)
	settle(stranger, parked, map[string]any{"decision": "Ja", "reason": "Ja"}).refused(failure.DocumentNotFound)
	next.lead("/open", nil)
	settle(next, parked, map[string]any{"decision": "Vi lader det ligge", "reason": "Elevrådet har det"}).ok()
	require.Empty(t, next.carried().Topics)
	require.Len(t, next.do("teacher-1", "GET", next.path("/topics"), nil).ok().items(), 1, "also that which is settled here")
	require.Contains(t, string(next.do("teacher-1", "GET", next.path("/minutes"), nil).ok().raw), "Elevrådet har det")
	require.NotContains(t, string(tb.do("teacher-1", "GET", tb.path("/minutes"), nil).ok().raw), "Elevrådet har det", "approved minutes stay as they are")
}

// A forum's next dialogue begins with what any earlier one of the forum left, whoever made it.
func TestAForumsDialoguesFollowEachOther(t *testing.T) {
	w := newWorld(t)
	w.forum("forum-a", "decides", "", six())
	first := w.meet("forum-a")
	w.step("leader", first.agree(nil).ok(), "/adopt", nil).ok()
	first.do("leader", "POST", first.path("/topics"), map[string]any{"kind": "parked", "text": "Senere", "source_ids": []string{first.phase("decide").PhaseID}}).ok()
	second := w.meet("forum-a")
	left := second.carried()
	require.Len(t, left.Topics, 1)
	require.Empty(t, left.Agreements, "it holds and nobody has to look at it")
	require.Empty(t, first.carried().Topics, "nothing came before")
	w.clock.ahead(31 * 24 * time.Hour)
	require.NoError(t, w.service.sweep(w.schoolContext()))
	require.Len(t, second.carried().Agreements, 1)
}
