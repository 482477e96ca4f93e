package dialogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// scene is everything that somebody who takes part in a dialogue can get to see at one moment, before redaction.
type scene struct {
	id            string // the same for the same contents, in every process
	meeting       document.Document[Meeting]
	contributions []document.Document[Contribution]
	board         document.Document[Board]
	guests        document.Document[Guests]
	decisions     []document.Document[Decision]
	disagreements []document.Document[Disagreement]
	actions       []document.Document[Action]
	agreements    []document.Document[Agreement]
	topics        []document.Document[Topic]
	escalations   []document.Document[Escalation]
	reviewed      []document.Document[Agreement] // of the same forum from earlier dialogues, to be looked at again
	counts        counts
}

// counts is what a facilitator may know of how far people are in the phase that runs.
type counts struct {
	writers Band // of a sealed phase, "" without one
	ready   Band // of a sealed phase, from five on
	exactly int  // who is ready in an open one
	guests  int  // of whom nothing depends on
}

// load reads the scene of a dialogue. The band is left to the caller, who knows how often it may change.
func (s *store) load(ctx context.Context, id string) (*scene, error) {
	meeting, err := s.meetings.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	sc := &scene{meeting: meeting}
	q := document.Query{Index: byDialogue, Equal: []any{id}}
	if sc.contributions, err = collect(ctx, s.contributions, q); err != nil {
		return nil, err
	}
	if sc.board, err = s.board(ctx, id); err != nil {
		return nil, err
	}
	if sc.guests, err = s.guestsOf(ctx, id); err != nil {
		return nil, err
	}
	if sc.decisions, err = collect(ctx, s.decisions, q); err != nil {
		return nil, err
	}
	if sc.disagreements, err = collect(ctx, s.disagreements, q); err != nil {
		return nil, err
	}
	if sc.actions, err = collect(ctx, s.actions, q); err != nil {
		return nil, err
	}
	if sc.agreements, err = collect(ctx, s.agreements, q); err != nil {
		return nil, err
	}
	if sc.topics, err = s.topicsOf(ctx, id); err != nil {
		return nil, err
	}
	if sc.escalations, err = collect(ctx, s.escalations, q); err != nil {
		return nil, err
	}
	if sc.reviewed, err = s.underReview(ctx, meeting); err != nil {
		return nil, err
	}
	sc.contributions = sc.revealedOnly()
	return sc, nil
}

// mostReviewed is how many agreements a room shows that are to be looked at again.
const mostReviewed = 50

