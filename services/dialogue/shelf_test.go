package dialogue

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/playbook"
)

func shippedShelf(t require.TestingT) *Shelf {
	shelf, err := newShelf(shipped)
	require.NoError(t, err)
	return shelf
}

// A shipped version never changes, since dialogues that follow it may be under way. Whoever wants it otherwise writes a
// new version and adds its line.
func TestShippedVersionsNeverChange(t *testing.T) {
	raw, err := os.ReadFile("testdata/playbooks.sha256")
	require.NoError(t, err)
	var now strings.Builder
	for _, p := range shippedShelf(t).all {
		fmt.Fprintf(&now, "%s  %s.v%d\n", p.Hash(), p.ID, p.Version)
	}
	require.Equal(t, string(raw), now.String(), "a version that is out is edited, or a new one has no line in testdata/playbooks.sha256")
}

func TestShippedPlaybooksAreWhole(t *testing.T) {
	shelf := shippedShelf(t)
	for _, p := range shelf.all {
		_, err := shipped.ReadFile(fmt.Sprintf("playbooks/%s.v%d.yaml", p.ID, p.Version))
		require.NoError(t, err, "a file is named for its playbook and version")
	}
	for _, p := range shelf.Newest() {
		require.Len(t, p.Variants, 3, "%s: every playbook has 20, 45 and 90 minutes", p.ID)
		for _, words := range allWords(p) {
			require.NotEqual(t, words.Danish, words.English, p.ID)
			require.NotRegexp(t, neverInDanish, words.Danish, p.ID)
		}
		for _, s := range p.Steps {
			require.NotRegexp(t, promisesSecrecy, s.Prompt.Danish+s.Instruction.Danish+s.Prompt.English+s.Instruction.English, "%s, %s", p.ID, s.ID)
		}
	}
	var first []int
	for _, p := range shelf.Newest() {
		if p.Newcomer != nil {
			first = append(first, p.Newcomer.Place)
		}
	}
	slices.Sort(first)
	require.Equal(t, []int{1, 2, 3}, first, "three are shown first to a newcomer, each in a place of its own")
}

// neverInDanish are words that the product does not use: an agreement of a dialogue is a spilleregel or a retningslinje,
// since "aftale" has the weight of collective law.
var neverInDanish = regexp.MustCompile(`(?i)aftale|heatmap|dashboard|\bintake\b|\brelease\b|\btenant\b`)

// promisesSecrecy is what no step says, since it depends on how many take part whether it can be kept. The screens say it
// where it is so.
var promisesSecrecy = regexp.MustCompile(`(?i)ingen kan se|hemmelig|anonym|forseglet|nobody can see|\bsecret\b|sealed`)

// allWords gathers every text of a playbook that people see.
func allWords(p *playbook.Playbook) []playbook.Words {
	all := append([]playbook.Words{p.Title, p.Purpose, p.Why, p.Needs, p.Result}, p.KeyQuestions...)
	if p.Newcomer != nil {
		all = append(all, p.Newcomer.Reason)
	}
	for _, s := range p.Steps {
		all = append(all, s.Prompt, s.Instruction, question(s, &Cell{"r", "relations", "demands"}))
	}
	return all
}

func TestShelfRefusesBrokenPlaybooks(t *testing.T) {
	good, err := shipped.ReadFile("playbooks/from-overview-to-measures.v1.yaml")
	require.NoError(t, err)
	spoilt := strings.Replace(string(good), "kind: checkin", "kind: karaoke", 1)
	_, err = newShelf(fstest.MapFS{"playbooks/p.yaml": {Data: []byte(spoilt)}})
	require.ErrorContains(t, err, "playbooks/p.yaml, line 40: steps.0.kind")
}

func TestPromptNamesTheCell(t *testing.T) {
	shelf := shippedShelf(t)
	p, err := shelf.Playbook("from-overview-to-measures", 1)
	require.NoError(t, err)
	reflect := p.Step("reflect")
	require.Contains(t, question(reflect, &Cell{"r", "implementation", "social_support"}).Danish, `"Social støtte" under "Implementeringen"`)
	require.Equal(t, reflect.Prompt, question(reflect, nil))
	_, err = shelf.Playbook("from-overview-to-measures", 99)
	require.Error(t, err)
}
