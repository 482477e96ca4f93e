package dialogue

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// paper has a person type in some lines from as many writers.
func (tb *table) paper(person, step string, writers int, lines []string, options ...option) answer {
	tb.t.Helper()
	return tb.do(person, "POST", tb.phasePath(step, "/transcriptions"), map[string]any{"lines": lines, "writers": writers}, options...)
}

// paperIsTypedIn does with the paper of a locked open step what can be done.
func (tb *table) paperIsTypedIn(step string) {
	tb.t.Helper()
	tb.scribe("teacher-1").paper("teacher-1", step, 3, []string{"Fra papiret"}).ok()
	all := tb.read("teacher-1", step)
	typed := all[slices.IndexFunc(all, func(c contributionView) bool { return c.Attribution == Transcribed })]
	tb.do("teacher-1", "DELETE", tb.phasePath(step, "/transcriptions/"+typed.ContributionID), nil).ok()
}

func numbered(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("Linje %03d", i)
	}
	return all
}

func (tb *table) scribe(person string) *table {
	tb.t.Helper()
	return tb.take(tb.do("leader", "PUT", tb.path("/scribe"), map[string]any{"person_id": person}, ifMatch(tb.etag)).ok())
}

// Paper of an open step is typed in while it runs and after it, by the facilitator and by the scribe, and counted apart.
func TestPaperOfAnOpenStep(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil)
	tb.paper("leader", "share", 0, []string{"For tidligt"}).refused(failure.PhaseWrongState)
	tb.run("reflect", "/skip", nil).begin("share")
	tb.write("teacher-1", "share", "Skrevet her").ok()
	tb.paper("teacher-2", "share", 0, []string{"Ikke min opgave"}).refused(failure.AccessDenied)
	tb.do("leader", "PUT", tb.path("/scribe"), map[string]any{"person_id": "teacher-8"}, ifMatch(tb.etag)).refused(failure.RequestInvalid)
	tb.scribe("teacher-2")
	require.Equal(t, "teacher-2", tb.view.Scribe)

	lines := append(numbered(199), "Ring til 20 30 40 50 <b>nu</b> 😀 שלום")
	first := tb.paper("teacher-2", "share", 4, lines, key("the-same-pile")).ok()
	again := tb.paper("teacher-2", "share", 4, lines, key("the-same-pile")).ok()
	require.JSONEq(t, string(first.raw), string(again.raw))
	tb.paper("teacher-2", "share", 4, lines[:3], key("the-same-pile")).refused(failure.IdempotencyConflict)
	var typed []contributionView
	for _, c := range tb.read("teacher-1", "share") {
		if c.Attribution == Transcribed {
			typed = append(typed, c)
		}
	}
	require.Len(t, typed, 200, "each line once")
	require.True(t, slices.ContainsFunc(typed, func(c contributionView) bool { return c.Text == "Ring til [tlf.] <b>nu</b> 😀 שלום" }))
	tb.do("teacher-1", "PATCH", tb.phasePath("share", "/contributions/"+typed[0].ContributionID), map[string]any{"text": "x"}, ifMatch(`"1"`)).refused(failure.DocumentNotFound)
	tb.do("teacher-1", "DELETE", tb.phasePath("share", "/contributions/"+typed[0].ContributionID), nil).refused(failure.DocumentNotFound)
	written := tb.read("teacher-1", "share")
	here := written[slices.IndexFunc(written, func(c contributionView) bool { return c.Attribution == playbook.Group })]
	tb.do("leader", "DELETE", tb.phasePath("share", "/transcriptions/"+here.ContributionID), nil).refused(failure.DocumentNotFound)
	tb.do("teacher-2", "DELETE", tb.phasePath("share", "/transcriptions/"+typed[0].ContributionID), nil).ok()
	tb.paper("teacher-2", "share", 4, lines, key("the-same-pile")).ok()
	require.Len(t, tb.read("teacher-1", "share"), 200, "what was taken back stays away")

	// What people choose between does not change under their hands.
	tb.refresh().lock("share").begin("prioritise")
	tb.paper("leader", "share", 0, []string{"Midt i valget"}).refused(failure.PhaseOtherActive)
	tb.paper("leader", "prioritise", 0, []string{"Et valg"}).refused(failure.PhaseTakesNothing)
	tb.lock("prioritise")
	tb.paper("leader", "share", 0, []string{"Efter trinnet"}).ok()
	tb.paper("leader", "decide", 0, []string{"Tales"}).refused(failure.PhaseWrongState)

	for name, bad := range map[string]map[string]any{
		"lines":     {"lines": []string{}},
		"lines.1":   {"lines": []string{"a", " "}},
		"lines.0":   {"lines": []string{strings.Repeat("æ", maxLine+1)}},
		"writers":   {"lines": []string{"a"}, "writers": 8},
		"lines.2":   {"lines": []string{"a", "b", "c\u0007"}},
		"lines_max": {"lines": numbered(maxLines + 1)},
	} {
		field, _, _ := strings.Cut(name, "_")
		refused := tb.do("leader", "POST", tb.phasePath("share", "/transcriptions"), bad).refused(failure.RequestInvalid)
		require.Equal(t, field, refused.body["field"], name)
	}
	for range 3 {
		tb.paper("leader", "share", 0, numbered(maxLines)).ok()
	}
	tb.paper("leader", "share", 0, numbered(maxLines)).refused(failure.RequestInvalid)

	tb.refresh().lead("/conclude", nil)
	tb.paper("leader", "share", 0, []string{"Fundet i lommen"}).ok()
	tb.lead("/minutes/circulate", map[string]any{})
	tb.paper("leader", "share", 0, []string{"For sent"}).refused(failure.DialogueWrongState)
	var minutes struct {
		Content MinutesContent `json:"content"`
	}
	require.NoError(t, json.Unmarshal(tb.do("teacher-1", "GET", tb.path("/minutes"), nil).ok().raw, &minutes))
	for i, p := range tb.view.Phases {
		want := 0
		if p.Step == "share" {
			want = 801
		}
		require.Equal(t, want, minutes.Content.Steps[i].Paper)
	}
}

