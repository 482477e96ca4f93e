package reporting

import (
	"errors"

	"github.com/guldkorn/guldkorn/libs/sealed"
)

// Answer is what one person answered: item id to value. Whose it is nobody knows.
type Answer struct {
	Unit   string
	Values map[string]Value
}

// Value is an answer to one item: 0, 25, 50, 75 or 100, or Missing.
type Value int8

// Missing is the answer "not relevant" or "do not know". It is an answer, and never the middle.
const Missing Value = -1

var values = map[string]Value{"0": 0, "25": 25, "50": 50, "75": 75, "100": 100, "not_relevant": Missing, "do_not_know": Missing}

// readAnswer reads an opened answer and refuses items and values that the form does not have. A blank form is an answer that
// says nothing.
func readAnswer(plain []byte, roundID string, instrument Instrument, items map[string]bool) (map[string]Value, error) {
	given, err := sealed.Read(plain, roundID, instrument.ID, instrument.Version)
	if err != nil {
		return nil, err
	}
	answers := make(map[string]Value, len(given))
	for item, text := range given {
		value, known := values[text]
		if !items[item] || !known {
			return nil, errors.New("answer holds an item or a value that the form does not have")
		}
		answers[item] = value
	}
	return answers, nil
}
