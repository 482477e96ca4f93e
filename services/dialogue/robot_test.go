package dialogue

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// robot leads a dialogue by its playbook and nothing else: it lets those who are invited write beforehand where they can,
// starts the next step, lets everybody do what the step is for, lets the time of the step pass on the service's clock, and
// writes down what comes out of it. Few people share a phone and write on paper.
type robot struct {
	*table
	book    *playbook.Playbook
	people  []string
	elapsed *time.Duration // on the clock of the world
	written []string       // ids of what was written and revealed
}

// Every length of every playbook that is shipped runs to its end, also with so few people that nothing can be sealed.
func TestRobotRunsEveryPlaybookToItsEnd(t *testing.T) {
	w := newWorld(t)
	w.release("release-1")
	var elapsed time.Duration
	for _, p := range w.service.shelf.all {
		for _, v := range p.Variants {
			for _, people := range [][]string{six(), {"leader", "tr", "amr"}} {
				t.Run(fmt.Sprintf("%s.v%d/%d minutes/%d people", p.ID, p.Version, v.Minutes, len(people)), func(t *testing.T) {
					outer := w.t
					w.t = t
					defer func() { w.t = outer }()
					tb := w.prepare(people, func(body map[string]any) {
						body["starts_at"] = w.clock.read().Add(50 * time.Hour)
						body["playbook"], body["playbook_version"], body["variant_minutes"] = p.ID, p.Version, v.Minutes
						if p.NeedsNumbers {
							body["source"] = Cell{"release-1", "relations", "social_support"}
						}
					})
					(&robot{table: tb, book: p.For(""), people: people, elapsed: &elapsed}).meet(v)
				})
			}
		}
	}
}

// meet holds the meeting and what follows it.
func (r *robot) meet(v playbook.Variant) {
	steps := r.book.StepsOf(v)
	require.Len(r.t, r.view.Phases, len(steps))
	written := r.beforehand()
	r.lead("/open", nil)
	if written != "" {
		r.again(written)
	}
	var spent time.Duration
	for _, step := range steps {
		spent += r.step(step)
	}
	if written != "" {
		spent += time.Duration(v.Timeboxes[written]) * time.Minute * time.Duration(map[playbook.Mode]int{playbook.Live: 1}[r.book.Step(written).Mode])
	}
	require.Equal(r.t, time.Duration(v.Minutes)*time.Minute, spent, "the steps take as long as the meeting")
	r.lead("/conclude", nil).lead("/minutes/circulate", map[string]any{})
	r.checkMinutes(steps)
	minutes := r.do("leader", "GET", r.path("/minutes"), nil).ok()
	r.lead("/minutes/approve", map[string]any{"content_hash": minutes.text("content_hash")})
	r.do("leader", "POST", r.path("/close"), map[string]any{}, ifMatch(r.etag)).refused(failure.ActionsOpen)
	r.lead("/close", map[string]any{"reason": "Vi ser på det på næste møde"})
	require.Equal(r.t, Closed, r.view.State)
}

// few tells whether there are too few people for anything to be sealed.
func (r *robot) few() bool { return len(r.people) < smallestSecret }

// beforehand lets everybody write in the step that can be written before the meeting, and returns it.
func (r *robot) beforehand() string {
	i := slices.IndexFunc(r.view.Phases, func(p phaseView) bool { return p.Beforehand == beforehandPossible })
	if i < 0 || r.few() {
		return ""
	}
	step := r.view.Phases[i].Step
	r.begin(step)
	require.Equal(r.t, *r.view.StartsAt, *r.phase(step).Deadline)
	for _, person := range r.people {
		r.write(person, step, "Om "+step+", skrevet hjemme").ok()
	}
	return step
}

// again takes a step once more, for those who did not get to it.
func (r *robot) again(step string) {
	require.Equal(r.t, Locked, r.phase(step).State, "it ended as the meeting began")
	for _, c := range r.read(r.leader, step) {
		r.written = append(r.written, c.ContributionID)
	}
	require.Len(r.t, r.written, len(r.people))
	r.run(step, "/repeat", nil)
	i := slices.IndexFunc(r.view.Phases, func(p phaseView) bool { return p.Step == step && p.State == Pending })
	path := r.path("/phases/" + r.view.Phases[i].PhaseID)
	r.take(r.do(r.leader, "POST", path+"/start", map[string]any{}, ifMatch(r.etag)).ok())
	r.do(r.people[0], "POST", path+"/contributions", map[string]any{"text": "Kom for sent"}).ok()
	r.take(r.do(r.leader, "POST", path+"/lock", nil, ifMatch(r.etag)).ok())
}

