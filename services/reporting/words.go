package reporting

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/personal"
)

// What people write about a theme in their own words is parted from what else they answered the moment that an answer is
// opened: it has no unit, no order and no neighbour any more. Names and numbers are masked once more, by the names
// themselves. It is read by the text readers of the round's contract alone, who tell the others in words of their own
// (paraphrase.go), and only where a theme has as many valid answers as a distribution takes.

// textSuffix ends the id of the item that is answered in one's own words.
const textSuffix = ".text"

// writtenText is one text as its readers see it. The id is new, so it says nothing of where the text was before.
type writtenText struct {
	ID   string `json:"text_id"`
	Text string `json:"text"`
}

// written tells whether an item is answered in one's own words, and about which theme.
func (i Instrument) written(item string) (theme string, is bool) {
	for _, theme := range i.Themes {
		if theme.Text != nil && theme.Text.ID == item {
			return theme.ID, true
		}
	}
	return "", false
}

// readWords refuses what the form cannot have sent. What cannot be seen is left out.
func (i Instrument) readWords(text string) (string, error) {
	raw, err := json.Marshal(text)
	if err != nil || len(raw)-2 > i.TextLimit {
		return "", errors.New("answer holds a text that the form does not take")
	}
	seen := strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return ' '
		}
		return r
	}, norm.NFC.String(text))
	return strings.TrimSpace(seen), nil
}

// collectWords takes the texts out of answers, by theme, masked and shuffled. Themes that too few have answered have none: what was
// written about them is read by nobody.
func collectWords(round Round, answers []Answer, known personal.Names) map[string][]writtenText {
	all := map[string][]writtenText{}
	if len(round.TextReaders) == 0 {
		return all
	}
	for _, theme := range round.Instrument.Themes {
		valid := 0
		var texts []writtenText
		for _, answer := range answers {
			if scoreTheme(theme, answer.Values).counts {
				valid++
			}
			if text := answer.Words[theme.ID]; text != "" {
				texts = append(texts, writtenText{ID: uuid.NewString(), Text: personal.Mask(text, known)})
			}
		}
		if valid < round.minimums().Distributions || len(texts) == 0 {
			continue
		}
		// The batch has no order that says anything; this is for the day when it has.
		rand.Shuffle(len(texts), func(a, b int) { texts[a], texts[b] = texts[b], texts[a] })
		all[theme.ID] = texts
	}
	return all
}

// wrote tells whether anybody wrote anything.
func wrote(answers []Answer) bool {
	for _, answer := range answers {
		if len(answer.Words) > 0 {
			return true
		}
	}
	return false
}
