package playbook

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// width is how many characters a line of a preview has.
const width = 96

// Preview prints what a length of meeting looks like to the one who leads it, with the usual word for learners.
func (p *Playbook) Preview(w io.Writer, v Variant, language string) error {
	p = p.For("")
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d min\n", p.Title.In(language), v.Minutes)
	clock := 0
	for _, s := range p.StepsOf(v) {
		minutes := v.Timeboxes[s.ID]
		when := fmt.Sprintf("%02d-%02d", clock, clock+minutes)
		if s.Mode == Async { // outside the meeting
			when, minutes = "     ", 0
		}
		fmt.Fprintf(&b, "\n  %s  %s (%s)\n", when, s.ID, s.features())
		wrap(&b, s.Prompt.In(language), "         > ")
		wrap(&b, s.Instruction.In(language), "         ")
		clock += minutes
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// features names what sets the step apart from plain talk.
func (s Step) features() string {
	all := []string{string(s.Kind), string(s.Grouping)}
	if s.Attribution != None {
		all = append(all, string(s.Attribution))
	}
	if s.PhonesDown {
		all = append(all, "phones down")
	}
	if s.Mode == Async {
		all = append(all, fmt.Sprintf("open for %d days", s.Days))
	}
	return strings.Join(all, ", ")
}

// wrap breaks a text into lines, each with an indent.
func wrap(b *strings.Builder, text, indent string) {
	line := indent
	for _, word := range strings.Fields(text) {
		if line != indent && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			b.WriteString(line + "\n")
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	b.WriteString(line + "\n")
}
