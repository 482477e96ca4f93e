package portal

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// playbookRoutes are those of a school, or of an operator, whose own playbooks all of its schools can choose.
func (p *Portal) playbookRoutes(place *gin.RouterGroup) {
	place.GET("/playbooks", p.person((*visit).playbooks))
	place.GET("/playbooks/:playbook/:version", p.person((*visit).playbook))
	place.POST("/playbooks/:playbook/:version", p.person((*visit).copyPlaybook))
	place.GET("/adaptations/:adaptation_id", p.person((*visit).adaptation))
	place.POST("/adaptations/:adaptation_id", p.person((*visit).changeAdaptation))
}

// playbookChoice is a playbook as one of several to choose from.
type playbookChoice struct {
	dialogueapi.Playbook
}

// Value is what a form sends for the playbook.
func (c playbookChoice) Value() string { return c.Playbook.Playbook + "@" + strconv.Itoa(c.Version) }

// Lengths are the minutes of the meetings that it fits, from the shortest.
func (c playbookChoice) Lengths() []int {
	var all []int
	for _, v := range c.Variants {
		all = append(all, v.Minutes)
	}
	slices.Sort(all)
	return all
}

// group is the theme that the playbook stands under in a list, "" when it is about all of them.
func (c playbookChoice) group() string {
	if len(c.Themes) == 0 || len(c.Themes) == len(themes) {
		return ""
	}
	return string(c.Themes[0])
}

// playbookGroup is the playbooks that stand under one theme.
type playbookGroup struct {
	Theme     string // "" for those about all of them
	Playbooks []playbookChoice
}

// grouped puts playbooks under their themes, in the model's order, and by title in each.
func (v *visit) grouped(playbooks []playbookChoice) []playbookGroup {
	var groups []playbookGroup
	for _, theme := range append(slices.Clone(themes), "") {
		g := playbookGroup{Theme: theme}
		for _, p := range playbooks {
			if p.group() == theme {
				g.Playbooks = append(g.Playbooks, p)
			}
		}
		slices.SortFunc(g.Playbooks, func(a, b playbookChoice) int { return strings.Compare(v.titleOf(a), v.titleOf(b)) })
		if len(g.Playbooks) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

func (v *visit) titleOf(c playbookChoice) string {
	if v.words.language == "en" {
		return c.Title.En
	}
	return c.Title.Da
}

// firstShown is how many playbooks are shown before the rest.
const firstShown = 3

// offered splits what a dialogue can follow into the few that are shown first and the rest. Who begins from nothing is
// shown what suits a newcomer; who begins from a cell, what works on numbers and then what is about the cell's theme,
// most narrowly first.
func offered(playbooks []dialogueapi.Playbook, source *dialogueapi.CellSource) (first, rest []playbookChoice) {
	place := func(c playbookChoice) int {
		switch {
		case source == nil && c.Newcomer != nil:
			return c.Newcomer.Place
		case source == nil:
			return 100
		case c.NeedsNumbers:
			return 0
		case slices.Contains(c.Themes, source.Theme):
			return len(c.Themes)
		}
		return 100
	}
	for _, p := range playbooks {
		if !p.NeedsNumbers || source != nil {
			rest = append(rest, playbookChoice{p})
		}
	}
	slices.SortStableFunc(rest, func(a, b playbookChoice) int { return cmp.Compare(place(a), place(b)) })
	for len(rest) > 0 && len(first) < firstShown && place(rest[0]) < 100 {
		first, rest = append(first, rest[0]), rest[1:]
	}
	if len(first) == 0 { // a list without any that is marked
		return rest, nil
	}
	return first, rest
}

// playbooksPage is everything that a dialogue can follow, by theme and by length.
type playbooksPage struct {
	Own            []dialogueapi.Adaptation // to go on with, for those who write playbooks here
	Groups         []playbookGroup
	Theme, Minutes string
	Themes         []string
	Lengths        []string
	Start          bool
}

func (v *visit) playbooks() error {
	var list dialogueapi.PlaybookList
	var own dialogueapi.AdaptationList
	reads := []func() error{v.reads("dialogue", v.at("playbooks"), &list)}
	if v.has(playbookWriters...) {
		reads = append(reads, v.reads("dialogue", v.at("adaptations"), &own))
	}
	if err := together(reads...); err != nil {
		return err
	}
	page := playbooksPage{
		Own:   own.Items,
		Theme: v.query("theme"), Minutes: v.query("minutes"), Themes: themes, Lengths: variants, Start: v.has(dialogueStarters...),
	}
	var shown []playbookChoice
	for _, p := range list.Items {
		c := playbookChoice{p}
		themed := page.Theme == "" || slices.Contains(c.Themes, dialogueapi.Theme(page.Theme))
		fits := page.Minutes == "" || slices.ContainsFunc(c.Lengths(), func(n int) bool { return strconv.Itoa(n) == page.Minutes })
		if themed && fits {
			shown = append(shown, c)
		}
	}
	page.Groups = v.grouped(shown)
	return v.show(http.StatusOK, "playbooks", page)
}

// playbookPage is one playbook as it looks to the one who is to lead by it.
type playbookPage struct {
	playbookChoice
	Plans []playbookPlan
	Start bool
	Write bool // may copy it
}

// playbookPlan is what a meeting of one length looks like.
type playbookPlan struct {
	Minutes int
	Steps   []plannedStep
}

// plannedStep is a step with its minutes in a meeting.
type plannedStep struct {
	dialogueapi.Step
	From, To int
}

func (v *visit) playbook() error {
	var p dialogueapi.Playbook
	if err := v.get("dialogue", v.at("playbooks", v.param("playbook"), v.param("version")), &p); err != nil {
		return err
	}
	return v.show(http.StatusOK, "playbook", playbookPage{playbookChoice{p}, plans(p), v.has(dialogueStarters...), v.has(playbookWriters...)})
}

// plans lays each length of a playbook out on the clock.
func plans(p dialogueapi.Playbook) []playbookPlan {
	var all []playbookPlan
	for _, variant := range p.Variants {
		plan, at := playbookPlan{Minutes: variant.Minutes}, 0
		for _, s := range p.Steps {
			minutes, there := variant.Timeboxes[s.Step]
			if !there {
				continue
			}
			if s.Mode == "async" { // outside the meeting
				minutes = 0
			}
			plan.Steps = append(plan.Steps, plannedStep{s, at, at + minutes})
			at += minutes
		}
		all = append(all, plan)
	}
	return all
}
