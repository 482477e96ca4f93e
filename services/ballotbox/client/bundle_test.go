package client_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/services/ballotbox/client"
)

// The committed files are what the committed sources make. That sources and results belong together is checked from
// the list of sums; where the libraries are installed, the results are made once more and compared as well.
func TestCommittedFilesAreMadeOfTheCommittedSources(t *testing.T) {
	sources, err := client.Sources(".")
	require.NoError(t, err)
	static := map[string][]byte{}
	entries, err := os.ReadDir("../static")
	require.NoError(t, err)
	for _, e := range entries {
		if e.Name() == client.Sums {
			continue
		}
		static["static/"+e.Name()], err = os.ReadFile(filepath.Join("../static", e.Name()))
		require.NoError(t, err)
	}
	committed, err := os.ReadFile(filepath.Join("../static", client.Sums))
	require.NoError(t, err)
	require.Equal(t, string(committed), string(client.Sum(sources, static)), "run npm ci and go run ./ballotbox/client/build")

	if _, err := os.Stat("node_modules"); os.IsNotExist(err) {
		t.Log("the libraries are not installed: checked by sums alone")
		return
	}
	built, err := client.Build(".")
	require.NoError(t, err)
	require.Len(t, static, len(built))
	for name, raw := range built {
		require.Equal(t, string(raw), string(static["static/"+name]), name)
	}
}

func TestTheBundleLoadsNothingFromElsewhere(t *testing.T) {
	bundle, err := os.ReadFile("../static/app.js")
	require.NoError(t, err)
	for _, forbidden := range []string{"eval(", "new Function", "innerHTML", "document.write", "XMLHttpRequest", "WebSocket", "sendBeacon", "localStorage", "document.cookie", "Date.now"} {
		require.NotContains(t, string(bundle), forbidden)
	}
	require.Equal(t, 1, strings.Count(string(bundle), "fetch("), "one place talks to the network")
	working, err := os.Getwd()
	require.NoError(t, err)
	require.NotContains(t, string(bundle), working)
}

// Where the sources lie, and what the directory is called, is not in the result: whoever builds it elsewhere gets the same
// bytes. The control is one more character in a source.
func TestTheBuildIsTheSameElsewhere(t *testing.T) {
	if _, err := os.Stat("node_modules"); os.IsNotExist(err) {
		t.Skip("the libraries are not installed: make test installs them and builds the page anew")
	}
	elsewhere := filepath.Join(t.TempDir(), "an auditor's directory")
	for _, part := range []string{"src", "page", "node_modules"} {
		require.NoError(t, os.CopyFS(filepath.Join(elsewhere, part), os.DirFS(part)))
	}
	built, err := client.Build(elsewhere)
	require.NoError(t, err)
	for name, raw := range built {
		committed, err := os.ReadFile(filepath.Join("../static", name))
		require.NoError(t, err)
		require.Equal(t, string(committed), string(raw), name)
	}
	source := filepath.Join(elsewhere, "src", "ballot.js")
	raw, err := os.ReadFile(source)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(source, []byte(strings.Replace(string(raw), "PLAINTEXT_SIZE = 4096", "PLAINTEXT_SIZE = 4097", 1)), 0o600))
	other, err := client.Build(elsewhere)
	require.NoError(t, err)
	require.NotEqual(t, string(built["app.js"]), string(other["app.js"]), "a change in a source shows")
}
