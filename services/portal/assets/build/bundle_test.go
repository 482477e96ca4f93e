package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const sources, committed = "..", "../../static"

func TestTheCommittedAssetsBelongToTheSources(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(committed, ManifestName))
	require.NoError(t, err)
	var manifest Manifest
	require.NoError(t, json.Unmarshal(raw, &manifest))
	sum, err := SourceHash(sources)
	require.NoError(t, err)
	require.Equal(t, sum, manifest.Sources, "sources changed: run `go run ./portal/assets/build` in services and commit portal/static")
	for _, name := range manifest.Assets {
		require.FileExists(t, filepath.Join(committed, name))
	}
}

// Where the node modules are installed the bundles are made anew and compared byte for byte.
func TestTheCommittedAssetsAreWhatTheSourcesMake(t *testing.T) {
	if _, err := os.Stat(filepath.Join(sources, "node_modules", "dkfds")); err != nil {
		t.Log("the node modules are not installed: the source hash alone was compared")
		return
	}
	made := t.TempDir()
	require.NoError(t, Bundle(sources, made))
	entries, err := os.ReadDir(made)
	require.NoError(t, err)
	for _, entry := range entries {
		want, err := os.ReadFile(filepath.Join(made, entry.Name()))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(committed, entry.Name()))
		require.NoError(t, err, "run `go run ./portal/assets/build` in services")
		require.Equal(t, string(want), string(got), entry.Name())
	}
}

func TestCommittedAssetsStaySmall(t *testing.T) {
	var total int64
	require.NoError(t, filepath.WalkDir(committed, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	}))
	require.Less(t, total, int64(1_500_000))
}

func TestColoursBecomeNames(t *testing.T) {
	css, err := patch(".a{\n  color:#FFF;\n  background-color:#454545;\n  border:1px solid #bfbfbf;\n}\n.icon-home:not(a){\n  x:url(../img/a.svg);\n}")
	require.NoError(t, err)
	require.Equal(t, ".a{\n  color:var(--ink-inverse);\n  background-color:var(--solid);\n  border:1px solid var(--line);\n}\n", css)
	_, err = patch(".a{\n  color:#123456;\n}")
	require.ErrorContains(t, err, "#123456")
}
