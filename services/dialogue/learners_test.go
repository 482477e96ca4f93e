package dialogue

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Every renderer of a playbook speaks of learners as the school does, and a dialogue goes on with the word that it began with.
func TestPlaybooksSpeakOfLearnersAsTheSchoolDoes(t *testing.T) {
	w := newWorld(t, func(w *world) { w.learners = "kursister" })
	says := func(raw []byte, word string) {
		t.Helper()
		require.Contains(t, string(raw), word+" skriver opgaven")
		require.NotRegexp(t, `(?i)\{[a-z_]*learners?\}`, string(raw))
	}
	says(w.do("teacher-1", "GET", w.in("/playbooks"), nil).ok().raw, "En kursist")
	says(w.do("teacher-1", "GET", w.in("/playbooks/shared-principles/2"), nil).ok().raw, "En kursist")
	tb := w.prepare(six(), func(body map[string]any) { body["playbook"], body["playbook_version"] = "shared-principles", 2 })
	says(tb.do("teacher-1", "GET", tb.path(""), nil).ok().raw, "En kursist")
	says(tb.do("teacher-1", "GET", tb.path("/live?wait=0"), nil).ok().raw, "En kursist")
	require.Contains(t, tb.phase("decide").Instruction.Danish, "forældre og kursister")

	ctx := tenant.With(t.Context(), w.school)
	renamed, err := events.New(ctx, "tenancy", string(w.school), 2, w.clock.read(), events.OrganisationChanged{
		OrganisationID: string(w.school), Kind: "school", ParentID: string(w.operator), Name: "school", Language: "da", LearnerWord: "studerende",
	})
	require.NoError(t, err)
	require.NoError(t, w.tenancy.Publish(ctx, renamed))
	require.Eventually(t, func() bool {
		word, err := w.service.learners(ctx)
		return err == nil && word == "studerende"
	}, patience, tick)
	says(w.do("teacher-1", "GET", w.in("/playbooks"), nil).ok().raw, "En studerende")
	says(tb.do("teacher-1", "GET", tb.path(""), nil).ok().raw, "En kursist")
}

// A school copies a playbook in its own words; a municipality keeps the places for those of its schools.
func TestACopyHasTheWordsOfWhoeverCopies(t *testing.T) {
	w := newWorld(t, func(w *world) { w.learners = "børn" })
	given := map[string]any{"playbook": "shared-principles", "playbook_version": 2}
	own := w.do("tr", "POST", w.in("/adaptations"), given).ok()
	require.Contains(t, string(own.raw), "Et barn skriver")
	require.NotContains(t, string(own.raw), "{A_learner}")
	kept := w.do("municipality", "POST", "/v1/tenants/"+string(w.operator)+"/adaptations", given).ok()
	require.Contains(t, string(kept.raw), "{A_learner} skriver")
	require.Empty(t, kept.body["mistakes"])
}
