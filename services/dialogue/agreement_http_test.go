package dialogue

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
)

// forum tells the service of a forum of these people and waits until it knows.
func (w *world) forum(id, mandate, parent string, people []string) {
	w.t.Helper()
	f := events.ForumCreated{ForumID: id, Kind: "med", Name: "MED-udvalget", Mandate: mandate, ParentID: parent}
	for _, person := range people {
		f.Members = append(f.Members, events.ForumMember{PersonID: person, Role: "member"})
	}
	w.tell(w.tenancy, "tenancy", w.school, id, f)
	require.Eventually(w.t, func() bool {
		_, err := w.service.directory.Forum(w.schoolContext(), id)
		return err == nil
	}, patience, tick)
}

// meet opens a dialogue of a forum.
func (w *world) meet(forum string) *table {
	w.t.Helper()
	return w.prepare(nil, func(body map[string]any) {
		delete(body, "participant_ids")
		body["forum_id"] = forum
	}).lead("/open", nil)
}

// day is a local date so many days from today.
func (w *world) day(days int) string {
	return w.service.now().In(w.service.zone).AddDate(0, 0, days).Format(time.DateOnly)
}

// agree proposes ground rules that are looked at again in 30 days.
func (tb *table) agree(change map[string]any) answer {
	tb.t.Helper()
	return tb.do(tb.leader, "POST", tb.path("/agreements"), tb.agreed(change))
}

// agreed is what agree sends.
func (tb *table) agreed(change map[string]any) map[string]any {
	tb.t.Helper()
	body := map[string]any{
		"kind": "ground_rules", "title": "Beskeder", "text": "Ingen beskeder om aftenen.", "scope": "school", "from_on": tb.day(0), "review_on": tb.day(30),
		"channels":   []Channel{{Name: "Aula", UsedFor: "Forældre", AnswerTime: "Næste hverdag", QuietHours: "17-7"}},
		"source_ids": []string{tb.phase("decide").PhaseID},
	}
	maps.Copy(body, change)
	return body
}

// step sends a command about an agreement as it was last seen.
func (w *world) step(person string, a answer, verb string, body any) answer {
	w.t.Helper()
	return w.do(person, "POST", w.in("/agreements/"+a.text("agreement_id")+verb), body, ifMatch(a.etag))
}

func (w *world) again(person string, a answer) answer {
	w.t.Helper()
	return w.do(person, "GET", w.in("/agreements/"+a.text("agreement_id")), nil)
}

func (a answer) view() (v agreementView) {
	a.t.Helper()
	require.NoError(a.t, json.Unmarshal(a.ok().raw, &v))
	return v
}

// An agreement from its proposal through a secret check to a new version.
func (w *world) anAgreementIsKeptCheckedAndRenewed() {
	t := w.t
	t.Helper()
	w.forum("forum-a", "decides", "", six())
	tb := w.meet("forum-a")
	proposed := tb.agree(map[string]any{"scope": "forum"}).ok()
	require.Equal(t, AgreementProposed, proposed.view().Status)
	w.again("teacher-7", proposed).refused(failure.AccessDenied)
	w.step("teacher-1", proposed, "/adopt", nil).refused(failure.AccessDenied)
	adopted := w.step("leader", proposed, "/adopt", nil).ok()
	require.Equal(t, "Aula", w.again("teacher-7", adopted).view().Channels[0].Name, "everybody at the school may know")
	require.Len(t, tb.do("teacher-1", "GET", tb.path("/agreements"), nil).ok().items(), 1)
	withdrawn := w.step("leader", tb.agree(map[string]any{"title": "Noget andet"}).ok(), "/end", map[string]any{"reason": "Vi venter"}).ok()
	require.Equal(t, AgreementEnded, withdrawn.view().Status)

	w.do("teacher-1", "POST", w.in("/agreements/"+adopted.text("agreement_id")+"/adherence"), map[string]any{"answer": "kept"}).refused(failure.AccessDenied)
	w.clock.ahead(31 * 24 * time.Hour)
	require.NoError(t, w.service.sweep(w.schoolContext()))
	due := w.again("leader", adopted)
	require.Equal(t, AgreementUnderReview, due.view().Status)
	require.Equal(t, CheckOpen, due.view().Check.State)
	require.Len(t, w.do("teacher-1", "GET", w.in("/agreements?status=under_review&forum_id=forum-a"), nil).ok().items(), 1)
	require.Len(t, w.do("teacher-1", "GET", w.in("/agreements?forum_id=forum-a"), nil).ok().items(), 2)
	require.Len(t, w.do("teacher-7", "GET", w.in("/agreements"), nil).ok().items(), 1, "what was only proposed is no matter of others")
	require.Len(t, w.do("teacher-7", "GET", w.in("/agreements?status=under_review"), nil).ok().items(), 1)
	w.do("teacher-7", "GET", w.in("/agreements?status=asleep"), nil).refused(failure.RequestInvalid)

	path := w.in("/agreements/" + adopted.text("agreement_id") + "/adherence")
	for i, person := range six() {
		require.Equal(t, false, w.do(person, "GET", path, nil).ok().body["cast"])
		once := key("the-same-key-of-" + person)
		said := map[string]any{"answer": adherences[i%2]}
		w.do(person, "POST", path, said, once).ok()
		w.do(person, "POST", path, said, once).ok()
		w.do(person, "POST", path, said).refused(failure.AlreadyVoted)
		require.Equal(t, true, w.do(person, "GET", path, nil).ok().body["cast"])
	}
	w.do("teacher-1", "POST", path, map[string]any{"answer": "perhaps"}).refused(failure.RequestInvalid)
	require.Equal(t, due.etag, w.again("leader", adopted).etag, "nothing of the answers shows")
	w.step("teacher-1", due, "/adherence/close", nil).refused(failure.AccessDenied)
	closed := w.step("tr", due, "/adherence/close", nil).ok()
	require.Equal(t, checkView{State: checkClosed, LastOn: due.view().Check.LastOn, Result: &Adherences{State: Shown, Answers: 6, Kept: 3, Partly: 3}}, closed.view().Check)
	w.step("tr", closed, "/adherence/close", nil).refused(failure.AgreementCheckClosed)
	w.do("teacher-1", "POST", path, map[string]any{"answer": "kept"}).refused(failure.AgreementCheckClosed)
	name, err := keyName(w.schoolContext(), adopted.text("agreement_id"))
	require.NoError(t, err)
	_, err = w.service.urn.keys.Get(name)
	require.ErrorIs(t, err, keyring.ErrGone, "what was counted can be traced to nobody")

	next := w.meet("forum-a")
	renewed := next.agree(map[string]any{"scope": "forum", "replaces_id": adopted.text("agreement_id")}).ok()
	require.Equal(t, 2, renewed.view().Version)
	next.agree(map[string]any{"replaces_id": adopted.text("agreement_id")}).refused(failure.AgreementHasSuccessor)
	next.agree(map[string]any{"replaces_id": adopted.text("agreement_id"), "kind": "guideline", "channels": nil}).refused(failure.RequestInvalid)
	next.agree(map[string]any{"replaces_id": "nothing"}).refused(failure.RequestInvalid)
	next.agree(map[string]any{"scope": "unit", "unit_id": "nowhere"}).refused(failure.UnitUnknown)
	require.Equal(t, AgreementUnderReview, w.again("leader", adopted).view().Status, "the old one holds until then")
	w.step("leader", renewed, "/adopt", nil).ok()
	require.Equal(t, AgreementSuperseded, w.again("leader", adopted).view().Status)
	w.clock.ahead(0)
}

