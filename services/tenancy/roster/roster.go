// Package roster reads lists of schools and of people as municipalities have them: CSV files written by a spreadsheet.
//
// It takes UTF-8 and Windows-1252, semicolons and commas, Danish and English headings, and says of each mistake in
// which row and column it is. It knows nothing of who there is already; whether a row fits is for its caller.
package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// What a file may hold.
const (
	MaxBytes = 10 << 20
	MaxRows  = 50_000
	MaxCell  = 500 // characters
)

// Kind is what a file lists.
type Kind string

// The kinds of lists.
const (
	Schools Kind = "schools" // one row for each unit of a school
	People  Kind = "people"  // one row for each role of a person
)

// Row is one line of a file. Number is the row's as a spreadsheet shows it, the heading being row 1.
type Row struct {
	Number int               `json:"number"`
	Cells  map[string]string `json:"cells"` // by column; empty ones left out
}

// Problem says what is wrong with a row. Column is "" when it is about the whole row, Row is 0 when it is about the file.
type Problem struct {
	Row    int    `json:"row" bson:"row"`
	Column string `json:"column" bson:"column"`
	Reason string `json:"reason" bson:"reason"` // a word of Reasons
}

// Why a row or a file is refused.
const (
	Mixed     = "mixed_encoding" // some lines are UTF-8, this one is not
	NoHeading = "no_heading"     // the first line names no column that is known
	Missing   = "missing"        // a column, or a cell that must not be empty
	Twice     = "twice"          // two columns with the same heading
	Cells     = "cells"          // more or fewer cells than headings
	Quotes    = "quotes"         // a quotation mark in the wrong place
	Long      = "long"           // over MaxCell characters
	TooMany   = "too_many_rows"  // over MaxRows
	Invalid   = "invalid"        // not what the column takes
	Unknown   = "unknown"        // names something that there is not
	Conflict  = "conflict"       // contradicts another row, or what there is
	Forbidden = "forbidden"      // nobody gives a role to themselves
	Gone      = "erased"         // a person whose data were erased
)

// columns are the headings that each column is known by, folded.
var columns = map[Kind]map[string][]string{
	Schools: {
		"code": {"institutionsnummer", "skolekode", "code", "school code", "institution number"},
		"name": {"skole", "skolens navn", "navn", "name", "school"},
		"type": {"type", "skoletype", "institutionstype", "school type"},
		"unit": {"enhed", "afdeling", "team", "unit"},
	},
	People: {
		"name":        {"navn", "fulde navn", "name", "full name"},
		"email":       {"e-mail", "email", "mail", "e-mailadresse"},
		"login":       {"login", "brugernavn", "uniid", "username"},
		"external_id": {"medarbejdernr", "medarbejdernummer", "lønnummer", "external id", "external_id", "employee number"},
		"unilogin":    {"unilogin", "uni-login", "unilogin-brugernavn"},
		"school":      {"skole", "institutionsnummer", "skolekode", "school", "school code"},
		"unit":        {"enhed", "afdeling", "team", "unit"},
		"role":        {"rolle", "stilling", "role"},
		"staff_group": {"personalegruppe", "medarbejdergruppe", "staff group"},
		"from":        {"fra", "startdato", "from"},
		"to":          {"til", "slutdato", "to"},
		"language":    {"sprog", "language"},
	},
}

// required are the columns that a file must have, and whose cells must not be empty.
var required = map[Kind][]string{Schools: {"code", "name", "type"}, People: {"name", "email", "login"}}

// Valid tells whether there are lists of this kind.
func (k Kind) Valid() bool { return columns[k] != nil }

