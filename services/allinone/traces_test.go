package allinone

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sealedWords begin every text that the journey's people wrote under seal.
var sealedWords = []string{"Vejledningen hjalp mig", "Jeg mangler tid til at øve mig"}

// onPath are words of the anonymous path; a line of a log that has one of them must name nobody.
var onPath = regexp.MustCompile(`ticket|blind|nullifier|envelope|/answers|contribution|ballot\.`)

// leaks finds what ties a person to an answer or to a sealed text in one place that the journey left behind: the log, or
// a file by its path below the data directory.
func leaks(place, text string, people map[string]string) (found []string) {
	say := func(format string, args ...any) {
		found = append(found, place+": "+fmt.Sprintf(format, args...))
	}
	folder, _, _ := strings.Cut(filepath.ToSlash(place), "/")
	switch {
	case place == "log":
		for line := range strings.SplitSeq(text, "\n") {
			for id := range people {
				if onPath.MatchString(line) && strings.Contains(line, id) {
					say("a line of the anonymous path names %s: %s", id, line)
				}
			}
		}
	case folder == "ballotbox":
		for id, name := range people {
			if strings.Contains(text, id) || strings.Contains(text, name) {
				say("the ballot box knows %s", name)
			}
		}
	case folder == "jetstream":
		for _, name := range people {
			if strings.Contains(text, name) {
				say("a stream holds the name %s", name)
			}
		}
	}
	if !strings.HasPrefix(place, "dialogue.db") { // which shows them, without their authors
		for _, words := range sealedWords {
			if strings.Contains(text, words) {
				say("sealed words outside the dialogue: %s", words)
			}
		}
	}
	return found
}

// nothingLinks searches everything that the journey left behind.
func (j *journey) nothingLinks() {
	people := map[string]string{}
	for _, s := range j.staff {
		people[s.PersonID] = s.Name
	}
	require.Empty(j.t, leaks("log", j.log.String(), people))
	var files int
	require.NoError(j.t, filepath.WalkDir(j.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil // gone since the folder was read
		}
		files++
		place, err := filepath.Rel(j.dir, path)
		require.NoError(j.t, err)
		require.Empty(j.t, leaks(place, string(raw), people))
		return nil
	}))
	require.Greater(j.t, files, 10)
}

// A search that finds nothing has to be able to find something.
func TestPlantedLeaksAreFound(t *testing.T) {
	people := map[string]string{"p-1": "Maja Lindholm"}
	for place, text := range map[string]string{
		"log":                      `{"route":"/v1/tenants/x/rounds/y/tickets","subject":"p-1"}`,
		"ballotbox/rounds.db":      "...p-1...",
		"ballotbox/batches/1.json": `{"name":"Maja Lindholm"}`,
		"jetstream/msgs/1.blk":     "Maja Lindholm",
		"notification.db-wal":      "Vejledningen hjalp mig, nummer 2",
		"reporting.db":             "Jeg mangler tid til at øve mig, nummer 0",
	} {
		require.Len(t, leaks(place, text, people), 1, place)
	}
	require.Empty(t, leaks("log", `{"route":"/v1/tenants/x/rounds/y/tickets"}`, people))
	require.Empty(t, leaks("dialogue.db", "Vejledningen hjalp mig, nummer 2", people))
}
