package dialogue

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// starting prepares a dialogue with what it starts from.
func (w *world) starting(person string, change map[string]any) answer {
	w.t.Helper()
	body := map[string]any{
		"title": "Platformen", "playbook": "from-overview-to-measures", "playbook_version": 1, "variant_minutes": 20, "participant_ids": six(),
	}
	for k, v := range change {
		body[k] = v
	}
	return w.do(person, http.MethodPost, w.in("/dialogues"), body)
}

// from lists what started from a source, page by page.
func (w *world) from(person, source string) (ids []string) {
	w.t.Helper()
	cursor := ""
	for {
		a := w.do(person, http.MethodGet, w.in("/dialogues?limit=1&source="+url.QueryEscape(source)+cursor), nil).ok()
		for _, one := range a.items() {
			ids = append(ids, one["dialogue_id"].(string))
		}
		next, more := a.body["next_cursor"].(string)
		if !more {
			return ids
		}
		cursor = "&cursor=" + next
	}
}

// Whoever comes to a dialogue from what it started from finds every one, and from an experience only its readers do.
func TestDialoguesAreFoundByTheirSource(t *testing.T) {
	w := newWorld(t)
	w.release("release-1")
	cell := Cell{"release-1", "relations", "demands"}
	one, two := w.starting("leader", map[string]any{"source": cell}).ok(), w.starting("tr", map[string]any{"source": cell}).ok()
	w.starting("leader", map[string]any{"source": Cell{"release-1", "relations", "meaning"}}).ok()
	require.Equal(t, []string{two.text("dialogue_id"), one.text("dialogue_id")}, w.from("leader", "cell:release-1:relations:demands"))
	require.Empty(t, w.from("teacher-8", "cell:release-1:relations:demands"), "who does not sit there finds nothing before the minutes are approved")
	require.Empty(t, w.from("leader", "cell:release-2:relations:demands"))
	about := w.starting("leader", map[string]any{"source": cell, "technology_id": "technology-1"}).ok()
	require.Equal(t, []string{about.text("dialogue_id")}, w.from("leader", "technology:technology-1"))

	told := map[string]any{"month_id": "2026-10", "experience_id": "secret-experience"}
	w.starting("leader", map[string]any{"experience": told}).refused(failure.AccessDenied)
	w.starting("administrator", map[string]any{"experience": told}).refused(failure.AccessDenied)
	require.Equal(t, "experience", w.starting("tr", map[string]any{"experience": told, "source": cell}).refused(failure.RequestInvalid).body["field"])
	require.Equal(t, "experience.month_id", w.starting("tr", map[string]any{"experience": map[string]any{"experience_id": "e"}}).refused(failure.RequestInvalid).body["field"])
	require.Equal(t, "experience.experience_id", w.starting("tr", map[string]any{"experience": map[string]any{"month_id": "m", "experience_id": "a:b"}}).refused(failure.RequestInvalid).body["field"])
	heard := w.starting("tr", map[string]any{"experience": told}).ok()
	require.Contains(t, string(heard.raw), "secret-experience")
	path := w.in("/dialogues/" + heard.text("dialogue_id"))
	for _, person := range []string{"leader", "teacher-1"} {
		require.NotContains(t, string(w.do(person, http.MethodGet, path, nil).ok().raw), "secret-experience", person)
		require.NotContains(t, string(w.do(person, http.MethodGet, w.in("/dialogues"), nil).ok().raw), "secret-experience", person)
		require.NotContains(t, string(w.do(person, http.MethodGet, path+"/live?wait=0", nil).ok().raw), "secret-experience", person)
		w.do(person, http.MethodGet, w.in("/dialogues?source=experience:secret-experience"), nil).refused(failure.AccessDenied)
	}
	require.Equal(t, []string{heard.text("dialogue_id")}, w.from("tr", "experience:secret-experience"))
	require.Empty(t, w.from("amr", "experience:secret-experience"), "who may ask still reads only what they sit in")
	for _, wrong := range []string{"cell:release-1", "cell:release-1:weather:demands", "experience:", "rumour:1", "technology:a:b"} {
		w.do("tr", http.MethodGet, w.in("/dialogues?source="+url.QueryEscape(wrong)), nil).refused(failure.RequestInvalid)
	}
	w.do("tr", http.MethodGet, w.in("/dialogues?state=draft&source=technology:a"), nil).refused(failure.RequestInvalid)
}

