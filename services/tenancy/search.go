package tenancy

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/collate"
	textlanguage "golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Bounds of what may be searched for.
const (
	maxSearch      = 100 // characters
	maxSearchWords = 8
)

// letters are those that have no accent to strip, and what they are written as where a keyboard lacks them.
var letters = strings.NewReplacer("æ", "ae", "ø", "oe", "å", "aa", "ä", "ae", "ö", "oe", "ß", "ss", "ð", "d", "þ", "th", "đ", "d", "ł", "l")

// sought brings a text to words as they are compared in a search: small letters and figures without accents, and one
// letter for the two that stand for æ, ø or å. So Åse, Aase and Ase are the same, and Søren, Soeren and Soren, whichever
// of them is stored and whichever is typed. The beginning of a text always gives the beginning of what the text gives,
// so that somebody who is still typing finds what they are about to type.
func sought(text string) []string {
	text = letters.Replace(norm.NFC.String(strings.ToLower(text))) // before å is taken for an a with an accent
	text = letters.Replace(norm.NFKD.String(text))                 // and an æ that had one
	var words strings.Builder
	var last rune
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Mn, r): // an accent
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = ' '
		case last == 'a' && (r == 'a' || r == 'e'), last == 'o' && r == 'e':
			last = 0 // the second of a pair is the end of it
			continue
		}
		words.WriteRune(r)
		last = r
	}
	return strings.Fields(words.String())
}

// search is what somebody looks for: words of which each has to begin a word of the name, the e-mail address or the login.
type search []string

func newSearch(text string) (search, error) {
	words := sought(text)
	if len(words) == 0 || len(words) > maxSearchWords || len([]rune(text)) > maxSearch {
		return nil, failure.Invalid("q", "1 to 8 words of letters or figures, at most 100 characters")
	}
	q := make(search, len(words))
	for i, word := range words {
		q[i] = " " + word // as they stand in searchable.words
	}
	return q, nil
}

// searchable is a person as a search sees them.
type searchable struct {
	id    string
	words string // each after a blank
	order []byte // where the name stands among Danish names
}

func (q search) matches(s searchable) bool {
	for _, word := range q {
		if !strings.Contains(s.words, word) {
			return false
		}
	}
	return true
}

func (s searchable) compare(other searchable) int {
	return cmp.Or(slices.Compare(s.order, other.order), cmp.Compare(s.id, other.id))
}

// namesake makes people searchable. It is for one goroutine.
type namesake struct {
	collator *collate.Collator
	buffer   collate.Buffer
}

func newNamesake() *namesake { return &namesake{collator: collate.New(textlanguage.Danish)} }

func (n *namesake) searchable(id string, p profile) searchable {
	n.buffer.Reset()
	return searchable{
		id: id, words: " " + strings.Join(sought(p.Name+" "+p.Email+" "+p.Login), " "),
		order: slices.Clone(n.collator.KeyFromString(&n.buffer, p.Name)),
	}
}