// step runs one step and returns how much of the meeting it took.
func (r *robot) step(s playbook.Step) time.Duration {
	shown := r.phase(s.ID)
	if shown.Beforehand == beforehandStarted {
		return 0
	}
	for _, language := range []string{"da", "en"} {
		require.Equal(r.t, question(s, r.view.Source).In(language), shown.Prompt.In(language))
		require.Equal(r.t, s.Instruction.In(language), shown.Instruction.In(language))
	}
	start := map[string]any{}
	if shown.OpenOnly {
		start["attribution"] = playbook.Group
	}
	r.table.run(s.ID, "/start", start)
	shown = r.phase(s.ID)
	length := shown.Deadline.Sub(*shown.StartedAt)
	switch {
	case s.Kind == playbook.Prioritise && shown.Attribution == playbook.Group:
		r.take(r.do(r.leader, "PUT", r.phasePath(s.ID, "/shared-dots"), map[string]any{"choices": []Choice{{r.choice(s), 1}}}, ifMatch(r.etag)).ok())
	case s.Kind == playbook.Prioritise:
		for _, person := range r.people {
			r.vote(person, s.ID, []Choice{{r.choice(s), 1}}).ok()
		}
	case s.Writes():
		r.say(s, shown)
		r.fill(s)
	}
	if s.Mode == playbook.Async {
		r.leaveOpen(s, length)
		length = 0
	} else {
		*r.elapsed += length - time.Second
		r.clock.ahead(*r.elapsed)
	}
	if s.Kind == playbook.Decide {
		r.conclude(s)
	}
	r.end(s, shown)
	if slices.Contains(boardKinds, s.Kind) {
		r.put(r.people[0], map[playbook.Kind]string{playbook.Map: "nodes", playbook.Inventory: "inventory", playbook.Plan: "plan"}[s.Kind], nil).refused(failure.PhaseWrongState)
	}
	for _, c := range r.read(r.leader, s.ID) {
		r.written = append(r.written, c.ContributionID)
	}
	if s.Kind == playbook.Prioritise {
		require.NotEmpty(r.t, r.phase(s.ID).Result.Choices)
	}
	return length
}

// say has everybody write what the step asks for. Few people hand in on one phone and write the rest on paper.
func (r *robot) say(s playbook.Step, shown phaseView) {
	if r.few() {
		hand := map[string]any{"text": "Om " + s.ID + ", fra bordet", "table": "Bord 1"}
		r.do(r.people[1], "POST", r.phasePath(s.ID, "/contributions"), hand).ok()
		require.Equal(r.t, playbook.Group, shown.Attribution)
		r.paper(r.leader, s.ID, 2, []string{"Om " + s.ID + ", med blyant"}).ok()
		return
	}
	for _, person := range r.people {
		r.write(person, s.ID, "Om "+s.ID+", sagt ved bordet").ok()
	}
}

// leaveOpen pauses the dialogue while a step is open for days, in which people write on, and meets again when it is over.
func (r *robot) leaveOpen(s playbook.Step, length time.Duration) {
	require.Equal(r.t, s.Days, r.phase(s.ID).Days)
	r.lead("/pause", nil)
	*r.elapsed += length - time.Hour
	r.clock.ahead(*r.elapsed)
	r.write(r.people[0], s.ID, "Om "+s.ID+", skrevet hjemme").ok()
	*r.elapsed += time.Hour + Grace
	r.clock.ahead(*r.elapsed)
	require.NoError(r.t, r.service.sweep(r.schoolContext()))
	r.refresh().lead("/resume", nil)
}

// end ends a step as its playbook says: the clock has ended it, everybody is ready, or the facilitator goes on.
func (r *robot) end(s playbook.Step, shown phaseView) {
	switch {
	case s.Mode == playbook.Async:
		require.Equal(r.t, Locked, r.phase(s.ID).State)
	case shown.ExitRule == playbook.AllReady:
		for _, person := range r.people {
			r.ready(person, s.ID, true).ok()
		}
		require.NoError(r.t, r.service.sweep(r.schoolContext()))
		require.Equal(r.t, Locked, r.refresh().phase(s.ID).State)
	default:
		r.lock(s.ID)
	}
}

