// Package manuscript holds a text of headings, paragraphs, lists and tables, and writes the same text as Markdown, as an
// OpenDocument text (ISO/IEC 26300) and as the HTML that libs/paper makes a PDF of. It knows nothing of what it says.
package manuscript

import "time"

// Text is one document.
type Text struct {
	Title    string
	Language string    // BCP 47
	MadeAt   time.Time // the same text made at the same time is the same file
	Blocks   []Block
}

// Block is one piece of a text: a heading, a paragraph, a list or a table. Make it with the functions of these names.
type Block struct {
	level int // of a heading, from 1 on
	text  string
	items []string
	head  []string
	rows  [][]string
}

// Heading is a heading; level 1 is the title on the first page.
func Heading(level int, text string) Block { return Block{level: level, text: text} }

// Paragraph is a paragraph; it keeps its line breaks.
func Paragraph(text string) Block { return Block{text: text} }

// List is a list without numbers.
func List(items ...string) Block { return Block{items: items} }

// Table is a table; every row has as many cells as the head.
func Table(head []string, rows ...[]string) Block { return Block{head: head, rows: rows} }
