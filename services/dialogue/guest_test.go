package dialogue

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// visitor is a guest in a test, seen through the API.
type visitor struct {
	*table
	guestEntry
}

// letIn has the facilitator make a code.
func (tb *table) letIn(places, hours int, options ...option) guestsView {
	tb.t.Helper()
	var view guestsView
	tb.do(tb.leader, "POST", tb.path("/guests"), map[string]any{"places": places, "hours": hours}, options...).ok().into(&view)
	return view
}

// types has the portal try a code.
func (tb *table) types(code, name string) answer {
	tb.t.Helper()
	return tb.do("", "POST", "/v1/guest-entries", map[string]any{"code": code, "name": name}, tb.as(access.Portal))
}

// welcome lets somebody in.
func (tb *table) welcome(code, name string) visitor {
	tb.t.Helper()
	v := visitor{table: tb}
	tb.types(code, name).ok().into(&v.guestEntry)
	return v
}

// token is that of a guest.
func (v visitor) token() option {
	token, err := access.NewSigner(v.key, access.Portal, v.clock.read).Token(Name, access.Subject{ID: v.GuestID, Tenant: v.TenantID, Guest: v.DialogueID})
	require.NoError(v.t, err)
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func (v visitor) do(method, path string, body any, options ...option) answer {
	v.t.Helper()
	return v.table.do("", method, path, body, append(options, v.token())...)
}

func (v visitor) write(step, text string) answer {
	v.t.Helper()
	return v.do("POST", v.phasePath(step, "/contributions"), map[string]any{"text": text})
}

// sees is what the guest sees now.
func (v visitor) sees() snapshotView {
	v.t.Helper()
	var poll struct{ Snapshot snapshotView }
	v.do("GET", v.path("/live?wait=0"), nil).ok().into(&poll)
	return poll.Snapshot
}

func texts(shown []contributionView) []string {
	var all []string
	for _, c := range shown {
		all = append(all, c.Text)
	}
	slices.Sort(all)
	return all
}

// A guest comes in by a code, writes where everything is open, sees what the room sees, and goes.
func TestAGuestTakesPart(t *testing.T) {
	w := newWorld(t)
	api := apitest.Load(t, Name)
	api.Routes(w.service.engine)
	w.client = api.Client(w.client)
	w.release("release-1")
	tb := w.prepare(six(), func(body map[string]any) { body["source"] = Cell{"release-1", "relations", "social_support"} }).lead("/open", nil)
	require.Equal(t, guestsView{Guests: []guestView{}}, tb.guestsSeenBy("teacher-1"))

	made := tb.letIn(2, 3, key("the-same-key"))
	require.Regexp(t, "^["+guestAlphabet+"]{10}$", made.Code)
	require.Equal(t, made, tb.letIn(2, 3, key("the-same-key")), "the same request shows the same code")
	require.Empty(t, tb.guestsSeenBy("leader").Code, "and nothing else does")
	require.Equal(t, w.service.now().Add(3*time.Hour).Round(time.Minute), made.Until.Round(time.Minute))
	stored, err := w.service.guests.Get(w.schoolContext(), tb.id)
	require.NoError(t, err)
	require.NotContains(t, stored.Body.Code+stored.Body.Made, made.Code)

	gitte := tb.welcome(strings.ToLower(made.Code[:5])+" - "+made.Code[5:], "  Gitte \n fra  bestyrelsen ")
	require.Equal(t, guestEntry{w.school, tb.id, gitte.GuestID, "Gitte fra bestyrelsen", *made.Until}, gitte.guestEntry)
	require.Equal(t, []guestView{{gitte.GuestID, "Gitte fra bestyrelsen"}}, tb.guestsSeenBy("teacher-1").Guests)
	tb.types(made.Code, "gitte FRA bestyrelsen").refused(failure.RequestInvalid)
	tb.types(made.Code, "").refused(failure.RequestInvalid)
	tb.types(made.Code, strings.Repeat("å", 41)).refused(failure.RequestInvalid)
	henrik := tb.welcome(made.Code, "Henrik")
	tb.types(made.Code, "Ida").refused(failure.GuestsFull)

	screen := tb.follow("leader", "")
	require.Contains(t, screen.next().data, `"name":"Henrik"`)
	seen := gitte.sees()
	require.Equal(t, guest, seen.Dialogue.MyPart)
	require.Empty(t, slices.Concat(seen.Dialogue.Participants, seen.Dialogue.Facilitators))
	require.Nil(t, seen.Dialogue.Source)

	// What is sealed goes on without guests, and is shown to them with the room: whoever wrote could know.
	tb.run("checkin", "/skip", nil).begin("reflect")
	gitte.write("reflect", "Mig også").refused(failure.AccessDenied)
	gitte.do("PUT", tb.phasePath("reflect", "/ready"), map[string]any{"ready": true}).refused(failure.AccessDenied)
	gitte.do("GET", tb.phasePath("reflect", "/contributions"), nil).refused(failure.AccessDenied)
	for _, person := range six() {
		tb.write(person, "reflect", "Tanke fra "+person).ok()
	}
	require.Empty(t, gitte.sees().Contributions)
	tb.lock("reflect")
	require.Len(t, gitte.sees().Contributions, 6)

	tb.begin("share")
	mine := gitte.write("share", "Vi får beskeder kl. 22, skriv til mor@hjemme.dk").ok()
	require.Equal(t, true, mine.body["mine"])
	require.NotContains(t, mine.text("text"), "mor@", "addresses are masked as in everybody's")
	id := mine.text("contribution_id")
	path := tb.phasePath("share", "/contributions/"+id)
	mine = gitte.do("PATCH", path, map[string]any{"text": "Vi får beskeder kl. 22"}, ifMatch(mine.etag)).ok()
	theirs := tb.write("teacher-1", "share", "Det kender vi").ok()
	other := tb.phasePath("share", "/contributions/"+theirs.text("contribution_id"))
	gitte.do("PATCH", other, map[string]any{"text": "Nej"}, ifMatch(theirs.etag)).refused(failure.DocumentNotFound)
	gitte.do("DELETE", other, nil).refused(failure.DocumentNotFound)
	henrik.do("PATCH", path, map[string]any{"text": "Nej"}, ifMatch(mine.etag)).refused(failure.DocumentNotFound)
	tb.do("teacher-1", "PATCH", path, map[string]any{"text": "Nej"}, ifMatch(mine.etag)).refused(failure.DocumentNotFound)
	tb.do("teacher-1", "DELETE", path, nil).refused(failure.DocumentNotFound)
	gitte.do("POST", tb.phasePath("share", "/contributions"), map[string]any{"text": "Hej", "table": "Bord 1"}).refused(failure.RequestInvalid)
	for _, c := range tb.read("teacher-2", "share") {
		require.Equal(t, c.ContributionID == id, c.Guest, "everybody sees what a guest wrote")
		require.False(t, c.Mine)
	}
	require.Equal(t, true, gitte.do("PUT", tb.phasePath("share", "/ready"), map[string]any{"ready": true}).ok().body["ready"])
	screen.until(func(d deltaView) bool {
		p := phaseIn(d, "share")
		return p != nil && p.ReadyGuests == 1 && p.Ready == 0
	})
	henrik.write("share", "Fortryder").ok()
	held := henrik.write("share", "Den peger på nogen").ok()
	tb.do("tr", "POST", tb.phasePath("share", "/contributions/"+held.text("contribution_id")+"/hold"), map[string]any{"reason": "Den peger"}, ifMatch(held.etag)).ok()
	require.NotContains(t, texts(gitte.sees().Contributions), "Den peger på nogen")
	for range maxGuestTexts - 2 {
		henrik.write("share", "Igen").ok()
	}
	henrik.write("share", "Og igen").refused(failure.TooManyContributions)
	tb.lock("share")
	gitte.write("share", "For sent").refused(failure.PhaseLocked)

	// A secret vote is the staff's own; its result is the room's.
	tb.begin("prioritise")
	gitte.do("POST", tb.phasePath("prioritise", "/ballots"), map[string]any{"choices": []Choice{{id, 1}}}).refused(failure.AccessDenied)
	for _, person := range six() {
		tb.vote(person, "prioritise", []Choice{{id, 1}}).ok()
	}
	tb.lock("prioritise")
	seen = gitte.sees()
	require.Equal(t, 6, phaseOf(seen.Dialogue, "prioritise").Result.Ballots)
	tb.begin("decide")
	tb.do("leader", "POST", tb.path("/decisions"), map[string]any{"text": "Ingen beskeder efter 17", "source_ids": []string{id}}).ok()
	today := w.service.today()
	tb.do("leader", "POST", tb.path("/actions"), map[string]any{"text": "Skriv ud", "owner_id": "leader", "due_on": today, "follow_up_on": today, "source_ids": []string{id}}).ok()
	tb.do("tr", "POST", tb.path("/topics"), map[string]any{"kind": "parked", "text": "Lønnen", "source_ids": []string{id}}).ok()
	require.Eventually(t, func() bool { seen = gitte.sees(); return len(seen.Decisions) == 1 }, patience, tick)
	require.Empty(t, seen.Decisions[0].RecordedBy)
	require.Empty(t, seen.Actions)
	require.Empty(t, seen.Topics)

	// Both stand in the minutes, the one who has left too; who was shown out does not.
	gitte.do("DELETE", tb.path("/guests/"+henrik.GuestID), nil).refused(failure.AccessDenied)
	gitte.do("DELETE", tb.path("/guests/"+gitte.GuestID), nil).ok()
	gitte.do("GET", tb.path("/live?wait=0"), nil).refused(failure.AccessDenied)
	lone := tb.welcome(made.Code, "Lone")
	tb.do("leader", "DELETE", tb.path("/guests/"+lone.GuestID), nil).ok()
	lone.do("GET", tb.path("/live?wait=0"), nil).refused(failure.AccessDenied)
	tb.lock("decide").lead("/conclude", nil)
	var minutes struct{ Content MinutesContent }
	tb.do("leader", "GET", tb.path("/minutes"), nil).ok().into(&minutes)
	require.Equal(t, []string{"Gitte fra bestyrelsen", "Henrik"}, minutes.Content.Guests)
	require.ElementsMatch(t, six(), minutes.Content.Participants)

	// When they go round everybody has left, and the code leads nowhere.
	tb.lead("/minutes/circulate", map[string]any{})
	henrik.do("GET", tb.path("/live?wait=0"), nil).refused(failure.AccessDenied)
	tb.types(made.Code, "Ida").refused(failure.GuestCodeWrong)
	require.False(t, tb.guestsSeenBy("leader").Open)
	tb.do("leader", "POST", tb.path("/guests"), map[string]any{"places": 1, "hours": 1}).refused(failure.DialogueWrongState)
	var circulated minutesView
	tb.do("leader", "GET", tb.path("/minutes"), nil).ok().into(&circulated)
	tb.lead("/minutes/approve", map[string]any{"content_hash": circulated.Hash})
	tb.lead("/close", map[string]any{"reason": "Vi er færdige"})
	_, err = w.service.guests.Get(w.schoolContext(), tb.id)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err), "only the minutes keep the names")
	tb.do("teacher-1", "GET", tb.path("/minutes"), nil).ok().into(&minutes)
	require.Equal(t, []string{"Gitte fra bestyrelsen", "Henrik"}, minutes.Content.Guests)
}

