package dialogue

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
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

	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
)

// What the process that is to be killed is told.
const (
	killWorldEnv = "DIALOGUE_KILL_TEST_WORLD" // the directory of its files and its broker
	killTimeEnv  = "DIALOGUE_KILL_TEST_TIME"
	killTornEnv  = "DIALOGUE_KILL_TEST_TORN"
)

// between is the place that there is in a torn build only.
const between = "between-write-and-outbox"

// killKey is the key of all processes of a kill test.
var killKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// stopped is a world at rest: its files can be copied, and a process can be killed on each copy.
type stopped struct {
	*world
	at time.Time // where its clock stands
}

// rest ends the service and its broker.
func (w *world) rest() stopped {
	w.stop()
	w.tenancy.Close()
	w.reporting.Close()
	w.shutBroker()
	return stopped{w, w.clock.read()}
}

func (w *world) shutBroker() {
	broker := w.broker.(*server.Server)
	broker.Shutdown()
	broker.WaitForShutdown()
}

// copied copies the files into a directory of the test.
func (s stopped) copied(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "world")
	out, err := exec.CommandContext(t.Context(), "cp", "-a", s.dir, dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return dir
}

// on goes on with what is in a directory.
func (s stopped) on(t *testing.T, dir string, at time.Time) *world {
	t.Helper()
	w := &world{
		t: t, dir: dir, clock: &clock{}, names: &names{all: []string{}}, key: killKey, log: &bytes.Buffer{},
		platform: s.platform, operator: s.operator, union: s.union, school: s.school, other: s.other,
	}
	w.clock.stand(at)
	w.broker = bustest.StartAt(t, filepath.Join(dir, "streams"))
	w.start()
	return w
}

// serveUntilKilled is the process that is killed: it serves what is in the directory that it is given, as long as somebody
// holds its input open.
func serveUntilKilled(t *testing.T) {
	at, err := time.Parse(time.RFC3339Nano, os.Getenv(killTimeEnv))
	require.NoError(t, err)
	dir := os.Getenv(killWorldEnv)
	w := &world{t: t, dir: dir, clock: &clock{}, names: &names{all: []string{}}, key: killKey, log: &bytes.Buffer{}, tcp: true, torn: os.Getenv(killTornEnv) != ""}
	w.clock.stand(at)
	w.broker = bustest.StartAt(t, filepath.Join(dir, "streams"))
	w.start()
	fmt.Println("serves", w.base)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// request is what somebody asks, once and again after a crash.
type request struct {
	person, method, path string
	body                 any
	header               option
}

func (q request) of(w *world) answer {
	w.t.Helper()
	return w.do(q.person, q.method, q.path, q.body, q.header)
}

// killed serves a directory in another process, asks it something if there is something to ask, and returns once the
// process was killed at the place.
func (s stopped) killed(t *testing.T, dir, place string, at time.Time, torn bool, ask *request) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestKilledInTheMiddle$")
	child.Env = append(os.Environ(), killWorldEnv+"="+dir, killTimeEnv+"="+at.Format(time.RFC3339Nano), "GULDKORN_FAILPOINT="+place)
	if torn {
		child.Env = append(child.Env, killTornEnv+"=yes")
	}
	var said bytes.Buffer
	child.Stderr = &said
	_, err := child.StdinPipe()
	require.NoError(t, err)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		base, serves := strings.CutPrefix(lines.Text(), "serves ")
		if !serves {
			fmt.Fprintln(&said, lines.Text())
			continue
		}
		if ask != nil {
			caller := &world{t: t, clock: &clock{}, names: &names{all: []string{}}, key: killKey, base: base, operator: s.operator}
			caller.clock.stand(at)
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			response, err := client.Do(caller.request(ctx, ask.person, ask.method, ask.path, ask.body, ask.header))
			if err == nil { // the answer was quicker than the end
				_ = response.Body.Close()
			}
		}
	}
	_ = child.Wait()
	require.NoError(t, ctx.Err(), "nothing came to %s", place)
	require.Equal(t, syscall.SIGKILL, child.ProcessState.Sys().(syscall.WaitStatus).Signal(), "%s: %s", place, said.String())
}

// tornBackend writes a document first and what it has to tell after it. Nothing may: the tests of what a kill leaves have to
// find it.
type tornBackend struct{ document.Backend }

func (b tornBackend) Open(ctx context.Context, schema document.Schema) (document.Records, error) {
	records, err := b.Backend.Open(ctx, schema)
	return tornRecords{records}, err
}

type tornRecords struct{ document.Records }

func (r tornRecords) Insert(ctx context.Context, record document.Record) error {
	outbox := record.Outbox
	record.Outbox = nil
	err := r.Records.Insert(ctx, record)
	if err != nil || outbox == nil {
		return err
	}
	failpoint.Hit(between)
	return r.Records.Replace(ctx, record.Key, record.Revision, document.Change{
		CreatedAt: record.CreatedAt, UpdatedAt: record.UpdatedAt, State: record.State, Body: record.Body, Outgoing: &outbox[0],
	})
}

// toldOnce is how many events of each type the service has told, each counted once by its id, as a consumer does: at least so
// many as wanted. The events of two documents may overtake each other, so where nothing is wanted a dialogue is made and heard
// of before the one that ends the count. Neither counts.
func (w *world) toldOnce(want map[string]int) (counts map[string]int) {
	w.t.Helper()
	ends := map[string]bool{}
	for len(ends) == 0 || want == nil && len(ends) == 1 {
		last := w.prepare(six(), nil)
		ends[last.id] = true
		heard, seen := false, map[string]bool{}
		counts = map[string]int{}
		w.events(func(e events.Envelope) bool {
			if !seen[e.ID] && !ends[e.Subject] && e.Type != (events.DialogueAccessRecorded{}).Type() { // every request is recorded, the second one too
				seen[e.ID] = true
				counts[e.Type]++
			}
			heard = heard || e.Type == events.DialogueCreated{}.Type() && e.Subject == last.id
			return heard && covers(counts, want)
		})
	}
	return counts
}

func covers(counts, want map[string]int) bool {
	for kind, n := range want {
		if counts[kind] < n {
			return false
		}
	}
	return true
}
