package portal

import (
	_ "embed" // the texts
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"golang.org/x/text/language"
)

//go:embed da.json
var danishTexts []byte

//go:embed en.json
var englishTexts []byte

// Languages of the portal, the first one being the default.
var languages = []string{"da", "en"}

// words is everything that the portal says in one language.
type words struct {
	language string
	tag      language.Tag
	messages map[string]message
}

// loadWords reads both catalogues.
func loadWords() (map[string]*words, error) {
	all := map[string]*words{}
	for _, source := range []struct {
		language string
		raw      []byte
	}{{"da", danishTexts}, {"en", englishTexts}} {
		w, err := parseWords(source.language, source.raw)
		if err != nil {
			return nil, fmt.Errorf("texts %s.json: %w", source.language, err)
		}
		all[source.language] = w
	}
	return all, nil
}

func parseWords(name string, raw []byte) (*words, error) {
	var texts map[string]string
	if err := json.Unmarshal(raw, &texts); err != nil {
		return nil, err
	}
	w := &words{language: name, tag: language.Make(name), messages: make(map[string]message, len(texts))}
	for key, text := range texts {
		m, err := parseMessage(text)
		if err != nil {
			return nil, fmt.Errorf("%s %w", key, err)
		}
		w.messages[key] = m
	}
	return w, nil
}

// text returns the text under a key. Arguments are pairs of name and value. A key that does not exist is shown as
// it is, which a test makes impossible.
func (w *words) text(key string, pairs ...any) string {
	m, ok := w.messages[key]
	if !ok {
		return key
	}
	arguments := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		arguments[fmt.Sprint(pairs[i])] = pointed(pairs[i+1])
	}
	var b strings.Builder
	m.write(&b, w.tag, arguments, nil)
	return b.String()
}

// of returns the text of one member of a family of keys, such as of("theme", "core_task") for theme.core_task.
func (w *words) of(family string, member any) string {
	return w.text(family + "." + fmt.Sprint(pointed(member)))
}

// pointed follows a pointer, since services give what may be absent as one. Nothing is written for nil.
func pointed(value any) any {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Pointer {
		return value
	}
	if v.IsNil() {
		return ""
	}
	return v.Elem().Interface()
}
