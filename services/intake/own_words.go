package intake

import (
	"io/fs"
	"path"
	"slices"
)

// readTexts reads what each theme asks in one's own words; an instrument without the file asks nothing of the kind.
func readTexts(files fs.FS, name string) (map[string]*Item, error) {
	texts := map[string]*Item{}
	if name == "" {
		return texts, nil
	}
	var asked map[string]Text
	if err := decodeYAML(files, path.Join("texts", name+".yaml"), &asked); err != nil {
		return nil, err
	}
	for theme, text := range asked {
		texts[theme] = &Item{ID: theme + ".text", Text: text}
	}
	return texts, nil
}

// wordless is the instrument without what is answered in one's own words: nobody is asked what nobody may read.
func (i Instrument) wordless() Instrument {
	i.Themes, i.TextLimit = slices.Clone(i.Themes), 0
	for n := range i.Themes {
		i.Themes[n].Text = nil
	}
	return i
}

// readsWords tells whether somebody may read what is answered in one's own words, so that it is asked at all.
func (r *Round) readsWords() bool { return len(r.Contract.TextReaders) > 0 }
