package intake

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
)

// StaffGroup is a group of staff with words of its own for some statements. Whoever answers chooses it on the form, for
// themselves alone: it is neither kept nor sent, so nothing that arrives says who it is from.
type StaffGroup struct {
	ID   string `json:"id" yaml:"id"`
	Text `yaml:",inline"`
}

// variants are the other wordings of an instrument's items, by item and staff group.
type variants struct {
	Groups []StaffGroup               `yaml:"groups"`
	Items  map[string]map[string]Text `yaml:"items"`
}

// readVariants reads a file of wordings; an instrument without one has none.
func readVariants(files fs.FS, name string) (variants, error) {
	var v variants
	if name == "" {
		return v, nil
	}
	if err := decodeYAML(files, path.Join("variants", name+".yaml"), &v); err != nil {
		return v, err
	}
	known := map[string]bool{}
	for _, group := range v.Groups {
		known[group.ID] = true
	}
	for item, texts := range v.Items {
		for group := range texts {
			if !known[group] {
				return v, fmt.Errorf("variants %s: %s has words for the unknown group %q", name, item, group)
			}
		}
	}
	return v, nil
}

// word gives an item its wordings.
func (v variants) word(item *Item) { item.Variants = v.Items[item.ID] }

// fillAll fills in the placeholders of an item in every wording.
func fillAll(item Item, fill func(Text) Text) Item {
	item.Text = fill(item.Text)
	item.Variants = maps.Clone(item.Variants)
	for group, text := range item.Variants {
		item.Variants[group] = fill(text)
	}
	return item
}
