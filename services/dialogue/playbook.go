package dialogue

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/guldkorn/guldkorn/libs/failure"
)

//go:embed playbooks/*.yaml
var shipped embed.FS

// Words is one text in both languages of the product.
type Words struct {
	Danish  string `yaml:"da" json:"da"`
	English string `yaml:"en" json:"en"`
}

// Kind is what a step is. Kinds are code and closed; their sequence is data.
type Kind string

// The kinds of step.
const (
	Checkin    Kind = "checkin"
	Reflect    Kind = "reflect"
	Share      Kind = "share"
	Prioritise Kind = "prioritise"
	Decide     Kind = "decide"
)

// Attribution says what is kept of who said something.
type Attribution string

// The attributions. Sealed means that nobody can link it to a person once the phase is locked, Group that it is open
// and nobody's name is kept, None that the step takes nothing in writing.
const (
	Sealed Attribution = "sealed"
	Group  Attribution = "group"
	None   Attribution = "none"
)

// Playbook is one version of a way to hold a dialogue. A published version is never edited.
type Playbook struct {
	ID           string    `yaml:"id" json:"playbook"`
	Version      int       `yaml:"version" json:"version"`
	Title        Words     `yaml:"title" json:"title"`
	Purpose      Words     `yaml:"purpose" json:"purpose"`
	NeedsNumbers bool      `yaml:"needs_numbers" json:"needs_numbers"`
	Forums       []string  `yaml:"forums" json:"forums"`
	KeyQuestions []Words   `yaml:"key_questions" json:"key_questions"`
	Outcomes     []string  `yaml:"outcomes" json:"outcomes"`
	Variants     []Variant `yaml:"variants" json:"variants"`
	Steps        []Step    `yaml:"steps" json:"steps"`
}

// Variant is a playbook fitted to a length of meeting.
type Variant struct {
	Minutes   int            `yaml:"minutes" json:"minutes"`
	Timeboxes map[string]int `yaml:"timeboxes" json:"timeboxes"` // minutes by step
}

// Step is one part of a playbook.
type Step struct {
	ID             string      `yaml:"id" json:"step"`
	Kind           Kind        `yaml:"kind" json:"kind"`
	Prompt         Words       `yaml:"prompt" json:"prompt"`
	PromptFromCell *Words      `yaml:"prompt_from_cell" json:"prompt_from_cell,omitempty"`
	Instruction    Words       `yaml:"instruction" json:"instruction"`
	Attribution    Attribution `yaml:"attribution" json:"attribution"`
	PhonesDown     bool        `yaml:"phones_down" json:"phones_down"`
	InputFrom      []string    `yaml:"input_from" json:"input_from"`
	Dots           int         `yaml:"dots" json:"dots,omitempty"`
	DotsPerChoice  int         `yaml:"dots_per_choice" json:"dots_per_choice,omitempty"`
}

// Words returns the question that the step asks in a dialogue that starts from this cell, or from nothing (nil).
func (s Step) Words(source *Cell) Words {
	if source == nil || s.PromptFromCell == nil {
		return s.Prompt
	}
	theme, quality := themes[source.Theme], qualities[source.Quality]
	return Words{
		Danish:  strings.NewReplacer("{theme}", theme.Danish, "{quality}", quality.Danish).Replace(s.PromptFromCell.Danish),
		English: strings.NewReplacer("{theme}", theme.English, "{quality}", quality.English).Replace(s.PromptFromCell.English),
	}
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

// Variant returns the timeboxes of a length of meeting.
func (p *Playbook) Variant(minutes int) (Variant, error) {
	for _, v := range p.Variants {
		if v.Minutes == minutes {
			return v, nil
		}
	}
	return Variant{}, failure.Invalid("variant_minutes", "one of the playbook's variants")
}

// check says what the schema cannot: that steps name each other rightly and that time adds up.
func (p *Playbook) check() error {
	seen := map[string]bool{}
	for _, s := range p.Steps {
		for _, input := range s.InputFrom {
			if !seen[input] {
				return fmt.Errorf("step %s takes input from %s, which does not come before it", s.ID, input)
			}
		}
		if seen[s.ID] {
			return fmt.Errorf("step %s is there twice", s.ID)
		}
		seen[s.ID] = true
	}
	for _, v := range p.Variants {
		sum := 0
		for _, s := range p.Steps {
			minutes, ok := v.Timeboxes[s.ID]
			if !ok {
				return fmt.Errorf("the variant of %d minutes has no time for %s", v.Minutes, s.ID)
			}
			sum += minutes
		}
		if sum > v.Minutes || len(v.Timeboxes) != len(p.Steps) {
			return fmt.Errorf("the variant of %d minutes holds %d minutes in %d steps", v.Minutes, sum, len(v.Timeboxes))
		}
	}
	return nil
}

// Shelf holds every playbook version that is shipped.
type Shelf struct{ all []*Playbook }

// newShelf reads the shipped playbooks.
func newShelf(files fs.FS) (*Shelf, error) {
	names, err := fs.Glob(files, "playbooks/*.yaml")
	if err != nil {
		return nil, err
	}
	shelf := &Shelf{}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		decoder := yaml.NewDecoder(bytes.NewReader(raw))
		decoder.KnownFields(true)
		var p Playbook
		if err := decoder.Decode(&p); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for i := range p.Steps {
			if p.Steps[i].InputFrom == nil {
				p.Steps[i].InputFrom = []string{}
			}
		}
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		shelf.all = append(shelf.all, &p)
	}
	slices.SortFunc(shelf.all, func(a, b *Playbook) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), cmp.Compare(b.Version, a.Version))
	})
	return shelf, nil
}

// Playbook returns one version of a playbook, or the failure dialogue.playbook_unknown.
func (s *Shelf) Playbook(id string, version int) (*Playbook, error) {
	for _, p := range s.all {
		if p.ID == id && p.Version == version {
			return p, nil
		}
	}
	return nil, failure.New(failure.PlaybookUnknown).At("playbook")
}

// Newest returns each playbook in its newest version.
func (s *Shelf) Newest() []*Playbook {
	return slices.CompactFunc(slices.Clone(s.all), func(a, b *Playbook) bool { return a.ID == b.ID })
}
