package dialogue

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// editing is an adaptation in a test, as the TR edits it.
type editing struct {
	*world
	path string
	etag string
	adaptationView
}

func (w *world) copies(person string, place tenant.ID, id string, version int) *editing {
	w.t.Helper()
	base := "/v1/tenants/" + string(place) + "/adaptations"
	e := &editing{world: w}
	e.take(w.do(person, "POST", base, map[string]any{"playbook": id, "playbook_version": version}).ok())
	e.path = base + "/" + e.AdaptationID
	return e
}

func (e *editing) take(a answer) {
	e.t.Helper()
	e.adaptationView = adaptationView{}
	a.into(&e.adaptationView)
	e.etag = a.etag
}

func (e *editing) save(person string) {
	e.t.Helper()
	e.take(e.do(person, "PUT", e.path, map[string]any{"content": e.Content}, ifMatch(e.etag)).ok())
}

func (e *editing) publish(person string) answer {
	e.t.Helper()
	return e.do(person, "POST", e.path+"/publish", nil, ifMatch(e.etag))
}

// adaptsAPlaybook copies a shipped playbook, edits it with mistakes and without, publishes it twice, and follows each of
// the two versions in a dialogue.
func (w *world) adaptsAPlaybook() {
	e := w.copies("tr", w.school, "ground-rules", 1)
	require.Empty(w.t, e.Mistakes, "a copy is without mistakes")
	require.Equal(w.t, "ground-rules@1", e.CopiedFrom)
	require.Nil(w.t, e.Content.Newcomer)

	// What is being written is checked and not kept, what is kept may hold mistakes, and neither can be followed.
	wrong := *e.Content
	wrong.Steps = append([]playbook.Step{}, e.Content.Steps...)
	wrong.Steps[0].Prompt = playbook.Words{}
	var checked adaptationView
	w.do("tr", "POST", e.path+"/check", map[string]any{"content": wrong}).ok().into(&checked)
	require.Equal(w.t, "steps.0.prompt.da", checked.Mistakes[0].Path)
	e.take(w.do("amr", "GET", e.path, nil).ok())
	require.Empty(w.t, e.Mistakes)
	e.Content = &wrong
	e.save("tr")
	require.NotEmpty(w.t, e.Mistakes)
	e.publish("tr").refused(failure.PlaybookMistaken)
	follow := func(version int) map[string]any {
		return map[string]any{
			"title": "Vores egen", "playbook": e.Content.ID, "playbook_version": version, "variant_minutes": 20, "participant_ids": six(),
		}
	}
	w.do("leader", "POST", w.in("/dialogues"), follow(1)).refused(failure.PlaybookUnknown)

	// English may be left to the Danish.
	e.Content.Steps[0].Prompt = playbook.Words{Danish: "Hvad fylder i Aula lige nu?"}
	e.save("administrator")
	require.Empty(w.t, e.Mistakes)
	e.take(e.publish("tr").ok())
	e.publish("tr").refused(failure.PlaybookUnchanged)
	first := w.prepare(six(), func(body map[string]any) { body["playbook"], body["variant_minutes"] = e.Content.ID, 20 })
	require.Equal(w.t, "Hvad fylder i Aula lige nu?", first.view.Phases[0].Prompt.English)

	// A later edit is a new version; the dialogue keeps the one that it began with.
	e.Content.Steps[0].Prompt = playbook.Words{Danish: "Hvad fylder i Teams?", English: "What fills Teams?"}
	e.save("tr")
	e.take(e.publish("administrator").ok())
	require.Len(w.t, e.Editions, 2)
	require.NotEqual(w.t, e.Editions[0].ContentHash, e.Editions[1].ContentHash)
	require.Equal(w.t, "Hvad fylder i Aula lige nu?", first.refresh().view.Phases[0].Prompt.Danish)
	second := w.prepare(six(), func(body map[string]any) {
		body["playbook"], body["playbook_version"], body["variant_minutes"] = e.Content.ID, 2, 20
	})
	require.Equal(w.t, "What fills Teams?", second.view.Phases[0].Prompt.English)
	w.do("leader", "POST", w.in("/dialogues"), follow(3)).refused(failure.PlaybookUnknown)

	shown := w.do("teacher-1", "GET", w.in("/playbooks"), nil).ok().items()
	require.Len(w.t, shown, len(w.service.shelf.Newest())+1)
	require.Equal(w.t, e.Content.ID, shown[0]["playbook"], "one's own comes first")
	require.EqualValues(w.t, 2, shown[0]["version"])
	w.do("teacher-1", "GET", w.in("/playbooks/"+e.Content.ID+"/1"), nil).ok()
	require.Len(w.t, w.do("tr", "GET", w.in("/adaptations"), nil).ok().items(), 1)
	for _, view := range []*table{first, second} {
		view.lead("/cancel", map[string]any{"reason": "En prøve"})
	}
}