func (tb *table) guestsSeenBy(person string) guestsView {
	tb.t.Helper()
	var view guestsView
	tb.do(person, "GET", tb.path("/guests"), nil).ok().into(&view)
	return view
}

func phaseOf(d dialogueView, step string) *phaseView {
	i := slices.IndexFunc(d.Phases, func(p phaseView) bool { return p.Step == step })
	return &d.Phases[i]
}

// Every code that is not in force is refused alike: one that never was, was renewed, closed, has run out, or is no code.
func TestEveryWrongCodeIsTheSame(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil)
	first := tb.letIn(2, 1)
	anne := tb.welcome(first.Code, "Anne")
	second := tb.letIn(2, 1)
	require.NotEqual(t, first.Code, second.Code)
	anne.sees() // renewing shows nobody out
	never := tb.types("2222222222", "Bo")
	for _, code := range []string{first.Code, "", "x", "ÆØÅ", strings.Repeat("A", 100), first.Code + "A"} {
		require.Equal(t, never.refused(failure.GuestCodeWrong).body, tb.types(code, "Bo").body, code)
	}
	tb.do("", "POST", "/v1/guest-entries", map[string]any{"code": second.Code, "name": "Bo"}, w.as("intake")).refused(failure.AccessDenied)
	tb.do("leader", "POST", "/v1/guest-entries", map[string]any{"code": second.Code, "name": "Bo"}).refused(failure.AccessDenied)
	for _, bad := range []map[string]any{{"places": 0, "hours": 1}, {"places": 21, "hours": 1}, {"places": 1, "hours": 13}, {"places": 1, "hours": 0}} {
		tb.do("leader", "POST", tb.path("/guests"), bad).refused(failure.RequestInvalid)
	}

	tb.do("leader", "DELETE", tb.path("/guests"), nil).ok()
	tb.do("leader", "DELETE", tb.path("/guests"), nil).ok()
	require.Equal(t, never.body, tb.types(second.Code, "Bo").body)
	anne.do("GET", tb.path("/live?wait=0"), nil).refused(failure.AccessDenied)
	third := tb.letIn(2, 12)
	anne.do("GET", tb.path("/live?wait=0"), nil).refused(failure.AccessDenied)
	again := tb.welcome(third.Code, "Anne")
	require.NotEqual(t, anne.GuestID, again.GuestID)

	w.clock.ahead(12*time.Hour + time.Minute)
	require.Equal(t, never.body, tb.types(third.Code, "Bo").body)
	again.do("GET", tb.path("/live?wait=0"), nil).refused(failure.AccessDenied)
	require.NoError(t, w.service.sweep(w.schoolContext()))
	stored, err := w.service.guests.Get(w.schoolContext(), tb.id)
	require.NoError(t, err)
	require.Empty(t, stored.Body.Code)
	require.Equal(t, []Guest{{again.GuestID, "Anne", true}}, stored.Body.People, "the minutes will name her once")

	tb.refresh().lead("/cancel", map[string]any{"reason": "Vi er for få"})
	_, err = w.service.guests.Get(w.schoolContext(), tb.id)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
}

