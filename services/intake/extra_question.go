package intake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// ExtraQuestion is a statement of the school's own. It is declared in the draft, asked after the instrument's cells on the
// same scale, and told under the same rules of disclosure. There is none with free text: whoever reads its answers would
// have to be agreed on, and counted.
type ExtraQuestion struct {
	DA string `bson:"da"`
	EN string `bson:"en"` // Danish again, if nobody wrote it in English
}

const (
	mostExtraQuestions   = 5
	longestExtraQuestion = 200
)

// extraQuestions checks what a draft asks beside its instrument.
func extraQuestions(asked []ExtraQuestion) ([]ExtraQuestion, []*failure.Error) {
	var wrong []*failure.Error
	var questions []ExtraQuestion
	if len(asked) > mostExtraQuestions {
		wrong = append(wrong, failure.Invalid("extra_questions", fmt.Sprintf("at most %d questions", mostExtraQuestions)))
	}
	for n, one := range asked {
		field := fmt.Sprintf("extra_questions.%d", n)
		var bad *failure.Error
		if one.DA, bad = title(field+".da", one.DA, longestExtraQuestion); bad != nil {
			wrong = append(wrong, bad)
		}
		if one.EN == "" {
			one.EN = one.DA
		} else if one.EN, bad = title(field+".en", one.EN, longestExtraQuestion); bad != nil {
			wrong = append(wrong, bad)
		}
		if slices.ContainsFunc(questions, func(other ExtraQuestion) bool { return one.DA != "" && strings.EqualFold(other.DA, one.DA) }) {
			wrong = append(wrong, failure.Invalid(field+".da", "another question than those before"))
		}
		questions = append(questions, one)
	}
	return questions, wrong
}

// extraID names the n-th extra question of a round, from 0 on.
func extraID(n int) string { return fmt.Sprintf("extra.%d", n+1) }

// extraIDs are the items that a round has beside those of its instrument.
func (r *Round) extraIDs() []string {
	var ids []string
	for n := range r.ExtraQuestions {
		ids = append(ids, extraID(n))
	}
	return ids
}

// asks is the instrument as this round asks it, with its own questions behind the instrument's, and in people's own words
// only if somebody may read them.
func (r *Round) asks(instrument Instrument, technology, learners string) Instrument {
	i := instrument.For(technology, learners)
	if !r.readsWords() {
		i = i.wordless()
	}
	for n, question := range r.ExtraQuestions {
		i.Extra = append(i.Extra, Item{ID: extraID(n), Text: Text(question)})
	}
	return i
}
