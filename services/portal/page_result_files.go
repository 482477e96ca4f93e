package portal

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/paper"
	"github.com/guldkorn/guldkorn/libs/sheet"
	"github.com/guldkorn/guldkorn/libs/sheet/workbook"
)

// resultFile is a release as a file to print, send or work on: all that its pages show, and nothing else.
type resultFile struct {
	Release reportingapi.Release
	Proof   []proofLine
	Said    []reportingapi.ThemeParaphrases // in the words of its readers
	Place   string
	Nodes   []resultNode
}

// resultNode is one node with its overview.
type resultNode struct {
	Extra    []extraView
	Name     string
	Overview overview
}

// The kinds of files and how they are served.
const (
	paperKind    = "application/pdf"
	workbookKind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	sheetKind    = "text/csv; charset=utf-8"
	signedKind   = "application/json"
)

// resultFiles answers with the release as the file that is asked for. It is whole before its first byte is sent.
func (v *visit) resultFiles() error {
	switch v.param("format") {
	case "json":
		return v.signedFile(v.releasePath(), "")
	case "said":
		return v.signedFile(v.at("releases", v.param("release_id"), "paraphrases"), "-said")
	}
	file, err := v.resultFile()
	if err != nil {
		return err
	}
	name := "guldkorn-" + string(file.Release.Round.ClosesOn)
	var body bytes.Buffer
	switch v.param("format") {
	case "pdf":
		v.fileHeader(paperKind, name+".pdf")
		err = v.resultOnPaper(&body, file)
	case "xlsx":
		v.fileHeader(workbookKind, name+".xlsx")
		err = v.resultInWorkbook(&body, file)
	case "csv":
		v.fileHeader(sheetKind, name+".csv")
		err = sheet.Write(&body, append([][]string{v.words.resultHead(file)}, asText(append(v.words.resultRows(file), proofRows(file)...))...))
	default:
		return failure.NotFound("format")
	}
	if err != nil {
		return err
	}
	v.gin.Status(http.StatusOK)
	_, err = body.WriteTo(v.gin.Writer)
	return err
}

// signedFile hands on a release, or what its readers published beside it, with its signature byte for byte, for every byte is
// what is checked.
func (v *visit) signedFile(path, ending string) error {
	var signed []byte
	if err := v.get("reporting", path, &signed); err != nil {
		return err
	}
	v.fileHeader(signedKind, "guldkorn-"+v.param("release_id")+ending+".json")
	v.gin.Data(http.StatusOK, signedKind, signed)
	return nil
}

func (v *visit) resultFile() (resultFile, error) {
	var signed reportingapi.SignedRelease
	if err := v.signedRelease(&signed); err != nil {
		return resultFile{}, err
	}
	file := resultFile{Release: signed.Release, Proof: v.words.proof(signed)}
	texts, err := v.extraTexts(file.Release)
	if err != nil {
		return file, err
	}
	if !v.common() {
		if file.Said, err = v.paraphrases(v.param("release_id")); err != nil {
			return file, err
		}
	}
	file.Place = file.Release.Nodes[0].Name
	for _, n := range file.Release.Nodes {
		node := resultNode{Name: v.words.node(file.Release, n), Extra: extraViews(n, texts), Overview: overviewOf(file.Release, n, func(string, string) string { return "" })}
		if n.Kind == "other_units" {
			node.Name = n.Name + ": " + node.Name
		}
		file.Nodes = append(file.Nodes, node)
	}
	return file, nil
}

// madeAt is when a release was made: its files say the same whoever fetches them, and whenever.
func (f resultFile) madeAt() time.Time { return f.Release.VisibleToRepresentativesFrom }

func (v *visit) resultOnPaper(w *bytes.Buffer, file resultFile) error {
	page, err := v.composed("result_file", "file", map[string]any{"Language": v.words.language, "File": file})
	if err != nil {
		return err
	}
	return paper.Write(v.context(), w, paper.Page{
		HTML: page.String(), Title: v.words.text("result.title", "round", file.Release.Round.Title),
		Language: v.words.language, MadeAt: file.madeAt(),
	})
}

func (v *visit) resultInWorkbook(w *bytes.Buffer, file resultFile) error {
	about := [][]any{{v.words.text("result.method_text")}}
	limits := file.Release.Method.Thresholds
	for _, rule := range []string{
		v.words.text("result.rule_means", "n", limits.Means), v.words.text("result.rule_points", "n", limits.Points),
		v.words.text("result.rule_intervals", "n", limits.Intervals), v.words.text("result.rule_others"), v.words.text("result.rule_once"),
	} {
		about = append(about, []any{rule})
	}
	about = append(about, []any{v.words.text("result.proof_text")})
	for _, line := range file.Proof {
		about = append(about, []any{line.Name + ": " + line.Text})
	}
	tables := []workbook.Table{{Name: v.words.text("result_file.figures"), Head: v.words.resultHead(file), Rows: v.words.resultRows(file), Widths: []float64{26, 20, 26, 12}}}
	if len(file.Said) > 0 {
		tables = append(tables, v.saidInWorkbook(file))
	}
	tables = append(tables, workbook.Table{Name: v.words.text("result_file.about"), Head: []string{v.words.text("result.method")}, Rows: about, Widths: []float64{100}})
	return workbook.Write(w,
		workbook.Properties{Title: v.words.text("result.title", "round", file.Release.Round.Title), Language: v.words.language, MadeAt: file.madeAt()}, tables...)
}

