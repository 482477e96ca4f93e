package reporting

import (
	"errors"

	"github.com/guldkorn/guldkorn/libs/sealed"
)

// Answer is what one person answered: item id to value, and theme to what they wrote. Whose it is nobody knows.
type Answer struct {
	Unit   string
	Values map[string]Value
	Words  map[string]string
}

// Value is an answer to one item: 0, 25, 50, 75 or 100, or Missing.
type Value int8

// Missing is the answer "not relevant" or "do not know". It is an answer, and never the middle.
const Missing Value = -1

var values = map[string]Value{"0": 0, "25": 25, "50": 50, "75": 75, "100": 100, "not_relevant": Missing, "do_not_know": Missing}

// readAnswer reads an opened answer and refuses items, values and texts that the form does not have. A blank form is an answer
// that says nothing.
func readAnswer(plain []byte, round Round, items map[string]bool) (Answer, error) {
	given, err := sealed.Read(plain, round.RoundID, round.Instrument.ID, round.Instrument.Version)
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Values: make(map[string]Value, len(given)), Words: map[string]string{}}
	for item, text := range given {
		if theme, written := round.Instrument.written(item); written {
			if answer.Words[theme], err = round.Instrument.readWords(text); err != nil {
				return Answer{}, err
			}
			continue
		}
		value, known := values[text]
		if !items[item] || !known {
			return Answer{}, errors.New("answer holds an item or a value that the form does not have")
		}
		answer.Values[item] = value
	}
	return answer, nil
}
