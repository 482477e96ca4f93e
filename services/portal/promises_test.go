package portal

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// promise is a sentence of the privacy page and what shows it.
type promise struct {
	Says     string   `yaml:"says"`
	ShownBy  []string `yaml:"shown_by"`
	Explains string   `yaml:"explains"` // why no test can show it
}

// Every sentence of the page has the tests that show it, and each of these is there.
func TestThePrivacyPageSaysNothingThatNoTestShows(t *testing.T) {
	raw, err := os.ReadFile("promises.yaml")
	require.NoError(t, err)
	decoder := yaml.NewDecoder(strings.NewReader(string(raw)))
	decoder.KnownFields(true)
	var promises map[string][]promise
	require.NoError(t, decoder.Decode(&promises))

	page, err := os.ReadFile("pages/privacy.html")
	require.NoError(t, err)
	english, danish := catalogueOf(t, "en"), catalogueOf(t, "da")
	printed := map[string]bool{}
	for _, match := range regexp.MustCompile(`\{\{t "(privacy\.[a-z0-9_]+)"`).FindAllStringSubmatch(string(page), -1) {
		key := match[1]
		printed[key] = true
		says := sentences(english[key])
		require.Len(t, sentences(danish[key]), len(says), "%s in both languages", key)
		if len(says) == 1 && !strings.ContainsAny(says[0], ".:") {
			continue // a heading
		}
		require.Len(t, promises[key], len(says), "%s has each of its sentences in the list", key)
		for i, p := range promises[key] {
			require.Equal(t, says[i], p.Says, key)
			require.True(t, (len(p.ShownBy) > 0) != (p.Explains != ""), "%q is shown by tests, or says why none can", p.Says)
			for _, test := range p.ShownBy {
				require.True(t, isTest(t, test), "%q is shown by %s, which is not there", p.Says, test)
			}
		}
	}
	for key := range promises {
		require.True(t, printed[key], "%s stands in the list and not on the page", key)
	}
}

func TestALostTestIsNoticed(t *testing.T) {
	require.True(t, isTest(t, "services/portal.TestALostTestIsNoticed"))
	require.False(t, isTest(t, "services/portal.TestThatNobodyWrote"))
	require.Equal(t, []string{"One, e.g. this.", "Two?", "Three: four."}, sentences("One, e.g. this. Two? Three: four."))
}

// catalogueOf is a catalogue as it is written.
func catalogueOf(t *testing.T, language string) (texts map[string]string) {
	t.Helper()
	raw, err := os.ReadFile(language + ".json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &texts))
	return texts
}

// sentences splits a text where a sentence ends and another begins.
func sentences(text string) []string {
	marked := regexp.MustCompile(`([.?!]) ([A-ZÆØÅ{])`).ReplaceAllString(text, "$1\n$2")
	return strings.Split(marked, "\n")
}

// isTest says whether package.Test is written down in the package's sources.
func isTest(t *testing.T, name string) bool {
	t.Helper()
	folder, test, _ := strings.Cut(name, ".")
	files, err := filepath.Glob(filepath.Join("..", "..", folder, "*_test.go"))
	require.NoError(t, err)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		if strings.Contains(string(source), "\nfunc "+test+"(t *testing.T)") {
			return true
		}
	}
	return false
}

// Each of the words has one meaning: it stands only where that kind of voice is spoken of.
func TestTheFourVoicesAreNeverMixedUp(t *testing.T) {
	for _, voice := range []struct {
		danish, english string
		where           string
	}{
		{`[Aa]nonym`, `[Aa]nonym`, `^(anonymous|experiences|privacy)\.|^audit_action\.experience\.|^(menu|own_data)\.anonymous$|\.(from_)?told$|^input\.who$`}, // which says that it is not
		{`[Ff]orsegl`, `\b([Ss]eal|[Uu]nder seal)`, `^(dialogue|phase_paper|privacy)\.|^own_data\.sealed$`},
		{`[Ff]ortrolig(?:t|e)? (?:til|besked|samtale|svar)|^[Ff]ortroligt?$`, `[Cc]onfidential`, `^(confidential|privacy|home\.confidential|own_file)\.|^inbox\.confidential|^menu\.confidential$|^provisioning\.|^(input|pre_meeting)\.stored$`},
	} {
		for language, word := range map[string]string{"da": voice.danish, "en": voice.english} {
			found := 0
			for key, text := range catalogueOf(t, language) {
				if regexp.MustCompile(word).MatchString(text) {
					found++
					require.Regexp(t, voice.where, key, text)
				}
			}
			require.NotZero(t, found, "%s: %s", language, word)
		}
	}
}

// The page names what cookies are for; every one that the portal sets is among them. Whoever sets up a deployment has one
// more for the way to the first sign-in.
func TestCookiesAreThoseThatThePageNames(t *testing.T) {
	named := []string{"sessionCookie", "attemptCookie", "providerCookie", "languageCookie", "offeredCookie", "setUpCookie", "guestCookie"}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			kind, ok := literal.Type.(*ast.SelectorExpr)
			if !ok || kind.Sel.Name != "Cookie" {
				return true
			}
			for _, element := range literal.Elts {
				field := element.(*ast.KeyValueExpr)
				if field.Key.(*ast.Ident).Name == "Name" {
					name, ok := field.Value.(*ast.Ident)
					require.True(t, ok, "%s: a cookie's name is a constant", file)
					require.Contains(t, named, name.Name, file)
					found[name.Name] = true
				}
			}
			return true
		})
	}
	require.Len(t, found, len(named), "%v", found)
}
