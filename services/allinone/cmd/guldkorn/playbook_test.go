package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/host"
)

// shippedPlaybook is one that has all three lengths.
const shippedPlaybook = "../../../dialogue/playbooks/ground-rules.v1.yaml"

func TestPlaybookCheckShowsWhatEachLengthLooksLike(t *testing.T) {
	out, err := program(t, "playbook", "check", shippedPlaybook).Output()
	require.Equal(t, host.ExitOK, code(err))
	for _, want := range []string{
		"Spilleregler for digital kommunikation, 20 min\n", "\nSpilleregler for digital kommunikation, 90 min\n",
		"\n  00-02  checkin (checkin, pairs, phones down)\n         > Hvornår blev du sidst lettet",
	} {
		require.Contains(t, string(out), want)
	}
	out, err = program(t, "playbook", "check", shippedPlaybook, "--language", "en").Output()
	require.Equal(t, host.ExitOK, code(err))
	require.Contains(t, string(out), "Ground rules for digital communication, 45 min\n")
}

func TestPlaybookCheckNamesEveryMistake(t *testing.T) {
	raw, err := os.ReadFile(shippedPlaybook)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "mine.yaml")
	spoilt := strings.NewReplacer("kind: checkin", "kind: karaoke", "checkin: 2, reflect: 3", "checkin: 1, reflect: 3").Replace(string(raw))
	require.NoError(t, os.WriteFile(file, []byte(spoilt), 0o600))
	out, err := program(t, "playbook", "check", file, "--language", "en").Output()
	require.Equal(t, host.ExitFailure, code(err))
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, lines, 2, "%s", out)
	require.Equal(t, file+":37: variants.0.timeboxes: want 20 minutes in all; the steps have 19", lines[0])
	require.Contains(t, lines[1], file+":44: steps.0.kind: want one of: checkin, review_actions, ")
}

func TestPlaybookCheckSaysWhatItNeeds(t *testing.T) {
	for _, args := range [][]string{
		{"playbook", "check"}, {"playbook", "check", "there-is-none.yaml"}, {"playbook", "check", shippedPlaybook, "--language", "no"},
		{"playbook"}, {"playbook", "burn"},
	} {
		out, err := program(t, args...).CombinedOutput()
		require.Equal(t, host.ExitConfig, code(err), "%v: %s", args, out)
	}
}
