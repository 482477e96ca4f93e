// Package workbook writes tables as an Office Open XML workbook (ISO/IEC 29500), which spreadsheets open with its
// numbers as numbers. It knows nothing of what is in them.
package workbook

import (
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// Table is one sheet. A cell is an int or a string; a string is never taken for a formula.
type Table struct {
	Name   string // at most 31 characters, none of : \ / ? * [ ]
	Head   []string
	Rows   [][]any
	Widths []float64 // of the columns, in characters; the last one stands for those that follow
}

// Properties say what the workbook is.
type Properties struct {
	Title    string
	Language string // BCP 47
	MadeAt   time.Time
}

// Write writes the tables in their order. The first row of each stays in sight and is bold.
func Write(w io.Writer, p Properties, tables ...Table) (err error) {
	book := excelize.NewFile()
	defer func() {
		if closing := book.Close(); err == nil {
			err = closing
		}
	}()
	at := p.MadeAt.UTC().Format(time.RFC3339)
	if err := book.SetDocProps(&excelize.DocProperties{Title: p.Title, Language: p.Language, Creator: "Guldkorn", Created: at, Modified: at}); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	for i, t := range tables {
		if i == 0 {
			err = book.SetSheetName(book.GetSheetName(0), t.Name)
		} else {
			_, err = book.NewSheet(t.Name)
		}
		if err == nil {
			err = t.write(book, bold)
		}
		if err != nil {
			return fmt.Errorf("workbook: sheet %s: %w", t.Name, err)
		}
	}
	if _, err := book.WriteTo(w); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return nil
}

// write fills one sheet. What the stream writer is told of columns and panes must come before the rows.
func (t Table) write(book *excelize.File, head int) error {
	out, err := book.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	for i := range t.Head {
		if len(t.Widths) == 0 {
			break
		}
		if err := out.SetColWidth(i+1, i+1, t.Widths[min(i, len(t.Widths)-1)]); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	cells := make([]any, len(t.Head))
	for i, text := range t.Head {
		cells[i] = excelize.Cell{StyleID: head, Value: text}
	}
	if err := out.SetRow("A1", cells); err != nil {
		return err
	}
	for i, row := range t.Rows {
		place, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		if err := out.SetRow(place, row); err != nil {
			return err
		}
	}
	return out.Flush()
}
