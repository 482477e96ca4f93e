package playbook

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func good(t *testing.T) (string, *Playbook) {
	t.Helper()
	raw, err := os.ReadFile("testdata/good.yaml")
	require.NoError(t, err)
	p, mistakes := Parse(raw)
	require.Empty(t, mistakes)
	return string(raw), p
}

// The copy is there because a package can embed only what lies beside it.
func TestSchemaIsThePublishedOne(t *testing.T) {
	published, err := os.ReadFile("../../api-specs/playbooks/playbook.schema.json")
	require.NoError(t, err)
	require.Equal(t, string(published), string(schemaFile), "copy api-specs/playbooks/playbook.schema.json here")
}

// The kinds stand in the schema and in the code; neither knows one that the other does not.
func TestEveryKindIsInTheSchema(t *testing.T) {
	raw, _ := good(t)
	for _, kind := range Kinds() {
		_, mistakes := Parse([]byte(strings.Replace(raw, "kind: checkin", "kind: "+string(kind), 1)))
		for _, m := range mistakes {
			require.NotEqual(t, "steps.1.kind", m.Path, "%s: %s", kind, m.Want.English)
		}
	}
	_, mistakes := Parse([]byte(strings.Replace(raw, "kind: checkin", "kind: karaoke", 1)))
	require.Equal(t, "steps.1.kind", mistakes[0].Path)
	for _, kind := range Kinds() {
		require.Contains(t, mistakes[0].Want.English, string(kind))
	}
}

func TestWhatIsLeftOutIsUsualForTheKind(t *testing.T) {
	_, p := good(t)
	reflect := p.Step("reflect")
	require.Equal(t, Step{
		ID: "reflect", Kind: Reflect, Prompt: reflect.Prompt, Instruction: reflect.Instruction, Visibility: Private,
		Attribution: Sealed, Grouping: Alone, Mode: Live, InputFrom: []string{}, ExitRule: AtTime,
	}, reflect)
	collect := p.Step("collect")
	require.Equal(t, Named, collect.Attribution, "what the file says stands")
	require.Equal(t, Async, collect.Mode)
}

func TestStepsOfAVariantTakeInputFromEachOther(t *testing.T) {
	_, p := good(t)
	short, err := p.Variant(20)
	require.NoError(t, err)
	steps := p.StepsOf(short)
	require.Len(t, steps, 3)
	require.Empty(t, steps[2].InputFrom, "the vote is not there in twenty minutes")
	require.Equal(t, []string{"choose"}, p.Step("decide").InputFrom, "the playbook itself is left alone")
	_, err = p.Variant(90)
	require.Error(t, err)
}

func TestHashNamesTheContents(t *testing.T) {
	raw, p := good(t)
	looksDifferent, mistakes := Parse([]byte("# another comment\n" + strings.Replace(raw, "    kind: checkin\n", "    kind: checkin\n    grouping: pairs\n", 1)))
	require.Empty(t, mistakes)
	require.Equal(t, p.Hash(), looksDifferent.Hash())
	isDifferent, mistakes := Parse([]byte(strings.Replace(raw, "Hvad slider?", "Hvad hjælper?", 1)))
	require.Empty(t, mistakes)
	require.NotEqual(t, p.Hash(), isDifferent.Hash())
}

func TestWrittenAndReadAgainItIsTheSame(t *testing.T) {
	_, p := good(t)
	again, mistakes := Parse(p.YAML())
	require.Empty(t, mistakes)
	require.Equal(t, p, again)
	require.Empty(t, p.Check())
	p.Steps[0].Prompt.Danish = " "
	require.Equal(t, []Mistake{{Path: "steps.0.prompt.da", Want: Words{"skriv noget her", "write something here"}}}, p.Check())
}

