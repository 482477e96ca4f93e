package dialogue

import (
	"slices"

	"github.com/guldkorn/guldkorn/libs/document"
)

// guest is what somebody is who came by a code.
const guest part = "guest"

// forGuest leaves out of a dialogue what a guest in the room does not see there: who is who by id, where it came from, and
// how far its minutes are.
func (d *dialogueView) forGuest() {
	d.ForumID, d.Mandate, d.Scribe, d.TechnologyID, d.Follows, d.Reason = "", "", "", "", "", ""
	d.Facilitators, d.Participants = []string{}, []string{}
	d.Source, d.MinutesState, d.MinutesVersion = nil, nil, 0
}

// forGuest is a scene with what the room says and decides and nothing else: no earlier agreements, no topics or questions to
// other forums, no actions and whose they are, and nobody's id.
func (s *scene) forGuest() *scene {
	shown := &scene{id: s.id, meeting: s.meeting, contributions: s.contributions, guests: s.guests, counts: s.counts}
	shown.decisions = without(s.decisions, func(d *Decision) { d.RecordedBy, d.Sources = "", []string{} })
	shown.disagreements = without(s.disagreements, func(d *Disagreement) { d.RecordedBy, d.Sources = "", []string{} })
	return shown
}

// without returns documents with something taken out of each.
func without[T any](docs []document.Document[T], take func(*T)) []document.Document[T] {
	rest := slices.Clone(docs)
	for i := range rest {
		take(&rest[i].Body)
	}
	return rest
}
