package mongo_test

import (
	"bufio"
	"fmt"
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
	state   string
	uri     string
	process *exec.Cmd
}

// ferretdb is the file of the tool that the tests run.
var ferretdb string

func TestMain(m *testing.M) {
	code, err := built(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// built builds the tool, from its own module, for the time of the tests.
func built(tests func() int) (int, error) {
	dir, err := os.MkdirTemp("", "ferretdb")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a file left behind in the temporary directory harms nothing
	ferretdb = filepath.Join(dir, "ferretdb")
	build := exec.Command("go", "build", "-tags", "ferretdb_no_postgresql", "-ldflags", "-s -w", "-o", ferretdb, ".")
	build.Dir = filepath.Join("..", "..", "..", "tools", "ferretdb")
	build.Env = append(os.Environ(), "GOWORK=off")
	if output, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build tools/ferretdb: %w\n%s", err, output)
	}
	return tests(), nil
}

// startServer runs a server with a state of its own until the test ends.
func startServer(t testing.TB) *server {
	t.Helper()
	s := &server{state: t.TempDir()}
	s.start(t)
	t.Cleanup(func() { s.kill(t) })
	return s
}

// start runs the process and waits until it listens.
func (s *server) start(t testing.TB) {
	t.Helper()
	s.process = exec.Command(ferretdb, "-listen", "127.0.0.1:0", "-state", s.state)
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
