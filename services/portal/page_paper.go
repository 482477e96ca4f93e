package portal

import (
	"bytes"
	"net/http"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/paper"
)

// paperPage tells those who enter a round's papers what to print, what to do with it, and where to enter it.
type paperPage struct {
	Round  intakeapi.Round
	Paper  intakeapi.RoundPaper
	Helper string
	Alert  string
}

func (v *visit) paper() error { return v.paperWith(http.StatusOK, "") }

func (v *visit) paperWith(status int, alert string) error {
	page, err := v.paperOf()
	if err != nil {
		return err
	}
	page.Alert = alert
	return v.show(status, "paper", page)
}

func (v *visit) paperOf() (paperPage, error) {
	var page paperPage
	at := v.at("rounds", v.param("round_id"))
	if err := together(v.reads("intake", at, &page.Round), v.reads("intake", at+"/paper", &page.Paper)); err != nil {
		return page, err
	}
	if helper := value(page.Paper.HelperID); helper != "" {
		names, err := v.names(helper)
		if err != nil {
			return page, err
		}
		page.Helper = names[helper]
	}
	return page, nil
}

// entersPapers tells whether the reader enters what comes on paper in a round; intake decides.
func (v *visit) entersPapers(r intakeapi.Round) bool {
	return r.PaperBallots != nil && !v.has(access.Leader) && (v.has(representativeRoles...) || value(r.PaperHelper))
}

// The two files of a round on paper: what people fill in, the same for everybody, and what those who collect it go by.
const (
	paperBallot = "ballot.pdf"
	paperCover  = "cover.pdf"
)

// paperFile is one of them, for the printer.
func (v *visit) paperFile() error {
	kind := v.param("file")
	if kind != paperBallot && kind != paperCover {
		return failure.NotFound("file")
	}
	page, err := v.paperOf()
	if err != nil {
		return err
	}
	var instrument intakeapi.Instrument
	if err := v.get("intake", v.at("rounds", v.param("round_id"), "instrument"), &instrument); err != nil {
		return err
	}
	place := ""
	if here, ok := v.here(); ok {
		place = here.name
	}
	composed, err := v.composed("paper_file", kind, map[string]any{
		"Language": v.words.language, "Place": place, "Page": page, "Instrument": instrument, "Themes": paperThemes(instrument),
	})
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := paper.Write(v.context(), &file, paper.Page{
		HTML: composed.String(), Title: page.Round.Title, Language: v.words.language, MadeAt: paperMadeAt(page.Round),
	}); err != nil {
		return err
	}
	v.fileHeader(paperKind, "guldkorn-"+kind)
	v.gin.Status(http.StatusOK)
	_, err = file.WriteTo(v.gin.Writer)
	return err
}

// paperMadeAt makes all copies of a file alike, whoever prints them: a ballot that differs from the others could be told apart.
func paperMadeAt(r intakeapi.Round) time.Time { return value(r.AnnouncedAt) }

// paperTheme is a theme as rows with running numbers, which stand on the ballot box's page for entering them too.
type paperTheme struct {
	Title any // in both languages
	Rows  []paperRow
	Fits  []paperRow // answered on the other scale
}

type paperRow struct {
	Number int
	Text   any // in both languages
}

func paperThemes(i intakeapi.Instrument) []paperTheme {
	var all []paperTheme
	number := 0
	row := func(text any) paperRow {
		number++
		return paperRow{Number: number, Text: text}
	}
	for _, theme := range i.Themes {
		one := paperTheme{Title: theme.Title}
		for _, cell := range theme.Cells {
			one.Rows = append(one.Rows, row(cell.Gain), row(cell.Strain))
			if cell.Fit != nil {
				one.Fits = append(one.Fits, row(*cell.Fit))
			}
		}
		all = append(all, one)
	}
	if extra := value(i.Extra); len(extra) > 0 {
		one := paperTheme{}
		for _, question := range extra {
			one.Rows = append(one.Rows, row(question))
		}
		all = append(all, one)
	}
	return all
}

// enterPaper sends somebody who enters papers to the ballot box, with a ticket of theirs for one unit.
func (v *visit) enterPaper() error {
	var ticket intakeapi.Ticket
	asked := intakeapi.PaperEntering{UnitID: v.input("unit_id")}
	err := v.call("intake", http.MethodPost, v.at("rounds", v.param("round_id"), "paper-tickets"), asked, &ticket)
	if f := failure.From(err); err != nil && (f.Status() == http.StatusConflict || f.Status() == http.StatusUnprocessableEntity) {
		return v.paperWith(f.Status(), f.Code.Text(v.words.language))
	}
	if err != nil {
		return err
	}
	return v.toBallotBox(ticket)
}

// paperMarking is who answers on paper, as ticked when the round is countersigned; nil for nobody.
func (v *visit) paperMarking() *intakeapi.PaperMarking {
	persons := v.gin.PostFormArray("paper")
	if len(persons) == 0 {
		return nil
	}
	return &intakeapi.PaperMarking{PersonIds: persons, HelperID: v.input("paper_helper")}
}
