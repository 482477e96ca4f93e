package dialogue

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Whatever is done with a question and whenever: it can be answered or withdrawn as long as it is open, it is answered
// with a reason only, and it is said once that the answer is late.
func TestEscalationNeverGetsStuck(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		e := Escalation{Question: "Hvem betaler?", Sources: []string{"phase"}, AnswerBy: "2026-12-01", DueAt: start.AddDate(0, 0, 8), Status: EscalationRaised}
		require.NoError(rt, e.clean("2026-11-23"))
		now, late := start, 0
		for range rapid.IntRange(0, 15).Draw(rt, "commands") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 4).Draw(rt, "days"))
			was := e
			var err error
			switch rapid.IntRange(0, 4).Draw(rt, "command") {
			case 0:
				err = e.Receive(now)
			case 1:
				err = e.Reply("Kommunen", "Det står i budgettet", "person-9", now)
			case 2:
				err = e.Reply("Kommunen", "", "person-9", now)
				require.Error(rt, err, "no answer without its reason")
			case 3:
				err = e.Withdraw("Det løste sig")
			case 4:
				if e.Expire(now) {
					late++
				}
			}
			if err != nil {
				require.Equal(rt, was, e, "a refusal changes nothing")
			}
			require.NotEmpty(rt, e.Sources)
			require.LessOrEqual(rt, late, 1)
			if !was.Owed() {
				require.Equal(rt, was.Status, e.Status, "what is over stays over")
			}
			if e.Status == EscalationAnswered {
				require.NotNil(rt, e.ReceivedAt)
				require.NotEmpty(rt, e.Reason)
			}
		}
		if e.Owed() {
			require.NoError(rt, e.Reply("Kommunen", "Det står i budgettet", "person-9", now))
		}
		require.False(rt, e.Expire(now.AddDate(1, 0, 0)), "nothing more is owed")
	})
}

// hoved tells the service of a forum of the municipality whose members are these people.
func (w *world) hoved(id string, people ...string) {
	w.t.Helper()
	f := events.ForumCreated{ForumID: id, Kind: "med", Name: "Hovedudvalget", Mandate: "guideline"}
	for _, person := range people {
		f.Members = append(f.Members, events.ForumMember{PersonID: person, Role: "member"})
	}
	w.tell(w.tenancy, "tenancy", w.operator, id, f)
	require.Eventually(w.t, func() bool {
		_, err := w.service.directory.Forum(tenant.With(w.t.Context(), w.operator), id)
		return err == nil
	}, patience, tick)
}

// ask passes a question on that is to be answered in ten days.
func (tb *table) ask(change map[string]any) answer {
	tb.t.Helper()
	return tb.do(tb.leader, "POST", tb.path("/escalations"), tb.asking(change))
}

// asking is what ask sends.
func (tb *table) asking(change map[string]any) map[string]any {
	tb.t.Helper()
	body := map[string]any{"question": "Hvem betaler oplæringen?", "answer_by_on": tb.day(10), "source_ids": []string{tb.phase("decide").PhaseID}}
	maps.Copy(body, change)
	return body
}

// A question goes to the municipality's forum, whose members answer it without seeing anything else of the school.
func (w *world) aQuestionIsPassedOnAndAnswered() {
	t := w.t
	t.Helper()
	w.hoved("hoved", "municipality", "stranger")
	w.forum("forum-m", "consultation", "hoved", six())
	tb := w.meet("forum-m")
	tb.ask(map[string]any{"source_ids": []string{}}).refused(failure.RequestInvalid)
	tb.ask(map[string]any{"answer_by_on": tb.day(0)}).refused(failure.RequestInvalid)
	asked := tb.ask(nil).ok()
	require.Equal(t, "Hovedudvalget", asked.text("to_forum_name"))
	path := w.in("/escalations/" + asked.text("escalation_id"))
	w.do("teacher-7", "GET", path, nil).refused(failure.AccessDenied)
	w.do("stranger", "GET", tb.path(""), nil).refused(failure.AccessDenied)
	w.do("leader", "POST", path+"/answer", map[string]any{"answer": "Os", "reason": "Selv"}, ifMatch(asked.etag)).refused(failure.AccessDenied)
	require.Len(t, w.do("stranger", "GET", "/v1/tenants/"+string(w.operator)+"/escalations", nil).ok().items(), 1)
	require.Empty(t, w.do("analyst", "GET", "/v1/tenants/"+string(w.operator)+"/escalations", nil).ok().items())
	got := w.do("stranger", "POST", path+"/receive", nil, ifMatch(asked.etag)).ok()
	w.do("stranger", "POST", path+"/answer", map[string]any{"answer": "Kommunen"}, ifMatch(got.etag)).refused(failure.RequestInvalid)
	w.do("municipality", "POST", path+"/answer", map[string]any{"answer": "Kommunen betaler", "reason": "Det står i budgettet"}, ifMatch(got.etag)).ok()
	require.Contains(t, string(tb.do("teacher-1", "GET", tb.path("/minutes"), nil).ok().raw), "Kommunen betaler", "the answer comes back into the minutes")
	require.Equal(t, "answered", w.do("teacher-1", "GET", path, nil).ok().text("status"))
	again := tb.ask(nil).ok()
	w.do("leader", "POST", w.in("/escalations/"+again.text("escalation_id")+"/withdraw"), map[string]any{"reason": "Det løste sig"}, ifMatch(again.etag)).ok()
	require.Len(t, tb.do("teacher-1", "GET", tb.path("/escalations"), nil).ok().items(), 2)
}

// When the day is over without an answer, those who owe it are told once, and the next dialogue begins with it.
func TestALateAnswerIsToldOnce(t *testing.T) {
	w := newWorld(t)
	w.hoved("hoved", "municipality")
	w.forum("alone", "consultation", "", six())
	w.meet("alone").ask(nil).refused(failure.NoForumAbove)
	w.forum("forum-m", "consultation", "hoved", six())
	tb := w.meet("forum-m")
	asked := tb.ask(nil).ok()
	next := w.meet("forum-m")
	w.stop()
	w.clock.ahead(11 * 24 * time.Hour)
	w.start()
	told := w.events(func(e events.Envelope) bool { return e.Type == events.EscalationOverdue{}.Type() })
	require.NoError(t, w.service.sweep(w.schoolContext()), "and once only")
	for _, e := range told {
		require.NotContains(t, string(e.Data), "oplæringen")
		if e.Type == (events.EscalationOverdue{}).Type() {
			due, err := events.Decode[events.EscalationOverdue](e)
			require.NoError(t, err)
			require.Equal(t, []string{"municipality"}, due.PersonIDs)
		}
	}
	require.Equal(t, true, w.do("teacher-1", "GET", w.in("/escalations/"+asked.text("escalation_id")), nil).ok().body["overdue"])
	require.Len(t, next.carried().Escalations, 1)
}
