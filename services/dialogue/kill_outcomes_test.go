package dialogue

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
)

// crash is a request in the middle of which the process is killed, or what the clock does there.
type crash struct {
	name   string
	ask    *request
	later  time.Duration // for what the clock does
	shows  []request     // where it can be seen
	places []string
}

// around are the places between so many writes to a collection, and the one after the last. Before the first of a request
// nothing has happened, which "before agreements:1" shows for all of them.
func around(collection string, writes int) []string {
	var all []string
	for n := 2; n <= writes; n++ {
		all = append(all, fmt.Sprintf("before %s:%d", collection, n))
	}
	return append(all, fmt.Sprintf("after %s:%d", collection, writes))
}

// among are some of the places between many writes side by side, to the boxes of an urn.
func among(writes int) []string {
	return []string{fmt.Sprintf("before urns:%d", writes/2+1), fmt.Sprintf("after urns:%d", writes)}
}

// telling are the places on the way of an event to the broker.
var telling = []string{"after-commit-before-publish", "after-publish-before-ack"}

func all(places ...[]string) (joined []string) {
	for _, some := range places {
		joined = append(joined, some...)
	}
	return joined
}

// outcomes sets a school up in which everything that a dialogue can come to is about to be done, and says what.
func outcomes(w *world) []crash {
	month := 31 * 24 * time.Hour
	w.clock.stand(start)
	w.hoved("hoved", "municipality")
	w.forum("forum", "decides", "hoved", six())
	tb := w.meet("forum")
	adopt := func(a answer) answer { return w.step("leader", a, "/adopt", nil).ok() }
	old, ended := adopt(tb.agree(nil).ok()), adopt(tb.agree(map[string]any{"title": "Noget andet", "review_on": w.day(60)}).ok())
	w.clock.stand(start.Add(month))
	require.NoError(w.t, w.service.sweep(w.schoolContext()))
	old = w.again("leader", old)
	answered := func(person string) *request {
		return &request{person, "POST", w.in("/agreements/" + old.text("agreement_id") + "/adherence"), map[string]any{"answer": "kept"}, key("an-answer-of-" + person)}
	}
	for _, person := range six()[1:] {
		answered(person).of(w).ok()
	}
	proposed, renewal := tb.agree(nil).ok(), tb.agree(map[string]any{"replaces_id": old.text("agreement_id")}).ok()

	old = w.again("leader", old)

	ofAgreement := func(a answer, verb string, body any) *request {
		return &request{"leader", "POST", w.in("/agreements/" + a.text("agreement_id") + verb), body, ifMatch(a.etag)}
	}
	see := func(person, path string) request { return request{person, "GET", path, nil, func(*http.Request) {}} }
	agreements, escalations := see("leader", w.in("/agreements")), see("leader", tb.path("/escalations"))
	step := []string{tb.phase("decide").PhaseID}
	action := func(owner string) map[string]any {
		return map[string]any{"text": "Skriv en regel", "owner_id": owner, "minutes": 60, "due_on": w.day(5), "follow_up_on": w.day(9), "source_ids": step}
	}
	ofAction := func(a answer, verb string, body any) *request {
		return &request{"leader", "POST", w.in("/actions/" + a.text("action_id") + verb), body, ifMatch(a.etag)}
	}
	taken := tb.do("leader", "POST", tb.path("/actions"), action("leader")).ok()
	done := tb.do("leader", "POST", tb.path("/actions"), action("leader")).ok()
	done = ofAction(done, "/accept", nil).of(w).ok()
	done = ofAction(done, "/done", nil).of(w).ok()
	actions := see("leader", tb.path("/actions"))
	asked := tb.ask(nil).ok()
	ofQuestion := func(verb string, body any) *request {
		return &request{"municipality", "POST", w.in("/escalations/" + asked.text("escalation_id") + verb), body, ifMatch(asked.etag)}
	}
	parked := map[string]any{"kind": "parked", "text": "Mobiler i frikvarteret", "source_ids": step}
	topic := tb.do("leader", "POST", tb.path("/topics"), parked).ok()
	topics := see("leader", tb.path("/topics"))
	once := key("one-and-the-same")

	cases := []crash{
		{"proposing", &request{"leader", "POST", tb.path("/agreements"), tb.agreed(nil), once}, 0, []request{agreements}, all([]string{"before agreements:1"}, around("agreements", 1), telling)},
		{"proposing a renewal", &request{"leader", "POST", tb.path("/agreements"), tb.agreed(map[string]any{"replaces_id": ended.text("agreement_id")}), once}, 0, []request{agreements}, around("agreements", 3)},
		{"adopting", ofAgreement(proposed, "/adopt", nil), 0, []request{agreements}, around("agreements", 1)},
		{"adopting a renewal", ofAgreement(renewal, "/adopt", nil), 0, []request{agreements},
			all(around("agreements", 5), among(32), []string{"after-boxes-before-key", "after-commit-before-publish:2"}, telling)},
		{"answering how it is kept", answered(six()[0]), 0, []request{see(six()[0], w.in("/agreements/"+old.text("agreement_id")+"/adherence"))}, around("urns", 1)},
		{"closing the questions", ofAgreement(old, "/adherence/close", nil), 0, []request{agreements}, all(around("agreements", 3), among(32), []string{"after-boxes-before-key"})},
		{"ending", ofAgreement(ended, "/end", map[string]any{"reason": "Det gik ikke"}), 0, []request{agreements}, around("agreements", 1)},
		{"proposing an action", &request{"leader", "POST", tb.path("/actions"), action("teacher-1"), once}, 0, []request{actions}, around("actions", 1)},
		{"accepting", ofAction(taken, "/accept", nil), 0, []request{actions}, all(around("actions", 1), telling)},
		{"verifying", ofAction(done, "/verify", map[string]any{"effect": "worked"}), 0, []request{actions}, around("actions", 1)},
		{"asking another forum", &request{"leader", "POST", tb.path("/escalations"), tb.asking(nil), once}, 0, []request{escalations}, all(around("escalations", 1), telling)},
		{"answering another forum", ofQuestion("/answer", map[string]any{"answer": "Kommunen", "reason": "Det står i budgettet"}), 0, []request{escalations}, around("escalations", 1)},
		{"parking a topic", &request{"leader", "POST", tb.path("/topics"), parked, once}, 0, []request{topics}, around("topics", 1)},
		{"settling a topic", &request{"leader", "POST", tb.path("/topics/" + topic.text("topic_id") + "/settle"), map[string]any{"decision": "Ja", "reason": "Elevrådet vil det"}, ifMatch(topic.etag)}, 0, []request{topics}, around("topics", 1)},
		// An agreement falls due and asks its members, the questions of another are counted, an answer is late, and two actions
		// are to be looked at.
		{"what the clock does", nil, month, []request{agreements, escalations, actions},
			all(around("agreements", 4), among(48), around("escalations", 1), around("actions", 2), []string{"after-key-before-boxes", "after-boxes-before-key"}, telling)},
	}
	return append(append(cases, handovers(w, see)...), papers(w, see)...)
}

