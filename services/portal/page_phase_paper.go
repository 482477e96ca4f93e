package portal

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// A step on paper: the sheet that groups write on, and the page where a facilitator or the scribe types it in.

func (p *Portal) phasePaperRoutes(one *gin.RouterGroup) {
	one.POST("/scribe", p.person((*visit).setScribe))
	phase := one.Group("/phases/:phase_id")
	phase.GET("/sheet", p.person((*visit).phaseSheet))
	phase.GET("/paper", p.person((*visit).phasePaper))
	phase.POST("/paper", p.person((*visit).transcribe))
	phase.POST("/paper/:contribution_id/withdraw", p.person((*visit).withdrawTranscribed))
}

// phasePaper is a step with what was typed in from paper so far.
type phasePaper struct {
	Dialogue dialogueapi.Dialogue
	Phase    dialogueapi.Phase
	Typed    []dialogueapi.Contribution
	Fields   [6]struct{} // to write in, on the sheet
	Written  string
	Writers  string
	Alert    string
	HeldBack int // lines of the pile that was just typed in
}

// Sealed tells whether the step is one in which nobody learns who wrote what.
func (p phasePaper) Sealed() bool { return p.Phase.Attribution == "sealed" }

// OnPaper tells whether a step can be written on paper at all.
func OnPaper(p dialogueapi.Phase) bool { return p.Attribution != "none" && p.Kind != "prioritise" }

// OnPaper are the steps that can be written on paper, as long as there is something to come of it.
func (m meeting) OnPaper() (on []dialogueapi.Phase) {
	switch m.State {
	case "draft", "scheduled", "open", "paused", "concluding":
	default:
		return nil
	}
	for _, p := range m.Phases {
		if OnPaper(p) && p.State != "skipped" {
			on = append(on, p)
		}
	}
	return on
}

// PhaseOnPaper tells whether the step under way can be written on paper.
func (m meeting) PhaseOnPaper() bool { return m.Phase != nil && OnPaper(*m.Phase) }

// Types tells whether the reader types in what is on paper, as long as it is taken.
func (m meeting) Types() bool {
	switch m.State {
	case "open", "paused", "concluding":
		return m.Leads || m.scribe
	}
	return false
}

// SetsScribe tells whether the reader may choose who types.
func (m meeting) SetsScribe() bool { return m.Leads && len(m.OnPaper()) > 0 }

func (v *visit) readPhase() (phasePaper, error) {
	var page phasePaper
	if err := v.get("dialogue", v.one(), &page.Dialogue); err != nil {
		return page, err
	}
	for _, p := range page.Dialogue.Phases {
		if p.PhaseID == v.param("phase_id") && OnPaper(p) {
			page.Phase = p
			return page, nil
		}
	}
	return page, failure.NotFound("phase")
}

func (v *visit) phaseSheet() error {
	page, err := v.readPhase()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "phase_sheet", page)
}

func (v *visit) phasePaper() error { return v.phasePaperWith(http.StatusOK, "") }

func (v *visit) phasePaperWith(status int, alert string) error {
	page, err := v.readPhase()
	if err != nil {
		return err
	}
	page.Alert = alert
	page.HeldBack, _ = strconv.Atoi(v.query("held")) // nothing else than a number of the page's own means anything
	if status != http.StatusOK {
		page.Written, page.Writers = v.input("lines"), v.input("writers")
	}
	if page.Phase.State != "pending" {
		var all dialogueapi.ContributionList
		if err := v.get("dialogue", v.one("phases", page.Phase.PhaseID, "contributions"), &all); err != nil {
			return err
		}
		for _, c := range all.Items {
			if c.Attribution == "transcribed" && !c.Held {
				page.Typed = append(page.Typed, c)
			}
		}
	}
	return v.show(status, "phase_paper", page)
}

// typed answers a command about what is on paper, with how many lines were held back.
func (v *visit) typed(held int, err error) error {
	if err != nil {
		f := failure.From(err)
		switch f.Status() {
		case http.StatusConflict, http.StatusUnprocessableEntity, http.StatusForbidden:
			return v.phasePaperWith(f.Status(), v.paperComplaint(f))
		}
		return err
	}
	path := v.school("dialogues", v.param("dialogue_id"), "phases", v.param("phase_id"), "paper")
	if held > 0 {
		path += "?held=" + strconv.Itoa(held)
	}
	return v.redirect(path)
}

// paperComplaint says what is wrong with a pile; of a line it says which one.
func (v *visit) paperComplaint(f *failure.Error) string {
	for _, one := range append(f.All, f) {
		if number, ok := strings.CutPrefix(one.Field, "lines."); ok {
			if n, err := strconv.Atoi(number); err == nil {
				return v.words.text("phase_paper.wrong_line", "number", n+1)
			}
		}
		if one.Field == "lines" {
			return v.words.text("phase_paper.wrong_lines")
		}
		if one.Field == "writers" && one.Code == failure.RequestInvalid {
			return v.words.text("phase_paper.wrong_writers")
		}
	}
	if f.Status() == http.StatusForbidden {
		return v.words.text("phase_paper.denied")
	}
	return f.Code.Text(v.words.language)
}

func (v *visit) transcribe() error {
	in := dialogueapi.NewTranscription{Lines: []string{}}
	for line := range strings.Lines(v.input("lines")) {
		if line = strings.TrimSpace(line); line != "" {
			in.Lines = append(in.Lines, line)
		}
	}
	if text := v.input("writers"); text != "" {
		writers, err := strconv.Atoi(text)
		if err != nil {
			return v.typed(0, failure.Invalid("writers", "whole people"))
		}
		in.Writers = &writers
	}
	var pile dialogueapi.Transcription
	err := v.call("dialogue", http.MethodPost, v.one("phases", v.param("phase_id"), "transcriptions"), in, &pile, v.key())
	return v.typed(pile.Held, err)
}

func (v *visit) withdrawTranscribed() error {
	path := v.one("phases", v.param("phase_id"), "transcriptions", v.param("contribution_id"))
	return v.typed(0, v.call("dialogue", http.MethodDelete, path, nil, nil))
}

func (v *visit) setScribe() error {
	in := dialogueapi.SetScribeJSONBody{PersonID: v.input("person_id")}
	return v.commanded(v.call("dialogue", http.MethodPut, v.one("scribe"), in, nil, v.seen()))
}
