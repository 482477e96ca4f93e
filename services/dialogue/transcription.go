package dialogue

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// Transcribed is the attribution of what people wrote on paper and somebody typed in. It names no author, and it never
// passes for something that its author wrote here.
const Transcribed playbook.Attribution = "transcribed"

const (
	maxLines      = 200   // in one transcription
	maxLine       = 1_000 // characters
	maxPaperNotes = 1_000 // of one phase
)

// Nobody is the band of a sealed phase in which nothing was written.
const Nobody Band = "nobody"

// Transcription is a pile of paper that was typed in. It is kept so that the same request again adds nothing, without
// who typed.
type Transcription struct {
	DialogueID string `bson:"dialogue_id"`
	PhaseID    string `bson:"phase_id"`
	Lines      int    `bson:"lines"`
	Writers    int    `bson:"writers"`
}

// CheckPaper says whether a pile of paper from this many people may be typed in to a phase now: from its start, and after
// its end until the minutes go round, but not in the middle of a vote on what the phase gave.
//
// What was sealed is different. The mark "from paper" parts a sealed phase in two, and the room saw who wrote on paper; so
// each part must be as many as can hide one another, or nobody: at least five who wrote here, which the band tells that was
// taken when the authors were cut off, and at least five whose papers come in one pile. Before that nothing is taken at
// all: what appears while the urn is open would show how far it is filled, and in whose presence.
func (m *Meeting) CheckPaper(id string, writers int) error {
	if err := m.in(Open, Paused, Concluding); err != nil {
		return err
	}
	p, err := m.phase(id)
	switch {
	case err != nil:
		return err
	case p.State == Pending || p.State == Skipped:
		return failure.New(failure.PhaseWrongState).At("phase_id").Wanting("a phase that has begun")
	case p.Attribution == playbook.None || p.vote():
		return failure.New(failure.PhaseTakesNothing).At("phase_id")
	}
	if now := m.current(); now != nil && now.vote() && slices.Contains(now.Inputs, id) {
		return failure.New(failure.PhaseOtherActive).At("phase_id")
	}
	if most := m.seats(); writers < 0 || writers > most {
		return failure.Invalid("writers", "0 to "+strconv.Itoa(most)+" people")
	}
	if p.Attribution != playbook.Sealed {
		return nil
	}
	if p.Settlement != Destroyed {
		return failure.New(failure.PaperWhileSealed).At("phase_id")
	}
	if p.Writers == "" || p.Writers == FewerThan5 || writers < smallestSecret {
		return failure.New(failure.PaperTooFew).At("writers").Wanting("at least " + strconv.Itoa(smallestSecret))
	}
	return nil
}

// seats is how many can have written on paper.
func (m *Meeting) seats() int {
	n := len(m.Participants)
	for _, person := range m.Facilitators {
		if !m.TakesPart(person) {
			n++
		}
	}
	return n
}

// Transcribes tells whether a person was asked to type in what is on paper.
func (m *Meeting) Transcribes(person string) bool { return m.Scribe != "" && m.Scribe == person }

// SetScribe says who types in what is on paper, beside the facilitators; nobody when empty.
func (m *Meeting) SetScribe(person string) error {
	if err := m.in(Draft, Scheduled, Open, Paused, Concluding); err != nil {
		return err
	}
	if person != "" && !m.TakesPart(person) {
		return failure.Invalid("person_id", "somebody who takes part, or nobody")
	}
	m.Scribe = person
	return nil
}

// cleanLines returns the lines of a pile as they are kept: without the numbers and addresses of others, held back where they
// name a colleague, since nobody can be asked, and in an order in which the pile does not show.
func cleanLines(given []string, colleagues personal.Names) ([]said, error) {
	if len(given) == 0 || len(given) > maxLines {
		return nil, failure.Invalid("lines", "1 to "+strconv.Itoa(maxLines)+" lines")
	}
	lines := make([]said, len(given))
	wrong := make([]*failure.Error, len(given))
	for i, line := range given {
		lines[i].text, wrong[i] = cleanText("lines."+strconv.Itoa(i), personal.Mask(line), maxLine)
		lines[i].held = colleagues.Named(lines[i].text)
	}
	slices.SortFunc(lines, func(a, b said) int { return strings.Compare(a.text, b.text) })
	return lines, failure.Together(wrong...)
}

// lineID names a line of a transcription, so that a second pass finds what the first one wrote.
func lineID(transcription string, number int) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(transcription+"/"+strconv.Itoa(number))).String()
}
