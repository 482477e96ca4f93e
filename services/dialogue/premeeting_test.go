package dialogue

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// call has the TR call the staff side of a forum in which the leader and an administrator sit, too.
func (w *world) call(change map[string]any) answer {
	w.t.Helper()
	body := map[string]any{
		"title": "Før MED på torsdag", "playbook": "small-school", "playbook_version": 1, "variant_minutes": 20,
		"forum_id": "med", "participant_ids": []string{"teacher-2", "teacher-3"},
	}
	for k, v := range change {
		body[k] = v
	}
	return w.do("tr", "POST", w.in("/pre-meetings"), body)
}

func (w *world) preMeeting() *table {
	w.t.Helper()
	w.forum("med", "consultation", "", []string{"leader", "administrator", "tr", "amr", "teacher-1"})
	return (&table{world: w, leader: "tr"}).take(w.call(nil).ok())
}

// topic writes down what the pre-meeting chose.
func (tb *table) chosen(text string) answer {
	tb.t.Helper()
	return tb.do("tr", "POST", tb.path("/topics"), map[string]any{"kind": "parked", "text": text, "source_ids": []string{tb.phase("decide").PhaseID}}).ok()
}

func TestAPreMeetingIsOfTheStaffSide(t *testing.T) {
	w := newWorld(t)
	pre := w.preMeeting()
	require.ElementsMatch(t, []string{"tr", "amr", "teacher-1", "teacher-2", "teacher-3"}, pre.view.Participants, "those of the forum who do not lead, and who is asked besides")
	require.Equal(t, []string{"tr"}, pre.view.Facilitators)
	require.True(t, pre.view.PreMeeting)

	for name, change := range map[string]map[string]any{
		"a leader":         {"participant_ids": []string{"teacher-2", "leader"}},
		"an administrator": {"participant_ids": []string{"administrator"}},
		"no forum":         {"forum_id": ""},
		"another's":        {"facilitator_ids": []string{"leader"}},
	} {
		refused := w.call(change)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status, "%s: %s", name, refused.raw)
	}
	w.call(map[string]any{"forum_id": "none"}).refused(failure.ForumUnknown)
	w.call(map[string]any{"pre_meeting": false}).refused(failure.RequestUnknownField)
	people := func(who ...string) answer {
		return w.do("tr", "PUT", pre.path("/people"), map[string]any{"participant_ids": who, "facilitator_ids": []string{"tr"}}, ifMatch(pre.etag))
	}
	people("tr", "leader").refused(failure.RequestInvalid)
	pre.take(people("tr", "amr", "teacher-1", "teacher-2", "teacher-3", "teacher-4").ok())

	// It is run as a dialogue is, and commits nobody.
	pre.lead("/open", nil)
	step := []string{pre.phase("decide").PhaseID}
	for path, body := range map[string]map[string]any{
		"/actions":     {"text": "Spørg lederen", "owner_id": "leader", "due_on": w.day(5), "follow_up_on": w.day(9), "source_ids": step},
		"/agreements":  {"text": "Vi svarer ikke om aftenen", "kind": "ground_rule", "source_ids": step},
		"/escalations": {"question": "Hvem betaler?", "answer_by_on": w.day(9), "source_ids": step},
	} {
		w.do("tr", "POST", pre.path(path), body).refused(failure.PreMeetingCommits)
	}
	w.do("tr", "POST", pre.path("/decisions"), map[string]any{"text": "Vi tager oplæringen op", "source_ids": step}).ok()
	pre.hold()
	require.Contains(t, string(w.do("teacher-3", "GET", pre.path("/minutes"), nil).ok().raw), "Vi tager oplæringen op")
	var records struct{ Dialogues []recordedPart }
	w.do("teacher-3", "GET", "/v1/me/records", nil).ok().into(&records)
	require.Len(t, records.Dialogues, 1)
	next := (&table{world: w, leader: "tr"}).take(w.do("tr", "POST", pre.path("/next"), map[string]any{}).ok())
	require.True(t, next.view.PreMeeting, "what follows on it is one, too")
}

