package intake

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

// The second version asks what the first asked, in the words of staff groups where those are needed, and is filled in like
// every other wording. What is scored is the same; a trend does not cross the version all the same.
func TestStaffGroupsHaveWordsOfTheirOwn(t *testing.T) {
	l := instruments(t)
	groups := []string{"teacher", "pedagogue", "administration", "technical"}
	for _, id := range []string{"full", "pulse-core-task", "pulse-relations"} {
		first, err := l.Find(id, 1)
		require.NoError(t, err)
		second, err := l.Find(id, 2)
		require.NoError(t, err)
		require.Empty(t, first.StaffGroups)
		var ids []string
		for _, group := range second.StaffGroups {
			ids = append(ids, group.ID)
		}
		require.Equal(t, groups, ids)
		worded := 0
		for n, item := range second.Items() {
			if len(item.Variants) > 0 {
				worded++
				require.Len(t, item.Variants, len(groups), "%s: every group or none, or somebody would look for theirs", item.ID)
			}
			item.Variants = nil
			require.Equal(t, first.Items()[n], item)
		}
		require.Positive(t, worded)
		for _, item := range second.For("Aula", "kursister").Items() {
			for _, text := range item.Variants {
				require.Contains(t, text.DA, "Aula")
				require.NotContains(t, text.DA+text.EN, "{")
			}
		}
		require.Contains(t, second.Items()[0].Variants["teacher"].DA+"{technology}", "{technology}")
	}
	again, err := l.Find("pulse-core-task", 2)
	require.NoError(t, err)
	require.Contains(t, again.Items()[0].Variants["teacher"].DA, "{technology}", "the instrument itself is untouched")
}

// A wording of an item that no instrument has would be read by nobody.
func TestEveryWordingBelongsToAnItem(t *testing.T) {
	files, err := fs.Sub(instrumentFiles, "instruments")
	require.NoError(t, err)
	words, err := readVariants(files, "staff.v1")
	require.NoError(t, err)
	full, err := instruments(t).Find("full", 2)
	require.NoError(t, err)
	known := map[string]bool{}
	for _, item := range full.Items() {
		known[item.ID] = true
	}
	for item := range words.Items {
		require.True(t, known[item], item)
	}
}
