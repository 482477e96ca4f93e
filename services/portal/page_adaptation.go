package portal

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// playbookWriters are those who may copy a playbook and adapt it.
var playbookWriters = []string{access.UnionRepresentative, access.SafetyRepresentative, access.SchoolAdministrator, access.MunicipalAdministrator}

// adaptationPage is a playbook that is being adapted: a form by step, what stands in the way of publishing it, and what
// the meetings look like as it stands.
type adaptationPage struct {
	dialogueapi.Adaptation
	Tag     string
	Wrong   []draftMistake
	Plans   []playbookPlan
	Lengths []int
	Kinds   []string
	Alert   string
}

// draftMistake is one thing to mend, and the number of the step that it is in, 0 for none.
type draftMistake struct {
	Step int
	Want dialogueapi.Words
}

func (v *visit) adaptationPage(a dialogueapi.Adaptation, alert string) adaptationPage {
	page := adaptationPage{Adaptation: a, Tag: tag(a.Revision), Plans: plans(a.Content), Kinds: stepKinds, Alert: alert}
	for _, minutes := range variants {
		n, _ := strconv.Atoi(minutes)
		page.Lengths = append(page.Lengths, n)
	}
	for _, m := range a.Mistakes {
		page.Wrong = append(page.Wrong, draftMistake{stepOf(m.Path), m.Want})
	}
	return page
}

// Placeholders tells whether the texts hold places for each school's own word for its learners.
func (p adaptationPage) Placeholders() bool {
	raw, err := json.Marshal(p.Content)
	return err == nil && placeholder.Match(raw)
}

// placeholder is a place for a word for learners, in one of its forms.
var placeholder = regexp.MustCompile(`(?i)\{(the_|a_)?learners?\}`)

// stepOf reads the number of a step, from 1 on, out of the path of a mistake.
func stepOf(path string) int {
	parts := strings.Split(path, ".")
	if len(parts) < 2 || parts[0] != "steps" {
		return 0
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		return 0
	}
	return n + 1
}

// Minutes are those of a step in a length of meeting, "" when it is not in it.
func (p adaptationPage) Minutes(step string, length int) string {
	for _, variant := range p.Content.Variants {
		if minutes, there := variant.Timeboxes[step]; there && variant.Minutes == length {
			return strconv.Itoa(minutes)
		}
	}
	return ""
}

func (v *visit) copyPlaybook() error {
	version, err := strconv.Atoi(v.param("version"))
	if err != nil {
		return failure.New(failure.RequestNoRoute)
	}
	var made dialogueapi.Adaptation
	in := dialogueapi.CreateAdaptationJSONBody{Playbook: v.param("playbook"), PlaybookVersion: version}
	if err := v.call("dialogue", http.MethodPost, v.at("adaptations"), in, &made, v.key()); err != nil {
		return err
	}
	return v.redirect(v.place("adaptations", made.AdaptationID))
}

func (v *visit) adaptation() error {
	a, err := v.readAdaptation()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "adaptation", v.adaptationPage(a, ""))
}

func (v *visit) readAdaptation() (a dialogueapi.Adaptation, err error) {
	return a, v.get("dialogue", v.at("adaptations", v.param("adaptation_id")), &a)
}

// changeAdaptation keeps what is written and says what is wrong with it; on the way it may add a step or publish. A
// script asks for the same without keeping anything, while somebody writes.
func (v *visit) changeAdaptation() error {
	a, err := v.readAdaptation()
	if err != nil {
		return err
	}
	path := v.at("adaptations", a.AdaptationID)
	a.Content = v.writtenPlaybook(a.Content)
	if v.partial() {
		if err := v.call("dialogue", http.MethodPost, path+"/check", dialogueapi.PlaybookDraft{Content: a.Content}, &a); err != nil {
			return err
		}
		return v.part("adaptation", "draft-state", v.adaptationPage(a, ""))
	}
	err = v.call("dialogue", http.MethodPut, path, dialogueapi.PlaybookDraft{Content: a.Content}, &a, v.seen())
	if err == nil && v.input("do") == "publish" {
		v.gin.Request.PostForm.Set("etag", tag(a.Revision))
		err = v.call("dialogue", http.MethodPost, path+"/publish", nil, &a, v.seen())
	}
	if err != nil {
		f := failure.From(err)
		if f.Status() != http.StatusConflict && f.Status() != http.StatusUnprocessableEntity && f.Status() != http.StatusPreconditionFailed {
			return err
		}
		return v.show(f.Status(), "adaptation", v.adaptationPage(a, f.Code.Text(v.words.language)))
	}
	return v.redirect(v.place("adaptations", a.AdaptationID))
}

