package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// dialogueStarters are those who may prepare a dialogue.
var dialogueStarters = []string{access.Leader, access.UnionRepresentative, access.SafetyRepresentative, access.SchoolAdministrator}

func (v *visit) results() error {
	var list reportingapi.ReleaseList
	if err := v.get("reporting", v.paged(v.at("releases")), &list); err != nil {
		return err
	}
	return v.show(http.StatusOK, "results", map[string]any{"Releases": list.Items, "Next": value(list.NextCursor), "Start": v.has(dialogueStarters...)})
}

// resultPage is one release, looked at through one of its nodes.
type resultPage struct {
	ID       string
	Release  reportingapi.Release
	Proof    []proofLine
	Node     reportingapi.Node
	NodeName string
	NodePath string // "" for the whole school
	Nodes    []nodeLink
	Overview overview
	Start    bool
	Confide  bool // may write to a representative instead
	Extra    []extraView
	Texts    string // where the texts are read, for those who may
	Said     []reportingapi.ThemeParaphrases
	TooFew   bool // nothing is shown at all: the small school's way on
}

type nodeLink struct {
	Name, Path string
	Current    bool
}

func (v *visit) release() error {
	page, err := v.resultPage()
	if err != nil {
		return err
	}
	if page.Release.Shown && v.readsTexts() {
		page.Texts = v.school("rounds", page.Release.Round.RoundID, "texts")
	}
	if page.Said, err = v.paraphrases(page.ID); err != nil {
		return err
	}
	return v.show(http.StatusOK, "result", page)
}

// resultPage reads the release of this request and finds the node that is asked for.
func (v *visit) resultPage() (resultPage, error) {
	page := resultPage{ID: v.param("release_id"), Start: v.has(dialogueStarters...), Confide: v.has(access.Employee)}
	var signed reportingapi.SignedRelease
	if err := v.signedRelease(&signed); err != nil {
		return page, err
	}
	page.Release, page.Proof = signed.Release, v.words.proof(signed)
	nodes := page.Release.Nodes
	i := 0
	if wanted := v.query("node"); wanted != "" {
		i = slices.IndexFunc(nodes, func(n reportingapi.Node) bool { return n.NodeID == wanted })
	}
	if i < 0 || len(nodes) == 0 {
		return page, failure.NotFound("node")
	}
	page.Node = nodes[i]
	page.NodeName = v.words.node(page.Release, page.Node)
	if i > 0 {
		page.NodePath = "?" + url.Values{"node": {page.Node.NodeID}}.Encode()
	}
	for j, n := range nodes {
		link := nodeLink{Name: v.words.node(page.Release, n), Path: v.school("results", page.ID), Current: i == j}
		if j > 0 {
			link.Path += "?" + url.Values{"node": {n.NodeID}}.Encode()
		}
		page.Nodes = append(page.Nodes, link)
	}
	page.Overview = overviewOf(page.Release, page.Node, func(theme, quality string) string {
		return v.school("results", page.ID, "cells", theme, quality) + page.NodePath
	})
	page.TooFew = !page.Release.Shown
	texts, err := v.extraTexts(page.Release)
	page.Extra = extraViews(page.Node, texts)
	return page, err
}

// cellPage is one cell: its sentence, its figures, its change, and the dialogue that can start here.
type cellPage struct {
	resultPage
	Cell      cellView
	Fit       *fitView
	About     *intakeapi.InstrumentCell
	Dialogues []dialogueapi.Dialogue // that began with it, the newest
	Trace     string                 // all of them, with what came of each
}

func (v *visit) cell() error {
	result, err := v.resultPage()
	if err != nil {
		return err
	}
	page := cellPage{resultPage: result}
	theme := slices.IndexFunc(result.Overview.Themes, func(t themeView) bool { return t.Theme == v.param("theme") })
	quality := slices.Index(result.Overview.Qualities, v.param("quality"))
	if theme < 0 || quality < 0 {
		return failure.NotFound("cell")
	}
	page.Cell = result.Overview.Themes[theme].Cells[quality]
	if page.Cell.Quality == "demands" {
		page.Fit = result.Overview.Themes[theme].Fit
	}
	if page.About, err = v.aboutCell(result.Release.Round, page.Cell); err != nil {
		return err
	}
	source := dialogueapi.CellSource{ReleaseID: result.ID, Theme: dialogueapi.Theme(page.Cell.Theme), Quality: dialogueapi.Quality(page.Cell.Quality)}
	list, err := v.startedFrom(cellSource(source), tracedAtOnce, "")
	if err != nil {
		return err
	}
	page.Dialogues, page.Trace = list.Items, v.school("trace", "cells", source.ReleaseID, page.Cell.Theme, page.Cell.Quality)
	return v.show(http.StatusOK, "cell", page)
}

// aboutCell finds what was asked in a cell, word by word.
func (v *visit) aboutCell(round reportingapi.ReleaseRound, cell cellView) (*intakeapi.InstrumentCell, error) {
	var asked intakeapi.Instrument
	err := v.get("intake", v.at("rounds", round.RoundID, "instrument"), &asked)
	if c := failure.CodeOf(err); c == failure.DocumentNotFound || c == failure.AccessDenied {
		err = v.get("intake", "/v1/instruments/"+url.PathEscape(round.Instrument)+"/"+strconv.Itoa(round.InstrumentVersion), &asked)
	}
	if err != nil {
		return nil, err
	}
	for _, theme := range asked.Themes {
		for _, one := range theme.Cells {
			if string(theme.ID) == cell.Theme && string(one.Quality) == cell.Quality {
				return &one, nil
			}
		}
	}
	return nil, nil
}
