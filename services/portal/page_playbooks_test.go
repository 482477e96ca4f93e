package portal

import (
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

func ids(choices []playbookChoice) []string {
	var all []string
	for _, c := range choices {
		all = append(all, c.Playbook.Playbook)
	}
	return all
}

func TestWhoBeginsFromNothingIsShownWhatSuitsANewcomer(t *testing.T) {
	all := shippedPlaybooks(t)
	first, rest := offered(all, nil)
	require.Equal(t, []string{"core-task-on-the-agenda", "ground-rules", "gains-and-risks"}, ids(first))
	require.Len(t, rest, len(all)-4)
	require.NotContains(t, ids(rest), "from-overview-to-measures", "it can only start from a cell")
}

func TestWhoBeginsFromACellIsShownWhatIsAboutIt(t *testing.T) {
	first, rest := offered(shippedPlaybooks(t), &dialogueapi.CellSource{Theme: "relations", Quality: "demands"})
	require.Equal(t, []string{"from-overview-to-measures", "ground-rules", "relationship-map"}, ids(first))
	require.Len(t, rest, 13)
}

func TestWithoutMarkedOnesAllAreShown(t *testing.T) {
	first, rest := offered([]dialogueapi.Playbook{{Playbook: "a"}, {Playbook: "b"}}, nil)
	require.Equal(t, []string{"a", "b"}, ids(first))
	require.Empty(t, rest)
}

// A playbook is found by its theme and by its length, and read before it is chosen.
func TestPlaybooksAreFoundByThemeAndLength(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	page := b.get("/schools/" + schoolID + "/playbooks?theme=relations&minutes=45").body
	require.Contains(t, page, "Relationskort")
	require.NotContains(t, page, "Start et teknologiforum")
	page = b.get("/schools/" + schoolID + "/playbooks/ground-rules/2").body
	require.Contains(t, page, `href="/schools/`+schoolID+`/dialogues/new?playbook=ground-rules%402"`)
	require.Contains(t, page, "Holder reglerne en almindelig tirsdag?")
	page = b.get("/schools/" + schoolID + "/dialogues/new?playbook=relationship-map@2").body
	require.Regexp(t, `(?s)<details class="details" id="all-playbooks" open>.*value="relationship-map@2" checked`, page)
	page = b.get("/schools/" + schoolID + "/dialogues/new").body
	require.Regexp(t, `value="core-task-on-the-agenda@2" checked`, page)
}