// underReview returns what the forum of a dialogue agreed on earlier and now looks at again, so that a room sees how it is
// kept as soon as that is counted.
func (s *store) underReview(ctx context.Context, of document.Document[Meeting]) ([]document.Document[Agreement], error) {
	if of.Body.ForumID == "" {
		return nil, nil
	}
	page, err := s.agreements.Find(ctx, document.Query{
		Index: byForumStatus, Equal: []any{of.Body.ForumID, string(AgreementUnderReview)}, Descending: true, Limit: mostReviewed,
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(page.Items, func(a document.Document[Agreement]) bool { return a.Body.DialogueID == of.ID }), nil
}

// revealedOnly leaves out contributions of a sealed phase that is still being rewritten, so that all of them appear at
// once.
func (s *scene) revealedOnly() []document.Document[Contribution] {
	hidden := map[string]bool{}
	for _, p := range s.meeting.Body.Phases {
		if p.Settlement == Locking {
			hidden[p.ID] = true
		}
	}
	shown := s.contributions[:0:0]
	for _, c := range s.contributions {
		if !hidden[c.Body.PhaseID] {
			shown = append(shown, c)
		}
	}
	return shown
}

// seal gives the scene its id.
func (s *scene) seal() {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%d %s %s %d %d", s.meeting.Revision, s.counts.writers, s.counts.ready, s.counts.exactly, s.counts.guests)
	for _, revisions := range s.revisions() {
		for _, r := range revisions {
			_, _ = fmt.Fprintf(h, " %s %d", r.id, r.revision)
		}
		_, _ = fmt.Fprint(h, ";")
	}
	s.id = strconv.FormatInt(s.meeting.Revision, 10) + "-" + hex.EncodeToString(h.Sum(nil)[:8])
}

type revision struct {
	id       string
	revision int64
}

func revisionsOf[T any](docs []document.Document[T]) []revision {
	all := make([]revision, len(docs))
	for i, d := range docs {
		all[i] = revision{d.ID, d.Revision}
	}
	return all
}

// What is in a scene beside the meeting, by kind.
const (
	inContributions = iota
	inBoard
	inGuests
	inDecisions
	inDisagreements
	inActions
	inAgreements
	inTopics
	inEscalations
	inReviewed
	sceneKinds
)

// revisions lists what is in the scene beside the meeting.
func (s *scene) revisions() [sceneKinds][]revision {
	return [sceneKinds][]revision{
		inContributions: revisionsOf(s.contributions), inBoard: {{"board", s.board.Revision}}, inGuests: {{"guests", s.guests.Revision}}, inDecisions: revisionsOf(s.decisions), inDisagreements: revisionsOf(s.disagreements),
		inActions: revisionsOf(s.actions), inAgreements: revisionsOf(s.agreements), inTopics: revisionsOf(s.topics),
		inEscalations: revisionsOf(s.escalations), inReviewed: revisionsOf(s.reviewed),
	}
}

// change names what differs between two scenes: the meeting, and ids of what is new, changed or gone.
type change struct {
	meeting bool
	counts  bool
	ids     [sceneKinds]map[string]bool
	hidden  map[string]bool // contributions that the room saw and does not see any more
}

// since returns what changed from an earlier scene to this one.
func (s *scene) since(before *scene) change {
	c := change{meeting: s.meeting.Revision != before.meeting.Revision, counts: s.counts != before.counts}
	was, is := before.revisions(), s.revisions()
	for kind := range is {
		c.ids[kind] = map[string]bool{}
		old := map[string]int64{}
		for _, r := range was[kind] {
			old[r.id] = r.revision
		}
		for _, r := range is[kind] {
			if old[r.id] != r.revision {
				c.ids[kind][r.id] = true
			}
			delete(old, r.id)
		}
		for id := range old {
			c.ids[kind][id] = true
		}
	}
	c.hidden = before.open()
	for id := range s.open() {
		delete(c.hidden, id)
	}
	return c
}

// open are the contributions that the room sees.
func (s *scene) open() map[string]bool {
	ids := map[string]bool{}
	for _, c := range s.contributions {
		if !c.Body.Held {
			ids[c.ID] = true
		}
	}
	return ids
}

// and joins another change to this one.
func (c *change) and(other change) {
	c.meeting, c.counts = c.meeting || other.meeting, c.counts || other.counts
	if c.hidden == nil {
		c.hidden = map[string]bool{}
	}
	maps.Copy(c.hidden, other.hidden)
	for kind := range c.ids {
		if c.ids[kind] == nil {
			c.ids[kind] = map[string]bool{}
		}
		for id := range other.ids[kind] {
			c.ids[kind][id] = true
		}
	}
}

// texts returns what can be cited, by id: contributions, what is on the board, the questions of the phases, and the cell.
func (s *scene) texts(p *playbook.Playbook) map[string]MinutesSource {
	texts := map[string]MinutesSource{}
	for _, c := range s.contributions {
		if !c.Body.Held {
			texts[c.ID] = MinutesSource{Kind: "contribution", Text: c.Body.Text}
		}
	}
	for id, item := range s.board.Body.shown().texts() {
		texts[id] = MinutesSource{Kind: item.kind, Text: item.text}
	}
	m := &s.meeting.Body
	for _, phase := range m.Phases {
		words := question(p.Step(phase.Step), m.Source)
		texts[phase.ID] = MinutesSource{Kind: "step", Words: &words}
	}
	if m.Source != nil {
		words := m.Source.words()
		texts[sourceCell] = MinutesSource{Kind: "cell", Words: &words}
	}
	return texts
}

// paper counts what came from paper, by phase.
func (s *scene) paper() map[string]int {
	notes := map[string]int{}
	for _, c := range s.contributions {
		if c.Body.Attribution == Transcribed && !c.Body.Held {
			notes[c.Body.PhaseID]++
		}
	}
	return notes
}
