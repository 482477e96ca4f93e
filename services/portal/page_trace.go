package portal

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func (p *Portal) traceRoutes(school *gin.RouterGroup) {
	school.GET("/trace/cells/:release_id/:theme/:quality", p.person((*visit).cellTrace))
	school.GET("/trace/experiences/:month_id/:experience_id", p.person((*visit).experienceTrace))
}

// trace shows what one dialogue came from and what came of it: the cell of a result or what somebody told, the dialogue
// before, what was agreed and passed on, what was done, and whether it worked.
func (v *visit) trace() error {
	m, err := v.meeting()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "trace", m)
}

// tracedDialogue is a dialogue with what came of it.
type tracedDialogue struct {
	dialogueapi.Dialogue
	Decisions  []dialogueapi.Decision
	Agreements []dialogueapi.Agreement
	Actions    []dialogueapi.Action
}

// sourceTrace is everything that began with one source, as far as the reader may read it.
type sourceTrace struct {
	Back      string // to the source
	Cell      *dialogueapi.CellSource
	Dialogues []tracedDialogue
	Next      string
}

// tracedAtOnce is how many dialogues are shown on one page, each with what came of it.
const tracedAtOnce = "10"

func (v *visit) cellTrace() error {
	cell := sourceOf(url.Values{"release": {v.param("release_id")}, "theme": {v.param("theme")}, "quality": {v.param("quality")}})
	if cell == nil {
		return failure.NotFound("cell")
	}
	return v.showTrace(cellSource(*cell), sourceTrace{Cell: cell, Back: v.school("results", cell.ReleaseID, "cells", string(cell.Theme), string(cell.Quality))})
}

// experienceTrace is for those who read what is told anonymously.
func (v *visit) experienceTrace() error {
	if !v.has(access.UnionRepresentative, access.SafetyRepresentative) {
		return failure.New(failure.AccessDenied)
	}
	return v.showTrace("experience:"+v.param("experience_id"), sourceTrace{Back: v.school("anonymous", "months", v.param("month_id")) + "#" + url.PathEscape(v.param("experience_id"))})
}

// cellSource is a cell as the dialogue service finds dialogues by it.
func cellSource(c dialogueapi.CellSource) string {
	return strings.Join([]string{"cell", c.ReleaseID, string(c.Theme), string(c.Quality)}, ":")
}

func (v *visit) showTrace(source string, page sourceTrace) error {
	list, err := v.startedFrom(source, tracedAtOnce, v.query("cursor"))
	if err != nil {
		return err
	}
	page.Next, page.Dialogues = value(list.NextCursor), make([]tracedDialogue, len(list.Items))
	var reads []func() error
	for i, d := range list.Items {
		one := &page.Dialogues[i]
		one.Dialogue = d
		reads = append(reads,
			listed(v, &one.Decisions, d.DialogueID, "decisions"), listed(v, &one.Agreements, d.DialogueID, "agreements"), listed(v, &one.Actions, d.DialogueID, "actions"))
	}
	if err := together(reads...); err != nil {
		return err
	}
	return v.show(http.StatusOK, "source_trace", page)
}

// listed reads what one dialogue recorded of a kind.
func listed[T any](v *visit, into *[]T, dialogue, kind string) func() error {
	return func() error {
		var list struct {
			Items []T `json:"items"`
		}
		err := v.get("dialogue", v.at("dialogues", dialogue, kind), &list)
		*into = list.Items
		return err
	}
}

// startedFrom are the dialogues that began with a source, as far as the reader may read them, newest first.
func (v *visit) startedFrom(source, limit, cursor string) (dialogueapi.DialogueList, error) {
	var list dialogueapi.DialogueList
	asked := url.Values{"source": {source}, "limit": {limit}}
	if cursor != "" {
		asked.Set("cursor", cursor)
	}
	err := v.get("dialogue", v.at("dialogues")+"?"+asked.Encode(), &list)
	if failure.CodeOf(err) == failure.AccessDenied { // who may see results need not sit at any table
		err = nil
	}
	return list, err
}
