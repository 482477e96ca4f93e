package ballotbox_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// childVariable makes the test binary run a ballot box as a process of its own instead of tests.
const childVariable = "BALLOTBOX_CHILD"

// childOrigin is the address under which voters know the box, on whatever port it listens.
const childOrigin = "http://stemmeboks.test"

// child is what the process is told.
type child struct {
	Dir       string
	TicketKey ed25519.PublicKey
	Trusted   map[string]ed25519.PublicKey
	Hasty     bool          // acknowledges answers before they are written; see hasty_test.go
	Ahead     time.Duration // how far its clock is ahead
}

func TestMain(m *testing.M) {
	if setting := os.Getenv(childVariable); setting != "" {
		os.Exit(host.ExitCode(runChild(setting)))
	}
	os.Exit(m.Run())
}

func runChild(setting string) error {
	var c child
	if err := json.Unmarshal([]byte(setting), &c); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, cancel := host.SignalContext()
	defer cancel()
	box, err := ballotbox.New(ctx, ballotbox.Options{
		DataDir: c.Dir, Logger: quietLogger(), Now: func() time.Time { return time.Now().Add(c.Ahead) }, PoolSize: 1, Origin: childOrigin,
		Verify: access.NewVerifier(c.Trusted, ballotbox.Service, time.Now).Verify, TicketKey: c.TicketKey,
	})
	if err != nil {
		return err
	}
	var component host.Component = box
	if c.Hasty {
		component = &hasty{Box: box}
	}
	group := &host.Group{Logger: quietLogger(), Ready: func() { fmt.Println(listener.Addr()) }}
	return group.Run(ctx, host.Server{Component: component, Listener: listener})
}

// newCrashWorld is a world whose box is a process of its own, which spawn starts.
func newCrashWorld(t *testing.T) *world {
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "box"), now: time.Now(), log: &lockedBuffer{}, base: childOrigin}
	w.makeKeys()
	return w
}

// spawn starts a process that kills itself at a fail point, or none, and returns what waits for its end.
func (w *world) spawn(failpoint string) (process *exec.Cmd, ended <-chan error) {
	w.t.Helper()
	process, ended, address := w.launch(failpoint, 0)
	require.NotEmpty(w.t, address)
	w.client = &http.Client{Transport: childTransport(address)}
	return process, ended
}

// childTransport reaches a process under the name that voters know.
func childTransport(address string) *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}}
}

// launch starts a process. It has no address if it ended before it took requests.
func (w *world) launch(failpoint string, ahead time.Duration) (process *exec.Cmd, ended <-chan error, address string) {
	w.t.Helper()
	setting, err := json.Marshal(child{
		Dir: w.dir, TicketKey: w.ticketKey.Public().(ed25519.PublicKey), Trusted: w.trusted(), Hasty: w.hasty, Ahead: ahead})
	require.NoError(w.t, err)
	process = exec.Command(os.Args[0])
	process.Env = append(os.Environ(), childVariable+"="+string(setting), "GULDKORN_FAILPOINT="+failpoint)
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	require.NoError(w.t, err)
	require.NoError(w.t, process.Start())
	address, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		require.ErrorIs(w.t, err, io.EOF)
	}
	done := make(chan error, 1)
	go func() { done <- process.Wait() }()
	w.t.Cleanup(func() { _ = process.Process.Kill() })
	return process, done, strings.TrimSpace(address)
}

// killed checks that a process ended by SIGKILL and by nothing else.
func killed(t *testing.T, ended <-chan error) {
	t.Helper()
	var exit *exec.ExitError
	require.ErrorAs(t, <-ended, &exit)
	require.Equal(t, syscall.SIGKILL, exit.Sys().(syscall.WaitStatus).Signal())
}

func (w *world) stopChild(process *exec.Cmd, ended <-chan error) {
	w.t.Helper()
	require.NoError(w.t, process.Process.Signal(syscall.SIGTERM))
	require.NoError(w.t, <-ended)
}

func TestKilledAfterSigningBeforeTheReply(t *testing.T) {
	w := newCrashWorld(t)
	_, ended := w.spawn("after-signing-before-reply")
	r := w.announce(map[string]int{"unit-a": 2})
	anna := voter.New(w.base, w.client)
	require.Error(t, anna.Fetch(t.Context(), w.ticket(r, "unit-a", "anna")))
	killed(t, ended)

	process, ended := w.spawn("")
	anna.Through(w.client)
	require.NoError(t, anna.Fetch(t.Context(), w.ticket(r, "unit-a", "anna")), "the same request gets its signature")
	twice := voter.New(w.base, w.client)
	require.Equal(t, failure.BallotTokenIssued, failure.CodeOf(twice.Fetch(t.Context(), w.ticket(r, "unit-a", "anna"))))
	w.command(r, "open")
	require.NoError(t, anna.Answer(t.Context(), map[string]string{"a": "b"}))
	require.Equal(t, 1, w.command(r, "close").Units[0].Answers)
	w.stopChild(process, ended)
}

