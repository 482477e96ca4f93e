package dialogue

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/apitest"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/personal/personaltest"
)

var staff = personal.NamesOf([]string{"Aase Ærø Madsen", "Bo Skov"})

func TestWhatNamesAColleagueIsLeftHeldBack(t *testing.T) {
	_, wrong := sayable("Aase siger nej", false, staff)
	require.Equal(t, failure.NamesColleague, wrong.Code)
	left, wrong := sayable("Aase siger nej", true, staff)
	require.Nil(t, wrong)
	require.Equal(t, said{"Aase siger nej", true}, left)
	shown, wrong := sayable("Der mangler tid", false, staff)
	require.Nil(t, wrong)
	require.Equal(t, said{"Der mangler tid", false}, shown)

	var c Contribution
	c.Say(left)
	c.Say(shown)
	require.True(t, c.Held, "who changes something does not release it")
	c.Release()
	c.Say(said{"Der mangler mere tid", false})
	require.Equal(t, Contribution{Text: "Der mangler mere tid"}, c)
	c.Hold("Peger på en")
	c.Release()
	require.Equal(t, Contribution{Text: "Der mangler mere tid"}, c)
}

// leave has a person write something that is to be held back.
func (tb *table) leave(person, step, text string) answer {
	tb.t.Helper()
	return tb.do(person, "POST", tb.phasePath(step, "/contributions"), map[string]any{"text": text, "hold_back": true})
}

// texts are what a person reads of a step, and which of it is held back.
func (tb *table) texts(person, step string) (all, held []string) {
	tb.t.Helper()
	for _, c := range tb.read(person, step) {
		all = append(all, c.Text)
		if c.Held {
			held = append(held, c.Text)
		}
	}
	slices.Sort(all)
	slices.Sort(held)
	return all, held
}

// holdsAndReleases does with a contribution that nobody has changed what TR can.
func (tb *table) holdsAndReleases(step, id string) {
	tb.t.Helper()
	path := tb.phasePath(step, "/contributions/"+id)
	held := tb.do("tr", "POST", path+"/hold", map[string]any{"reason": "Navn"}, ifMatch(`"1"`)).ok()
	tb.do("tr", "POST", path+"/release", nil, ifMatch(held.etag)).ok()
}

// In a sealed step the author alone is told, nothing on any disk tells that something was held back, and TR and AMR read it
// without its author once the step is revealed. The room learns nothing, until they release it.
func TestASealedTextThatNamesAColleague(t *testing.T) {
	w := newWorld(t)
	api := apitest.Load(t, Name)
	api.Routes(w.service.engine)
	w.client = api.Client(w.client)
	w.names.are("Aase Ærø Madsen", "Bo Skov")
	tb := w.prepare(six(), nil).lead("/open", nil).begin("reflect")
	screen, guardian := tb.follow("leader", ""), tb.follow("tr", "")
	screen.next()
	guardian.next()
	require.Equal(t, "text", tb.write("teacher-1", "reflect", "Det er aases skyld", key("the-same-key")).refused(failure.NamesColleague).body["field"])
	require.Empty(t, tb.read("teacher-1", "reflect"), "nothing is kept of it")
	tb.write("teacher-1", "reflect", "Det er planens skyld", key("the-same-key")).ok()
	left := tb.leave("teacher-2", "reflect", "Det er Aases skyld").ok()
	require.Equal(t, true, left.body["held"])
	fine := tb.write("teacher-3", "reflect", "Det tager tid").ok()
	edit := func(hold bool) answer {
		return tb.do("teacher-3", "PATCH", tb.phasePath("reflect", "/contributions/"+fine.text("contribution_id")),
			map[string]any{"text": "Bo Skov tager tid", "hold_back": hold}, ifMatch(fine.etag))
	}
	edit(false).refused(failure.NamesColleague)
	require.Equal(t, "Det tager tid", tb.read("teacher-3", "reflect")[0].Text)
	require.Equal(t, true, edit(true).ok().body["held"])
	freed := tb.leave("teacher-4", "reflect", "Aase igen").ok()
	require.Equal(t, false, tb.do("teacher-4", "PATCH", tb.phasePath("reflect", "/contributions/"+freed.text("contribution_id")),
		map[string]any{"text": "Planen igen"}, ifMatch(freed.etag)).ok().body["held"], "whoever takes the name out is shown")

	for _, person := range []string{"tr", "leader"} {
		require.Empty(t, tb.read(person, "reflect"), "nobody else sees anything before the lock")
	}
	require.NotContains(t, string(w.disk()), "Aases skyld")
	tb.lock("reflect")
	shown := []string{"Det er planens skyld", "Planen igen"}
	for _, person := range []string{"teacher-1", "teacher-2", "teacher-3", "leader"} {
		all, held := tb.texts(person, "reflect")
		require.Equal(t, shown, all, person)
		require.Empty(t, held)
	}
	all, held := tb.texts("tr", "reflect")
	require.Len(t, all, 4)
	require.Equal(t, []string{"Bo Skov tager tid", "Det er Aases skyld"}, held)

	// The live stream of the room holds what may be read and no id of anything else; that of TR holds both.
	seen := screen.until(func(d deltaView) bool { return len(d.Contributions) > 0 })
	require.Len(t, seen.delta(t).Contributions, 2)
	require.Empty(t, seen.delta(t).Removed)
	require.Len(t, guardian.until(func(d deltaView) bool { return len(d.Contributions) > 0 }).delta(t).Contributions, 4)
	require.Len(t, tb.follow("teacher-1", "").next().snapshot(t).Contributions, 2)
	for _, c := range tb.read("tr", "reflect") {
		if c.Held {
			require.NotContains(t, seen.data, c.ContributionID)
			require.Empty(t, c.HeldReason)
			require.NotEqual(t, left.text("contribution_id"), c.ContributionID)
		}
	}
	var revealed events.ContributionsRevealed
	w.events(func(e events.Envelope) bool {
		is := e.Type == revealed.Type()
		if is {
			require.NoError(t, json.Unmarshal(e.Data, &revealed))
		}
		return is
	})
	require.Len(t, revealed.ContributionIDs, 2)

	// Nobody but they releases it.
	one := tb.read("tr", "reflect")[slices.IndexFunc(tb.read("tr", "reflect"), func(c contributionView) bool { return c.Held })]
	release := func(person string) answer {
		return tb.do(person, "POST", tb.phasePath("reflect", "/contributions/"+one.ContributionID+"/release"), nil, ifMatch(fmt.Sprintf(`"%d"`, one.Revision)))
	}
	release("leader").refused(failure.AccessDenied)
	release("teacher-2").refused(failure.AccessDenied)
	require.Equal(t, false, release("tr").ok().body["held"])
	release("tr").refused(failure.PreconditionFailed)
	require.Contains(t, screen.until(func(d deltaView) bool { return len(d.Contributions) > 0 }).data, one.Text)
	all, _ = tb.texts("teacher-1", "reflect")
	require.Contains(t, all, one.Text)
}

