package intake

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/personal"
)

// Experience is what somebody told anonymously. All that is said in it and in the answer is encrypted under a key of the
// month, which is destroyed when the month's days are over; who told it is nowhere.
type Experience struct {
	MonthID    string `bson:"month_id"`
	Told       []byte `bson:"told"`   // a Told
	Answer     []byte `bson:"answer"` // of a reader; empty: none
	AnsweredBy string `bson:"answered_by"`
	AnsweredOn Date   `bson:"answered_on"`
	Reply      []byte `bson:"reply"`  // the answer once more, sealed to the sender
	Unsent     bool   `bson:"unsent"` // the ballot box does not have the reply yet
}

// Told is the content of an experience.
type Told struct {
	Direction  string   `json:"direction"`
	Technology string   `json:"technology,omitempty"` // its name
	Cells      []string `json:"cells,omitempty"`
	Text       string   `json:"text"`
	ReplyKey   string   `json:"reply_key,omitempty"` // X25519, of the sender's receipt code
	ReplyID    string   `json:"reply_id,omitempty"`  // under which the ballot box keeps the reply
}

var replyPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// readTold reads what an envelope held against the form that it was asked by. What looks like a personal number, an address, a
// phone number or the name of a colleague is masked, whatever the sender's browser did about it. The error never quotes anything.
func readTold(answers map[string]string, form MonthForm, names personal.Names) (Told, error) {
	told := Told{Direction: answers["direction"], Cells: strings.Fields(answers["cells"]), ReplyKey: answers["reply_key"], ReplyID: answers["reply_id"]}
	for name := range answers {
		if !slices.Contains([]string{"direction", "technology", "cells", "text", "reply_key", "reply_id"}, name) {
			return told, errors.New("an experience has a field that the form does not have")
		}
	}
	if told.Direction != "gain" && told.Direction != "strain" {
		return told, errors.New("an experience is neither gain nor strain")
	}
	if id := answers["technology"]; id != "" {
		i := slices.IndexFunc(form.Technologies, func(t NamedTechnology) bool { return t.ID == id })
		if i < 0 {
			return told, errors.New("an experience is about a technology that was not on the form")
		}
		told.Technology = form.Technologies[i].Name
	}
	slices.Sort(told.Cells)
	if len(told.Cells) > form.MostCells || len(slices.Compact(slices.Clone(told.Cells))) != len(told.Cells) || !form.has(told.Cells) {
		return told, errors.New("an experience has cells that the form does not have, one twice, or too many")
	}
	text, wrong := prose("text", answers["text"], form.LongestText)
	if wrong != nil {
		return told, errors.New("the text of an experience is empty, too long or no text")
	}
	told.Text = personal.Mask(text, names)
	if told.ReplyKey != "" || told.ReplyID != "" {
		if _, wrong := parseKey("reply_key", told.ReplyKey); wrong != nil || !replyPattern.MatchString(told.ReplyID) {
			return told, errors.New("an experience has no proper key for its reply")
		}
	}
	return told, nil
}

// has tells whether all of these are cells of the form.
func (f MonthForm) has(cells []string) bool {
	known := map[string]bool{}
	for _, theme := range f.Themes {
		for _, cell := range theme.Cells {
			known[theme.ID+"."+cell.Quality] = true
		}
	}
	return !slices.ContainsFunc(cells, func(cell string) bool { return !known[cell] })
}

// prose reads a text of several lines that people write: composed (Unicode NFC), trimmed, of printable characters.
func prose(field, text string, longest int) (string, *failure.Error) {
	text = strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(text, "\r\n", "\n")))
	unseen := strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
	if n := utf8.RuneCountInString(text); n == 0 || n > longest || unseen || !utf8.ValidString(text) {
		return "", failure.Invalid(field, "1 to "+strconv.Itoa(longest)+" characters")
	}
	return text, nil
}

// answered is a reader's answer as it is kept.
type answered struct {
	Text string `json:"text"`
}

// replyInfo separates replies from any other use of a key (RFC 9180, section 5.1).
const replyInfo = "guldkorn reply v1"

// replySize is how long every reply is before it is sealed.
const replySize = 4096

// sealReply seals an answer so that the sender's receipt code alone opens it; see Reply in api-specs/openapi/ballotbox.yaml.
func (t Told) sealReply(monthID, text string) ([]byte, error) {
	key, wrong := parseKey("reply_key", t.ReplyKey)
	if wrong != nil {
		return nil, wrong
	}
	plain := append([]byte(text), strings.Repeat(" ", replySize-len(text))...)
	return sealTo(key, replyInfo, monthID+"\n"+t.ReplyID, plain)
}

// Respond gives the experience a reader's answer. The same text again changes nothing, whoever says it; another is refused,
// since the sender may have read the first.
func (e *Experience) Respond(key monthKey, id string, by string, on Date, told Told, text string) error {
	if len(e.Answer) > 0 {
		var before answered
		if err := key.open(id, e.Answer, &before); err != nil {
			return err
		}
		if before.Text != text {
			return failure.New(failure.ExperienceAnswered)
		}
		return nil
	}
	sealed, err := key.seal(id, answered{Text: text})
	if err != nil {
		return err
	}
	e.Answer, e.AnsweredBy, e.AnsweredOn = sealed, by, on
	if told.ReplyKey != "" {
		if e.Reply, err = told.sealReply(e.MonthID, text); err != nil {
			return err
		}
		e.Unsent = true
	}
	return nil
}

// content opens what was told.
func (e Experience) content(key monthKey, id string) (told Told, err error) {
	err = key.open(id, e.Told, &told)
	return told, err
}
