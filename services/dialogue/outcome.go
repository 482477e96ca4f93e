package dialogue

import (
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
)

const (
	maxSources      = 100
	maxDecision     = 10_000
	minPositions    = 2
	maxPositions    = 6
	maxPosition     = 5_000
	maxSubject      = 500
	maxShortText    = 2_000
	sourceCell      = "cell" // names the cell that the dialogue started from
	wantedSourceIDs = `ids of contributions, relations, rows or phases of this dialogue, or "cell" if it started from one`
)

// Decision is what a dialogue decided, with what it rests on.
type Decision struct {
	DialogueID string    `bson:"dialogue_id"`
	Text       string    `bson:"text"`
	Sources    []string  `bson:"source_ids"`
	RecordedBy string    `bson:"recorded_by"`
	RecordedAt time.Time `bson:"recorded_at"`
}

// Disagreement is what was not agreed on: every position, what the leader does next, and the true reason for it.
type Disagreement struct {
	DialogueID     string    `bson:"dialogue_id"`
	Subject        string    `bson:"subject"`
	Positions      []string  `bson:"positions"`
	NextStep       string    `bson:"next_step"`
	NextStepReason string    `bson:"next_step_reason"`
	Sources        []string  `bson:"source_ids"`
	RecordedBy     string    `bson:"recorded_by"`
	RecordedAt     time.Time `bson:"recorded_at"`
}

// clean brings what people wrote into the form in which it is kept, or says what is wrong with it.
func (d *Disagreement) clean() error {
	var wrong []*failure.Error
	keep := func(err *failure.Error) { wrong = append(wrong, err) }
	var err *failure.Error
	d.Subject, err = cleanText("subject", d.Subject, maxSubject)
	keep(err)
	if len(d.Positions) < minPositions || len(d.Positions) > maxPositions {
		keep(failure.Invalid("positions", "2 to 6 positions"))
	}
	for i := range d.Positions {
		d.Positions[i], err = cleanText("positions."+strconv.Itoa(i), d.Positions[i], maxPosition)
		keep(err)
	}
	d.NextStep, err = cleanText("next_step", d.NextStep, maxShortText)
	keep(err)
	d.NextStepReason, err = cleanText("next_step_reason", d.NextStepReason, maxShortText)
	keep(err)
	return failure.Together(wrong...)
}

// checkSources says whether everything that an outcome cites is there to be cited.
func checkSources(m *Meeting, ids []string, known map[string]bool) *failure.Error {
	if len(ids) > maxSources {
		return failure.Invalid("source_ids", "at most "+strconv.Itoa(maxSources)+" sources")
	}
	seen := map[string]bool{}
	for i, id := range ids {
		_, err := m.phase(id)
		there := known[id] || err == nil || id == sourceCell && m.Source != nil
		if !there || seen[id] {
			return failure.Invalid("source_ids."+strconv.Itoa(i), wantedSourceIDs+", each once")
		}
		seen[id] = true
	}
	return nil
}