// saidInWorkbook is what readers published of what people wrote, a paraphrase to a row.
func (v *visit) saidInWorkbook(file resultFile) workbook.Table {
	table := workbook.Table{Name: v.words.text("result.said"), Head: []string{v.words.text("result_file.theme"), v.words.text("result.said")}, Widths: []float64{26, 100}}
	for _, theme := range file.Said {
		for _, text := range theme.Paraphrases {
			table.Rows = append(table.Rows, []any{v.words.of("theme", theme.Theme), text})
		}
	}
	return table
}

// resultColumns are the keys of what the columns of resultRows are called behind the first, which is called for the breakdown.
var resultColumns = []string{
	"result_file.theme", "result_file.quality", "overview.gain", "overview.strain", "overview.legend_tick",
	"result_file.from", "result_file.to", "result_file.answers", "result_file.reading", "result_file.change", "result_file.changed",
	"result_file.mixed", "result_file.fit", "result_file.too_much", "result_file.too_little",
}

func (w *words) resultHead(file resultFile) []string {
	by, _ := brokenDownBy(file.Release.Round) // a release's round has one
	head := []string{w.of("breakdown", by)}
	for _, key := range resultColumns {
		head = append(head, w.text(key))
	}
	return head
}

// resultRows are the figures of all nodes, a row for each cell and one for each theme as a whole. What is not shown has
// no figure, and says so where the others say how they read.
func (w *words) resultRows(file resultFile) [][]any {
	var rows [][]any
	for _, node := range file.Nodes {
		for _, theme := range node.Overview.Themes {
			name := w.of("theme", theme.Theme)
			for _, cell := range theme.Cells {
				row := append([]any{node.Name, name, w.of("quality", cell.Quality)}, w.figures(cell)...)
				if fit := theme.Fit; cell.Quality == "demands" && fit != nil && fit.Shown {
					row = append(row, w.figure(fit.Fit), counted(fit.TooMuch), counted(fit.TooLittle))
				}
				rows = append(rows, filled(row))
			}
			rows = append(rows, filled(append([]any{node.Name, name, w.text("overview.theme_mean")}, w.figures(theme.Score)...)))
		}
		for _, one := range node.Extra {
			rows = append(rows, filled(append([]any{node.Name, w.text("extra.title"), one.Text}, w.extraFigures(one)...)))
		}
	}
	return rows
}

// proofRows stand under the figures where a file has no other place for them.
func proofRows(file resultFile) [][]any {
	var rows [][]any
	for _, line := range file.Proof {
		rows = append(rows, filled([]any{line.Name, line.Text}))
	}
	return rows
}

// figures are the columns from gain on, those of the fit of demands left out.
func (w *words) figures(c cellView) []any {
	if !c.Shown {
		return []any{"", "", "", "", "", "", w.text("overview.too_few")}
	}
	columns := []any{w.figure(c.Gain), w.figure(c.Strain), w.figure(c.Balance), counted(c.Balance.From), counted(c.Balance.To), strings.ReplaceAll(c.NBand, "-", "–")} // with a hyphen, spreadsheets take 5-9 for a day
	reading, delta, changed, mixed := "", any(""), "", any("")
	if c.Reading != "" {
		reading = w.of("reading_short", c.Reading)
	}
	if c.Change != nil {
		changed = w.of("change", c.Change.State)
		if c.Change.Points != nil {
			delta = *c.Change.Points
		}
	}
	if c.Mixed != nil {
		mixed = counted(c.Mixed.Number)
	}
	return append(columns, reading, delta, changed, mixed)
}

// figure is the number where there is one, and the word for the class in a small group.
func (w *words) figure(f figureView) any {
	if f.Number == "" {
		return w.of("class", f.Class)
	}
	return counted(f.Number)
}

// counted is a figure as a number, unless its end is hidden.
func counted(text string) any {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return text
}

// filled gives a row all its columns.
func filled(row []any) []any {
	for len(row) < 1+len(resultColumns) {
		row = append(row, "")
	}
	return row
}

// asText writes numbers out.
func asText(rows [][]any) [][]string {
	all := make([][]string, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			if n, ok := cell.(int); ok {
				cell = strconv.Itoa(n)
			}
			all[i] = append(all[i], cell.(string))
		}
	}
	return all
}