// writtenPlaybook is a playbook with what the form says of it: words, minutes, order, and steps added or removed.
func (v *visit) writtenPlaybook(p dialogueapi.Playbook) dialogueapi.Playbook {
	p.Title = v.writtenWords("title")
	var steps []dialogueapi.Step
	place := map[string]int{}
	minutes := map[string]map[int]int{}
	for i, s := range p.Steps {
		at := "steps." + strconv.Itoa(i)
		if v.input(at+".remove") != "" {
			continue
		}
		s.Prompt, s.Instruction = v.writtenWords(at+".prompt"), v.writtenWords(at+".instruction")
		place[s.Step], _ = strconv.Atoi(v.input(at + ".place"))
		minutes[s.Step] = map[int]int{}
		for _, length := range variants {
			n, _ := strconv.Atoi(length)
			if written, err := strconv.Atoi(v.input(at + ".minutes." + length)); err == nil && written > 0 {
				minutes[s.Step][n] = written
			}
		}
		steps = append(steps, s)
	}
	slices.SortStableFunc(steps, func(a, b dialogueapi.Step) int { return place[a.Step] - place[b.Step] })
	if kind := v.input("new_kind"); v.input("do") == "add" && slices.Contains(stepKinds, kind) {
		steps = append(steps, newStep(kind, steps))
	}
	p.Steps = inOrder(steps)
	p.Variants = nil
	for _, length := range variants {
		n, _ := strconv.Atoi(length)
		variant := dialogueapi.Variant{Minutes: n, Timeboxes: map[string]int{}}
		for step, lengths := range minutes {
			if lengths[n] > 0 {
				variant.Timeboxes[step] = lengths[n]
			}
		}
		if len(variant.Timeboxes) > 0 {
			p.Variants = append(p.Variants, variant)
		}
	}
	return p
}

func (v *visit) writtenWords(name string) dialogueapi.Words {
	return dialogueapi.Words{Da: v.input(name + ".da"), En: v.input(name + ".en")}
}

// newStep is an empty step of a kind under a name that is not taken. The service fills in what is usual for the kind.
func newStep(kind string, others []dialogueapi.Step) dialogueapi.Step {
	id := kind
	for n := 2; slices.ContainsFunc(others, func(s dialogueapi.Step) bool { return s.Step == id }); n++ {
		id = kind + "_" + strconv.Itoa(n)
	}
	s := dialogueapi.Step{Step: id, Kind: dialogueapi.StepKind(kind), InputFrom: []string{}}
	if kind == "prioritise" {
		dots, most := 3, 2
		s.Dots, s.DotsPerChoice = &dots, &most
	}
	if kind == "prioritise" || kind == "cluster" {
		for _, other := range others {
			if other.Attribution != "none" && other.Kind != "prioritise" {
				s.InputFrom = append(s.InputFrom, other.Step)
			}
		}
	}
	return s
}

// inOrder lets no step take input from one that is gone or that comes after it.
func inOrder(steps []dialogueapi.Step) []dialogueapi.Step {
	before := map[string]bool{}
	for i := range steps {
		steps[i].InputFrom = slices.DeleteFunc(slices.Clone(steps[i].InputFrom), func(id string) bool { return !before[id] })
		if steps[i].InputFrom == nil {
			steps[i].InputFrom = []string{}
		}
		before[steps[i].Step] = true
	}
	return steps
}