// To everybody else a pre-meeting is what an id is that nobody ever gave: by every operation, byte for byte.
func TestAPreMeetingIsNotThereForAnybodyElse(t *testing.T) {
	w := newWorld(t)
	pre := w.preMeeting().lead("/open", nil)
	topic := pre.chosen("Oplæring før jul")
	pre.hold()
	w.employ("teacher-3", access.Leader, w.other) // who took part, and now leads elsewhere
	require.Eventually(t, func() bool {
		roles, err := w.service.directory.Assignments(t.Context(), "teacher-3")
		return err == nil && len(roles) == 2
	}, patience, tick)

	fill := func(path, dialogue string) string {
		path = strings.NewReplacer(":dialogue_id", dialogue, ":phase_id", pre.phase("decide").PhaseID, ":topic_id", topic.text("topic_id"),
			":contribution_id", "none", ":decision_id", "none", ":disagreement_id", "none", ":input_id", "none").Replace(path)
		if strings.HasSuffix(path, "/live") {
			path += "?wait=0"
		}
		return path
	}
	tried := 0
	for _, route := range w.service.engine.Routes() {
		rest, ok := strings.CutPrefix(route.Path, "/v1/tenants/:tenant_id")
		if !ok || !strings.Contains(rest, ":dialogue_id") {
			continue
		}
		tried++
		for _, person := range []string{"leader", "administrator", "teacher-3", "teacher-8", "municipality", "analyst", "operator", "union", "stranger"} {
			ask := func(dialogue string) answer {
				var body any
				if route.Method != http.MethodGet && route.Method != http.MethodDelete {
					body = map[string]any{}
				}
				return w.do(person, route.Method, w.in(fill(rest, dialogue)), body, ifMatch(pre.etag), key("the-very-same"))
			}
			real, none := ask(pre.id), ask("0123456789abcdef0123456789abcdef")
			require.Contains(t, []int{http.StatusNotFound, http.StatusForbidden}, real.status, "%s %s by %s", route.Method, rest, person)
			require.Equal(t, none.status, real.status, "%s %s by %s", route.Method, rest, person)
			require.Equal(t, none.body["code"], real.body["code"])
			require.Equal(t, none.body["detail"], real.body["detail"])
			require.Equal(t, none.body["errors"], real.body["errors"])
			require.Equal(t, none.etag, real.etag)
		}
	}
	require.Greater(t, tried, 30)

	for _, person := range []string{"leader", "administrator", "teacher-3", "municipality", "analyst", "operator", "union", "stranger"} {
		w.do(person, "GET", w.in("/pre-meetings"), nil).refused(failure.AccessDenied)
		w.do(person, "POST", w.in("/pre-meetings"), map[string]any{}).refused(failure.AccessDenied)
	}
	require.Empty(t, w.do("teacher-8", "GET", w.in("/pre-meetings"), nil).ok().items())
	require.Len(t, w.do("teacher-1", "GET", w.in("/pre-meetings"), nil).ok().items(), 1)
	for _, person := range []string{"leader", "tr", "teacher-1", "administrator"} {
		for _, query := range []string{"", "?state=follow_up", "?limit=1"} {
			list := w.do(person, "GET", w.in("/dialogues"+query), nil).ok()
			require.Empty(t, list.items(), "no list of dialogues shows it, to whomever")
			require.NotContains(t, list.body, "next_cursor", "nor that there is more")
		}
	}
	var records struct{ Dialogues []recordedPart }
	w.do("teacher-3", "GET", "/v1/me/records", nil).ok().into(&records)
	require.Empty(t, records.Dialogues)
	require.NotContains(t, string(w.do("", "GET", "/v1/snapshots/dialogues", nil, w.as("reporting")).ok().raw), pre.id, "no copy of dialogues has it")
}

// Of a pre-meeting the others hear that people are invited, and nothing of how it goes. The audit log, which the other side
// reads, and the service's own log hear nothing.
func TestNothingIsToldOfAPreMeeting(t *testing.T) {
	w := newWorld(t)
	pre := w.preMeeting().lead("/open", nil)
	pre.begin("day").lock("day")
	w.do("tr", "POST", pre.path("/decisions"), map[string]any{"text": "Vi tager oplæringen op", "source_ids": []string{pre.phase("day").PhaseID}}).ok()
	w.do("leader", "GET", pre.path(""), nil).refused(failure.DocumentNotFound)
	pre.run("decide", "/skip", nil).hold()
	last := w.prepare(six(), nil)
	of := 0
	for _, e := range w.events(func(e events.Envelope) bool { return e.Type == "dialogue.dialogue-created.v1" && e.Subject == last.id }) {
		raw, err := json.Marshal(e)
		require.NoError(t, err)
		if !bytes.Contains(raw, []byte(pre.id)) {
			continue
		}
		of++
		require.Equal(t, events.PreMeetingCalled{}.Type(), e.Type)
		require.NotContains(t, string(raw), pre.view.Title)
	}
	require.Equal(t, 1, of)
	w.logMu.Lock()
	defer w.logMu.Unlock()
	require.NotContains(t, w.log.String(), `"action":"pre_meeting.`)
	require.NotContains(t, w.log.String(), "oplæringen")
}

