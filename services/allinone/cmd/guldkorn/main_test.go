package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/host"
)

// TestMain lets the test binary be the program itself, so that what is tested is a process with signals and exit codes.
func TestMain(m *testing.M) {
	if os.Getenv("GULDKORN_TEST_MAIN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	command := exec.Command(self, args...)
	command.Env = append(os.Environ(), "GULDKORN_TEST_MAIN=1")
	return command
}

// started runs the program until its line of JSON and returns its addresses.
func started(t *testing.T, dir string) (*exec.Cmd, map[string]string) {
	t.Helper()
	command := program(t, "run", "--json", "--data-dir", dir)
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	var log bytes.Buffer
	command.Stderr = &log
	require.NoError(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(t, err, "%s", log.String())
	var addresses map[string]string
	require.NoError(t, json.Unmarshal(line, &addresses))
	return command, addresses
}

func code(err error) int {
	if err == nil {
		return 0
	}
	return err.(*exec.ExitError).ExitCode()
}

func TestRunTellsWhereItIsAndDrainsOnSIGTERM(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	command, addresses := started(t, dir)
	for _, name := range []string{"portal", "ballotbox", "inbox", "metrics"} {
		require.True(t, strings.HasPrefix(addresses[name], "http://"), name)
	}
	response, err := http.Get(addresses["metrics"] + "/readyz")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)

	var out bytes.Buffer
	require.Equal(t, host.ExitOK, run(t.Context(), []string{"deadletter", "list", "--data-dir", dir}, &out, os.Stderr))
	require.Equal(t, 1, strings.Count(out.String(), "\n"), "no dead letters: %s", out.String())
	require.Equal(t, host.ExitFailure, run(t.Context(), []string{"deadletter", "replay", "none", "--data-dir", dir}, &out, os.Stderr))

	out.Reset()
	require.Equal(t, host.ExitOK, run(t.Context(), []string{"doctor", "--data-dir", dir}, &out, os.Stderr), out.String())
	require.Equal(t, 5, strings.Count(out.String(), "ok"))

	second := program(t, "run", "--data-dir", dir)
	said, err := second.CombinedOutput()
	require.Equal(t, host.ExitConfig, code(err))
	require.Contains(t, string(said), "in use by another Guldkorn")

	require.NoError(t, command.Process.Signal(syscall.SIGTERM))
	require.NoError(t, command.Wait(), "exit code 0 after the drain")

	again, later := started(t, dir)
	require.Equal(t, addresses["ballotbox"], later["ballotbox"], "a browser finds what it kept for the ballot box")
	require.NoError(t, again.Process.Signal(syscall.SIGTERM))
	require.NoError(t, again.Wait())
}

func TestAllMistakesAtOnce(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	command := program(t, "run", "--listen", taken.Addr().String(), "--data-dir", filepath.Join(file, "data"))
	command.Env = append(command.Env, "LOG_LEVEL=loud")
	said, err := command.CombinedOutput()
	require.Equal(t, host.ExitConfig, code(err))
	for _, part := range []string{"3 to correct", "LogLevel", "portal", "--data-dir"} {
		require.Contains(t, string(said), part)
	}
}

func TestTheDemoStaysOnThisMachine(t *testing.T) {
	said, err := program(t, "run", "--demo", "--listen", "0.0.0.0:0", "--data-dir", t.TempDir()).CombinedOutput()
	require.Equal(t, host.ExitConfig, code(err))
	require.Contains(t, string(said), "127.0.0.1")
}

func TestADemoIsWholeOrBegunAnew(t *testing.T) {
	real := filepath.Join(t.TempDir(), "real")
	command, _ := started(t, real)
	require.NoError(t, command.Process.Signal(syscall.SIGTERM))
	require.NoError(t, command.Wait())
	said, err := program(t, "run", "--demo", "--data-dir", real).CombinedOutput()
	require.Equal(t, host.ExitConfig, code(err))
	require.Contains(t, string(said), "not a demo's")
	require.Equal(t, host.ExitConfig, run(t.Context(), []string{"demo", "reset", "--data-dir", real}, io.Discard, io.Discard), "real data is not reset")

	// Killed while the demo is being made: the next start makes it from the beginning.
	dir := filepath.Join(t.TempDir(), "demo")
	first := program(t, "run", "--demo", "--json", "--data-dir", dir)
	require.NoError(t, first.Start())
	require.Eventually(t, func() bool { _, err := os.Stat(filepath.Join(dir, "tenancy.db")); return err == nil }, time.Minute, 10*time.Millisecond)
	require.NoError(t, first.Process.Kill())
	require.Error(t, first.Wait())
	second := program(t, "run", "--demo", "--json", "--data-dir", dir)
	out, err := second.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, second.Start())
	_, err = bufio.NewReader(out).ReadBytes('\n')
	require.NoError(t, err, "ready")
	require.NoError(t, second.Process.Signal(syscall.SIGTERM))
	require.NoError(t, second.Wait())
	require.Equal(t, host.ExitOK, run(t.Context(), []string{"demo", "reset", "--data-dir", dir}, io.Discard, io.Discard))
	require.NoDirExists(t, dir)
}

func TestDoctorNamesTheMend(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tenancy.db"), bytes.Repeat([]byte("not a database "), 300), 0o600))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var out bytes.Buffer
	require.Equal(t, host.ExitFailure, run(ctx, []string{"doctor", "--data-dir", dir, "--listen", taken.Addr().String()}, &out, os.Stderr))
	require.Equal(t, 3, strings.Count(out.String(), "WRONG"), out.String())
	require.Equal(t, 3, strings.Count(out.String(), "mend:"))
}

func TestWordsThatAreNone(t *testing.T) {
	for _, args := range [][]string{{"fly"}, {"run", "now"}, {"run", "--wings"}, {"deadletter", "replay"}} {
		var out bytes.Buffer
		require.Equal(t, host.ExitConfig, run(t.Context(), args, &out, &out), "%v", args)
	}
	var out bytes.Buffer
	require.Equal(t, host.ExitOK, run(t.Context(), []string{"version"}, &out, &out))
	require.True(t, strings.HasPrefix(out.String(), "guldkorn "))
}
