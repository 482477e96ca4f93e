package portal

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// message is one text of a catalogue in ICU message syntax, of which it knows what the portal needs: {name},
// {name, plural, =0 {...} one {...} other {...}} with # for the number, and {name, select, a {...} other {...}}.
type message []part

// part is a piece of a message: literal text, or an argument, possibly with cases.
type part struct {
	text     string
	argument string
	kind     string // "", "plural" or "select"
	cases    map[string]message
}

// number stands for # inside a plural's case.
const number = "#"

// parseMessage reads a message. Its error says where the text is wrong.
func parseMessage(text string) (message, error) {
	p := &messageParser{text: text}
	m, err := p.message(false)
	if err != nil {
		return nil, fmt.Errorf("at %d: %w", p.at, err)
	}
	if p.at < len(p.text) {
		return nil, fmt.Errorf("at %d: } without {", p.at)
	}
	return m, nil
}

type messageParser struct {
	text string
	at   int
}

func (p *messageParser) message(inPlural bool) (message, error) {
	var m message
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			m = append(m, part{text: literal.String()})
			literal.Reset()
		}
	}
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '\'':
			p.quoted(&literal)
		case c == '{':
			flush()
			one, err := p.argument()
			if err != nil {
				return nil, err
			}
			m = append(m, one)
		case c == '}':
			flush()
			return m, nil
		case c == '#' && inPlural:
			flush()
			m = append(m, part{argument: number})
			p.at++
		default:
			literal.WriteByte(c)
			p.at++
		}
	}
	flush()
	return m, nil
}

// quoted reads an apostrophe: two are one, one before a special character quotes up to the next, any other is itself.
func (p *messageParser) quoted(literal *strings.Builder) {
	rest := p.text[p.at+1:]
	switch {
	case strings.HasPrefix(rest, "'"):
		literal.WriteByte('\'')
		p.at += 2
	case rest != "" && strings.ContainsRune("{}#", rune(rest[0])):
		inside, _, _ := strings.Cut(rest, "'")
		literal.WriteString(inside)
		p.at += min(len(inside)+2, len(p.text)-p.at)
	default:
		literal.WriteByte('\'')
		p.at++
	}
}

func (p *messageParser) argument() (part, error) {
	p.at++ // {
	name := p.word()
	if name == "" {
		return part{}, fmt.Errorf("an argument without a name")
	}
	if p.take('}') {
		return part{argument: name}, nil
	}
	if !p.take(',') {
		return part{}, fmt.Errorf("want , or } after %q", name)
	}
	kind := p.word()
	if kind != "plural" && kind != "select" {
		return part{}, fmt.Errorf("unknown format %q", kind)
	}
	if !p.take(',') {
		return part{}, fmt.Errorf("want , after %q", kind)
	}
	cases := map[string]message{}
	for !p.take('}') {
		key := p.word()
		if key == "" || !p.take('{') {
			return part{}, fmt.Errorf("want a case such as other {...}")
		}
		m, err := p.message(kind == "plural")
		if err != nil {
			return part{}, err
		}
		if !p.take('}') {
			return part{}, fmt.Errorf("case %q does not end", key)
		}
		cases[key] = m
	}
	if _, ok := cases["other"]; !ok {
		return part{}, fmt.Errorf("%s of %q has no case other", kind, name)
	}
	return part{argument: name, kind: kind, cases: cases}, nil
}

func (p *messageParser) space() {
	for p.at < len(p.text) && strings.ContainsRune(" \n\t", rune(p.text[p.at])) {
		p.at++
	}
}

func (p *messageParser) word() string {
	p.space()
	from := p.at
	for p.at < len(p.text) && !strings.ContainsRune(" \n\t,{}'#", rune(p.text[p.at])) {
		p.at++
	}
	word := p.text[from:p.at]
	p.space()
	return word
}

func (p *messageParser) take(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// write renders the message. A missing argument shows as its name in braces: visible, and caught by a test.
func (m message) write(b *strings.Builder, tag language.Tag, arguments map[string]any, count any) {
	for _, one := range m {
		if one.argument == "" {
			b.WriteString(one.text)
			continue
		}
		value, ok := arguments[one.argument]
		if one.argument == number {
			value, ok = count, true
		}
		switch {
		case !ok:
			b.WriteString("{" + one.argument + "}")
		case one.kind == "":
			fmt.Fprint(b, value)
		default:
			one.choose(tag, value).write(b, tag, arguments, value)
		}
	}
}

// choose picks the case of a value: the exact number first, then its plural category.
func (p part) choose(tag language.Tag, value any) message {
	key := fmt.Sprint(value)
	if p.kind == "plural" {
		if exact, ok := p.cases["="+key]; ok {
			return exact
		}
		if n, err := strconv.Atoi(key); err == nil {
			key = pluralNames[plural.Cardinal.MatchPlural(tag, max(n, -n), 0, 0, 0, 0)]
		}
	}
	if m, ok := p.cases[key]; ok {
		return m
	}
	return p.cases["other"]
}

var pluralNames = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// argumentsOf returns the names of all arguments, those inside cases too.
func (m message) argumentsOf() map[string]bool {
	names := map[string]bool{}
	for _, one := range m {
		if one.argument != "" && one.argument != number {
			names[one.argument] = true
		}
		for _, inner := range one.cases {
			for name := range inner.argumentsOf() {
				names[name] = true
			}
		}
	}
	return names
}