// What a school publishes is for that school; what its municipality publishes, for all its schools. Nobody else reads
// or changes either.
func TestOwnPlaybooksStayWhereTheyAre(t *testing.T) {
	w := newWorld(t)
	own := w.copies("tr", w.school, "small-school", 1)
	own.take(own.publish("tr").ok())
	common := w.copies("municipality", w.operator, "duties-check", 1)
	common.take(common.publish("municipality").ok())

	listed := func(person string, place tenant.ID) (own []string) {
		for _, p := range w.do(person, "GET", "/v1/tenants/"+string(place)+"/playbooks", nil).ok().items() {
			if id := p["playbook"].(string); strings.HasPrefix(id, ownPrefix) {
				own = append(own, id)
			}
		}
		return own
	}
	require.Equal(t, []string{own.Content.ID, common.Content.ID}, listed("teacher-1", w.school))
	require.Equal(t, []string{common.Content.ID}, listed("stranger", w.other))
	require.Equal(t, []string{common.Content.ID}, listed("municipality", w.operator))
	elsewhere := "/v1/tenants/" + string(w.other)
	w.do("stranger", "GET", elsewhere+"/playbooks/"+own.Content.ID+"/1", nil).refused(failure.PlaybookUnknown)
	w.do("stranger", "GET", elsewhere+"/playbooks/"+common.Content.ID+"/1", nil).ok()
	tb := w.prepare(six(), func(body map[string]any) { body["playbook"] = common.Content.ID }).lead("/open", nil)
	step := tb.view.Phases[0].Step
	tb.run(step, "/skip", nil)
	steps := len(tb.view.Phases)
	tb.take(tb.do(tb.leader, "POST", tb.path("/phases/"+tb.view.Phases[0].PhaseID+"/repeat"), nil, ifMatch(tb.etag)).ok())
	require.Len(t, tb.view.Phases, steps+1, "a step of one's own is taken once more, too")

	for _, person := range []string{"teacher-1", "leader", "stranger", "municipality", "union"} {
		w.do(person, "GET", own.path, nil).refused(failure.AccessDenied)
		own.publish(person).refused(failure.AccessDenied)
	}
	w.do("tr", "GET", common.path, nil).refused(failure.AccessDenied)
	w.do("tr", "GET", w.in("/adaptations/"+common.AdaptationID), nil).refused(failure.DocumentNotFound)
}

func TestAnAdaptationHoldsSoManyVersionsAndNoMore(t *testing.T) {
	p, err := shippedShelf(t).Playbook("small-school", 1)
	require.NoError(t, err)
	a := adapt(p, start)
	for i := range maxEditions {
		p.Steps[0].Prompt.Danish = strings.Repeat("!", i+1)
		a.Edit(*p)
		require.NoError(t, a.Publish("id", "tr", start))
	}
	p.Steps[0].Prompt.Danish = "En for meget"
	a.Edit(*p)
	require.Equal(t, failure.PlaybookEditionsFull, failure.CodeOf(a.Publish("id", "tr", start)))
	first, err := a.edition("id", 1)
	require.NoError(t, err)
	require.Equal(t, "!", first.Steps[0].Prompt.Danish, "a version that is out stays as it is")
}