// What was stored before it was found by these names is found by them.
func TestOlderDialoguesAndActionsAreFoundToo(t *testing.T) {
	w := newWorld(t)
	ctx := w.schoolContext()
	_, err := w.service.meetings.Insert(ctx, "old", Meeting{Title: "Før", State: Draft, Playbook: "from-overview-to-measures", Version: 1, ForumID: "forum",
		Participants: []string{"leader"}, Facilitators: []string{"leader"}, Source: &Cell{"release-0", "relations", "demands"}, LockAt: never})
	require.NoError(t, err)
	_, err = w.service.actions.Insert(ctx, "old", Action{DialogueID: "old", Text: "Før", Owner: Owner{Person: "leader"}, Status: Accepted, CheckAt: never})
	require.NoError(t, err)
	require.Empty(t, w.from("leader", "cell:release-0:relations:demands"))
	for range 2 { // a crash may begin it again
		for _, m := range w.service.migrations() {
			require.NoError(t, m.Run(ctx, w.service.deps.Store))
		}
	}
	require.Equal(t, []string{"old"}, w.from("leader", "cell:release-0:relations:demands"))
	require.Len(t, w.do("leader", http.MethodGet, w.in("/actions?forum_id=forum"), nil).ok().items(), 1)
}

// The board is narrowed by forum, owner and status, each alone and together, and page by page.
func TestTheBoardIsNarrowed(t *testing.T) {
	w := newWorld(t)
	w.forum("one", "consultation", "", six())
	w.forum("two", "consultation", "", six())
	for i, forum := range []string{"one", "two", "one"} {
		tb := w.meet(forum)
		for j, owner := range []string{"leader", "teacher-1"} {
			a := tb.do("leader", http.MethodPost, tb.path("/actions"), map[string]any{
				"text": "Gør det", "owner_id": owner, "minutes": 30, "due_on": tb.day(1 + i), "follow_up_on": tb.day(20),
			}).ok()
			if i+j == 0 {
				w.do("leader", http.MethodPost, w.in("/actions/"+a.text("action_id")+"/accept"), nil, ifMatch(a.etag)).ok()
			}
		}
	}
	for query, count := range map[string]int{
		"": 6, "forum_id=one": 4, "forum_id=two": 2, "forum_id=three": 0, "owner=teacher-1": 3, "owner=me": 3, "forum_id=one&owner=teacher-1": 2,
		"forum_id=one&owner=me&status=accepted": 1, "forum_id=two&owner=me&status=accepted": 0, "forum_id=one&status=proposed": 3, "owner=me&status=proposed": 2,
	} {
		require.Len(t, w.do("leader", http.MethodGet, w.in("/actions?"+query), nil).ok().items(), count, query)
	}
	first := w.do("leader", http.MethodGet, w.in("/actions?forum_id=one&limit=3"), nil).ok()
	require.Len(t, first.items(), 3)
	require.Len(t, w.do("leader", http.MethodGet, w.in("/actions?forum_id=one&limit=3&cursor="+first.text("next_cursor")), nil).ok().items(), 1)
	w.do("leader", http.MethodGet, w.in("/actions?forum_id=two&cursor="+first.text("next_cursor")), nil).refused(failure.CursorInvalid)
	require.Empty(t, w.do("teacher-8", http.MethodGet, w.in("/actions?forum_id=one"), nil).ok().items(), "a filter opens nothing")
}

// Received questions come page by page, and can be narrowed to those that still want an answer.
func TestReceivedQuestionsAreNarrowed(t *testing.T) {
	w := newWorld(t)
	w.hoved("hoved", "municipality", "stranger")
	w.forum("forum-m", "consultation", "hoved", six())
	tb := w.meet("forum-m")
	first := tb.ask(nil).ok()
	tb.ask(nil).ok()
	third := tb.ask(nil).ok()
	w.do("stranger", http.MethodPost, w.in("/escalations/"+first.text("escalation_id")+"/receive"), nil, ifMatch(first.etag)).ok()
	w.do("leader", http.MethodPost, w.in("/escalations/"+third.text("escalation_id")+"/withdraw"), map[string]any{"reason": "Løst"}, ifMatch(third.etag)).ok()
	list := "/v1/tenants/" + string(w.operator) + "/escalations"
	for query, count := range map[string]int{"": 2, "status=raised": 1, "status=received": 1, "status=answered": 0} {
		require.Len(t, w.do("stranger", http.MethodGet, list+"?"+query, nil).ok().items(), count, query)
	}
	w.do("stranger", http.MethodGet, list+"?status=withdrawn", nil).refused(failure.RequestInvalid)
	w.do("stranger", http.MethodGet, list+"?limit=0", nil).refused(failure.RequestInvalid)
	page := w.do("stranger", http.MethodGet, list+"?limit=2", nil).ok()
	require.Len(t, page.items(), 1, "the newest was withdrawn")
	rest := w.do("stranger", http.MethodGet, list+"?limit=2&cursor="+page.text("next_cursor"), nil).ok()
	require.Len(t, rest.items(), 1)
	require.NotContains(t, rest.body, "next_cursor")
}
