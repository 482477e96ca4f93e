package dialogue

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

//go:embed playbooks/*.yaml
var shipped embed.FS

// Shelf holds every playbook version that is shipped.
type Shelf struct{ all []*playbook.Playbook }

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
		p, mistakes := playbook.Parse(raw)
		if len(mistakes) > 0 {
			return nil, fmt.Errorf("%s, line %d: %s: want %s", name, mistakes[0].Line, mistakes[0].Path, mistakes[0].Want.English)
		}
		shelf.all = append(shelf.all, p)
	}
	slices.SortFunc(shelf.all, func(a, b *playbook.Playbook) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), cmp.Compare(b.Version, a.Version))
	})
	return shelf, nil
}

// Playbook returns one version of a playbook, or the failure dialogue.playbook_unknown.
func (s *Shelf) Playbook(id string, version int) (*playbook.Playbook, error) {
	for _, p := range s.all {
		if p.ID == id && p.Version == version {
			return p, nil
		}
	}
	return nil, failure.New(failure.PlaybookUnknown).At("playbook")
}

// Newest returns each playbook in its newest version.
func (s *Shelf) Newest() []*playbook.Playbook {
	return slices.CompactFunc(slices.Clone(s.all), func(a, b *playbook.Playbook) bool { return a.ID == b.ID })
}

// question returns what a step asks in a dialogue that starts from this cell, or from nothing (nil).
func question(s playbook.Step, source *Cell) playbook.Words {
	if source == nil || s.PromptFromCell == nil {
		return s.Prompt
	}
	theme, quality := themes[source.Theme], qualities[source.Quality]
	return playbook.Words{
		Danish:  strings.NewReplacer("{theme}", theme.Danish, "{quality}", quality.Danish).Replace(s.PromptFromCell.Danish),
		English: strings.NewReplacer("{theme}", theme.English, "{quality}", quality.English).Replace(s.PromptFromCell.English),
	}
}
