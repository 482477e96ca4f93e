package intake

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/guldkorn/guldkorn/libs/failure"
)

//go:embed instruments
var instrumentFiles embed.FS

// Text is one text in Danish and English.
type Text struct {
	DA string `json:"da" yaml:"da"`
	EN string `json:"en" yaml:"en"`
}

// Option is one possible answer. Values are scores ("0" to "100") or one of the two ways of not answering.
type Option struct {
	Value string `json:"value" yaml:"value"`
	Text  `yaml:",inline"`
}

// Item is one statement. Its id is `<theme>.<quality>.<gain|strain|fit>`. Some have other wordings for staff groups; see
// variants.go.
type Item struct {
	ID       string `json:"id" yaml:"-"`
	Text     `yaml:",inline"`
	Variants map[string]Text `json:"variants,omitempty" yaml:"-"`
}

// Cell is one link between a theme and a quality, asked in both directions: one bipolar item would cancel gain
// and strain against each other. Demands also have a fit item, since they should be fitting, not high or low.
type Cell struct {
	Quality           string `json:"quality" yaml:"quality"`
	Title             Text   `json:"title" yaml:"-"`
	About             Text   `json:"about" yaml:"about"`
	Evidence          string `json:"evidence" yaml:"evidence"`   // described or open
	Direction         string `json:"direction" yaml:"direction"` // gain, strain, both or unspecified
	StaffGroupsDiffer bool   `json:"staff_groups_differ,omitempty" yaml:"staff_groups_differ"`
	Gain              Item   `json:"gain" yaml:"gain"`
	Strain            Item   `json:"strain" yaml:"strain"`
	Fit               *Item  `json:"fit,omitempty" yaml:"fit"`
}

// Theme is one of the four ways in which digitalisation moves the work environment, with its six cells.
type Theme struct {
	ID    string `json:"id" yaml:"id"`
	Title Text   `json:"title" yaml:"title"`
	About Text   `json:"about" yaml:"about"`
	Cells []Cell `json:"cells" yaml:"cells"`
	Text  *Item  `json:"text,omitempty" yaml:"-"` // answered in one's own words; see own_words.go
}

// Instrument is what a round asks: data, versioned, never edited once published. Texts of items and the intro may
// hold the placeholders {technology} and {learners}; For fills them in.
type Instrument struct {
	ID          string       `json:"id"`
	Version     int          `json:"version"`
	Kind        string       `json:"kind"`            // pulse or full
	Theme       string       `json:"theme,omitempty"` // of a pulse
	Title       Text         `json:"title"`
	Intro       Text         `json:"intro"`
	Scale       []Option     `json:"scale"`
	FitScale    []Option     `json:"fit_scale"`
	Missing     []Option     `json:"missing"`
	Themes      []Theme      `json:"themes"`
	TextLimit   int          `json:"text_limit,omitempty"`   // bytes of a text at most
	StaffGroups []StaffGroup `json:"staff_groups,omitempty"` // with wordings of their own
	Extra       []Item       `json:"extra,omitempty"`        // a round's own; see extra_question.go

	technology Text
	learners   []learnerText
}

type learnerText struct {
	Word string `yaml:"word"`
	Text `yaml:",inline"`
}

// For returns the instrument as a round asks it: about one technology, or about digitalisation as a whole when
// technology is empty, and in the school's own word for its learners (elever, kursister, studerende).
func (i Instrument) For(technology, learners string) Instrument {
	name := i.technology
	if technology != "" {
		name = Text{DA: technology, EN: technology}
	}
	word := i.learners[0].Text
	for _, known := range i.learners {
		if strings.EqualFold(known.Word, learners) {
			word = known.Text
		}
	}
	danish := strings.NewReplacer("{technology}", name.DA, "{learners}", word.DA)
	english := strings.NewReplacer("{technology}", name.EN, "{learners}", word.EN)
	fill := func(t Text) Text { return Text{DA: danish.Replace(t.DA), EN: english.Replace(t.EN)} }
	i.Intro = fill(i.Intro)
	i.Themes = slices.Clone(i.Themes)
	for t := range i.Themes {
		theme := &i.Themes[t]
		theme.Cells = slices.Clone(theme.Cells)
		for c := range theme.Cells {
			cell := &theme.Cells[c]
			cell.Gain, cell.Strain = fillAll(cell.Gain, fill), fillAll(cell.Strain, fill)
			if cell.Fit != nil {
				fit := fillAll(*cell.Fit, fill)
				cell.Fit = &fit
			}
		}
	}
	return i
}

// Items returns every item in the order in which it is asked.
func (i Instrument) Items() []Item {
	var items []Item
	for _, theme := range i.Themes {
		for _, cell := range theme.Cells {
			items = append(items, cell.Gain, cell.Strain)
			if cell.Fit != nil {
				items = append(items, *cell.Fit)
			}
		}
	}
	return items
}

