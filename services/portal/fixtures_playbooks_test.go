package portal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// shippedPlaybooks are the ones that the dialogue service ships, as it answers with them, so that pages are tried with
// the words that people will read.
func shippedPlaybooks(t *testing.T) []dialogueapi.Playbook {
	t.Helper()
	files, err := filepath.Glob("../dialogue/playbooks/*.yaml")
	require.NoError(t, err)
	newest := map[string]dialogueapi.Playbook{}
	var order []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		p, mistakes := playbook.Parse(raw)
		require.Empty(t, mistakes, file)
		asJSON, err := json.Marshal(p)
		require.NoError(t, err)
		var told dialogueapi.Playbook
		require.NoError(t, json.Unmarshal(asJSON, &told))
		if before, known := newest[told.Playbook]; !known {
			order = append(order, told.Playbook)
		} else if before.Version > told.Version {
			continue
		}
		newest[told.Playbook] = told
	}
	all := make([]dialogueapi.Playbook, len(order))
	for i, id := range order {
		all[i] = newest[id]
	}
	return all
}

// playbooks answers with the shipped playbooks.
func (s *stage) playbooks() {
	all := shippedPlaybooks(s.t)
	s.on("dialogue", "GET /v1/playbooks", dialogueapi.PlaybookList{Items: all})
	for _, p := range all {
		s.on("dialogue", "GET /v1/playbooks/"+p.Playbook+"/"+strconv.Itoa(p.Version), p)
	}
}