// Each mistake is found where it is, with what would be right.
func TestMistakes(t *testing.T) {
	raw, _ := good(t)
	for name, c := range map[string]struct {
		was, is string
		line    int
		path    string
		want    string
	}{
		"unknown field":        {"outcomes: [action", "music: loud\noutcomes: [action", 16, "music", "a field that the format knows"},
		"missing field":        {"result: { da: Et skridt., en: A step. }\n", "", 1, "result", "has to be there"},
		"missing English":      {"{ da: Et skridt., en: A step. }", "{ da: Et skridt. }", 8, "result.en", "has to be there"},
		"empty text":           {"da: 'Hvad slider?'", "da: ' '", 38, "steps.2.prompt.da", "write something"},
		"too long a question":  {"da: 'Hvad slider?'", "da: " + strings.Repeat("slid ", 60), 38, "steps.2.prompt.da", "at most 240"},
		"unknown theme":        {"[core_task]", "[cheese]", 10, "themes.0", "one of: core_task"},
		"a fourth length":      {"minutes: 20", "minutes: 30", 18, "variants.0.minutes", "one of: 20, 45, 90"},
		"the same length":      {"minutes: 20", "minutes: 45", 20, "variants.1.minutes", "not there already"},
		"too little time":      {"decide: 10 }", "decide: 9 }", 19, "variants.0.timeboxes", "20 minutes in all; the steps have 19"},
		"time for nothing":     {"decide: 10 }", "decide: 5, song: 5 }", 19, "variants.0.timeboxes.song", "the name of a step"},
		"nothing decided":      {"{ checkin: 5, reflect: 5, decide: 10 }", "{ checkin: 10, reflect: 10 }", 19, "variants.0.timeboxes", "a step of the kind decide"},
		"nothing to choose":    {"reflect: 10, sort: 10, choose: 5", "choose: 25", 21, "variants.1.timeboxes.choose", "something is written"},
		"a step in no length":  {"sort: 10, choose: 5", "choose: 15", 40, "steps.3.id", "minutes in at least one length"},
		"the same step":        {"id: sort", "id: reflect", 40, "steps.3.id", "not used before"},
		"input from the later": {"input_from: [collect, reflect]", "input_from: [decide]", 42, "steps.3.input_from.0", "comes before"},
		"input from talk":      {"input_from: [collect, reflect]", "input_from: [checkin, reflect]", 42, "steps.3.input_from.0", "something is written"},
		"dots in a check-in":   {"kind: checkin", "kind: checkin\n    dots: 3", 32, "steps.1.dots", "not in a step of this kind"},
		"an open vote":         {"kind: prioritise", "kind: prioritise\n    attribution: group", 48, "steps.4.attribution", "sealed"},
		"no days":              {"    days: 3\n", "", 23, "steps.0.days", "has to be there"},
		"days in the meeting":  {"    mode: async\n", "", 25, "steps.0.days", "not in a step of this kind"},
		"sealed without phone": {"kind: reflect\n    prompt", "kind: reflect\n    phones_down: true\n    prompt", 38, "steps.2.phones_down", "written on the phone"},
		"sealed for all":       {"kind: reflect\n    prompt", "kind: reflect\n    visibility: plenary\n    prompt", 38, "steps.2.visibility", "private"},
		"sealed without end":   {"kind: reflect\n    prompt", "kind: reflect\n    exit_rule: facilitator\n    prompt", 38, "steps.2.exit_rule", "time or ready"},
		"outcome of thinking":  {"kind: reflect\n    prompt", "kind: reflect\n    attribution: group\n    exit_rule: outcome\n    prompt", 39, "steps.2.exit_rule", "something is agreed"},
		"ready without phone":  {"kind: reflect\n    prompt", "kind: reflect\n    attribution: group\n    phones_down: true\n    exit_rule: ready\n    prompt", 40, "steps.2.exit_rule", "nothing to press"},
		"brackets":             {"da: 'Hvad slider?'", "da: 'Hvad slider {theme}?'", 38, "steps.2.prompt", "only {learners}, {the_learners}"},
		"a strange bracket":    {"{quality}", "{school}", 34, "steps.1.prompt_from_cell", "only {theme}, {quality}"},
		"a number as a name":   {"id: a-bit-of-everything", "id: 7", 2, "id", "type string"},
		"a bad name":           {"id: a-bit-of-everything", "id: Lidt af hvert", 2, "id", "ground-rules"},
		"not YAML":             {"themes: [core_task]", "themes: [core_task", 9, "", "valid YAML"},
		"the same key twice":   {"version: 1", "version: 1\nversion: 2", 4, "", "valid YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, raw, c.was)
			p, mistakes := Parse([]byte(strings.Replace(raw, c.was, c.is, 1)))
			require.Nil(t, p)
			for _, m := range mistakes {
				if m.Path == c.path && strings.Contains(m.Want.English, c.want) {
					require.Equal(t, c.line, m.Line)
					require.NotEmpty(t, m.Want.Danish)
					return
				}
			}
			t.Fatalf("not found among %+v", mistakes)
		})
	}
}