// Parse reads a file. Rows with a problem are among the rows all the same, but for those that cannot be told apart
// into cells. A file whose heading is of no use has a single problem.
func Parse(kind Kind, raw []byte) ([]Row, []Problem) {
	text, at := decode(raw)
	if at > 0 {
		return nil, []Problem{{at, "", Mixed}}
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.FieldsPerRecord, reader.TrimLeadingSpace = delimiter(text), -1, true
	heading, err := reader.Read()
	if err != nil {
		return nil, []Problem{{1, "", NoHeading}}
	}
	names, problems := headings(kind, heading)
	if len(problems) > 0 {
		return nil, problems
	}
	var rows []Row
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, problems
		}
		if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
			problems = append(problems, Problem{wrong.StartLine, "", Quotes})
			continue
		}
		number, _ := reader.FieldPos(0)
		if len(rows) == MaxRows {
			return nil, []Problem{{number, "", TooMany}}
		}
		row, wrong := cut(kind, number, names, cells)
		problems = append(problems, wrong...)
		if len(row.Cells) > 0 {
			rows = append(rows, row)
		}
	}
}

// cut gives the cells of a line their columns.
func cut(kind Kind, number int, names, cells []string) (Row, []Problem) {
	row := Row{Number: number, Cells: map[string]string{}}
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if i < len(names) && names[i] != "" && cell != "" {
			row.Cells[names[i]] = cell
		}
	}
	var problems []Problem
	if len(cells) != len(names) && len(row.Cells) > 0 {
		problems = append(problems, Problem{number, "", Cells})
	}
	for _, name := range names {
		if utf8.RuneCountInString(row.Cells[name]) > MaxCell {
			problems = append(problems, Problem{number, name, Long})
		}
	}
	if len(row.Cells) == 0 {
		return row, nil // an empty line, as spreadsheets leave at the end
	}
	for _, name := range required[kind] {
		if row.Cells[name] == "" {
			problems = append(problems, Problem{number, name, Missing})
		}
	}
	return row, problems
}

// headings finds the column of each heading; "" for one that is not known, whose cells are left alone.
func headings(kind Kind, heading []string) ([]string, []Problem) {
	known := map[string]string{}
	for column, words := range columns[kind] {
		for _, word := range words {
			known[word] = column
		}
	}
	names := make([]string, len(heading))
	seen := map[string]bool{}
	for i, word := range heading {
		name := known[fold(word)]
		if name != "" && seen[name] {
			return nil, []Problem{{1, name, Twice}}
		}
		names[i], seen[name] = name, true
	}
	delete(seen, "")
	if len(seen) == 0 {
		return nil, []Problem{{1, "", NoHeading}}
	}
	var problems []Problem
	for _, name := range required[kind] {
		if !seen[name] {
			problems = append(problems, Problem{1, name, Missing})
		}
	}
	return names, problems
}

func fold(word string) string { return strings.ToLower(strings.TrimSpace(word)) }

// delimiter is the one of semicolon and comma that the heading has more of.
func delimiter(text string) rune {
	heading, _, _ := strings.Cut(text, "\n")
	if strings.Count(heading, ",") > strings.Count(heading, ";") {
		return ','
	}
	return ';'
}

// decode returns the text in NFC, or the number of the first line that does not fit the others: a file in which some
// lines are UTF-8 beyond ASCII and others are not was glued together, and guessing would spoil names.
func decode(raw []byte) (string, int) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if utf8.Valid(raw) {
		return norm.NFC.String(string(raw)), 0
	}
	odd := 0
	for i, line := range bytes.Split(raw, []byte("\n")) {
		switch {
		case utf8.Valid(line) && !ascii(line) && odd > 0:
			return "", i + 1
		case utf8.Valid(line) && !ascii(line):
			odd = -1
		case !utf8.Valid(line) && odd < 0:
			return "", i + 1
		case !utf8.Valid(line):
			odd = i + 1
		}
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		return "", max(odd, 1)
	}
	return norm.NFC.String(string(text)), 0
}

func ascii(line []byte) bool {
	return !bytes.ContainsFunc(line, func(r rune) bool { return r > 127 })
}

// String says where a problem is, for logs and tests.
func (p Problem) String() string { return fmt.Sprintf("row %d, %s: %s", p.Row, p.Column, p.Reason) }