func TestKilledAfterTheWriteBeforeTheReply(t *testing.T) {
	w := newCrashWorld(t)
	_, ended := w.spawn("after-write-before-ack:2")
	r := w.opened(map[string]int{"unit-a": 2})
	anna, bo := w.voter(r, "unit-a", "anna"), w.voter(r, "unit-a", "bo")
	require.NoError(t, anna.Answer(t.Context(), map[string]string{"a": "1"}))
	sealed, err := ballot.Seal(w.release.PublicKey().Bytes(), ballot.Content{RoundID: r.id, Answers: map[string]string{"a": "2"}})
	require.NoError(t, err)
	signed, err := bo.Sign(1, ballot.Encode64(sealed))
	require.NoError(t, err)
	request, err := http.NewRequest(http.MethodPut, w.base+bo.Path(), bytes.NewReader(w.sealed(bo.Path(), encode(t, signed))))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/octet-stream")
	_, err = w.client.Do(request)
	require.Error(t, err)
	killed(t, ended)

	process, ended := w.spawn("")
	require.Empty(t, w.put(bo.Path(), encode(t, signed)), "a repeat of what was stored is taken")
	require.Equal(t, 2, w.command(r, "close").Units[0].Answers)
	w.stopChild(process, ended)
}

func TestKilledAfterTheBatchBeforeTheRecord(t *testing.T) {
	w := newCrashWorld(t)
	_, ended := w.spawn("after-batch-before-record")
	r := w.opened(map[string]int{"unit-a": 5})
	var voters []*voter.Voter
	for i := range 5 {
		voters = append(voters, w.voter(r, "unit-a", pseudonym(i)))
		require.NoError(t, voters[i].Answer(t.Context(), map[string]string{"a": fmt.Sprint(i)}))
	}
	require.Error(t, w.peer("intake").Call(t.Context(), http.MethodPost, "/v1/rounds/"+r.id+"/close", nil, nil))
	killed(t, ended)

	process, ended := w.spawn("") // takes up by itself what the other was interrupted in
	left, err := filepath.Glob(filepath.Join(w.dir, "rounds", "*"))
	require.NoError(t, err)
	require.Empty(t, left)
	secrets, err := filepath.Glob(filepath.Join(w.dir, "keys", "unit-*"))
	require.NoError(t, err)
	require.LessOrEqual(t, len(secrets), 1, "the round's key is destroyed, the pool's is not")
	voters[0].Through(w.client)
	require.Equal(t, failure.BallotRoundClosed, failure.CodeOf(voters[0].Answer(t.Context(), nil)))
	result := w.command(r, "close")
	require.Equal(t, 5, result.Units[0].Answers)
	_, answers := w.batch(r)
	given := map[string]bool{}
	for _, content := range answers["unit-a"] {
		given[content.Answers["a"]] = true
	}
	require.Len(t, given, 5)
	published, _ := w.bulletin(r)
	require.Equal(t, result.BatchHash, published.BatchHash, "the bulletin is that of the batch that counts, and not of the first")
	require.Len(t, published.Hashes, 5)
	w.stopChild(process, ended)
}

// Whatever was acknowledged before a kill in the middle of everything is in the batch, and nothing that was not sent.
func TestKilledUnderLoad(t *testing.T) {
	acknowledged, kept := killedUnderLoad(t, newCrashWorld(t))
	for i := range acknowledged {
		require.GreaterOrEqual(t, kept[i], acknowledged[i], "an acknowledged answer was lost")
		require.LessOrEqual(t, kept[i], acknowledged[i]+1)
	}
}

// killedUnderLoad kills a box in the middle of everything. It returns the highest change of each person that was
// acknowledged before, and the one that is in the batch after.
func killedUnderLoad(t *testing.T, w *world) (acknowledged, kept []int) {
	const people = 40
	process, ended := w.spawn("")
	r := w.opened(map[string]int{"unit-a": people})
	voters := make([]*voter.Voter, people)
	for i := range people {
		voters[i] = w.voter(r, "unit-a", pseudonym(i))
	}
	var mu sync.Mutex
	acknowledged = make([]int, people)
	var total atomic.Int64
	var working sync.WaitGroup
	for i := range people {
		working.Go(func() {
			for change := 1; ; change++ {
				if err := voters[i].Answer(t.Context(), map[string]string{"who": fmt.Sprint(i), "change": fmt.Sprint(change)}); err != nil {
					return
				}
				mu.Lock()
				acknowledged[i] = change
				mu.Unlock()
				if total.Add(1) == 5*people {
					_ = process.Process.Kill()
				}
			}
		})
	}
	working.Wait()
	killed(t, ended)

	process, ended = w.spawn("")
	w.command(r, "close")
	_, answers := w.batch(r)
	kept = make([]int, people)
	for _, content := range answers["unit-a"] {
		var who, change int
		_, err := fmt.Sscan(content.Answers["who"]+" "+content.Answers["change"], &who, &change)
		require.NoError(t, err)
		kept[who] = change
	}
	w.stopChild(process, ended)
	return acknowledged, kept
}