// In an open step a text is gone from the room with the change that names somebody, cannot be chosen or cited, and is in no minutes.
func TestAnOpenTextThatNamesAColleague(t *testing.T) {
	w := newWorld(t)
	w.names.are("Aase Ærø Madsen")
	tb := w.prepare(six(), nil).lead("/open", nil).run("reflect", "/skip", nil).begin("share")
	tb.write("teacher-1", "share", "Aase gør det aldrig").refused(failure.NamesColleague)
	require.Equal(t, "[navn] bord", tb.do("teacher-1", "POST", tb.phasePath("share", "/contributions"),
		map[string]any{"text": "Fra bordet", "table": "Aases bord"}).ok().body["table"])
	spoken := tb.write("teacher-1", "share", "Det bliver aldrig gjort").ok()
	screen := tb.follow("teacher-2", "")
	screen.next()
	left := tb.leave("teacher-1", "share", "Aase gør det aldrig").ok()
	path := tb.phasePath("share", "/contributions/"+spoken.text("contribution_id"))
	tb.do("teacher-3", "PATCH", path, map[string]any{"text": "Aase gjorde det aldrig"}, ifMatch(spoken.etag)).refused(failure.NamesColleague)
	tb.do("teacher-3", "PATCH", path, map[string]any{"text": "Aase gjorde det aldrig", "hold_back": true}, ifMatch(spoken.etag)).ok()
	gone := screen.until(func(d deltaView) bool { return len(d.Removed) > 0 })
	require.Equal(t, []string{spoken.text("contribution_id")}, gone.delta(t).Removed)
	require.NotContains(t, gone.data, left.text("contribution_id"))
	require.NotContains(t, gone.data, "Aase")
	tb.do("teacher-3", "PATCH", path, map[string]any{"text": "Nu uden navn"}, ifMatch(`"2"`)).refused(failure.DocumentNotFound)
	tb.do("teacher-3", "DELETE", path, nil).refused(failure.DocumentNotFound)
	tb.do("tr", "PATCH", path, map[string]any{"text": "Nu uden navn"}, ifMatch(`"2"`)).ok()
	_, held := tb.texts("tr", "share")
	require.Equal(t, []string{"Aase gør det aldrig", "Nu uden navn"}, held, "who changes something does not release it")

	// Paper: nobody can be asked, so a line that names somebody is held back, and whoever types is told how many.
	typed := tb.paper("leader", "share", 0, []string{"Spørg åse", "Mere ro", "Aase igen"}, key("the-same-pile")).ok()
	require.JSONEq(t, `{"lines": 3, "held": 2}`, string(typed.raw))
	require.JSONEq(t, string(typed.raw), string(tb.paper("leader", "share", 0, []string{"Spørg åse", "Mere ro", "Aase igen"}, key("the-same-pile")).ok().raw))
	all, _ := tb.texts("leader", "share")
	require.Equal(t, []string{"Fra bordet", "Mere ro"}, all)
	_, held = tb.texts("tr", "share")
	require.Len(t, held, 4)

	tb.lock("share").begin("prioritise")
	tb.vote("teacher-1", "prioritise", []Choice{{left.text("contribution_id"), 1}}).refused(failure.RequestInvalid)
	tb.lock("prioritise").begin("decide")
	cites := func(id string) answer {
		return tb.do("leader", "POST", tb.path("/decisions"), map[string]any{"text": "Vi tager det op", "source_ids": []string{id}})
	}
	cites(left.text("contribution_id")).refused(failure.RequestInvalid)
	cites(tb.read("leader", "share")[0].ContributionID).ok()
	for _, person := range six() {
		minutes := string(tb.do(person, "GET", tb.path("/minutes"), nil).ok().raw)
		require.NotContains(t, minutes, "Aase")
		require.NotContains(t, minutes, "Spørg")
		require.Contains(t, minutes, `"from_paper":1`)
	}
}

