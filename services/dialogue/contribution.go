package dialogue

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/guldkorn/guldkorn/libs/failure"
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
type Contribution struct {
	DialogueID  string               `bson:"dialogue_id"`
	PhaseID     string               `bson:"phase_id"`
	Attribution playbook.Attribution `bson:"attribution"`
	Text        string               `bson:"text"`
	Table       string               `bson:"table"`              // that handed it in on one phone; empty for somebody alone
	Guest       string               `bson:"guest_id,omitempty"` // who wrote it, where that is a guest
	Held        bool                 `bson:"held"`
	HeldReason  string               `bson:"held_reason"`
}

// Hold keeps a contribution back from the room.
func (c *Contribution) Hold(reason string) {
	c.Held, c.HeldReason = true, reason
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
