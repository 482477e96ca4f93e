package dialogue

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// No number that hides somebody, and none that ends a step, counts guests.
func TestGuestsCountForNothing(t *testing.T) {
	w := newWorld(t)
	few := w.prepare(teachers(4), nil)
	code := few.letIn(20, 1).Code
	var here []visitor
	for _, name := range []string{"Anne", "Bo", "Carl", "Dorte"} {
		here = append(here, few.welcome(code, name))
	}
	few.refresh().lead("/open", nil)
	require.True(t, few.phase("reflect").OpenOnly, "four and four guests are four")
	few.do("leader", "POST", few.phasePath("reflect", "/start"), map[string]any{}, ifMatch(few.etag)).refused(failure.TooFewParticipants)
	few.run("checkin", "/skip", nil).run("reflect", "/start", map[string]any{"attribution": "group"})
	here[0].write("reflect", "Åbent").ok()

	// The four and the leader can have written on paper, no guest.
	paper := func(writers int) answer {
		return few.do("leader", "POST", few.phasePath("reflect", "/transcriptions"), map[string]any{"lines": []string{"Papir"}, "writers": writers})
	}
	paper(6).refused(failure.RequestInvalid)
	paper(5).ok()

	// The step ends when the four are ready, and not because guests are.
	choice := few.read("leader", "reflect")[0].ContributionID
	few.lock("reflect").run("share", "/skip", nil).run("prioritise", "/start", map[string]any{"attribution": "group"})
	few.take(few.do("leader", "PUT", few.phasePath("prioritise", "/shared-dots"), map[string]any{"choices": []Choice{{choice, 1}}}, ifMatch(few.etag)).ok())
	for _, v := range here {
		v.do("PUT", few.phasePath("prioritise", "/ready"), map[string]any{"ready": true}).ok()
	}
	for _, person := range teachers(3) {
		few.ready(person, "prioritise", true).ok()
	}
	require.NoError(t, w.service.sweep(w.schoolContext()))
	require.Equal(t, Active, few.refresh().phase("prioritise").State)
	few.ready("teacher-4", "prioritise", true).ok()
	require.NoError(t, w.service.sweep(w.schoolContext()))
	require.Equal(t, Locked, few.refresh().phase("prioritise").State)

	// In a sealed step nothing of a guest gets into the urn: not a word, not a ballot, not that they are ready.
	tb := w.prepare(six(), nil).lead("/open", nil)
	guests := tb.letIn(20, 1)
	anne := tb.welcome(guests.Code, "Anne")
	tb.run("checkin", "/skip", nil).begin("reflect")
	for _, person := range six()[:4] {
		tb.write(person, "reflect", "Hemmeligt").ok()
		tb.ready(person, "reflect", true).ok()
	}
	anne.write("reflect", "Hemmeligt").refused(failure.AccessDenied)
	anne.do("PUT", tb.phasePath("reflect", "/ready"), map[string]any{"ready": true}).refused(failure.AccessDenied)
	meeting, err := w.service.meetings.Get(w.schoolContext(), tb.id)
	require.NoError(t, err)
	known, err := w.service.count(w.schoolContext(), &meeting.Body, meeting.Body.current())
	require.NoError(t, err)
	require.Equal(t, counts{writers: FewerThan5}, known)
	tb.lock("reflect").run("share", "/skip", nil).begin("prioritise")
	top := tb.read("leader", "reflect")[0].ContributionID
	for _, person := range six()[:4] {
		tb.vote(person, "prioritise", []Choice{{top, 1}}).ok()
	}
	anne.do("POST", tb.phasePath("prioritise", "/ballots"), map[string]any{"choices": []Choice{{top, 1}}}).refused(failure.AccessDenied)
	tb.lock("prioritise")
	require.Equal(t, &Result{State: TooFew, Ballots: 4, Choices: []Choice{}}, tb.phase("prioritise").Result)
}