// Paper of a sealed step comes after the authors are cut off, in piles in which nobody stands alone, and no leader reads
// the handwriting.
func TestPaperOfASealedStep(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		here int // who wrote on a phone
		code failure.Code
	}{"all on paper": {0, ""}, "two piles": {5, ""}, "one on a phone": {1, failure.PaperTooFew}, "four on phones": {4, failure.PaperTooFew}} {
		tb := w.prepare(six(), nil).lead("/open", nil).scribe("tr").begin("reflect")
		for _, person := range six()[:c.here] {
			tb.write(person, "reflect", "Skrevet her af "+person).ok()
		}
		live := tb.follow("tr", "")
		live.next()
		tb.paper("tr", "reflect", 5, numbered(5)).refused(failure.PaperWhileSealed)
		tb.lock("reflect")
		tb.paper("leader", "reflect", 5, numbered(5)).refused(failure.AccessDenied)
		tb.paper("teacher-1", "reflect", 5, numbered(5)).refused(failure.AccessDenied)
		if c.code != "" {
			tb.paper("tr", "reflect", 5, numbered(5)).refused(c.code)
			require.Len(t, tb.read("tr", "reflect"), c.here, name)
			continue
		}
		tb.paper("tr", "reflect", 4, numbered(9)).refused(failure.PaperTooFew)
		tb.paper("tr", "reflect", 5, numbered(9)).ok()
		require.Len(t, tb.read("tr", "reflect"), c.here+9, name)
		seen := live.until(func(d deltaView) bool { return strings.Contains(fmt.Sprint(d.Contributions), "Linje") })
		require.NotContains(t, seen.data, "writers")
		require.NotContains(t, string(tb.do("leader", "GET", tb.path(""), nil).ok().raw), `"writers"`)
	}
}

// Wherever a meeting is: paper never parts a sealed phase so that somebody stands alone.
func TestPaperNeverPointsAtFew(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := testMeeting(rt, rapid.SampledFrom([]int{4, 5, 30}).Draw(rt, "participants"))
		now := start
		for range rapid.IntRange(0, 30).Draw(rt, "commands") {
			phase := m.Phases[rapid.IntRange(0, len(m.Phases)-1).Draw(rt, "phase")].ID
			_ = randomCommand(rt, &m, phase, now)
			for i := range m.Phases {
				if p := &m.Phases[i]; p.Settlement == Destroyed && p.Writers == "" {
					p.Writers = rapid.SampledFrom([]Band{"", Nobody, FewerThan5, From5To9}).Draw(rt, "wrote here")
				}
			}
			writers := rapid.IntRange(-1, 8).Draw(rt, "writers")
			if m.CheckPaper(phase, writers) != nil {
				continue
			}
			p, err := m.phase(phase)
			require.NoError(rt, err)
			require.True(rt, p.State == Locked || p.running())
			require.Contains(rt, []State{Open, Paused, Concluding}, m.State)
			if p.Attribution == playbook.Sealed {
				require.Equal(rt, Destroyed, p.Settlement)
				require.GreaterOrEqual(rt, writers, smallestSecret)
				require.Contains(rt, []Band{Nobody, From5To9}, p.Writers)
			}
		}
	})
}
