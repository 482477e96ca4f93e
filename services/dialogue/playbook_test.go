package dialogue

import (
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

func playbookSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open("../../api-specs/playbooks/playbook.schema.json")
	require.NoError(t, err)
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("playbook", document))
	schema, err := compiler.Compile("playbook")
	require.NoError(t, err)
	return schema
}

func yamlAsJSON(t *testing.T, raw []byte) any {
	t.Helper()
	var loose any
	require.NoError(t, yaml.Unmarshal(raw, &loose))
	text, err := json.Marshal(loose)
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	require.NoError(t, err)
	return document
}

func TestShippedPlaybooksKeepTheSchema(t *testing.T) {
	schema := playbookSchema(t)
	names, err := fs.Glob(shipped, "playbooks/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		raw, err := fs.ReadFile(shipped, name)
		require.NoError(t, err)
		require.NoError(t, schema.Validate(yamlAsJSON(t, raw)), name)
	}
	shelf, err := newShelf(shipped)
	require.NoError(t, err)
	for _, p := range shelf.all {
		require.Contains(t, names, "playbooks/"+p.ID+".v"+string(rune('0'+p.Version))+".yaml", "a file is named for its playbook and version")
		for _, s := range p.Steps {
			for _, words := range []Words{s.Prompt, s.Instruction, s.Words(&Cell{"r", "relations", "demands"})} {
				require.NotEqual(t, words.Danish, words.English)
				require.NotContains(t, words.Danish+words.English, "{")
			}
		}
	}
}

func TestSchemaAndShelfRefuseBrokenPlaybooks(t *testing.T) {
	good, err := fs.ReadFile(shipped, "playbooks/from-overview-to-measures.v1.yaml")
	require.NoError(t, err)
	schema := playbookSchema(t)
	for name, spoil := range map[string][2]string{
		"unknown kind":       {"kind: checkin", "kind: karaoke"},
		"missing English":    {"  en: From overview to measures\n", ""},
		"open vote":          {"    kind: prioritise\n    attribution: sealed", "    kind: prioritise\n    attribution: group"},
		"unknown field":      {"needs_numbers: false", "needs_numbers: false\nmusic: loud"},
		"a fourth variant":   {"minutes: 45", "minutes: 30"},
		"dots in a check-in": {"    kind: checkin", "    kind: checkin\n    dots: 3"},
	} {
		spoilt := strings.Replace(string(good), spoil[0], spoil[1], 1)
		require.NotEqual(t, string(good), spoilt, name)
		require.Error(t, schema.Validate(yamlAsJSON(t, []byte(spoilt))), name)
	}
	for name, spoil := range map[string][2]string{
		"too little time":       {"checkin: 2, reflect: 4", "checkin: 9, reflect: 4"},
		"input from what comes": {"input_from: [reflect]", "input_from: [decide]"},
		"a step without time":   {"share: 6, prioritise: 2, decide: 6", "share: 6, prioritise: 2"},
		"unknown field":         {"needs_numbers: false", "needs_numbers: false\nmusic: loud"},
	} {
		spoilt := strings.Replace(string(good), spoil[0], spoil[1], 1)
		require.NotEqual(t, string(good), spoilt, name)
		_, err := newShelf(fstest.MapFS{"playbooks/p.yaml": {Data: []byte(spoilt)}})
		require.Error(t, err, name)
	}
}

func TestPromptNamesTheCell(t *testing.T) {
	shelf, err := newShelf(shipped)
	require.NoError(t, err)
	p, err := shelf.Playbook("from-overview-to-measures", 1)
	require.NoError(t, err)
	reflect := p.Step("reflect")
	require.Contains(t, reflect.Words(&Cell{"r", "implementation", "social_support"}).Danish, `"Social støtte" under "Implementeringen"`)
	require.Equal(t, reflect.Prompt, reflect.Words(nil))
	_, err = shelf.Playbook("from-overview-to-measures", 2)
	require.Error(t, err)
}
