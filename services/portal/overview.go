package portal

import (
	"slices"
	"strconv"

	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// overview is the emblem of the product: themes across, qualities down, and in each cell what helps and what strains.
// It is the same on the page, on a phone (as a list by theme) and in print.
type overview struct {
	Themes    []themeView
	Qualities []string
	Rows      []overviewRow // one per quality, a cell per theme
}

// themeView is one theme with its mean and its cells, in the order of the qualities.
type themeView struct {
	Theme string
	Score cellView
	Cells []cellView
	Fit   *fitView
}

type overviewRow struct {
	Quality string
	Cells   []cellView
}

// cellView is one cell as it is drawn.
type cellView struct {
	Theme, Quality string
	Shown          bool
	Open           bool   // no link has been described here: dashed border
	Path           string // of the cell's own page
	Reading        string // which sentence
	Band           string // low, middle or high, after the balance
	Hatched        bool   // the interval reaches over a band's border
	Gain, Strain   figureView
	Balance        figureView
	Bar            barView
	NBand          string
	Mixed          *figureView
	Split          bool
	Change         *changeView
}

// figureView is a mean or a share as it may be told: whole points, or a class alone in small groups.
type figureView struct {
	Number string // "62", "≤10", "≥90"; "" when the group is too small for points
	Class  string
	From   string // of the interval, "" without one
	To     string
	Spread string
}

// barView is where a split bar begins and ends, in a drawing 200 wide with the middle at 100.
type barView struct {
	StrainX, StrainWidth int
	GainWidth            int
	Tick                 int
	Coarse               bool // drawn from classes
}

// changeView is the change of the balance against the earlier release.
type changeView struct {
	State  string
	Delta  string // "+7", "−12"; "" when nothing can be said
	Points *int   // the same as a number
}

// fitView is whether demands fit, told apart from balance.
type fitView struct {
	Shown              bool
	Fit                figureView
	TooMuch, TooLittle string
}

// middles stand for a class in a drawing.
var middles = map[reportingapi.FigureClass]int{"very_low": 10, "low": 30, "middle": 50, "high": 70, "very_high": 90}

// overviewOf draws one node of a release. path makes the address of a cell's page.
func overviewOf(release reportingapi.Release, node reportingapi.Node, path func(theme, quality string) string) overview {
	o := overview{}
	for _, q := range release.Qualities {
		o.Qualities = append(o.Qualities, string(q))
	}
	for _, t := range node.Themes {
		theme := themeView{Theme: string(t.Theme), Score: scoreView(string(t.Theme), t.Score), Fit: fitOf(t.Fit)}
		for _, quality := range o.Qualities {
			i := slices.IndexFunc(t.Cells, func(c reportingapi.Cell) bool { return string(c.Quality) == quality })
			cell := cellView{Theme: theme.Theme, Quality: quality, Reading: "too_few"}
			if i >= 0 {
				cell = cellOf(theme.Theme, t.Cells[i])
				cell.Path = path(theme.Theme, quality)
			}
			theme.Cells = append(theme.Cells, cell)
		}
		o.Themes = append(o.Themes, theme)
	}
	for i, quality := range o.Qualities {
		row := overviewRow{Quality: quality}
		for _, theme := range o.Themes {
			row.Cells = append(row.Cells, theme.Cells[i])
		}
		o.Rows = append(o.Rows, row)
	}
	return o
}

func cellOf(theme string, c reportingapi.Cell) cellView {
	v := cellView{
		Theme: theme, Quality: string(c.Quality), Open: c.Evidence == "open",
		Reading: "too_few", NBand: string(value(c.NBand)), Split: value(c.Split),
	}
	v.draw(c.State, c.Gain, c.Strain, c.Balance)
	if v.Shown {
		v.Reading = string(value(c.Reading))
	}
	if c.Mixed != nil {
		v.Mixed = &figureView{Number: points(c.Mixed.Value, c.Mixed.Bound)}
	}
	return v
}

func scoreView(theme string, s reportingapi.Score) cellView {
	v := cellView{Theme: theme, NBand: string(value(s.NBand))}
	v.draw(s.State, s.Gain, s.Strain, s.Balance)
	return v
}

// draw fills in figures and bar, unless the group is too small for any.
func (v *cellView) draw(state reportingapi.State, gain, strain, balance *reportingapi.Figure) {
	if state != "shown" || gain == nil || strain == nil || balance == nil {
		return
	}
	v.Shown = true
	v.Gain, v.Strain, v.Balance = figureOf(*gain), figureOf(*strain), figureOf(*balance)
	v.Band = bandOf(balance.Class)
	v.Hatched = value(balance.CrossesBorder)
	g, s, b := drawn(*gain), drawn(*strain), drawn(*balance)
	v.Bar = barView{StrainX: 100 - s, StrainWidth: s, GainWidth: g, Tick: 2 * b, Coarse: gain.Value == nil}
	if balance.Change != nil {
		v.Change = changeOf(*balance.Change)
	}
}

func drawn(f reportingapi.Figure) int {
	if f.Value != nil {
		return *f.Value
	}
	return middles[f.Class]
}

func figureOf(f reportingapi.Figure) figureView {
	v := figureView{Class: string(f.Class)}
	if f.Value != nil {
		v.Number = points(*f.Value, f.Bound)
	}
	if f.Interval != nil {
		v.From, v.To = strconv.Itoa(f.Interval.From), strconv.Itoa(f.Interval.To)
	}
	if f.Spread != nil {
		v.Spread = points(f.Spread.Value, f.Spread.Bound)
	}
	return v
}

// points writes a figure whose end may be hidden.
func points(n int, bound *reportingapi.Bound) string {
	switch value(bound) {
	case "at_most":
		return "≤" + strconv.Itoa(n)
	case "at_least":
		return "≥" + strconv.Itoa(n)
	default:
		return strconv.Itoa(n)
	}
}

func bandOf(class reportingapi.FigureClass) string {
	switch class {
	case "very_low", "low":
		return "low"
	case "middle":
		return "middle"
	default:
		return "high"
	}
}

func changeOf(c reportingapi.Change) *changeView {
	v := &changeView{State: string(c.State), Points: c.Delta}
	if c.Delta != nil {
		v.Delta = signed(*c.Delta)
	}
	return v
}

// signed writes a difference with its sign; the minus is the typographic one.
func signed(n int) string {
	switch {
	case n > 0:
		return "+" + strconv.Itoa(n)
	case n < 0:
		return "−" + strconv.Itoa(-n)
	default:
		return "0"
	}
}

func fitOf(f *reportingapi.Fit) *fitView {
	if f == nil {
		return nil
	}
	v := &fitView{}
	if f.State != "shown" || f.Fit == nil {
		return v
	}
	v.Shown, v.Fit = true, figureOf(*f.Fit)
	if f.TooMuch != nil {
		v.TooMuch = points(f.TooMuch.Value, f.TooMuch.Bound)
	}
	if f.TooLittle != nil {
		v.TooLittle = points(f.TooLittle.Value, f.TooLittle.Bound)
	}
	return v
}
