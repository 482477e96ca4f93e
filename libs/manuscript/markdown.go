package manuscript

import (
	"regexp"
	"strings"
)

// Markdown writes the text in CommonMark, with tables as most readers of it know them.
func (t Text) Markdown() []byte {
	var parts []string
	for _, b := range t.Blocks {
		switch {
		case b.level > 0:
			parts = append(parts, strings.Repeat("#", b.level)+" "+oneLine(escape(b.text)))
		case b.head != nil:
			parts = append(parts, markdownTable(b))
		case b.items != nil:
			parts = append(parts, "- "+strings.Join(apply(b.items, func(s string) string { return strings.ReplaceAll(escape(s), "\n", "\\\n  ") }), "\n- "))
		default:
			parts = append(parts, strings.ReplaceAll(escape(b.text), "\n", "\\\n"))
		}
	}
	return []byte(strings.Join(parts, "\n\n") + "\n")
}

func markdownTable(b Block) string {
	row := func(cells []string) string {
		return "| " + strings.Join(apply(cells, func(s string) string { return oneLine(escape(s)) }), " | ") + " |"
	}
	lines := []string{row(b.head), "|" + strings.Repeat(" --- |", len(b.head))}
	for _, cells := range b.rows {
		lines = append(lines, row(cells))
	}
	return strings.Join(lines, "\n")
}

var (
	marks = regexp.MustCompile("[\\\\`*_{}\\[\\]<>#|~&]")
	// starts are what makes a line a list or a rule when it stands first; numbers with a full stop do, too.
	starts = regexp.MustCompile(`(?m)^(\s*)([-+=]|\d+[.)])`)
)

// escape keeps what people wrote from being read as marks.
func escape(s string) string {
	s = marks.ReplaceAllString(s, `\$0`)
	return starts.ReplaceAllStringFunc(s, func(start string) string {
		last := len(start) - 1
		return start[:last] + `\` + start[last:]
	})
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func apply(all []string, fn func(string) string) []string {
	done := make([]string, len(all))
	for i, s := range all {
		done[i] = fn(s)
	}
	return done
}
