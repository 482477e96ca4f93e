package personal

import (
	"crypto/sha256"
	_ "embed" // words.txt
	"encoding/base64"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaskedName stands in the place of a person's name.
const MaskedName = "[navn]"

// Names are the people whose names must not be read. The zero value knows nobody.
//
// Each part of a name counts by itself, in any case, with or without accents, with æ, ø and å or what people type for
// them, and in the genitive. A part that is a Danish word too (Bo, Liv, Hans) counts when it has a capital letter or
// stands beside another part of the same name. An initial goes with the part that it stands beside, and the initials of
// three parts or more count in capitals. What is not found: nicknames, misspelled names, and a name that is a word, alone
// and in small letters.
type Names struct {
	owners   map[string][]int // folded part: whose name it is in
	initials []string         // by person: the first letter of each part, folded
}

// NamesOf are the people with these full names.
func NamesOf(people []string) Names {
	n := Names{owners: map[string][]int{}}
	for person, name := range people {
		initials := ""
		for _, part := range words(name) {
			initials += part.folded[:1]
			if len(part.folded) > 1 && !slices.Contains(particles, part.folded) {
				n.owners[part.folded] = append(n.owners[part.folded], person)
			}
		}
		n.initials = append(n.initials, initials)
	}
	return n
}

// Marks are what a form may know the names by without being told them: of each part the beginning of a salted hash, in two
// sorted lists: those that always count, and those that count with a capital letter. It keeps a list of names from being
// handed out, and the lists of two salts from being compared. It does not hide a name from somebody who tries names.
func (n Names) Marks(salt string) (always, capital []string) {
	always, capital = []string{}, []string{}
	for part := range n.owners {
		sum := sha256.Sum256([]byte(salt + "\n" + part))
		mark := base64.RawURLEncoding.EncodeToString(sum[:8])
		if common[part] {
			capital = append(capital, mark)
		} else {
			always = append(always, mark)
		}
	}
	slices.Sort(always) // the order of a map's keys is none, and that of names says something
	slices.Sort(capital)
	return always, capital
}

// Named tells whether a text names one of them, as Mask finds names. Only a word with which sentences begin all the time
// (Vi, Min) is no name where a sentence begins and nothing else of the name stands beside it: what is found here keeps a
// text from being read at all.
func (n Names) Named(text string) bool {
	seen, at := plain(text)
	found := words(seen)
	for i := range found {
		last, is := n.name(seen, found, i)
		if is && (last > i || !slices.Contains(openers, found[i].folded) || !opens(text[:at[found[i].begin]])) {
			return true
		}
	}
	return false
}

// openers are the common words, folded, with which sentences begin.
var openers = strings.Fields("fast glad god have hold lang lange lille min mine to vi")

// opens tells whether a sentence begins after this.
func opens(before string) bool {
	before = strings.TrimRight(before, " \t-–\"'»«“”(*")
	return before == "" || strings.ContainsRune(".!?:;\n", rune(before[len(before)-1]))
}

// particles stand in many names and in every text.
var particles = strings.Fields("af al da de del den der di du el la le van von")

// capitals are groups of letters that are nobody's initials.
var capitals = strings.Fields("AKT AMR AMU APV CPR DLF FGU GDPR HSU ICT KLF LMU MED PLC PPR SFO SMS SOSU SSP STU TRIO UUV VUC")

// common are parts of names that are Danish words too, folded.
var common = func() map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(wordList) {
		all[Fold(word)] = true
	}
	return all
}()

//go:embed words.txt
var wordList string

// mask returns text without the names.
func (n Names) mask(text string) string {
	if len(n.owners) == 0 {
		return text
	}
	seen, at := plain(text)
	found := words(seen)
	var out strings.Builder
	done := 0
	for i := 0; i < len(found); i++ {
		last, is := n.name(seen, found, i)
		if !is {
			continue
		}
		out.WriteString(text[done:at[found[i].begin]])
		out.WriteString(MaskedName)
		done, i = at[found[last].end], last
	}
	out.WriteString(text[done:])
	return out.String()
}

// name tells whether a name begins with the i-th word, and with which it ends.
func (n Names) name(text string, found []word, i int) (last int, is bool) {
	owners := n.whose(found[i])
	if len(owners) == 0 {
		return i, n.isInitials(found[i])
	}
	is = !found[i].initial() && (!common[found[i].folded] || found[i].capital())
	last = i
	for next := i + 1; next < len(found) && joined(text[found[next-1].end:found[next].begin]); next++ {
		if slices.Contains(particles, found[next].folded) {
			continue // Tage de la Cour
		}
		both := shared(owners, n.whose(found[next]))
		if len(both) == 0 {
			break
		}
		owners, is, last = both, true, next
	}
	return last, is
}

// whose names a word is a part of, as it stands or in the genitive, or an initial in.
func (n Names) whose(w word) (owners []int) {
	if w.initial() {
		for person, initials := range n.initials {
			if strings.Contains(initials, w.folded) {
				owners = append(owners, person)
			}
		}
		return owners
	}
	if owners = n.owners[w.folded]; len(owners) == 0 {
		owners = n.owners[strings.TrimSuffix(w.folded, "s")]
	}
	return owners
}

func (n Names) isInitials(w word) bool {
	return utf8.RuneCountInString(w.text) >= 3 && w.text == strings.ToUpper(w.text) && !slices.Contains(capitals, w.text) &&
		slices.Contains(n.initials, w.letters())
}

func shared(a, b []int) (both []int) {
	for _, one := range a {
		if slices.Contains(b, one) {
			both = append(both, one)
		}
	}
	return both
}

// joined tells whether two words with this between them can be one name: spaces, a hyphen, the point of an initial.
func joined(between string) bool {
	return between != "" && (strings.Trim(between, " ") == "" || slices.Contains([]string{"-", ".", ". "}, between))
}

// word is a run of letters in a text.
type word struct {
	begin, end int
	text       string
	folded     string
}

// words finds the words of a text, but for those of a mask.
func words(text string) (found []word) {
	begin := -1
	for i, r := range text + " " {
		letter := unicode.IsLetter(r) || unicode.IsMark(r)
		switch {
		case letter && begin < 0:
			begin = i
		case !letter && begin >= 0:
			one := word{begin, i, text[begin:i], Fold(text[begin:i])}
			if masked := r == ']' && strings.HasSuffix(text[:begin], "["); !masked && one.folded != "" {
				found = append(found, one)
			}
			begin = -1
		}
	}
	return found
}

func (w word) capital() bool {
	first, _ := utf8.DecodeRuneInString(w.text)
	return unicode.IsUpper(first)
}

// initial tells whether a word is one capital letter.
func (w word) initial() bool {
	return w.capital() && len(w.letters()) == 1 && len(w.folded) == len(w.letters())
}

// letters are the first letters, folded, that the letters of a word can stand for.
func (w word) letters() string {
	var b strings.Builder
	for _, r := range norm.NFC.String(w.text) {
		if folded := Fold(string(r)); folded != "" {
			b.WriteString(folded[:1])
		}
	}
	return b.String()
}

// Fold brings the ways in which people type a name to one: small letters without accents, and æ, ø, å as well as ae, oe,
// aa as e, o, a. The ballot box's form folds alike (client/src/names.js).
func Fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(text)) {
		if !unicode.IsMark(r) {
			b.WriteRune(r)
		}
	}
	return folding.Replace(b.String())
}

var folding = strings.NewReplacer("æ", "e", "ø", "o", "ae", "e", "oe", "o", "aa", "a", "ß", "ss", "ı", "i", "ł", "l", "đ", "d")
