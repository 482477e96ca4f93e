package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

func instruments(t *testing.T) *Library {
	t.Helper()
	files, err := fs.Sub(instrumentFiles, "instruments")
	require.NoError(t, err)
	l, err := LoadInstruments(files)
	require.NoError(t, err)
	return l
}

func schemas(t *testing.T, names ...string) map[string]*jsonschema.Schema {
	t.Helper()
	const file = "../../api-specs/instruments/instrument.schema.json"
	compiler := jsonschema.NewCompiler()
	compiled := map[string]*jsonschema.Schema{}
	for _, name := range names {
		schema, err := compiler.Compile(file + name)
		require.NoError(t, err)
		compiled[name] = schema
	}
	return compiled
}

// plain turns v into what a JSON reader would see.
func plain(t *testing.T, v any) any {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	got, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	require.NoError(t, err)
	return got
}

func TestInstrumentsFollowTheirSchema(t *testing.T) {
	s := schemas(t, "", "#/$defs/commonFile", "#/$defs/themeFile", "#/$defs/variantsFile", "#/$defs/textsFile", "#/$defs/instrumentFile")
	for _, one := range instruments(t).All() {
		require.NoError(t, s[""].Validate(plain(t, one)), "%s as served", one.ID)
		require.NoError(t, s[""].Validate(plain(t, one.For("Aula", "kursister"))), "%s as asked", one.ID)
	}
	seen := 0
	require.NoError(t, fs.WalkDir(instrumentFiles, "instruments", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		seen++
		raw, err := fs.ReadFile(instrumentFiles, name)
		require.NoError(t, err)
		var content any
		require.NoError(t, yaml.Unmarshal(raw, &content))
		schema := "#/$defs/instrumentFile"
		switch {
		case strings.HasPrefix(path.Base(name), "common."):
			schema = "#/$defs/commonFile"
		case path.Base(path.Dir(name)) == "themes":
			schema = "#/$defs/themeFile"
		case path.Base(path.Dir(name)) == "variants":
			schema = "#/$defs/variantsFile"
		case path.Base(path.Dir(name)) == "texts":
			schema = "#/$defs/textsFile"
		}
		require.NoError(t, s[schema].Validate(plain(t, content)), name)
		return nil
	}))
	require.Equal(t, 20, seen, "five instruments in thirteen versions, four themes, other wordings, texts and what they share")
}

// TestPublishedWordingIsNeverEdited holds every published version against its hash: trends must never cross a changed
// wording silently. A changed text is a new version, with a line of its own here.
func TestPublishedWordingIsNeverEdited(t *testing.T) {
	published := map[string]string{
		"pulse-core-task.1":             "71dfe8d4b756e73f4cbb664eb05fac9b4843a57993da0907ddad26243246adbc",
		"pulse-professional-practice.1": "4f737badade57e3767c647abaff3b39bdeedee8bf2a7d60cd47ee02a4e4c74b3",
		"pulse-relations.1":             "ceb323389bb672f4e0c13aa562952ba62b702ba6234250417d89cd049ca142b1",
		"pulse-implementation.1":        "3b522c7de8ac303b904e32f53870456a56828bc22b8488633d0db71b13e4cc34",
		"full.2":                        "fbcdc497a6df8fe264c5e097567905e26dc0693c2832ad7c11865e90e3018604",
		"pulse-core-task.2":             "77dec70333dfa4111c48af5edf5e9e592fc32ba9d4a86d0fd8ab3d8a376d16f0",
		"pulse-relations.2":             "6aa6eb97c4471efab4f54fd3b5131d65db259ccd52daccfc95c07a49a323724c",
		"full.3":                        "b5d1ee6a4648c26aa88b12de55591496f2802e7e46be0b9fba0c2e572185510e",
		"pulse-core-task.3":             "543f6b5f45d3bed0318df026d2eecaebff8ca3ed2c4c979c9d91b6637d11c566",
		"pulse-implementation.2":        "51c3d4b937951bada5411391176869d8da9e7b85e49f7d08611062cb67be2358",
		"pulse-professional-practice.2": "0646c7b2283203d1ca3e3dcf22bad675118174f8794ee67c69e7754a6e8a2f22",
		"pulse-relations.3":             "320cf111ce1508bdbbee6a3103d3cd2076fd581f376dd1e945134df1e95fb4cd",
		"full.1":                        "c9812ec0877a5ecce6a861ba213593d69a23537a0a4a575de7f3170a53ae07f1",
	}
	got := map[string]string{}
	for _, one := range instruments(t).All() {
		words := []any{one.Intro, one.Scale, one.FitScale, one.Missing, one.Items()}
		for _, theme := range one.Themes {
			if theme.Text != nil {
				words = append(words, theme.Text)
			}
		}
		raw, err := json.Marshal(words)
		require.NoError(t, err)
		sum := sha256.Sum256(raw)
		got[fmt.Sprintf("%s.%d", one.ID, one.Version)] = hex.EncodeToString(sum[:])
	}
	require.Equal(t, published, got)
}