func TestEveryMistakeAtOnceInOrder(t *testing.T) {
	raw, _ := good(t)
	raw = strings.NewReplacer("version: 1", "version: 0", "kind: checkin", "kind: karaoke", "decide: 10 }", "decide: 9 }", "en: 'Why?'", "en: ''").Replace(raw)
	_, mistakes := Parse([]byte(raw))
	var paths []string
	for _, m := range mistakes {
		paths = append(paths, m.Path)
	}
	require.Equal(t, []string{"version", "key_questions.1.en", "variants.0.timeboxes", "steps.1.kind"}, paths)
	_, mistakes = Parse(nil)
	require.Len(t, mistakes, 1)
	_, mistakes = Parse([]byte("- a\n- b\n"))
	require.NotEmpty(t, mistakes)
	_, mistakes = Parse([]byte("1: one\n"))
	require.NotEmpty(t, mistakes)
}

// What a text asks for in curly brackets becomes the institution's own word, in the form that its sentence needs.
func TestLearnersAreCalledWhatTheInstitutionCallsThem(t *testing.T) {
	_, p := good(t)
	p.Steps[0].Prompt = Words{"{A_learner} siger: {learners}, {the_learners}s og {the_learner}", "{The_learners} say: {a_learner}'s"}
	require.Empty(t, p.Check())
	before := p.Hash()
	for word, want := range map[string]Words{
		"":                    {"En elev siger: elever, elevernes og eleven", "The pupils say: a pupil's"},
		"Børn ":               {"Et barn siger: børn, børnenes og barnet", "The children say: a child's"},
		"studerende":          {"En studerende siger: studerende, de studerendes og den studerende", "The students say: a student's"},
		"course participants": {"En kursist siger: kursister, kursisternes og kursisten", "The course participants say: a course participant's"},
		"superhelte":          {"En elev siger: elever, elevernes og eleven", "The pupils say: a pupil's"},
	} {
		require.Equal(t, want, p.For(word).Steps[0].Prompt, word)
	}
	require.Equal(t, LearnerWord("superhelte"), LearnerWord("elever"))
	require.Equal(t, before, p.Hash(), "the playbook itself is left alone")
	p.Why.Danish = "For {the_staff}"
	require.Equal(t, "why", p.Check()[0].Path)
	p.Why.Danish, p.Steps[0].Prompt.Danish = "For {theme}", "Om eleverne"
	require.Equal(t, "why", p.Check()[0].Path, "a cell is named where a dialogue may begin from one")
}

func TestPreview(t *testing.T) {
	_, p := good(t)
	v, err := p.Variant(20)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, p.Preview(&b, v, "da"))
	require.Equal(t, `Lidt af hvert, 20 min

  00-05  checkin (checkin, pairs, phones down)
         > Hvordan går det?
         Tal to og to.

  05-10  reflect (reflect, alone, sealed)
         > Hvad slider?
         Skriv hver for sig.

  10-20  decide (decide, plenary)
         > Hvad gør vi?
         Vælg ét skridt.
`, b.String())
	b.Reset()
	require.NoError(t, p.Preview(&b, v, "en"))
	require.Contains(t, b.String(), "> What strains?")
	b.Reset()
	longer, err := p.Variant(45)
	require.NoError(t, err)
	require.NoError(t, p.Preview(&b, longer, "en"))
	require.Contains(t, b.String(), "         collect (reflect, alone, named, open for 3 days)", "a step of days takes none of the meeting")
	require.Contains(t, b.String(), "  00-05  checkin")
}
