package dialogue

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	killSchool  tenant.ID = "schoolaaaaaa"
	killMeeting string    = "meeting"
	killEnv     string    = "DIALOGUE_KILL_TEST_DIRECTORY"
)

// files is the store of the service without the service, in a directory that outlives a killed process.
type files struct {
	backend *sqlite.Backend
	raw     *document.Store
	*store
}

func openFiles(dir string) (*files, error) {
	ctx := context.Background()
	backend, err := sqlite.Open(ctx, filepath.Join(dir, "dialogue.db"))
	if err != nil {
		return nil, err
	}
	keys, err := keyring.Open(filepath.Join(dir, "keys"))
	if err != nil {
		return nil, err
	}
	raw := document.NewStore(backend, Name, time.Now)
	st, err := openStore(ctx, raw, keys)
	return &files{backend, raw, st}, err
}

// childOfKillTest is the process that is killed: it settles the meeting in the directory that it is given.
func childOfKillTest() {
	dir := os.Getenv(killEnv)
	if dir == "" {
		return
	}
	f, err := openFiles(dir)
	if err == nil {
		_, err = (&settler{store: f.store}).settle(tenant.With(context.Background(), killSchool), killMeeting)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// lockedMeeting makes a meeting whose reflection and vote are locked and not settled.
func lockedMeeting(t *testing.T, dir string) (texts []string) {
	f, err := openFiles(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.backend.Close()) }()
	ctx := tenant.With(t.Context(), killSchool)
	m := testMeeting(t, 30)
	require.NoError(t, m.Open(start))
	for _, step := range []int{1, 3} {
		id := m.Phases[step].ID
		require.NoError(t, f.urn.Prepare(ctx, id))
		seal, err := f.urn.Seal(ctx, id)
		require.NoError(t, err)
		for i, person := range m.Participants {
			if step == 3 {
				require.NoError(t, seal.cast(ctx, person, "request", []Choice{{"choice-" + strconv.Itoa(i%2), 1}}))
				continue
			}
			text := "Fra " + person
			texts = append(texts, text)
			_, err := seal.add(ctx, person, document.Creation{ID: "request", Request: "r"}, said{text, i == 0})
			require.NoError(t, err)
		}
		m.Phases[step].State, m.Phases[step].Settlement = Locked, Locking
	}
	m.settle()
	_, err = f.meetings.Insert(ctx, killMeeting, m)
	require.NoError(t, err)
	slices.Sort(texts)
	return texts
}

// A process that is killed anywhere between the lock and the destruction of the key: the next one finishes, nothing is
// lost, nothing is there twice, and everything is told once.
func TestKilledWhileSettling(t *testing.T) {
	for _, place := range []string{
		"after-close-before-batch", "within-batch", "within-batch:7", "within-batch:30", "after-batch-before-record",
		"after-reveal-before-destroy", "after-destroy-before-record", "after-reveal-before-destroy:2", "after-destroy-before-record:2",
	} {
		t.Run(place, func(t *testing.T) {
			dir := t.TempDir()
			texts := lockedMeeting(t, dir)
			child := exec.CommandContext(t.Context(), os.Args[0])
			child.Env = append(os.Environ(), killEnv+"="+dir, "GULDKORN_FAILPOINT="+place)
			out, err := child.CombinedOutput()
			require.Error(t, err, "the child was not killed: %s", out)
			require.Equal(t, syscall.SIGKILL, child.ProcessState.Sys().(syscall.WaitStatus).Signal(), "%s", out)

			f, err := openFiles(dir)
			require.NoError(t, err)
			defer func() { require.NoError(t, f.backend.Close()) }()
			ctx := tenant.With(t.Context(), killSchool)
			m, err := (&settler{store: f.store}).settle(ctx, killMeeting)
			require.NoError(t, err)
			require.False(t, m.Body.Settling)

			found, err := collect(ctx, f.contributions, document.Query{Index: byPhase, Equal: []any{m.Body.Phases[1].ID}})
			require.NoError(t, err)
			var got []string
			for _, c := range found {
				got = append(got, c.Body.Text)
			}
			slices.Sort(got)
			require.Equal(t, texts, got)
			held := func(c document.Document[Contribution]) bool { return c.Body.Held }
			require.Equal(t, "Fra "+m.Body.Participants[0], found[slices.IndexFunc(found, held)].Body.Text)
			require.Len(t, slices.DeleteFunc(found, held), len(texts)-1)
			require.Equal(t, &Result{State: Shown, Ballots: 30, Choices: []Choice{{"choice-0", 15}, {"choice-1", 15}}}, m.Body.Phases[3].Result)
			for _, step := range []int{1, 3} {
				_, err = f.urn.Seal(ctx, m.Body.Phases[step].ID)
				require.ErrorIs(t, err, keyring.ErrGone)
			}
			told := published(t, f, 4)
			require.Equal(t, 1, count(told, events.ContributionsRevealed{}.Type()))
			require.Equal(t, 1, count(told, events.VoteClosed{}.Type()))
			require.Equal(t, 2, count(told, events.AuthorshipDestroyed{}.Type()))
		})
	}
}

// published runs the relay until it has told this many events, and returns their types.
func published(t *testing.T, f *files, want int) []string {
	t.Helper()
	var mu sync.Mutex
	var all []events.Envelope
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	relay := f.raw.Relay(func(_ context.Context, told ...events.Envelope) error {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, told...)
		if len(all) >= want {
			cancel()
		}
		return nil
	}, slog.New(slog.DiscardHandler))
	_ = relay.Run(ctx) // ends with ctx
	mu.Lock()
	defer mu.Unlock()
	return types(all)
}
