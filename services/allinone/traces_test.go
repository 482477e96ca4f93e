package allinone

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"
)

// nothingLinks searches everything that the journey left behind (logs, streams, databases, the ballot box's store) for
// something that ties a person to an answer or a sealed contribution.
func (j *journey) nothingLinks() {
	people := map[string]string{}
	for _, s := range j.staff {
		people[s.PersonID] = s.Name
	}
	log := j.log.String()
	for _, line := range strings.Split(log, "\n") {
		onPath := strings.Contains(line, "ticket") || strings.Contains(line, "blind") || strings.Contains(line, "nullifier")
		for id := range people {
			require.False(j.t, onPath && strings.Contains(line, id), "the log ties a person to the anonymous path: %s", line)
		}
	}
	var files int
	require.NoError(j.t, filepath.WalkDir(j.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil // gone meanwhile
		}
		files++
		relative, _ := filepath.Rel(j.dir, path)
		text := string(raw)
		if strings.HasPrefix(relative, "ballotbox") {
			for id, name := range people {
				require.NotContains(j.t, text, id, "the ballot box knows a person in %s", relative)
				require.NotContains(j.t, text, name, "the ballot box knows a name in %s", relative)
			}
		}
		if strings.HasPrefix(relative, "jetstream") {
			require.NotContains(j.t, text, "Vejledningen hjalp mig", "prose in a stream: %s", relative)
			for _, name := range people {
				require.NotContains(j.t, text, name, "a name in a stream: %s", relative)
			}
		}
		return nil
	}))
	require.Greater(j.t, files, 10)
}