// fill draws or lists what the step is for: everybody at the table something, named after the step.
func (r *robot) fill(s playbook.Step) {
	name := func(what string) string { return s.ID + ", " + what }
	switch s.Kind {
	case playbook.Map:
		tool := r.put(r.people[0], "nodes", map[string]any{"kind": "technology", "label": name("tool")}).ok().text("node_id")
		before := r.put(r.people[0], "nodes", map[string]any{"kind": "us", "label": name("us")}).ok().text("node_id")
		for _, person := range r.people {
			next := r.put(person, "nodes", map[string]any{"kind": "colleagues", "label": name(person)}).ok().text("node_id")
			relation := map[string]any{"from_node_id": before, "to_node_id": next, "kind": "cooperation"}
			drawn := r.put(person, "relations", relation).ok()
			relation["impact"], relation["technology_node_ids"], relation["direction"] = "both", []string{tool}, "strengthen"
			r.do(person, "PUT", r.path("/board/relations/"+drawn.text("relation_id")), relation, ifMatch(drawn.etag)).ok()
			before = next
		}
	case playbook.Inventory:
		for _, person := range r.people {
			r.put(person, "inventory", map[string]any{"name": name(person), "state": "in_use", "helps": "a", "wears": "b", "verdict": "keep"}).ok()
		}
	case playbook.Plan:
		for _, person := range r.people {
			r.put(person, "plan", map[string]any{"element": "trial", "text": name(person), "owner_id": "leader", "due_on": "2027-01-01", "evidence": "Prøvet", "state": "planned"}).ok()
		}
	}
}

// board is what stands on the board now.
func (r *robot) board() (board boardView) {
	r.do(r.leader, "GET", r.path("/board"), nil).ok().into(&board)
	return board
}

// choice is something that can be voted for in a step: something that was written in one of those that it works on.
func (r *robot) choice(s playbook.Step) string {
	for _, input := range s.InputFrom {
		if r.book.Step(input).Writes() {
			return r.read(r.leader, input)[0].ContributionID
		}
	}
	r.t.Fatalf("nothing to choose from in %s", s.ID)
	return ""
}

// conclude writes a decision and an action down, each with what it rests on; nothing is taken without.
func (r *robot) conclude(s playbook.Step) {
	sources := []string{r.phase(s.ID).PhaseID}
	if len(r.written) > 0 {
		sources = append(sources, r.written[0])
	}
	decision := map[string]any{"text": "Vi prøver det i en måned"}
	r.do(r.leader, "POST", r.path("/decisions"), decision).refused(failure.RequestInvalid)
	decision["source_ids"] = sources
	r.do(r.leader, "POST", r.path("/decisions"), decision).ok()
	r.do(r.leader, "POST", r.path("/actions"), map[string]any{
		"text": "Sæt tid af", "owner_id": "leader", "due_on": r.service.today(),
		"follow_up_on": r.clock.read().AddDate(0, 2, 0).Format(time.DateOnly), "source_ids": sources,
	}).ok()
	r.refresh()
}

// checkMinutes holds the minutes against the playbook: every step is in them in both languages, and every outcome says
// what it rests on.
func (r *robot) checkMinutes(steps []playbook.Step) {
	var minutes struct {
		Content MinutesContent `json:"content"`
	}
	require.NoError(r.t, json.Unmarshal(r.do(r.leader, "GET", r.path("/minutes"), nil).ok().raw, &minutes))
	require.Len(r.t, minutes.Content.Steps, len(r.view.Phases))
	for i, shown := range minutes.Content.Steps {
		s := r.book.Step(r.view.Phases[i].Step)
		require.Equal(r.t, question(s, r.view.Source), shown.Prompt)
		require.Equal(r.t, Locked, shown.State)
		if r.few() && s.Writes() {
			require.Equal(r.t, 1, shown.Paper, "what came from paper is counted")
		}
	}
	require.Equal(r.t, r.book.Title, minutes.Content.PlaybookTitle)
	board := r.board()
	for _, kind := range boardKinds {
		stands := map[playbook.Kind]int{playbook.Map: len(board.Relations), playbook.Inventory: len(board.Inventory), playbook.Plan: len(board.Plan)}[kind]
		filled := slices.ContainsFunc(steps, func(s playbook.Step) bool { return s.Kind == kind })
		require.Equal(r.t, filled, stands > 0, "%s of %s", kind, r.book.ID)
	}
	require.Len(r.t, minutes.Content.Inventory, len(board.Inventory))
	require.Len(r.t, minutes.Content.Plan, len(board.Plan))
	if len(board.Relations) > 0 {
		require.Len(r.t, minutes.Content.Map.Relations, len(board.Relations))
	}
	require.NotEmpty(r.t, minutes.Content.Decisions)
	require.NotEmpty(r.t, minutes.Content.Actions)
	for _, d := range minutes.Content.Decisions {
		require.NotEmpty(r.t, d.Sources)
	}
	for _, a := range minutes.Content.Actions {
		require.NotEmpty(r.t, a.Sources)
	}
}
