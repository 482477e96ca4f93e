package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// logged makes a data directory with one tenant's log, and exports it.
func logged(t *testing.T) (dir, file string, head audit.Head) {
	t.Helper()
	dir = t.TempDir()
	backend, err := sqlite.Open(t.Context(), filepath.Join(dir, "tenancy.db"))
	require.NoError(t, err)
	log, err := audit.Open(t.Context(), document.NewStore(backend, "tenancy", time.Now), time.Now)
	require.NoError(t, err)
	owner := tenant.New()
	for i := range 5 {
		require.NoError(t, log.Record(t.Context(), access.Record{
			Tenant: owner, Subject: fmt.Sprint("p", i), Action: "role_assignment.create", ResourceType: "role_assignment", Allowed: true}))
	}
	ctx := tenant.With(t.Context(), owner)
	found, err := log.Verify(ctx)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, audit.WriteNDJSON(&out, log.Entries(ctx)))
	require.NoError(t, backend.Close())
	file = filepath.Join(dir, "log.ndjson")
	require.NoError(t, os.WriteFile(file, out.Bytes(), 0o600))
	return dir, file, found.Head
}

func TestAuditVerify(t *testing.T) {
	dir, file, head := logged(t)
	kept := fmt.Sprintf("%d:%s", head.Seq, head.Hash)
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := bytes.SplitAfter(whole, []byte("\n"))
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, text, 0o600))
		return path
	}
	changed := write("changed", bytes.Replace(whole, []byte("p2"), []byte("p9"), 1))
	short := write("short", bytes.Join(lines[:4], nil))
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"data directory", []string{"--data-dir", dir}, host.ExitOK, "intact"},
		{"file", []string{file}, host.ExitOK, kept},
		{"file and its head", []string{file, "--head", kept}, host.ExitOK, "intact"},
		{"changed entry", []string{changed}, host.ExitFailure, "BROKEN at entry 3"},
		{"end cut off, unknown", []string{short}, host.ExitOK, "intact"},
		{"end cut off, head kept", []string{short, "--head", kept}, host.ExitFailure, "BROKEN at entry 5"},
		{"empty file", []string{write("empty", nil)}, host.ExitFailure, ""},
		{"no log", []string{write("prose", []byte("hello"))}, host.ExitFailure, ""},
		{"no such file", []string{filepath.Join(dir, "none")}, host.ExitFailure, ""},
		{"no such directory", []string{"--data-dir", filepath.Join(dir, "none")}, host.ExitFailure, ""},
		{"malformed head", []string{file, "--head", "5"}, host.ExitConfig, ""},
		{"head without a file", []string{"--data-dir", dir, "--head", kept}, host.ExitConfig, ""},
	} {
		var out bytes.Buffer
		require.Equal(t, c.code, run(t.Context(), append([]string{"audit", "verify"}, c.args...), &out, io.Discard), "%s: %s", c.name, out.String())
		require.True(t, strings.Contains(out.String(), c.says), "%s: %s", c.name, out.String())
	}
}
