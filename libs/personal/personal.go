// Package personal finds in free text what identifies people, and masks it: CPR numbers, e-mail addresses, phone numbers
// and the names of colleagues. Prose that is read without its author's name must not carry somebody else's (privacy.md 5).
package personal

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What stands in the place of what was found.
const (
	MaskedCPR   = "[CPR]"
	MaskedMail  = "[e-mail]"
	MaskedPhone = "[tlf.]"
)

// Mask returns text with everything that identifies masked, the names of those who are known too. What is masked already
// stays as it is.
func Mask(text string, known ...Names) string {
	for _, one := range []struct {
		pattern *regexp.Regexp
		is      func(text string, begin, end int) bool
		mask    string
	}{
		{mail, always, MaskedMail}, // first: an address may hold a number
		{cpr, ofAPerson, MaskedCPR},
		{foreignPhone, alone, MaskedPhone},
		{danishPhone, alone, MaskedPhone},
	} {
		text = replace(text, one.pattern, one.is, one.mask)
	}
	for _, names := range known {
		text = names.mask(text)
	}
	return text
}

var (
	mail = regexp.MustCompile(`[\p{L}\p{N}.!#$%&'*+/=?^_{|}~-]+ ?@ ?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}`)

	// Six digits of a date, four of a serial number, with the marks between them that people write.
	cpr = regexp.MustCompile(`[0-9]{2}[ ./-]?[0-9]{2}[ ./-]?[0-9]{2}[ ./-]{0,3}[0-9]{4}`)

	foreignPhone = regexp.MustCompile(`(?:\+|00)[1-9][0-9]{0,2}(?:[ ./()-]{0,2}[0-9]){6,12}`)

	// Eight digits in the groups in which they are said, with the country's code or without.
	danishPhone = regexp.MustCompile(`(?:(?:\+|00)45[ .-]?)?[2-9][0-9](?:[0-9]{6}|(?:[ .-][0-9]{2}){3}|[0-9]{2}[ .-][0-9]{4}|[0-9][ .-][0-9]{2}[ .-][0-9]{3}|[0-9]{2}[ .-][0-9]{2}[ .-][0-9]{2})`)
)

func always(string, int, int) bool { return true }

// alone tells whether no digit stands on either side: a longer number is something else.
func alone(text string, begin, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:begin])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !unicode.IsDigit(before) && !unicode.IsDigit(after)
}

func ofAPerson(text string, begin, end int) bool {
	return alone(text, begin, end) && validDate(text[begin:end])
}

// validDate tells whether the digits of a match begin with a date that a CPR number can have. The seventh digit says the
// century (CPR office, "Personnummeret i CPR"). The check digit is not asked for: numbers without a valid one have been
// given out since 2007. Administrative numbers have 60 added to the day.
func validDate(match string) bool {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, match)
	number := func(from, to int) int {
		n, _ := strconv.Atoi(digits[from:to]) // the pattern has digits there
		return n
	}
	day, month, year := number(0, 2), number(2, 4), number(4, 6)
	if day > 60 {
		day -= 60
	}
	year += century(digits[6], year)
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return date.Day() == day && int(date.Month()) == month && day > 0
}

func century(seventh byte, year int) int {
	switch {
	case seventh <= '3':
		return 1900
	case seventh == '4' || seventh == '9':
		if year <= 36 {
			return 2000
		}
		return 1900
	case year <= 57:
		return 2000
	default:
		return 1800
	}
}

// replace masks the matches of a pattern that are what it looks for.
func replace(text string, pattern *regexp.Regexp, is func(text string, begin, end int) bool, mask string) string {
	plain, at := plain(text)
	var out strings.Builder
	done := 0
	for from := 0; from < len(plain); {
		span := pattern.FindStringIndex(plain[from:])
		if span == nil {
			break
		}
		begin, end := from+span[0], from+span[1]
		if !is(plain, begin, end) {
			_, size := utf8.DecodeRuneInString(plain[begin:])
			from = begin + size // it may begin one further on
			continue
		}
		out.WriteString(text[done:at[begin]])
		out.WriteString(mask)
		done, from = at[end], end
	}
	out.WriteString(text[done:])
	return out.String()
}

// plain is text as a reader sees it: what has no width left out, every digit, space and dash the common one. at is where
// in text each byte of it comes from, and where the text ends.
func plain(text string) (plain string, at []int) {
	var b strings.Builder
	for i, r := range text {
		switch {
		case unicode.Is(unicode.Cf, r):
			continue
		case unicode.IsDigit(r):
			r = '0' + digit(r)
		case unicode.IsSpace(r):
			r = ' '
		case unicode.Is(unicode.Pd, r) || r == '−':
			r = '-'
		}
		from := b.Len()
		b.WriteRune(r)
		for range b.Len() - from {
			at = append(at, i)
		}
	}
	return b.String(), append(at, len(text))
}

// digit is the value of a decimal digit of any script. Unicode keeps the ten of each script together, in order.
func digit(r rune) rune {
	value := rune(0)
	for value < 9 && unicode.IsDigit(r-value-1) {
		value++
	}
	return value
}