// The day somebody comes to lead, an open stream ends; what came to them before stays where it is.
func TestWhoeverComesToLeadFollowsAPreMeetingNoLonger(t *testing.T) {
	w := newWorld(t)
	pre := w.preMeeting().lead("/open", nil)
	w.do("teacher-3", "GET", pre.path("/live?wait=0"), nil).ok()
	room, leave, err := w.service.hub.enter(w.schoolContext(), pre.id)
	require.NoError(t, err)
	defer leave()
	first, err := room.next(t.Context(), "")
	require.NoError(t, err)
	l := &listener{service: w.service, room: room, subject: access.Subject{ID: "teacher-3", Tenant: w.operator}, id: pre.id}
	_, err = l.admitted(w.schoolContext(), first.scene)
	require.NoError(t, err)
	w.employ("teacher-3", access.Leader, w.school)
	require.Eventually(t, func() bool {
		_, err := l.admitted(w.schoolContext(), first.scene)
		return failure.CodeOf(err) == failure.AccessDenied
	}, patience, tick)
}

// What a pre-meeting chose goes to the dialogue in the words that are written for it, once, and nothing else does.
func (w *world) aTopicIsHandedOver() {
	t := w.t
	t.Helper()
	pre := w.preMeeting().lead("/open", nil)
	main := (&table{world: w, leader: "leader"}).take(w.do("leader", "POST", w.in("/dialogues"), map[string]any{
		"title": "MED", "playbook": "small-school", "playbook_version": 1, "variant_minutes": 20, "forum_id": "med",
	}).ok())
	other := w.prepare([]string{"tr", "teacher-1"}, nil)
	require.Len(t, w.do("teacher-1", "GET", w.in("/pre-meetings"), nil).ok().items(), 1)
	topic := pre.chosen("Mads får ikke oplæring, og vi er vrede")
	hand := func(person string, body map[string]any, etag string) answer {
		all := map[string]any{"dialogue_id": main.id, "raised_as": "tr", "text": "Tid til oplæring"}
		for k, v := range body {
			all[k] = v
		}
		return w.do(person, "POST", pre.path("/topics/"+topic.text("topic_id")+"/hand-over"), all, ifMatch(etag))
	}
	hand("teacher-1", nil, topic.etag).refused(failure.DocumentNotFound)
	hand("tr", map[string]any{"raised_as": "amr"}, topic.etag).refused(failure.RequestInvalid)
	hand("tr", map[string]any{"text": " "}, topic.etag).refused(failure.RequestInvalid)
	hand("tr", map[string]any{"text": strings.Repeat("æ", maxShortText+1)}, topic.etag).refused(failure.RequestInvalid)
	for _, elsewhere := range []string{"none", other.id, pre.id} {
		hand("tr", map[string]any{"dialogue_id": elsewhere}, topic.etag).refused(failure.RequestInvalid)
	}
	hand("tr", nil, `"9"`).refused(failure.PreconditionFailed)
	require.Empty(t, w.do("leader", "GET", main.path("/topics"), nil).ok().items())

	handed := hand("tr", nil, topic.etag).ok()
	require.Equal(t, "handed_over", handed.text("status"))
	require.Equal(t, main.id, handed.text("handed_to_id"))
	hand("tr", map[string]any{"text": "En gang til"}, topic.etag).refused(failure.PreconditionFailed)
	seen := w.do("leader", "GET", main.path("/topics"), nil).ok()
	require.Len(t, seen.items(), 1)
	require.Equal(t, "Tid til oplæring", seen.items()[0]["text"])
	require.Equal(t, "tr", seen.items()[0]["raised_as"])
	for _, secret := range []string{"Mads", "vrede", pre.id, topic.text("topic_id"), "handed"} {
		require.NotContains(t, string(seen.raw), secret)
	}
	main.lead("/open", nil)
	settle := w.do("leader", "POST", main.path("/topics/"+seen.items()[0]["topic_id"].(string)+"/settle"),
		map[string]any{"decision": "To timer i januar", "reason": "Puljen dækker det"}, ifMatch(`"1"`)).ok()
	require.Equal(t, "settled", settle.text("status"))
	require.Equal(t, "handed_over", w.do("tr", "GET", pre.path("/topics"), nil).ok().items()[0]["status"])

	late := pre.chosen("For sent")
	main.hold()
	w.do("tr", "POST", pre.path("/topics/"+late.text("topic_id")+"/hand-over"),
		map[string]any{"dialogue_id": main.id, "raised_as": "tr", "text": "For sent"}, ifMatch(late.etag)).refused(failure.DialogueWrongState)

	// The dialogue that follows begins with nothing of the pre-meeting.
	pre.hold()
	after := (&table{world: w, leader: "leader"}).take(w.do("leader", "POST", main.path("/next"), map[string]any{}).ok())
	require.NotContains(t, string(w.do("leader", "GET", after.path("/carried"), nil).ok().raw), "For sent")
}

// The clock of a pre-meeting is the server's as well.
func TestAPreMeetingIsLockedByTheClock(t *testing.T) {
	w := newWorld(t)
	pre := w.preMeeting().lead("/open", nil).begin("day")
	w.clock.ahead(24 * time.Hour)
	require.NoError(t, w.service.sweep(access.WithSubject(t.Context(), access.Service(Name))))
	require.Equal(t, Locked, pre.refresh().phase("day").State)
}