// handovers are topics that go from one table to another.
func handovers(w *world, see func(person, path string) request) []crash {
	pre := w.preMeeting().lead("/open", nil)
	main := (&table{world: w, leader: "leader"}).take(w.do("leader", "POST", w.in("/dialogues"), map[string]any{
		"title": "MED", "playbook": "small-school", "playbook_version": 1, "variant_minutes": 20, "forum_id": "med",
	}).ok())
	topic := pre.chosen("Oplæring før jul")
	coming := w.invited()
	ids := []string{coming.send("teacher-1", "Aula æder aftenen").ok().text("input_id"), coming.send("teacher-2", "Også her").ok().text("input_id")}
	return []crash{
		{"handing over", &request{"tr", "POST", pre.path("/topics/" + topic.text("topic_id") + "/hand-over"),
			map[string]any{"dialogue_id": main.id, "raised_as": "tr", "text": "Tid til oplæring"}, ifMatch(topic.etag)}, 0,
			[]request{see("tr", pre.path("/topics")), see("leader", main.path("/topics"))}, all(around("raisings", 2), around("topics", 2))},
		{"taking up what was written before", &request{"tr", "POST", coming.path("/raised-inputs"),
			map[string]any{"input_ids": ids, "raised_as": "tr", "text": "Beskeder om aftenen"}, key("one-and-the-same")}, 0,
			[]request{see("tr", coming.path("/inputs")), see("leader", coming.path("/topics"))}, all(around("raisings", 2), around("topics", 1), around("inputs", 2))},
	}
}

