// Package playbook is the format of playbooks: ways to hold a dialogue, as data. It reads one, says everything that is
// wrong with it, and prints what each length of meeting looks like. Those who follow playbooks, copy them or check them
// before publishing share it; what is done in a step of a kind is the business of the service that runs dialogues.
//
// The form of a playbook stands in the JSON Schema (api-specs/playbooks), of which a copy lies here. What a schema
// cannot say, such as that minutes add up, stands in rules.go.
package playbook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Words is one text in both languages of the product.
type Words struct {
	Danish  string `yaml:"da" json:"da"`
	English string `yaml:"en" json:"en"`
}

// In returns the text in a language; every language but English gets the master.
func (w Words) In(language string) string {
	if language == "en" {
		return w.English
	}
	return w.Danish
}

// Playbook is one version of a way to hold a dialogue. A published version is never edited.
type Playbook struct {
	ID           string    `yaml:"id" json:"playbook"`
	Version      int       `yaml:"version" json:"version"`
	Title        Words     `yaml:"title" json:"title"`
	Purpose      Words     `yaml:"purpose" json:"purpose"`
	Why          Words     `yaml:"why" json:"why"`
	Needs        Words     `yaml:"needs" json:"needs"`
	Result       Words     `yaml:"result" json:"result"`
	Newcomer     *Newcomer `yaml:"newcomer,omitempty" json:"newcomer,omitempty"`
	NeedsNumbers bool      `yaml:"needs_numbers" json:"needs_numbers"`
	Themes       []string  `yaml:"themes" json:"themes"`
	Forums       []string  `yaml:"forums" json:"forums"`
	KeyQuestions []Words   `yaml:"key_questions" json:"key_questions"`
	Outcomes     []string  `yaml:"outcomes" json:"outcomes"`
	Variants     []Variant `yaml:"variants" json:"variants"`
	Steps        []Step    `yaml:"steps" json:"steps"`
}

// Newcomer marks one of the playbooks that somebody who has never led a dialogue is shown first.
type Newcomer struct {
	Place  int   `yaml:"place" json:"place"`
	Reason Words `yaml:"reason" json:"reason"`
}

// Variant is a playbook fitted to a length of meeting: the steps that it has, with their minutes.
type Variant struct {
	Minutes   int            `yaml:"minutes" json:"minutes"`
	Timeboxes map[string]int `yaml:"timeboxes" json:"timeboxes"` // by step
}

// Step is one part of a playbook. What a file leaves out is filled in with what is usual for the kind.
type Step struct {
	ID             string      `yaml:"id" json:"step"`
	Kind           Kind        `yaml:"kind" json:"kind"`
	Prompt         Words       `yaml:"prompt" json:"prompt"`
	PromptFromCell *Words      `yaml:"prompt_from_cell,omitempty" json:"prompt_from_cell,omitempty"`
	Instruction    Words       `yaml:"instruction" json:"instruction"`
	Visibility     Visibility  `yaml:"visibility,omitempty" json:"visibility"`
	Attribution    Attribution `yaml:"attribution,omitempty" json:"attribution"`
	Grouping       Grouping    `yaml:"grouping,omitempty" json:"grouping"`
	Mode           Mode        `yaml:"mode,omitempty" json:"mode"`
	Days           int         `yaml:"days,omitempty" json:"days,omitempty"`
	PhonesDown     bool        `yaml:"phones_down,omitempty" json:"phones_down"`
	InputFrom      []string    `yaml:"input_from,omitempty" json:"input_from"`
	Repeat         int         `yaml:"repeat,omitempty" json:"repeat,omitempty"`
	ExitRule       ExitRule    `yaml:"exit_rule,omitempty" json:"exit_rule"`
	Dots           int         `yaml:"dots,omitempty" json:"dots,omitempty"`
	DotsPerChoice  int         `yaml:"dots_per_choice,omitempty" json:"dots_per_choice,omitempty"`
}

// Step returns the step of this id; a dialogue pins its playbook, so it is there.
func (p *Playbook) Step(id string) Step {
	for _, s := range p.Steps {
		if s.ID == id {
			return s
		}
	}
	return Step{ID: id}
}

// Variant returns the variant for a length of meeting.
func (p *Playbook) Variant(minutes int) (Variant, error) {
	for _, v := range p.Variants {
		if v.Minutes == minutes {
			return v, nil
		}
	}
	return Variant{}, failure.Invalid("variant_minutes", "one of the playbook's variants")
}

// StepsOf returns the steps that a variant has, in order. Each takes input only from steps that are there too.
func (p *Playbook) StepsOf(v Variant) []Step {
	var steps []Step
	for _, s := range p.Steps {
		if _, there := v.Timeboxes[s.ID]; !there {
			continue
		}
		s.InputFrom = slices.DeleteFunc(slices.Clone(s.InputFrom), func(id string) bool { return v.Timeboxes[id] == 0 })
		steps = append(steps, s)
	}
	return steps
}

// Clone returns a copy whose texts and steps can be changed.
func (p *Playbook) Clone() *Playbook {
	c := *p
	if p.Newcomer != nil {
		newcomer := *p.Newcomer
		c.Newcomer = &newcomer
	}
	c.KeyQuestions, c.Steps = slices.Clone(p.KeyQuestions), slices.Clone(p.Steps)
	for i := range c.Steps {
		if from := c.Steps[i].PromptFromCell; from != nil {
			words := *from
			c.Steps[i].PromptFromCell = &words
		}
	}
	return &c
}

// Hash names the contents of the playbook: the same for the same contents, whatever the file looks like.
func (p *Playbook) Hash() string {
	raw, err := json.Marshal(p)
	if err != nil {
		panic("playbook: " + err.Error()) // it holds nothing but text and numbers
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