func TestInstrumentsAskEveryCellOfTheModel(t *testing.T) {
	open := map[string]bool{
		"core_task.influence": true, "core_task.social_support": true, "core_task.predictability": true,
		"core_task.demands": true, "professional_practice.social_support": true, "relations.predictability": true,
	}
	qualities := []string{"meaning", "influence", "recognition", "social_support", "predictability", "demands"}
	l := instruments(t)
	require.Len(t, l.Newest(), 5)
	full, err := l.Find("full", 1)
	require.NoError(t, err)
	require.Len(t, full.Items(), 52)
	cells := 0
	for n, theme := range full.Themes {
		require.Equal(t, themes[n], theme.ID)
		pulse, err := l.Find("pulse-"+strings.ReplaceAll(theme.ID, "_", "-"), 1)
		require.NoError(t, err)
		require.Equal(t, []Theme{theme}, pulse.Themes, "the same words in the pulse and in the full round")
		require.Len(t, pulse.Items(), 13)
		for q, cell := range theme.Cells {
			cells++
			require.Equal(t, qualities[q], cell.Quality)
			id := theme.ID + "." + cell.Quality
			require.Equal(t, open[id], cell.Evidence == "open", id)
			require.Equal(t, cell.Quality == "demands", cell.Fit != nil, id)
			require.Equal(t, id == "core_task.recognition", cell.StaffGroupsDiffer, id)
		}
	}
	require.Equal(t, 24, cells)
}

func TestSentencesReadRightWithAnyTechnology(t *testing.T) {
	placeholder := regexp.MustCompile(`\{[a-z]+\}`)
	// The phrase for digitalisation as a whole ends in a relative clause, which Danish closes with a punctuation mark.
	last := regexp.MustCompile(`\{technology\}[.,?]`)
	negation := regexp.MustCompile(`(?i)\b(ikke|aldrig|not|never|don't)\b`)
	seen := map[string]string{}
	for _, one := range instruments(t).Newest() {
		for _, text := range []string{one.Intro.DA, one.Intro.EN} {
			require.Regexp(t, last, text)
		}
		for _, item := range one.Items() {
			for at, text := range wordings(item) {
				language := at[:2]
				require.Equal(t, 1, strings.Count(text, "{technology}"), text)
				require.Regexp(t, last, text)
				require.False(t, strings.HasPrefix(text, "{"), "%s: never the subject: verbs bend after it in English", text)
				require.NotRegexp(t, negation, text, "a negation makes the low end of the scale hard to read")
				if other, taken := seen[language+text]; taken {
					require.Equal(t, other, item.ID, "two items ask the same: %s", text)
				}
				seen[language+text] = item.ID
			}
		}
		for _, technology := range []string{"", "Aula", "{learners}"} {
			for _, item := range one.For(technology, "elever").Items() {
				if technology != "{learners}" {
					require.NotRegexp(t, placeholder, item.DA+item.EN)
				}
			}
		}
	}
}

// wordings are all texts of an item, by language and staff group.
func wordings(item Item) map[string]string {
	all := map[string]string{"da": item.DA, "en": item.EN}
	for group, text := range item.Variants {
		all["da "+group], all["en "+group] = text.DA, text.EN
	}
	return all
}

func TestForFillsInTheRoundsOwnWords(t *testing.T) {
	one, err := instruments(t).Find("pulse-core-task", 1)
	require.NoError(t, err)
	about := func(technology, learners string) Text {
		return one.For(technology, learners).Themes[0].Cells[0].Gain.Text
	}
	require.Equal(t, "Jeg kan lettere gøre en forskel for eleverne med hjælp fra de digitale værktøjer, vi bruger.", about("", "").DA)
	require.Equal(t, "Jeg kan lettere gøre en forskel for de studerende med hjælp fra Aula.", about("Aula", "Studerende").DA)
	require.Equal(t, "I can more easily make a difference for the course participants with the help of Aula.", about("Aula", "kursister").EN)
	require.Equal(t, "Jeg kan lettere gøre en forskel for eleverne med hjælp fra {learners}.", about("{learners}", "elever").DA, "names are never read as placeholders")
	require.Contains(t, one.Themes[0].Cells[0].Gain.DA, "{technology}", "the instrument itself is untouched")
	require.Equal(t, "core_task.demands.fit", one.For("Aula", "").Themes[0].Cells[5].Fit.ID)
}