// Library is every instrument in every version.
type Library struct{ instruments []Instrument } // by kind (pulse first), theme and version

// LoadInstruments composes the instruments from their files: an instrument names the theme files that it is made of
// and a common file, so that nothing is written twice.
func LoadInstruments(files fs.FS) (*Library, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	var l Library
	for _, name := range names {
		if strings.HasPrefix(name, "common.") {
			continue
		}
		one, err := compose(files, name)
		if err != nil {
			return nil, fmt.Errorf("instrument %s: %w", name, err)
		}
		l.instruments = append(l.instruments, one)
	}
	slices.SortFunc(l.instruments, func(a, b Instrument) int {
		if order := slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind); order != 0 {
			return order
		}
		if order := slices.Index(themes, a.Theme) - slices.Index(themes, b.Theme); order != 0 {
			return order
		}
		return a.Version - b.Version
	})
	return &l, nil
}

// The orders in which kinds and themes are shown.
var (
	kinds  = []string{"pulse", "full"}
	themes = []string{"core_task", "professional_practice", "relations", "implementation"}
)

// Find returns one version of an instrument.
func (l *Library) Find(id string, version int) (Instrument, error) {
	for _, one := range l.instruments {
		if one.ID == id && one.Version == version {
			return one, nil
		}
	}
	return Instrument{}, failure.NotFound("instrument")
}

// Newest returns each instrument in its newest version, pulses first.
func (l *Library) Newest() []Instrument {
	var newest []Instrument
	for _, one := range l.instruments {
		if last := len(newest) - 1; last >= 0 && newest[last].ID == one.ID {
			newest[last] = one
			continue
		}
		newest = append(newest, one)
	}
	return newest
}

// All returns every version of every instrument.
func (l *Library) All() []Instrument { return slices.Clone(l.instruments) }

func compose(files fs.FS, name string) (Instrument, error) {
	var file struct {
		ID       string   `yaml:"id"`
		Version  int      `yaml:"version"`
		Kind     string   `yaml:"kind"`
		Title    Text     `yaml:"title"`
		Intro    Text     `yaml:"intro"`
		Common   string   `yaml:"common"`
		Variants string   `yaml:"variants"`
		Texts    string   `yaml:"texts"`
		Limit    int      `yaml:"text_limit"`
		Themes   []string `yaml:"themes"`
	}
	if err := decodeYAML(files, name, &file); err != nil {
		return Instrument{}, err
	}
	if want := fmt.Sprintf("%s.v%d.yaml", file.ID, file.Version); name != want {
		return Instrument{}, fmt.Errorf("the file should be called %s", want)
	}
	var common struct {
		Scale     []Option `yaml:"scale"`
		FitScale  []Option `yaml:"fit_scale"`
		Missing   []Option `yaml:"missing"`
		Qualities []struct {
			ID   string `yaml:"id"`
			Text `yaml:",inline"`
		} `yaml:"qualities"`
		Technology Text          `yaml:"technology"`
		Learners   []learnerText `yaml:"learners"`
	}
	if err := decodeYAML(files, file.Common+".yaml", &common); err != nil {
		return Instrument{}, err
	}
	i := Instrument{
		ID: file.ID, Version: file.Version, Kind: file.Kind, Title: file.Title, Intro: file.Intro,
		Scale: common.Scale, FitScale: common.FitScale, Missing: common.Missing,
		technology: common.Technology, learners: common.Learners,
	}
	words, err := readVariants(files, file.Variants)
	if err != nil {
		return Instrument{}, err
	}
	i.StaffGroups, i.TextLimit = words.Groups, file.Limit
	texts, err := readTexts(files, file.Texts)
	if err != nil {
		return Instrument{}, err
	}
	qualities := map[string]Text{}
	for _, q := range common.Qualities {
		qualities[q.ID] = q.Text
	}
	for _, themeName := range file.Themes {
		var theme Theme
		if err := decodeYAML(files, path.Join("themes", themeName+".yaml"), &theme); err != nil {
			return Instrument{}, err
		}
		for n := range theme.Cells {
			cell := &theme.Cells[n]
			title, ok := qualities[cell.Quality]
			if !ok {
				return Instrument{}, fmt.Errorf("%s has no quality %q", file.Common, cell.Quality)
			}
			cell.Title = title
			id := theme.ID + "." + cell.Quality
			cell.Gain.ID, cell.Strain.ID = id+".gain", id+".strain"
			words.word(&cell.Gain)
			words.word(&cell.Strain)
			if cell.Fit != nil {
				cell.Fit.ID = id + ".fit"
				words.word(cell.Fit)
			}
		}
		theme.Text = texts[theme.ID]
		i.Themes = append(i.Themes, theme)
	}
	if i.Kind == "pulse" {
		i.Theme = i.Themes[0].ID
	}
	return i, nil
}

func decodeYAML(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
