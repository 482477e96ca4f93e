package dialogue

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// hears reads changes until one of them holds what is waited for.
func (f *follower) hears(what string, holds func(deltaView) bool) {
	f.t.Helper()
	for {
		e := f.next()
		if e.name != "delta" {
			continue
		}
		var d deltaView
		require.NoError(f.t, json.Unmarshal([]byte(e.data), &d), what)
		if holds(d) {
			return
		}
	}
}

// Whatever is recorded in a room comes to everybody who follows it, without anybody asking again: agreements and that they
// are adopted, topics and what was decided on them, questions and their answers.
func TestWhatIsRecordedComesByItself(t *testing.T) {
	w := newWorld(t)
	w.hoved("hoved", "municipality")
	w.forum("forum-m", "decides", "hoved", six())
	tb := w.meet("forum-m")
	phone := tb.follow("teacher-1", "")
	require.Equal(t, "snapshot", phone.next().name)

	proposed := tb.agree(map[string]any{"scope": "forum"}).ok()
	phone.hears("a proposal", func(d deltaView) bool { return len(d.Agreements) == 1 && d.Agreements[0].Status == AgreementProposed })
	w.step("leader", proposed, "/adopt", nil).ok()
	phone.hears("its adoption", func(d deltaView) bool { return len(d.Agreements) == 1 && d.Agreements[0].Status == AgreementInForce })

	topic := tb.do("leader", http.MethodPost, tb.path("/topics"), map[string]any{"kind": "parked", "text": "Mobiler", "source_ids": []string{tb.phase("decide").PhaseID}}).ok()
	phone.hears("a topic", func(d deltaView) bool { return len(d.Topics) == 1 && d.Topics[0].Status == TopicOpen })
	tb.do("leader", http.MethodPost, tb.path("/topics/"+topic.text("topic_id")+"/settle"), map[string]any{"decision": "Vi prøver", "reason": "Det koster intet"}, ifMatch(topic.etag)).ok()
	phone.hears("what was decided on it", func(d deltaView) bool { return len(d.Topics) == 1 && d.Topics[0].Decision == "Vi prøver" })

	question := tb.ask(nil).ok()
	phone.hears("a question", func(d deltaView) bool { return len(d.Escalations) == 1 })
	w.do("municipality", http.MethodPost, w.in("/escalations/"+question.text("escalation_id")+"/answer"),
		map[string]any{"answer": "Kommunen betaler", "reason": "Det står i budgettet"}, ifMatch(question.etag)).ok()
	phone.hears("its answer", func(d deltaView) bool {
		return len(d.Escalations) == 1 && d.Escalations[0].Answer == "Kommunen betaler"
	})

	tb.do("leader", http.MethodPost, tb.path("/disagreements"), map[string]any{
		"subject": "Tavler", "positions": []string{"For", "Imod"}, "next_step": "Vi måler", "next_step_reason": "Vi ved det ikke", "source_ids": []string{},
	}).ok()
	phone.hears("a disagreement", func(d deltaView) bool { return len(d.Disagreements) == 1 })
}

// How an earlier agreement is kept comes into the room of the next dialogue when it is counted, and not before.
func TestHowAnAgreementIsKeptComesByItself(t *testing.T) {
	w := newWorld(t)
	w.forum("forum-a", "decides", "", six())
	first := w.meet("forum-a")
	adopted := w.step("leader", first.agree(map[string]any{"scope": "forum"}).ok(), "/adopt", nil).ok()
	w.clock.ahead(31 * 24 * time.Hour)
	require.NoError(t, w.service.sweep(w.schoolContext()))
	due := w.again("leader", adopted)
	require.Equal(t, CheckOpen, due.view().Check.State)

	room := w.meet("forum-a").follow("teacher-1", "")
	var seen snapshotView
	require.NoError(t, json.Unmarshal([]byte(room.next().data), &seen))
	require.Len(t, seen.UnderReview, 1, "it is there from the beginning")
	require.Nil(t, seen.UnderReview[0].Check.Result)
	for _, person := range six() {
		w.do(person, http.MethodPost, w.in("/agreements/"+adopted.text("agreement_id")+"/adherence"), map[string]any{"answer": "kept"}).ok()
	}
	w.step("tr", due, "/adherence/close", nil).ok()
	room.hears("the count", func(d deltaView) bool {
		if d.UnderReview == nil || len(*d.UnderReview) != 1 {
			return false
		}
		result := (*d.UnderReview)[0].Check.Result
		return result != nil && result.Kept == 6
	})
	w.step("leader", w.again("leader", adopted), "/end", map[string]any{"reason": "Systemet er skiftet"}).ok()
	room.hears("that there is none any more", func(d deltaView) bool { return d.UnderReview != nil && len(*d.UnderReview) == 0 })

	apart := w.prepare(six(), nil).lead("/open", nil).follow("teacher-1", "")
	var alone snapshotView
	require.NoError(t, json.Unmarshal([]byte(apart.next().data), &alone))
	require.Empty(t, alone.UnderReview, "people without a forum look again at nobody's")
}
