// Package sheet writes tables that people open in a spreadsheet. It knows nothing of what is in them.
package sheet

import (
	"encoding/csv"
	"io"
	"strings"
)

// Mark stands before the text of a file: without it the spreadsheets of Danish desks take UTF-8 for Windows-1252.
const Mark = "\ufeff"

// Write writes rows as CSV in the manner of Danish spreadsheets: marked UTF-8, semicolons, and no cell a formula.
func Write(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, Mark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = Neutral(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Neutral returns a cell that no spreadsheet takes for a formula: one that begins like it gets an apostrophe in front
// (OWASP, CSV injection).
func Neutral(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
