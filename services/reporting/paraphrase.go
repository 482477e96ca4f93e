package reporting

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/personal"
)

// What a paraphrase has to be, so that nobody is recognised by it.
const (
	leastAuthors      = 3 // texts that it rests on: a person writes one text about a theme
	quoteWords        = 8 // so many words in a row are no longer the reader's own
	longestParaphrase = 600
	mostParaphrases   = 20 // of a theme
)

// paraphrase is what several people wrote about a theme, in the words of a reader.
type paraphrase struct {
	Text    string   `json:"text"`
	TextIDs []string `json:"text_ids"` // of the texts that say it; never published
}

// checkParaphrases returns the paraphrases of a theme as they are kept, or everything that is wrong with them.
func checkParaphrases(given []paraphrase, texts []writtenText, known personal.Names) ([]paraphrase, error) {
	var wrong []*failure.Error
	if len(given) > mostParaphrases {
		return nil, failure.Invalid("paraphrases", fmt.Sprintf("at most %d", mostParaphrases))
	}
	checked := []paraphrase{}
	for n, one := range given {
		field := fmt.Sprintf("paraphrases.%d", n)
		one.Text = strings.TrimSpace(norm.NFC.String(one.Text))
		unseen := strings.ContainsFunc(one.Text, func(r rune) bool { return !unicode.IsPrint(r) })
		if length := utf8.RuneCountInString(one.Text); length == 0 || length > longestParaphrase || unseen {
			wrong = append(wrong, failure.Invalid(field+".text", fmt.Sprintf("1 to %d printable characters on one line", longestParaphrase)))
		}
		if personal.Mask(one.Text, known) != one.Text {
			wrong = append(wrong, failure.New(failure.ParaphraseNames).At(field+".text").Wanting("nobody's name or number"))
		}
		if quotes(one.Text, texts) {
			wrong = append(wrong, failure.New(failure.ParaphraseQuotes).At(field+".text").Wanting(fmt.Sprintf("fewer than %d words in a row that stand in a text", quoteWords)))
		}
		one.TextIDs = slices.Compact(slices.Sorted(slices.Values(one.TextIDs)))
		unknown := slices.ContainsFunc(one.TextIDs, func(id string) bool {
			return !slices.ContainsFunc(texts, func(t writtenText) bool { return t.ID == id })
		})
		if len(one.TextIDs) < leastAuthors || unknown {
			wrong = append(wrong, failure.New(failure.ParaphraseAuthors).At(field+".text_ids").Wanting(fmt.Sprintf("at least %d texts of the theme", leastAuthors)))
		}
		checked = append(checked, one)
	}
	return checked, failure.Together(wrong...)
}

// quotes tells whether so many words in a row stand in one of the texts, whatever marks are between them.
func quotes(text string, texts []writtenText) bool {
	words := wordsOf(text)
	for from := 0; from+quoteWords <= len(words); from++ {
		run := " " + strings.Join(words[from:from+quoteWords], " ") + " "
		if slices.ContainsFunc(texts, func(t writtenText) bool {
			return strings.Contains(" "+strings.Join(wordsOf(t.Text), " ")+" ", run)
		}) {
			return true
		}
	}
	return false
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFC.String(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}
