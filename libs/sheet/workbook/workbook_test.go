package workbook

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

func TestASpreadsheetReadsWhatIsWritten(t *testing.T) {
	var out bytes.Buffer
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	require.NoError(t, Write(&out, Properties{Title: "Årets måling", Language: "da", MadeAt: at},
		Table{Name: "Alle tal", Head: []string{"Tema", "Hjælper"}, Rows: [][]any{{"Relationerne", 62}, {"=1+1", "≤10"}}, Widths: []float64{30, 12}},
		Table{Name: "Om tallene", Head: []string{"Regel"}, Rows: [][]any{{"Noget vises fra 5 svar."}}},
	))
	book, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	require.Equal(t, []string{"Alle tal", "Om tallene"}, book.GetSheetList())
	rows, err := book.GetRows("Alle tal")
	require.NoError(t, err)
	require.Equal(t, [][]string{{"Tema", "Hjælper"}, {"Relationerne", "62"}, {"=1+1", "≤10"}}, rows)
	for cell, want := range map[string]excelize.CellType{"B2": excelize.CellTypeUnset, "A3": excelize.CellTypeInlineString, "B3": excelize.CellTypeInlineString} {
		kind, err := book.GetCellType("Alle tal", cell)
		require.NoError(t, err)
		require.Equal(t, want, kind, cell)
	}
	formula, err := book.GetCellFormula("Alle tal", "A3")
	require.NoError(t, err)
	require.Empty(t, formula)
	properties, err := book.GetDocProps()
	require.NoError(t, err)
	require.Equal(t, "Årets måling", properties.Title)
	require.Equal(t, "2026-11-26T12:00:00Z", properties.Created)
}

func TestAnImpossibleNameIsRefused(t *testing.T) {
	require.Error(t, Write(&bytes.Buffer{}, Properties{}, Table{Name: "a/b", Head: []string{"x"}}))
}
