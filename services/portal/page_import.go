package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/sheet"
)

const (
	// shownProblems stand on the page; all that tenancy keeps are in the file of mistakes.
	shownProblems = 20
	// keptProblems are as many as tenancy keeps with an import.
	keptProblems = 500
	rowsAtOnce   = 50
	// rowsInFile is how many rows are asked for at a time for the file of mistakes.
	rowsInFile = 200
)

// rowOutcomes are what becomes of rows, in the order of the page.
var rowOutcomes = []tenancyapi.RowOutcome{tenancyapi.Create, tenancyapi.Change, tenancyapi.Unchanged, tenancyapi.Wrong}

// importPage is one list: what it would change, how far it has come, or what became of it.
type importPage struct {
	Path     string // of all lists
	Schools  string // of the operator
	People   string // likewise
	Import   tenancyapi.Import
	Tag      string
	Form     form // of a list that takes this one's place
	Alert    string
	Counts   []outcomeCount
	Good     int // rows that change something
	Problems []string
	More     bool // mistakes that the page leaves to the file
	Cut      bool // more mistakes than tenancy keeps
	Columns  []string
	Rows     []importRow
	Outcome  string // of the rows that are shown, "" for all
	Next     string
}

type outcomeCount struct {
	Outcome tenancyapi.RowOutcome
	Count   int
	Path    string // of the rows with this outcome
	Current bool
}

// importRow is a row of the preview with what it would change, its cells in the order of the page's columns.
type importRow struct {
	Row      int
	Outcome  tenancyapi.RowOutcome
	Cells    []string
	Changes  []string
	Problems []string
}

func (v *visit) importedList() error { return v.importWith(http.StatusOK, "") }

func (v *visit) importWith(status int, alert string) error {
	id := v.param("import_id")
	page := importPage{Path: v.importsPath(), Schools: levels["operator"].path(v.param("tenant_id")), Outcome: v.query("outcome"), Alert: alert}
	page.People = "/operators/" + url.PathEscape(v.param("tenant_id")) + "/data-requests/people"
	err := v.call("tenancy", http.MethodGet, v.at("imports", id), nil, &page.Import, host.WithAnswer(func(r *http.Response) { page.Tag = r.Header.Get("ETag") }))
	if err != nil {
		return err
	}
	page.Form = form{Values: url.Values{"kind": {string(page.Import.Kind)}}}
	page.Good = page.Import.Creates + page.Import.Changes
	page.Counts = v.outcomes(page)
	for i, p := range page.Import.Problems {
		if i == shownProblems {
			page.More = true
			break
		}
		page.Problems = append(page.Problems, v.mistake(page.Import.Kind, p))
	}
	page.Cut = len(page.Import.Problems) == keptProblems
	if page.Import.Status == tenancyapi.Checked && page.Import.Rows > 0 {
		if err := v.previewRows(&page); err != nil {
			return err
		}
	}
	return v.show(status, "import", page)
}

func (v *visit) outcomes(page importPage) []outcomeCount {
	i := page.Import
	var all []outcomeCount
	for n, count := range []int{i.Creates, i.Changes, i.Unchanged, i.Wrong} {
		outcome := rowOutcomes[n]
		all = append(all, outcomeCount{
			Outcome: outcome, Count: count, Current: page.Outcome == string(outcome),
			Path: v.importsPath(i.ImportID) + "?" + url.Values{"outcome": {string(outcome)}}.Encode() + "#rows",
		})
	}
	return all
}

// previewRows reads one page of rows, each with what is wrong with it. Columns that none of them uses are left out.
func (v *visit) previewRows(page *importPage) error {
	wanted := url.Values{"limit": {strconv.Itoa(rowsAtOnce)}}
	for name, text := range map[string]string{"outcome": page.Outcome, "cursor": v.query("cursor")} {
		if text != "" {
			wanted.Set(name, text)
		}
	}
	var list tenancyapi.ImportRowList
	if err := v.get("tenancy", v.at("imports", page.Import.ImportID, "rows")+"?"+wanted.Encode(), &list); err != nil {
		return err
	}
	kind := string(page.Import.Kind)
	for _, column := range importColumns[kind] {
		if slices.ContainsFunc(list.Items, func(row tenancyapi.ImportRow) bool { return row.Cells[column] != "" }) {
			page.Columns = append(page.Columns, column)
		}
	}
	mistakes := map[int][]string{}
	for _, p := range page.Import.Problems {
		mistakes[p.Row] = append(mistakes[p.Row], v.mistakeInRow(page.Import.Kind, p))
	}
	for _, row := range list.Items {
		one := importRow{Row: row.Row, Outcome: row.Outcome, Problems: mistakes[row.Row]}
		if row.Outcome == tenancyapi.Wrong && len(one.Problems) == 0 && !page.Cut {
			one.Problems = []string{v.words.text("imports.mistake_beside")}
		}
		for _, c := range row.Changes {
			one.Changes = append(one.Changes, v.importedChange(page.Import.Kind, c))
		}
		for _, column := range page.Columns {
			one.Cells = append(one.Cells, row.Cells[column])
		}
		page.Rows = append(page.Rows, one)
	}
	if list.NextCursor != nil {
		next := url.Values{"cursor": {*list.NextCursor}, "outcome": {page.Outcome}}
		page.Next = v.importsPath(page.Import.ImportID) + "?" + next.Encode() + "#rows"
	}
	return nil
}