// papers are the board and the minutes.
func papers(w *world, see func(person, path string) request) []crash {
	tb := w.at("relationship-map", "draw")
	node := func(kind string) answer {
		return tb.put("teacher-1", "nodes", map[string]any{"kind": kind, "label": kind}).ok()
	}
	us, parents := node("us"), node("parents")
	relation := map[string]any{"from_node_id": us.text("node_id"), "to_node_id": parents.text("node_id"), "kind": "contact", "essential": true}
	drawn := tb.put("teacher-1", "relations", relation).ok()
	board, once := see("teacher-1", tb.path("/board")), key("one-and-the-same")

	earlier := w.ofForum("forum", "relationship-map", "draw")
	earlier.mapped()
	earlier.lock("draw").hold()
	w.clock.stand(w.clock.read().Add(time.Minute))
	next := w.ofForum("forum", "relationship-map", "draw")

	held := w.meet("forum").lead("/conclude", nil)
	sent := w.meet("forum").lead("/conclude", nil).lead("/minutes/circulate", map[string]any{})
	hash := sent.do("leader", "GET", sent.path("/minutes"), nil).ok().text("content_hash")
	return []crash{
		{"adding to a board", &request{"teacher-1", "POST", tb.path("/board/nodes"), map[string]any{"kind": "leaders", "label": "Ledelsen"}, once}, 0, []request{board}, around("boards", 1)},
		{"changing a board", &request{"teacher-1", "PUT", tb.path("/board/nodes/" + us.text("node_id")), map[string]any{"kind": "us", "label": "Team 5"}, ifMatch(us.etag)}, 0, []request{board}, around("boards", 1)},
		{"removing from a board", &request{"teacher-1", "DELETE", tb.path("/board/relations/" + drawn.text("relation_id")), nil, ifMatch(drawn.etag)}, 0, []request{board}, around("boards", 1)},
		{"going on with an earlier map", &request{"leader", "POST", next.path("/board/beginnings"), map[string]any{"kind": "map", "from_dialogue_id": earlier.id}, once}, 0, []request{see("teacher-1", next.path("/board"))}, around("boards", 1)},
		{"circulating minutes", &request{"leader", "POST", held.path("/minutes/circulate"), map[string]any{"note": "Husk kagen"}, ifMatch(held.etag)}, 0,
			[]request{see("leader", held.path("")), see("leader", held.path("/minutes"))}, all(around("minutes", 1), around("dialogues", 1))},
		{"approving minutes", &request{"leader", "POST", sent.path("/minutes/approve"), map[string]any{"content_hash": hash}, ifMatch(sent.etag)}, 0,
			[]request{see("leader", sent.path("")), see("leader", sent.path("/minutes"))}, all(around("dialogues", 1), telling)},
	}
}

// seen is everything that can be seen of it, byte for byte.
func (c crash) seen(w *world) string {
	w.t.Helper()
	all := ""
	for _, look := range c.shows {
		all += string(look.of(w).ok().raw) + "\n"
	}
	return all
}

var revisions = regexp.MustCompile(`"revision":[0-9]+`)

// content is what can be seen but for how often it was written.
func content(seen string) string { return revisions.ReplaceAllString(seen, "") }

// A process that is killed before or after any write that something else rests on, and started again: the request is repeated
// as a client does that has heard nothing. Nothing that was accepted is lost, nothing is there twice, what is told is told once,
// and nobody ever sees half of it.
func TestKilledInTheMiddle(t *testing.T) {
	if os.Getenv(killWorldEnv) != "" {
		serveUntilKilled(t)
		return
	}
	w := newWorld(t, func(w *world) { w.key = killKey })
	cases := outcomes(w)
	world := w.rest()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			at := world.at.Add(c.later)
			whole := world.on(t, world.copied(t), world.at)
			before := c.seen(whole)
			if c.ask != nil {
				c.ask.of(whole).ok()
			} else {
				whole.stop()
				whole.clock.stand(at)
				whole.start()
			}
			require.NoError(t, whole.service.sweep(whole.schoolContext()))
			after, told := c.seen(whole), whole.toldOnce(nil)
			require.NotEqual(t, before, after)
			for _, place := range c.places {
				t.Run(place, func(t *testing.T) {
					t.Parallel()
					dir := world.copied(t)
					world.killed(t, dir, place, at, false, c.ask)
					back := world.on(t, dir, at)
					require.NoError(t, back.service.sweep(back.schoolContext()), "the server goes on with what it finds")
					require.Contains(t, []string{content(before), content(after)}, content(c.seen(back)), "half of it")
					if c.ask != nil {
						c.repeat(back)
					}
					require.Equal(t, after, c.seen(back))
					require.Equal(t, told, back.toldOnce(told))
				})
			}
		})
	}
}

// repeat asks again. Whoever changes something is told that it was changed meanwhile, if it was they who did so.
func (c crash) repeat(w *world) {
	w.t.Helper()
	if again := c.ask.of(w); again.status != http.StatusPreconditionFailed && again.status != http.StatusNotFound {
		again.ok()
	}
}

// In a build that writes first and tells later, the same test finds what was never told.
func TestAKillTestFindsWhatIsTorn(t *testing.T) {
	w := newWorld(t, func(w *world) { w.key = killKey })
	c := outcomes(w)[0]
	world := w.rest()
	whole := world.on(t, world.copied(t), world.at)
	c.ask.of(whole).ok()
	told := whole.toldOnce(nil)
	dir := world.copied(t)
	world.killed(t, dir, between, world.at, true, c.ask)
	back := world.on(t, dir, world.at)
	c.repeat(back)
	require.Equal(t, c.seen(whole), c.seen(back), "it looks as if all were well")
	lost := back.toldOnce(nil)
	require.NotEqual(t, told, lost)
	proposed := events.AgreementProposed{}.Type()
	require.Equal(t, told[proposed]-1, lost[proposed])
}