// The auditor's attack 9, with names: of two hundred texts that each name somebody in a way in which people do, none reaches
// anybody but TR. Without the rule nearly all would.
func TestNoNameReachesTheRoom(t *testing.T) {
	w := newWorld(t)
	people, texts, _ := personaltest.NameCanaries(27, 200)
	w.names.are(people...)
	tb := w.prepare(six(), nil).lead("/open", nil).begin("reflect")
	for i, text := range texts[:40] {
		writer := []string{"teacher-1", "teacher-2", "teacher-3", "teacher-4"}[i%4]
		tb.write(writer, "reflect", text).refused(failure.NamesColleague)
		tb.leave(writer, "reflect", text).ok()
	}
	tb.lock("reflect").begin("share")
	for _, text := range texts[40:120] {
		tb.write("teacher-1", "share", text).refused(failure.NamesColleague)
		tb.leave("teacher-1", "share", text).ok()
	}
	lines := []string{}
	for _, text := range texts[120:] {
		lines = append(lines, strings.ReplaceAll(text, "\n", " "))
	}
	require.InDelta(t, len(lines), tb.paper("leader", "share", 0, lines).ok().body["held"], 0)
	reached := func(person string) int {
		reflect, _ := tb.texts(person, "reflect")
		share, _ := tb.texts(person, "share")
		return len(reflect) + len(share)
	}
	for _, person := range []string{"teacher-1", "teacher-2", "leader"} {
		require.Zero(t, reached(person))
		require.NotContains(t, string(tb.do(person, "GET", tb.path("/live?wait=0"), nil).ok().raw), `"text":"`+strings.Split(texts[0], "\n")[0])
	}
	require.Equal(t, len(texts), reached("tr"))

	// A school whose names nobody has told is the control: what the rule does not know reaches the room.
	w.names.are()
	w.clock.ahead(namesFor + time.Second)
	w.names.are("Ingen Hedder Således")
	for _, text := range texts[:20] {
		tb.write("teacher-1", "share", text).ok()
	}
	require.Equal(t, 20, reached("teacher-2"))
}

// Names are asked for once in a while, are used for as long while tenancy is silent, and without any nothing is taken.
func TestWithoutNamesNothingIsTaken(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil).begin("reflect")
	w.names.are()
	require.Equal(t, http.StatusServiceUnavailable, tb.write("teacher-1", "reflect", "Aase siger nej").refused(failure.Unavailable).status)
	w.names.are("Bo Skov")
	tb.write("teacher-1", "reflect", "Aase siger nej").ok()
	w.names.are("Aase Madsen")
	tb.write("teacher-1", "reflect", "Aase siger ja").ok()
	knows := func() bool {
		known, err := w.service.roster.people(w.schoolContext())
		require.NoError(t, err)
		return known.Named("Aase")
	}
	require.False(t, knows())
	w.clock.ahead(namesFor + time.Second)
	require.True(t, knows())
	w.names.are()
	w.clock.ahead(2 * (namesFor + time.Second))
	require.True(t, knows())
	w.names.are("Bo Skov")
	require.True(t, knows(), "it is left in peace for a moment")
	w.clock.ahead(2*(namesFor+time.Second) + namesRetry)
	require.False(t, knows())
	w.names.are()
	w.clock.ahead(3 * namesWithout)
	_, err := w.service.roster.people(w.schoolContext())
	require.Equal(t, failure.Unavailable, failure.CodeOf(err))
	require.NotContains(t, string(w.disk()), "Aase Madsen", "no list of names is on the disk")
	require.NotContains(t, w.log.String(), "Madsen")
}

func TestNamesOfSchoolsAreKeptApart(t *testing.T) {
	w := newWorld(t)
	w.names.are("Aase Madsen")
	known, err := w.service.roster.people(w.schoolContext())
	require.NoError(t, err)
	require.True(t, known.Named("Aase"))
	w.names.are("Bo Skov")
	elsewhere, err := w.service.roster.people(w.contextOf(w.other))
	require.NoError(t, err)
	require.False(t, elsewhere.Named("Aase"))
	_, err = w.service.roster.people(t.Context())
	require.Error(t, err)
	w.clock.ahead(3 * namesWithout)
	_, err = w.service.roster.people(w.contextOf(w.operator))
	require.NoError(t, err)
	require.Len(t, w.service.roster.schools, 1, "those in which nobody writes are forgotten")
}
