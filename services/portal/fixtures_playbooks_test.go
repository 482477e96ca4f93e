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
		asJSON, err := json.Marshal(p.For("elever"))
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
	for _, place := range []string{schoolID, operatorID} {
		s.playbooksOf(place)
	}
}

func (s *stage) playbooksOf(place string) {
	all := shippedPlaybooks(s.t)
	at := func(parts ...string) string { return under(place, parts...) }
	s.on("dialogue", "GET "+at("playbooks"), dialogueapi.PlaybookList{Items: all})
	for _, p := range all {
		s.on("dialogue", "GET "+at("playbooks", p.Playbook, strconv.Itoa(p.Version)), p)
	}
	good := dialogueapi.Adaptation{
		AdaptationID: "good", Revision: 3, CopiedFrom: all[0].Playbook + "@1", Content: all[0], Mistakes: []dialogueapi.PlaybookMistake{},
		Editions: []dialogueapi.Edition{{Version: 1, PublishedAt: s.now()}},
	}
	wrong := good
	wrong.AdaptationID, wrong.Editions = "wrong", []dialogueapi.Edition{}
	wrong.Mistakes = []dialogueapi.PlaybookMistake{
		{Path: "variants.0.timeboxes", Want: inBoth("20 minutter i alt; trinnene har 19", "20 minutes in all; the steps have 19")},
		{Path: "steps.1.prompt.da", Want: inBoth("skriv noget her", "write something here")},
	}
	s.on("dialogue", "GET "+at("adaptations"), dialogueapi.AdaptationList{Items: []dialogueapi.Adaptation{good, wrong}})
	for _, a := range []dialogueapi.Adaptation{good, wrong} {
		s.on("dialogue", "GET "+at("adaptations", a.AdaptationID), a)
		s.on("dialogue", "POST "+at("adaptations", a.AdaptationID, "check"), a)
	}
}
