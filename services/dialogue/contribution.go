package dialogue

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

const (
	maxText         = 10_000 // characters of one contribution
	maxOwn          = 20     // contributions of one person in one sealed phase
	maxOwnText      = 30_000 // characters of them together
	maxTableName    = 40
	maxIDLength     = 128
	maxParticipants = 500
	maxFacilitators = 10
)

// Contribution is something that was written in a phase and may be read by those who take part. A sealed one becomes
// a Contribution when it is revealed; it never had an author, a time or this id before (see urn.go).
//
// What names a colleague is not shown: whoever writes it takes the name out or leaves it held back (privacy.md 5). Then, and
// when TR or AMR hold something back that was shown, nobody but they sees it until they release it.
type Contribution struct {
	DialogueID  string               `bson:"dialogue_id"`
	PhaseID     string               `bson:"phase_id"`
	Attribution playbook.Attribution `bson:"attribution"`
	Text        string               `bson:"text"`
	Table       string               `bson:"table"`              // that handed it in on one phone; empty for somebody alone
	Guest       string               `bson:"guest_id,omitempty"` // who wrote it, where that is a guest
	Held        bool                 `bson:"held"`
	HeldReason  string               `bson:"held_reason"` // of TR or AMR; empty for what never was shown
}

// Hold keeps a contribution back from the room.
func (c *Contribution) Hold(reason string) {
	c.Held, c.HeldReason = true, reason
}

// Release shows it to the room.
func (c *Contribution) Release() {
	c.Held, c.HeldReason = false, ""
}

// Say replaces what it says. It stays held back if it is.
func (c *Contribution) Say(s said) {
	c.Text, c.Held = s.text, c.Held || s.held
}

// said is what somebody wrote, and whether it is held back from everybody but TR and AMR.
type said struct {
	text string
	held bool
}

// sayable masks and checks a text that is read without its author's name, so that it must not carry anybody else's number,
// address or name (privacy.md 5), and says whether it can be shown, or be held back as its author wants. The author sees what
// has become of it, and is told before anybody else sees it when it names a colleague.
func sayable(text string, holdBack bool, colleagues personal.Names) (said, *failure.Error) {
	text, wrong := cleanText("text", personal.Mask(text), maxText)
	if wrong != nil {
		return said{}, wrong
	}
	if !holdBack && colleagues.Named(text) {
		return said{}, failure.New(failure.NamesColleague).At("text")
	}
	return said{text, holdBack}, nil
}

// cleanText returns text as it is kept: outer blanks off, line ends the same everywhere. It refuses nothing and too much of
// it, and control characters, which no reader sees. Everything else is taken as it is, in any script; markup is text.
func cleanText(field, text string, most int) (string, *failure.Error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "", failure.Invalid(field, "some text")
	case n > most:
		return "", failure.Invalid(field, "at most "+strconv.Itoa(most)+" characters")
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return "", failure.Invalid(field, "no control characters")
		}
	}
	return text, nil
}

// optionalText is cleanText for a text that may be absent.
func optionalText(field, text string, most int) (string, *failure.Error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	return cleanText(field, text, most)
}
