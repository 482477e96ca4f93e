package mongo_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// server is a FerretDB process.
type server struct {
	binary string
	state  string
	uri    string

	process *exec.Cmd
}

// startServer builds the tool and runs it until the test ends.
func startServer(t testing.TB) *server {
	t.Helper()
	s := &server{binary: filepath.Join(t.TempDir(), "ferretdb"), state: t.TempDir()}
	build := exec.Command("go", "build", "-tags", "ferretdb_no_postgresql", "-o", s.binary, ".")
	build.Dir = filepath.Join("..", "..", "..", "tools", "ferretdb")
	build.Env = append(os.Environ(), "GOWORK=off")
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	s.start(t)
	t.Cleanup(func() { s.kill(t) })
	return s
}

// start runs the process and waits until it listens.
func (s *server) start(t testing.TB) {
	t.Helper()
	s.process = exec.Command(s.binary, "-listen", "127.0.0.1:0", "-state", s.state)
	s.process.Stderr = os.Stderr
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	output, err := s.process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.process.Start())
	line, err := bufio.NewReader(output).ReadString('\n')
	require.NoError(t, err)
	// Over one connection the server works on one operation at a time; on several it loses updates.
	s.uri = strings.TrimSpace(line) + "?maxPoolSize=1"
}

// kill ends the process as hard as a power cut does.
func (s *server) kill(t testing.TB) {
	t.Helper()
	require.NoError(t, s.process.Process.Kill())
	_ = s.process.Wait() // tells that it was killed
}
