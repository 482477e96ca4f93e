package reporting

import (
	"fmt"
	"slices"
	"strings"
)

// The model, in its order.
var (
	themes    = []string{"core_task", "professional_practice", "relations", "implementation"}
	qualities = []string{"meaning", "influence", "recognition", "social_support", "predictability", "demands"}
)

// Instrument is what reporting has to know of what a round asks: which items make up which cell. Wording, and
// whatever else an instrument holds, is not its matter.
type Instrument struct {
	ID      string  `json:"id" bson:"id"`
	Version int     `json:"version" bson:"version"`
	Themes  []Theme `json:"themes" bson:"themes"`

	TextLimit int `json:"text_limit" bson:"text_limit"` // bytes of a text, as JSON
}

// Theme is the cells that an instrument asks about in one theme.
type Theme struct {
	ID    string `json:"id" bson:"id"`
	Cells []Cell `json:"cells" bson:"cells"`
	Text  *Item  `json:"text" bson:"text,omitempty"` // answered in one's own words
}

// Cell is one link between theme and quality, asked in both directions. Fit is asked about demands only.
type Cell struct {
	Quality  string `json:"quality" bson:"quality"`
	Evidence string `json:"evidence" bson:"evidence"`
	Gain     Item   `json:"gain" bson:"gain"`
	Strain   Item   `json:"strain" bson:"strain"`
	Fit      *Item  `json:"fit" bson:"fit,omitempty"`
}

// Item is one statement that is answered.
type Item struct {
	ID string `json:"id" bson:"id"`
}

// Validate says what an instrument lacks to be scored.
func (i Instrument) Validate() error {
	if i.ID == "" || i.Version < 1 || len(i.Themes) == 0 {
		return fmt.Errorf("instrument %q version %d has no themes", i.ID, i.Version)
	}
	seen := map[string]bool{}
	for _, theme := range i.Themes {
		if !slices.Contains(themes, theme.ID) || seen[theme.ID] || len(theme.Cells) == 0 {
			return fmt.Errorf("instrument %s: theme %q is unknown, repeated or empty", i.ID, theme.ID)
		}
		seen[theme.ID] = true
		if theme.Text != nil && (theme.Text.ID != theme.ID+textSuffix || i.TextLimit < 1) {
			return fmt.Errorf("instrument %s: text %q stands where %s belongs, with a limit", i.ID, theme.Text.ID, theme.ID+textSuffix)
		}
		for _, cell := range theme.Cells {
			if !slices.Contains(qualities, cell.Quality) {
				return fmt.Errorf("instrument %s: quality %q of theme %s is unknown", i.ID, cell.Quality, theme.ID)
			}
			for kind, id := range cell.items() {
				if want := strings.Join([]string{theme.ID, cell.Quality, kind}, "."); id != want || seen[id] {
					return fmt.Errorf("instrument %s: item %q stands where %s belongs", i.ID, id, want)
				}
				seen[id] = true
			}
		}
	}
	return nil
}

// items returns the ids of a cell's items by kind.
func (c Cell) items() map[string]string {
	ids := map[string]string{"gain": c.Gain.ID, "strain": c.Strain.ID}
	if c.Fit != nil {
		ids["fit"] = c.Fit.ID
	}
	return ids
}

// Items returns the ids of all items.
func (i Instrument) Items() map[string]bool {
	all := map[string]bool{}
	for _, theme := range i.Themes {
		for _, cell := range theme.Cells {
			for _, id := range cell.items() {
				all[id] = true
			}
		}
	}
	return all
}

// asked returns the qualities that any theme asks about, in the order of the model.
func (i Instrument) asked() []string {
	return slices.DeleteFunc(slices.Clone(qualities), func(q string) bool {
		return !slices.ContainsFunc(i.Themes, func(t Theme) bool {
			return slices.ContainsFunc(t.Cells, func(c Cell) bool { return c.Quality == q })
		})
	})
}

// inOrder returns the themes in the order of the model.
func (i Instrument) inOrder() []Theme {
	sorted := slices.Clone(i.Themes)
	slices.SortFunc(sorted, func(a, b Theme) int { return slices.Index(themes, a.ID) - slices.Index(themes, b.ID) })
	return sorted
}