// A guest can do what guestActions names, in the one dialogue, and nothing else: not another operation, not another
// dialogue, not in another school, and nothing at all once the access is over.
func TestAGuestCanDoNothingElse(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil).run("checkin", "/skip", nil).run("reflect", "/skip", nil).begin("share")
	elsewhere := w.prepare(six(), nil)
	anne := tb.welcome(tb.letIn(3, 1).Code, "Anne")
	elsewhere.letIn(3, 1)
	own := anne.write("share", "Mit").ok()
	fill := func(of *table) *strings.Replacer {
		return strings.NewReplacer(":tenant_id", string(w.school), ":dialogue_id", of.id, ":phase_id", of.phase("share").PhaseID, ":contribution_id", own.text("contribution_id"),
			":guest_id", anne.GuestID, ":playbook", "ground-rules", ":version", "1", ":kind", "dialogues", ":topic_id", "none")
	}
	named := 0
	ask := func(method, path string) answer {
		var body any
		if method != http.MethodGet && method != http.MethodDelete {
			body = map[string]any{}
		}
		if strings.HasSuffix(path, "/live") {
			path += "?wait=0"
		}
		return anne.do(method, path, body, ifMatch(`"999"`))
	}
	refused := func(a answer) {
		t.Helper()
		require.Contains(t, []any{string(failure.AccessDenied), string(failure.DocumentNotFound)}, a.body["code"], "%s", a.raw)
	}
	for _, route := range w.service.engine.Routes() {
		_, open := guestActions[route.Method+" "+route.Path]
		switch {
		case !open:
			refused(ask(route.Method, fill(tb).Replace(route.Path)))
		case strings.HasSuffix(route.Path, "/:guest_id"):
			named++ // leaving is tried last
		default:
			named++
			a := ask(route.Method, fill(tb).Replace(route.Path))
			require.NotEqual(t, string(failure.AccessDenied), a.body["code"], "%s %s", route.Method, route.Path)
		}
		refused(ask(route.Method, fill(elsewhere).Replace(route.Path)))
		refused(ask(route.Method, strings.Replace(fill(tb).Replace(route.Path), string(w.school), string(w.other), 1)))
	}
	require.Equal(t, len(guestActions), named)
	require.Len(t, tb.guestsSeenBy("leader").Guests, 1, "nothing was changed")

	// Whoever signs another tenant or another dialogue into the token is nobody there.
	for _, forged := range []guestEntry{{TenantID: w.other, DialogueID: tb.id}, {TenantID: w.school, DialogueID: elsewhere.id}, {TenantID: tenant.ID(w.operator), DialogueID: tb.id}} {
		forged.GuestID = anne.GuestID
		for _, at := range []*table{tb, elsewhere} {
			refused(visitor{table: at, guestEntry: forged}.do("GET", at.path("/live?wait=0"), nil))
		}
	}
	require.Equal(t, http.StatusNoContent, anne.do("DELETE", tb.path("/guests/"+anne.GuestID), nil).status)
	for operation := range guestActions {
		method, path, _ := strings.Cut(operation, " ")
		refused(ask(method, fill(tb).Replace(path)))
	}
}

// The staff side's pre-meeting lets nobody in.
func TestAPreMeetingHasNoGuests(t *testing.T) {
	w := newWorld(t)
	w.forum("forum-g", "advises", "", six())
	made := w.do("tr", "POST", w.in("/pre-meetings"), map[string]any{
		"title": "Formøde", "playbook": "ground-rules", "playbook_version": 1, "variant_minutes": 20, "forum_id": "forum-g",
	}).ok()
	tb := &table{world: w, leader: "tr"}
	tb.take(made)
	for _, method := range []string{"GET", "POST", "DELETE"} {
		tb.do("tr", method, tb.path("/guests"), nil).refused(failure.DocumentNotFound)
	}
	_, err := w.service.guests.Insert(w.schoolContext(), tb.id, Guests{
		Code: w.service.codes.kept("ABC"), Places: 3, Until: w.service.now().Add(time.Hour), LookAt: never, People: []Guest{{ID: "g", Name: "Anne"}},
	})
	require.NoError(t, err)
	tb.types("ABC", "Bo").refused(failure.GuestCodeWrong)
	visitor{table: tb, guestEntry: guestEntry{TenantID: w.school, DialogueID: tb.id, GuestID: "g"}}.do("GET", tb.path("/live?wait=0"), nil).refused(failure.DocumentNotFound)
}

// Who lets guests in is in the school's audit log; who comes is in no log.
func TestLettingGuestsInIsRecorded(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil)
	w.logMu.Lock()
	w.log.Reset()
	w.logMu.Unlock()
	code := tb.letIn(3, 1).Code
	anne := tb.welcome(code, "Anne Gæst")
	anne.sees()
	tb.types("2222222222", "Bo Gæst")
	tb.do("leader", "DELETE", tb.path("/guests/"+anne.GuestID), nil).ok()
	tb.do("leader", "DELETE", tb.path("/guests"), nil).ok()
	var recorded []string
	w.events(func(e events.Envelope) bool {
		if e.Type == (events.DialogueAccessRecorded{}).Type() {
			var record events.DialogueAccessRecorded
			require.NoError(t, json.Unmarshal(e.Data, &record))
			require.Equal(t, "leader", record.Subject)
			recorded = append(recorded, record.Action)
		}
		return slices.Contains(recorded, "guests.close")
	})
	require.Equal(t, []string{"dialogue.create", "guests.open", "guests.show_out", "guests.close"}, recorded)
	w.logMu.Lock()
	defer w.logMu.Unlock()
	for _, never := range []string{code, "Gæst", anne.GuestID, "2222222222"} {
		require.NotContains(t, w.log.String(), never)
	}
}