// What an agreement comes to is told with identifiers and dates alone, and its review to everybody in the forum.
func TestAgreementsAreTold(t *testing.T) {
	w := newWorld(t)
	w.forum("forum-a", "consultation", "", six())
	tb := w.meet("forum-a")
	w.step("leader", tb.agree(map[string]any{"kind": "guideline", "channels": nil}).ok(), "/adopt", nil).refused(failure.AgreementBeyondMandate)
	first := w.step("leader", tb.agree(map[string]any{"to_on": w.day(60)}).ok(), "/adopt", nil).ok()
	w.stop()
	w.clock.ahead(31 * 24 * time.Hour)
	w.start()
	require.Eventually(t, func() bool { return w.again("leader", first).view().Status == AgreementUnderReview }, patience, tick)
	w.clock.ahead(62 * 24 * time.Hour)
	require.NoError(t, w.service.sweep(w.schoolContext()))
	ended := w.again("leader", first).view()
	require.Equal(t, AgreementEnded, ended.Status)
	require.Empty(t, ended.Reason, "its time was over")
	require.Equal(t, checkClosed, ended.Check.State)
	require.Equal(t, TooFew, ended.Check.Result.State, "nobody answered")

	told := w.events(func(e events.Envelope) bool { return e.Type == events.AgreementEnded{}.Type() })
	names := types(told)
	require.Equal(t, 2, count(names, events.AgreementProposed{}.Type()))
	require.Equal(t, 1, count(names, events.AgreementAdopted{}.Type()))
	require.Equal(t, 1, count(names, events.AgreementReviewDue{}.Type()))
	for _, e := range told {
		require.NotContains(t, string(e.Data), "aftenen")
		if e.Type == (events.AgreementReviewDue{}).Type() {
			due, err := events.Decode[events.AgreementReviewDue](e)
			require.NoError(t, err)
			require.Equal(t, six(), due.MemberIDs)
		}
	}
}

// A process that ended between two steps of a renewal carries on with it when it comes back.
func TestARenewalIsCarriedThrough(t *testing.T) {
	w := newWorld(t)
	w.forum("forum-a", "decides", "", six())
	tb := w.meet("forum-a")
	first := w.step("leader", tb.agree(nil).ok(), "/adopt", nil).ok()
	second := tb.agree(map[string]any{"replaces_id": first.text("agreement_id")}).ok()
	_, err := w.service.agreements.Update(w.schoolContext(), second.text("agreement_id"), func(a *Agreement) ([]events.Event, error) {
		return nil, a.Adopt(w.service.now())
	})
	require.NoError(t, err)
	require.Equal(t, AgreementInForce, w.again("leader", first).view().Status)
	w.restart()
	require.Eventually(t, func() bool { return w.again("leader", first).view().Status == AgreementSuperseded }, patience, tick)
	require.Eventually(t, func() bool {
		a, err := w.service.agreements.Get(w.schoolContext(), second.text("agreement_id"))
		return err == nil && !a.Body.Settling
	}, patience, tick)
}

// Four people can work out who said what, so they are not asked in secret.
func TestFourAreNotAskedInSecret(t *testing.T) {
	w := newWorld(t)
	w.forum("trio", "decides", "", []string{"teacher-1", "tr", "leader", "amr"})
	tb := w.meet("trio")
	a := w.step("leader", tb.agree(nil).ok(), "/adopt", nil).ok()
	w.clock.ahead(31 * 24 * time.Hour)
	require.NoError(t, w.service.sweep(w.schoolContext()))
	require.Equal(t, checkView{State: CheckTooFew}, w.again("leader", a).view().Check)
	w.do("teacher-1", "POST", w.in("/agreements/"+a.text("agreement_id")+"/adherence"), map[string]any{"answer": "kept"}).refused(failure.AccessDenied)
}
