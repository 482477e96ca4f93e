package intake

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/host/platform"
)

// TestMain lets the test binary be the process that a test kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv("INTAKE_TEST_PROCESS"); dir != "" {
		if err := process(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// process serves an intake from dir until somebody ends it, and says where.
func process(dir string) error {
	ctx := context.Background()
	broker, err := server.NewServer(&server.Options{DontListen: true, JetStream: true, StoreDir: filepath.Join(dir, "jetstream"), NoLog: true, NoSigs: true})
	if err != nil {
		return err
	}
	broker.Start()
	if !broker.ReadyForConnections(patience) {
		return fmt.Errorf("the broker is not ready")
	}
	addresses := map[string]platform.Address{}
	for _, name := range []string{"ballotbox", "reporting", "tenancy"} {
		addresses[name] = platform.Address{Base: os.Getenv("INTAKE_TEST_" + strings.ToUpper(name)), Client: http.DefaultClient}
	}
	at, err := time.Parse(time.RFC3339, os.Getenv("INTAKE_TEST_NOW"))
	if err != nil {
		return err
	}
	one, err := run(ctx, dir, broker, addresses, func() time.Time { return at }, os.Stderr)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + listener.Addr().String())
	return http.Serve(listener, one.Handler())
}

// dies runs intake in a process of its own, with everything else at rest, gives it a command, and returns when the
// process has died at the fail point.
func (w *world) dies(failpoint, roundID, verb string) {
	w.t.Helper()
	w.diesWith(failpoint, roundID, verb, "")
}

// diesWith is dies for a command with a content.
func (w *world) diesWith(failpoint, roundID, verb, content string) {
	w.t.Helper()
	method := http.MethodPost
	if verb == "contract" {
		method = http.MethodPut
	}
	var path, etag string
	if verb != "" {
		response, _ := w.call("leader", http.MethodGet, school("/rounds/"+roundID), nil)
		path, etag = school("/rounds/"+roundID+"/"+verb), response.Header.Get("ETag")
	}
	w.diesCalling(failpoint, "leader", method, path, etag, content)
}

// diesCalling is dies for a request of somebody, or for none if there is no path.
func (w *world) diesCalling(failpoint, who, method, path, etag, content string) {
	w.t.Helper()
	w.stop()
	w.broker.Shutdown()
	w.broker.WaitForShutdown()

	command := exec.CommandContext(w.t.Context(), os.Args[0])
	command.Env = append(os.Environ(), "INTAKE_TEST_PROCESS="+w.dir, "INTAKE_TEST_NOW="+w.clock.now().Format(time.RFC3339), "GULDKORN_FAILPOINT="+failpoint,
		"INTAKE_TEST_BALLOTBOX="+w.neighbour.ballotBox.URL, "INTAKE_TEST_REPORTING="+w.neighbour.reporting.URL, "INTAKE_TEST_TENANCY="+w.neighbour.tenancy.URL)
	command.Stderr = w.log
	out, err := command.StdoutPipe()
	require.NoError(w.t, err)
	require.NoError(w.t, command.Start())
	lines := bufio.NewScanner(out)
	if lines.Scan() && path != "" {
		request, err := http.NewRequestWithContext(w.t.Context(), method, lines.Text()+path, strings.NewReader(content))
		require.NoError(w.t, err)
		token, err := access.NewSigner(key("portal"), "portal", w.clock.now).Token("intake", person(who))
		require.NoError(w.t, err)
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("If-Match", etag)
		request.Header.Set("Content-Type", "application/json")
		if response, err := http.DefaultClient.Do(request); err == nil { // it may die before it has answered
			require.NoError(w.t, response.Body.Close())
		}
	}
	err = command.Wait()
	status, ok := command.ProcessState.Sys().(syscall.WaitStatus)
	require.True(w.t, ok && status.Signaled() && status.Signal() == syscall.SIGKILL, "%s: ended with %v\n%s", failpoint, err, w.log)

	w.connect()
	w.start()
}

// A process that is killed in the middle of a command loses nothing that was accepted and does nothing twice.
func TestKilledInTheMiddle(t *testing.T) {
	w := newWorld(t)
	round := w.draft(nil)
	settled := func(status Status) func() bool {
		return func() bool { now := w.round(round.RoundID); return now.Status == status && !now.Unfinished }
	}

	// The second event that goes out: the first tells of the decision, for the school's log.
	w.dies("after-commit-before-publish:2", round.RoundID, "announce")
	w.eventually(settled(Countersigning))
	w.has("intake.round-countersignature-asked.v1")
	w.countersign("tr", round.RoundID, nil)
	w.has("intake.round-announced.v1")

	w.dies("after-publish-before-ack:2", round.RoundID, "open")
	w.eventually(settled(Open))
	w.has("intake.round-opened.v1")

	w.dies("after-batch-before-record", round.RoundID, "close")
	w.eventually(settled(Closing))
	require.Equal(t, hexOf(round.RoundID+" batch"), w.round(round.RoundID).BatchHash)
	require.Equal(t, 2, w.neighbour.count("close"), "asked once more by the process that came after")
	w.has("intake.round-closed.v1")

	w.stop()
	w.publishRelease(round.RoundID)
	w.dies("after-write-before-ack", round.RoundID, "")
	w.eventually(settled(Released))
	w.has("intake.round-released.v1")
}

// An extension that was recorded reaches the ballot box, wherever the process ended, and is told once.
func TestKilledWhileExtending(t *testing.T) {
	for place, asked := range map[string]int{"after-extension-before-ballot-box": 1, "after-ballot-box-before-record": 2} {
		t.Run(place, func(t *testing.T) {
			w := newWorld(t)
			id := w.openRound()
			w.diesWith(place, id, "extension", `{"closes_on":"2026-12-09","reason":"Mange er på kursus"}`)
			w.eventually(func() bool { return !w.round(id).Unfinished })
			require.Equal(t, Open, w.round(id).Status)
			require.Equal(t, Date("2026-12-09"), w.round(id).ClosesOn)
			require.Equal(t, "2026-12-09", w.neighbour.day(id))
			require.Equal(t, asked, w.neighbour.count("closing-day"))
			w.has("intake.round-extended.v1")
		})
	}
}

// A contract that was tightened reaches the form, whoever tells the ballot box.
func TestKilledWhileTightening(t *testing.T) {
	w := newWorld(t)
	id := w.draft(nil).RoundID
	w.announce(id)
	w.diesWith("after-tightening-before-ballot-box", id, "contract", `{"thresholds":{"means":7,"distributions":15},"text_readers":[]}`)
	w.eventually(func() bool { return !w.round(id).Unfinished })
	require.Equal(t, w.round(id).Contract.Hash, w.neighbour.contract(id)["hash"])
	require.Equal(t, 7, w.round(id).Thresholds.Means)
	w.has("intake.round-tightened.v1")
}