// What a crash left between the end of a dialogue and the forgetting is done by the sweep.
func TestGuestsOfADialogueThatIsOverAreForgotten(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil)
	tb.welcome(tb.letIn(2, 1).Code, "Anne")
	kept, err := w.service.guests.Get(w.schoolContext(), tb.id)
	require.NoError(t, err)
	tb.lead("/cancel", map[string]any{"reason": "Vi er for få"})
	_, err = w.service.guests.Insert(w.schoolContext(), tb.id, kept.Body)
	require.NoError(t, err)
	w.clock.ahead(2 * time.Hour)
	require.NoError(t, w.service.sweep(w.schoolContext()))
	_, err = w.service.guests.Get(w.schoolContext(), tb.id)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
}

// Guests stay when the service is stopped and started again, and hear at once when they are shown out.
func TestGuestsOutliveARestart(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil).run("checkin", "/skip", nil).run("reflect", "/skip", nil)
	code := tb.letIn(3, 2).Code
	anne := tb.welcome(code, "Anne")
	w.restart()
	tb.refresh().begin("share")
	anne.write("share", "Jeg er her endnu").ok()
	bo := tb.welcome(code, "Bo")
	require.Equal(t, []guestView{{anne.GuestID, "Anne"}, {bo.GuestID, "Bo"}}, anne.sees().Guests)
	stream := anne.follow("", "", anne.token())
	require.Equal(t, "snapshot", stream.next().name)
	tb.do("leader", "DELETE", tb.path("/guests/"+anne.GuestID), nil).ok()
	tb.do("leader", "DELETE", tb.path("/guests/"+anne.GuestID), nil).refused(failure.DocumentNotFound)
	for e := stream.next(); e.name != "end"; e = stream.next() {
		require.Equal(t, "delta", e.name)
	}
	require.Equal(t, []guestView{{bo.GuestID, "Bo"}}, bo.sees().Guests)
}

// What was sealed before guests were let in was written for colleagues alone.
func TestGuestsSeeNothingThatWasSealedBeforeThem(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil).run("checkin", "/skip", nil).begin("reflect")
	for _, person := range six() {
		tb.write(person, "reflect", "Til kolleger").ok()
	}
	early := tb.welcome(tb.letIn(2, 1).Code, "Anne") // in the middle of it
	choice := tb.lock("reflect").read("leader", "reflect")[0].ContributionID
	require.Empty(t, early.sees().Contributions)
	require.True(t, tb.phase("reflect").StartedAt.Before(*tb.guestsSeenBy("teacher-1").Since), "the page says whether guests will see it")
	tb.run("share", "/skip", nil).begin("prioritise")
	tb.do("leader", "DELETE", tb.path("/guests"), nil).ok()
	for _, person := range six() {
		tb.vote(person, "prioritise", []Choice{{choice, 1}}).ok()
	}
	tb.lock("prioritise")
	late := tb.welcome(tb.letIn(2, 1).Code, "Bo")
	require.Empty(t, late.sees().Contributions)
	require.Nil(t, phaseOf(late.sees().Dialogue, "prioritise").Result)
}
