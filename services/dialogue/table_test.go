package dialogue

import (
	"strconv"
)

// table is a dialogue in a test, seen through the API by its facilitator.
type table struct {
	*world
	id     string
	leader string
	etag   string
	view   dialogueView
}

// prepare creates a dialogue of the leader with these participants.
func (w *world) prepare(participants []string, change func(map[string]any)) *table {
	w.t.Helper()
	body := map[string]any{
		"title": "Platformen i hverdagen", "playbook": "from-overview-to-measures", "playbook_version": 1,
		"variant_minutes": 45, "participant_ids": participants,
	}
	if change != nil {
		change(body)
	}
	tb := &table{world: w, leader: "leader"}
	return tb.take(w.do("leader", "POST", w.in("/dialogues"), body).ok())
}

func teachers(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = "teacher-" + strconv.Itoa(i+1)
	}
	return all
}

// take remembers an answer that shows the dialogue.
func (tb *table) take(a answer) *table {
	tb.t.Helper()
	tb.view = dialogueView{}
	a.into(&tb.view)
	tb.id, tb.etag = tb.view.DialogueID, a.etag
	return tb
}

func (tb *table) path(rest string) string { return tb.in("/dialogues/" + tb.id + rest) }

// refresh reads the dialogue again.
func (tb *table) refresh() *table {
	tb.t.Helper()
	return tb.take(tb.do(tb.leader, "GET", tb.path(""), nil).ok())
}

// lead sends a command of the facilitator at the current revision.
func (tb *table) lead(verb string, body any) *table {
	tb.t.Helper()
	return tb.take(tb.do(tb.leader, "POST", tb.path(verb), body, ifMatch(tb.etag)).ok())
}

// phase returns a phase by its step.
func (tb *table) phase(step string) phaseView {
	tb.t.Helper()
	for _, p := range tb.view.Phases {
		if p.Step == step {
			return p
		}
	}
	tb.t.Fatalf("no phase %s", step)
	return phaseView{}
}

func (tb *table) phasePath(step, rest string) string {
	return tb.path("/phases/" + tb.phase(step).PhaseID + rest)
}

// run sends a command to a phase.
func (tb *table) run(step, verb string, body any) *table {
	tb.t.Helper()
	return tb.take(tb.do(tb.leader, "POST", tb.phasePath(step, verb), body, ifMatch(tb.etag)).ok())
}

func (tb *table) begin(step string) *table { return tb.run(step, "/start", map[string]any{}) }
func (tb *table) lock(step string) *table  { return tb.run(step, "/lock", nil) }

// write has a person write in a step.
func (tb *table) write(person, step, text string, options ...option) answer {
	tb.t.Helper()
	return tb.do(person, "POST", tb.phasePath(step, "/contributions"), map[string]any{"text": text}, options...)
}

// vote has a person place dots.
func (tb *table) vote(person, step string, choices []Choice, options ...option) answer {
	tb.t.Helper()
	return tb.do(person, "POST", tb.phasePath(step, "/ballots"), map[string]any{"choices": choices}, options...)
}

// read returns what a person can read of a step.
func (tb *table) read(person, step string) []contributionView {
	tb.t.Helper()
	var list struct{ Items []contributionView }
	tb.do(person, "GET", tb.phasePath(step, "/contributions"), nil).ok().into(&list)
	return list.Items
}
