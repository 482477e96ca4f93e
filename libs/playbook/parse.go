package playbook

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Mistake is one thing that is wrong with a playbook, and what would be right.
type Mistake struct {
	Line int    `json:"line,omitempty"` // of the file, 0 when there is none
	Path string `json:"path"`           // such as steps.2.prompt.da
	Want Words  `json:"want"`
}

// Parse reads a playbook and says everything that is wrong with it, in the order of the file. The playbook is nil when
// there is a mistake.
func Parse(raw []byte) (*Playbook, []Mistake) {
	var root yaml.Node
	if err := yaml.Unmarshal(raw, &root); err != nil {
		return nil, unreadable(err)
	}
	if root.Kind == 0 {
		return nil, []Mistake{{Line: 1, Want: Words{"en opskrift; filen er tom", "a playbook; the file is empty"}}}
	}
	var loose any
	if err := root.Decode(&loose); err != nil { // the same key twice, an unknown anchor
		return nil, unreadable(err)
	}
	lines := map[string]int{}
	number(root.Content[0], "", lines)
	mistakes := checkForm(loose)
	var p Playbook
	if err := root.Decode(&p); err == nil {
		p.Fill()
		mistakes = append(mistakes, p.checkRules()...)
	}
	for i := range mistakes {
		mistakes[i].Line = lineOf(mistakes[i].Path, lines)
	}
	slices.SortStableFunc(mistakes, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), strings.Compare(a.Path, b.Path))
	})
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return &p, nil
}

// Check says everything that is wrong with a playbook that comes from somewhere else than a file.
func (p *Playbook) Check() []Mistake {
	_, mistakes := Parse(p.YAML())
	for i := range mistakes {
		mistakes[i].Line = 0
	}
	return mistakes
}

// YAML writes the playbook as a file.
func (p *Playbook) YAML() []byte {
	raw, err := yaml.Marshal(p)
	if err != nil {
		panic("playbook: " + err.Error()) // it holds nothing but text and numbers
	}
	return raw
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// unreadable turns what the YAML reader says into mistakes.
func unreadable(err error) []Mistake {
	all := []string{err.Error()}
	if several := (*yaml.TypeError)(nil); errors.As(err, &several) {
		all = several.Errors
	}
	var mistakes []Mistake
	for _, text := range all {
		m := Mistake{Want: Words{"gyldig YAML (" + text + ")", "valid YAML (" + text + ")"}}
		if found := yamlLine.FindStringSubmatch(text); found != nil {
			m.Line, _ = strconv.Atoi(found[1])
		}
		mistakes = append(mistakes, m)
	}
	return mistakes
}

// number notes on which line each part of the file begins.
func number(n *yaml.Node, path string, lines map[string]int) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := join(path, n.Content[i].Value)
			lines[key] = n.Content[i].Line
			number(n.Content[i+1], key, lines)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			key := join(path, strconv.Itoa(i))
			lines[key] = item.Line
			number(item, key, lines)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// lineOf finds the line of a path, or of the nearest part around it: what is missing has no line of its own.
func lineOf(path string, lines map[string]int) int {
	for path != "" {
		if line, ok := lines[path]; ok {
			return line
		}
		cut := strings.LastIndexByte(path, '.')
		if cut < 0 {
			break
		}
		path = path[:cut]
	}
	return 1
}