// mistake says in one sentence where in a list a mistake is, and which.
func (v *visit) mistake(kind tenancyapi.ImportKind, p tenancyapi.ImportProblem) string {
	what, whole := v.mistakeInRow(kind, p), "no"
	if p.Column == nil {
		whole = "yes"
	}
	if p.Row == 1 {
		return v.words.text("imports.mistake_heading", "what", what, "whole", whole)
	}
	return v.words.text("imports.mistake", "row", p.Row, "what", what, "whole", whole)
}

// mistakeInRow is mistake for a place that names the row already: the column, what is wrong, and what would be right.
func (v *visit) mistakeInRow(kind tenancyapi.ImportKind, p tenancyapi.ImportProblem) string {
	if p.Column == nil {
		return v.words.of("import_reason", p.Reason)
	}
	column := string(kind) + "." + string(*p.Column)
	what := v.words.text("imports.mistake_column", "column", v.words.of("import_column", column), "reason", v.words.of("import_reason", p.Reason))
	if p.Reason == tenancyapi.Invalid || p.Reason == tenancyapi.Unknown {
		what += " " + v.words.of("import_takes", column)
	}
	return what
}

// importErrors is the mistakes of a list as a spreadsheet, each with what stands in the cell.
func (v *visit) importErrors() error {
	id := v.param("import_id")
	var list tenancyapi.Import
	if err := v.get("tenancy", v.at("imports", id), &list); err != nil {
		return err
	}
	cells, err := v.wrongCells(list)
	if err != nil {
		return err
	}
	table := [][]string{{
		v.words.text("imports.row"), v.words.text("imports.column"), v.words.text("imports.error"), v.words.text("imports.written"),
	}}
	for _, p := range list.Problems {
		column := ""
		if p.Column != nil {
			column = v.words.of("import_column", string(list.Kind)+"."+string(*p.Column))
		}
		table = append(table, []string{strconv.Itoa(p.Row), column, v.words.of("import_reason", p.Reason), cells[p.Row][string(value(p.Column))]})
	}
	v.spreadsheet("guldkorn-" + string(list.Kind) + "-" + v.words.text("imports.file_of_errors") + ".csv")
	return sheet.Write(v.gin.Writer, table)
}

// wrongCells are the cells of the rows that the list's mistakes are in; none once the rows are gone.
func (v *visit) wrongCells(list tenancyapi.Import) (map[int]map[string]string, error) {
	cells := map[int]map[string]string{}
	if len(list.Problems) == 0 || list.Status != tenancyapi.Checked {
		return cells, nil
	}
	last := list.Problems[len(list.Problems)-1].Row
	wanted := url.Values{"outcome": {string(tenancyapi.Wrong)}, "limit": {strconv.Itoa(rowsInFile)}}
	for {
		var some tenancyapi.ImportRowList
		if err := v.get("tenancy", v.at("imports", list.ImportID, "rows")+"?"+wanted.Encode(), &some); err != nil {
			return nil, err
		}
		for _, row := range some.Items {
			cells[row.Row] = row.Cells
		}
		if some.NextCursor == nil || some.Items[len(some.Items)-1].Row >= last {
			return cells, nil
		}
		wanted.Set("cursor", *some.NextCursor)
	}
}

// applyImport begins to take a list in: all of it, or the good rows when its mistakes are to be left out.
func (v *visit) applyImport() error {
	var only *bool
	if v.input("only_good_rows") != "" {
		yes := true
		only = &yes
	}
	return v.commandImport(http.MethodPost, v.at("imports", v.param("import_id"), "apply"), tenancyapi.ImportApplication{OnlyGoodRows: only})
}

func (v *visit) cancelImport() error {
	return v.commandImport(http.MethodDelete, v.at("imports", v.param("import_id")), nil)
}

func (v *visit) commandImport(method, path string, in any) error {
	err := v.call("tenancy", method, path, in, nil, v.seen())
	if err == nil {
		return v.redirect(v.importsPath(v.param("import_id")))
	}
	f := failure.From(err)
	if s := f.Status(); s == http.StatusConflict || s == http.StatusPreconditionFailed {
		return v.importWith(s, f.Code.Text(v.words.language))
	}
	return err
}
