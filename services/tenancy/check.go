package tenancy

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// What a text may hold, in characters.
const (
	maxName        = 120
	maxLogin       = 200
	maxEmail       = 254 // RFC 5321, section 4.5.3.1.3, without the angle brackets
	maxLearnerWord = 40
	maxCoreTask    = 2000
	maxIssuers     = 8
	maxIssuer      = 200
	maxClause      = 2000
	maxAgreement   = 200
)

// line refuses a text that is not one line of 1 to most characters.
func line(field, text string, most int) *failure.Error {
	if text == "" || utf8.RuneCountInString(text) > most || text != strings.TrimSpace(text) || strings.ContainsFunc(text, hidden) {
		return failure.Invalid(field, fmt.Sprintf("1 to %d characters without control characters or space at either end", most))
	}
	return nil
}

// text refuses one of several lines that is empty, too long or holds control characters.
func text(field, text string, most int) *failure.Error {
	if strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > most || strings.ContainsFunc(text, hiddenInText) {
		return failure.Invalid(field, fmt.Sprintf("1 to %d characters without control characters other than line breaks", most))
	}
	return nil
}

// hidden tells control characters and those that turn the direction of writing, with which a name could pass for
// another one.
func hidden(r rune) bool { return unicode.Is(unicode.C, r) || r == '\u2028' || r == '\u2029' }

// hiddenInText is hidden for texts of several lines.
func hiddenInText(r rune) bool { return r != '\n' && hidden(r) }

// email refuses what is not a bare address with a domain.
func email(field, text string) *failure.Error {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text || len(text) > maxEmail {
		return failure.Invalid(field, "an e-mail address such as anna@skole.dk")
	}
	_, domain, _ := strings.Cut(text, "@")
	if !strings.Contains(domain, ".") || strings.ContainsFunc(text, hidden) {
		return failure.Invalid(field, "an e-mail address such as anna@skole.dk")
	}
	return nil
}

// one refuses a value outside its list.
func one(field string, valid bool, want string) *failure.Error {
	if !valid {
		return failure.Invalid(field, want)
	}
	return nil
}

func optional[T ~string](s T) *T {
	if s == "" {
		return nil
	}
	return &s
}

func given[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
