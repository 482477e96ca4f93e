package ballotbox_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// later are further times at which a process passes a place: where the first is about tokens, those are about an answer, a
// withdrawal and papers, or about opening and closing.
var later = map[string][]int{
	"before-commit": {10, 15, 17}, "after-commit-before-ack": {10, 15, 17}, "after-write-before-ack": {4, 10, 12},
	"before round state": {3, 4, 5}, "after round state": {3, 4, 5}, "before-signing": {3}, "after-signing-before-reply": {3},
}

// before are places that only a process passes whose predecessor died elsewhere.
var before = map[string]string{"before remove key": "before ready key", "after remove key": "before ready key"}

// A box is killed at every place that its source names, one after the other, in the middle of a round's whole life, and
// started again. Whatever was accepted is in the batch, whatever is in the batch was sent, and nobody is in it twice.
func TestKilledAtEachPlace(t *testing.T) {
	places := placesInSource(t)
	for place := range later {
		require.Contains(t, places, place)
	}
	for place := range before {
		require.Contains(t, places, place)
	}
	keys := keysAhead(t)
	for _, place := range places {
		for _, turn := range append([]int{1}, later[place]...) {
			t.Run(fmt.Sprint(place, ":", turn), func(t *testing.T) {
				l := newLife(t, fmt.Sprint(place, ":", turn))
				if first := before[place]; first != "" {
					_, ended, _ := l.w.launch(first, 0)
					killed(t, ended)
				} else if !strings.HasSuffix(place, " key") {
					require.NoError(t, os.CopyFS(l.w.dir, os.DirFS(keys)))
					require.NoError(t, os.Chmod(filepath.Join(l.w.dir, "keys"), 0o700))
				}
				l.live()
			})
		}
	}
}

// placesInSource are all fail points: those with a name of their own, and one before and one after each write of the
// registry.
func placesInSource(t *testing.T) (places []string) {
	named, write, any := regexp.MustCompile(`failpoint\.Hit\("([a-z-]+)"\)`), regexp.MustCompile(`r\.(?:write|exec)\(ctx, "([a-z ]+)"`), regexp.MustCompile(`failpoint\.Hit\(`)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	hits := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		hits += len(any.FindAll(source, -1))
		for _, match := range named.FindAllSubmatch(source, -1) {
			places = append(places, string(match[1]))
			hits--
		}
		for _, match := range write.FindAllSubmatch(source, -1) {
			places = append(places, "before "+string(match[1]), "after "+string(match[1]))
		}
	}
	require.Equal(t, 2, hits, "only the registry's writes make up names")
	slices.Sort(places)
	return slices.Compact(places)
}

// keysAhead is the directory of a box that has keys for both rounds of a life, since making them takes the longest.
func keysAhead(t *testing.T) string {
	dir := t.TempDir()
	box, err := ballotbox.New(t.Context(), ballotbox.Options{DataDir: dir, Logger: quietLogger(), Now: time.Now, PoolSize: 3})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- box.Run(ctx) }()
	require.Eventually(t, func() bool {
		made, err := filepath.Glob(filepath.Join(dir, "keys", "unit-*"))
		return err == nil && len(made) == 3
	}, time.Minute, 10*time.Millisecond)
	stop()
	require.NoError(t, <-ended)
	return dir
}

// life is a round from its announcement until its batch is deleted, and beside it a month, with a box that dies once.
type life struct {
	t       *testing.T
	w       *world
	place   string // where it dies; empty once it has
	ahead   time.Duration
	process *exec.Cmd
	ended   <-chan error
	reach   http.RoundTripper
}

func newLife(t *testing.T, place string) *life {
	l := &life{t: t, w: newCrashWorld(t), place: place}
	l.w.client = &http.Client{Transport: l}
	return l
}

// start runs a process on what the last one left. It may die before it takes requests.
func (l *life) start() {
	l.t.Helper()
	var address string
	if l.process, l.ended, address = l.w.launch(l.place, l.ahead); address == "" {
		l.died()
		return
	}
	transport := childTransport(address)
	transport.DisableKeepAlives = true // on a connection that was used before, net/http repeats a request by itself
	l.reach = transport
}

// died goes on with a process that lives.
func (l *life) died() {
	l.t.Helper()
	require.NotEmpty(l.t, l.place, "it dies once")
	killed(l.t, l.ended)
	l.place = ""
	l.start()
}

// restart ends the process in order, if it gets so far, and starts another.
func (l *life) restart() {
	l.t.Helper()
	require.NoError(l.t, l.process.Process.Signal(os.Interrupt))
	if err := <-l.ended; err != nil {
		ended := make(chan error, 1)
		ended <- err
		l.ended = ended
		l.died()
		return
	}
	l.start()
}

var errNoAnswer = errors.New("the box died over this")

// RoundTrip implements http.RoundTripper: everybody repeats what was not answered, except who answered the round. Those have
// given up, so that what they sent may count or not.
func (l *life) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	for {
		again := r.Clone(context.WithoutCancel(r.Context()))
		again.Body = io.NopCloser(bytes.NewReader(body))
		response, err := l.reach.RoundTrip(again)
		if err == nil {
			var content []byte
			if content, err = io.ReadAll(response.Body); err == nil {
				response.Body = io.NopCloser(bytes.NewReader(content))
				return response, nil
			}
		}
		l.died()
		if strings.HasSuffix(r.URL.Path, "/answers") {
			return nil, errNoAnswer
		}
	}
}

// answered is what one person sent.
type answered struct {
	attempted, accepted int  // number of the last change
	withdrawn           bool // by the last one, tried at least
}

// withdrawal is the number of a change that takes an answer back.
const withdrawal = 3

// answer sends so many changes, and withdraws the last if wanted, until the box dies over one.
func (l *life) answer(who int, v *voter.Voter, withdraw bool) (a answered) {
	l.t.Helper()
	send := func(change int, do func() error) bool {
		a.attempted = change
		err := do()
		if err == nil {
			a.accepted = change
			return true
		}
		require.ErrorIs(l.t, err, errNoAnswer)
		return false
	}
	for change := 1; change <= 2; change++ {
		content := map[string]string{"who": fmt.Sprint(who), "change": fmt.Sprint(change)}
		if !send(change, func() error { return v.Answer(l.t.Context(), content) }) {
			return a
		}
	}
	if withdraw {
		a.withdrawn = true
		send(withdrawal, func() error { return v.Withdraw(l.t.Context()) })
	}
	return a
}

const lifePeople = 4

// live goes through everything.
func (l *life) live() {
	t, w := l.t, l.w
	l.start()
	m := w.month(5)
	teller := w.voter(m, schoolUnit, "anna")
	if err := teller.Answer(t.Context(), told("something")); err != nil {
		require.ErrorIs(t, err, errNoAnswer)
	}

	r := w.announce(map[string]int{"unit-a": lifePeople + 2})
	require.Empty(t, w.setPaper(r, "unit-a", 2))
	require.Empty(t, w.extend(r, "2026-12-11", "2026-12-14"))
	require.Empty(t, w.tighten(r, 7, "b", "tr"))
	voters := make([]*voter.Voter, lifePeople)
	for i := range voters {
		voters[i] = w.voter(r, "unit-a", pseudonym(i))
		twice := voter.New(w.base, w.client)
		require.Equal(t, failure.BallotTokenIssued, failure.CodeOf(twice.Fetch(t.Context(), w.ticket(r, "unit-a", pseudonym(i)))))
	}
	w.command(r, "open")
	sent := make([]answered, lifePeople)
	for i, v := range voters {
		sent[i] = l.answer(i, v, i == lifePeople-1)
	}
	papers := w.papers(r, 2)
	w.entered(r, "tr", papers)
	require.Equal(t, "agreed", w.entered(r, "amr", papers).State)

	result := w.command(r, "close")
	w.command(m, "close")
	sealed := make([]byte, ballot.ReplySize)
	_, _ = rand.Read(sealed)
	name := strings.Repeat("a", 64)
	require.NoError(t, w.replyAs("intake", m, name, sealed))
	raw, answers := w.batch(r)
	require.NoError(t, fits(sent, 2, answers["unit-a"]))
	require.Equal(t, hashed(raw), result.BatchHash)

	l.restart()
	again, _ := w.batch(r)
	require.Equal(t, raw, again, "there is one batch")
	published, _ := w.bulletin(r)
	require.Equal(t, result.BatchHash, published.BatchHash)
	require.Len(t, published.Hashes, len(answers["unit-a"]))
	l.nothingLeft("rounds/*", 0)
	l.nothingLeft("keys/unit-*", 1) // the pool's

	l.ahead = 100 * 24 * time.Hour
	l.restart()
	require.Eventually(t, func() bool {
		batch := w.peer("reporting").Call(t.Context(), http.MethodGet, "/v1/rounds/"+r.id+"/batch", nil, nil)
		reply := w.peer("intake").Call(t.Context(), http.MethodGet, "/v1/rounds/"+m.id+"/replies/"+name, nil, nil)
		return failure.CodeOf(batch) == failure.BallotBatchGone && failure.CodeOf(reply) == failure.BallotReplyUnknown
	}, time.Minute, 10*time.Millisecond)
	l.restart()
	require.Empty(t, l.place, "the place was passed")
}

// fits holds what is in a batch against what was sent and accepted.
func fits(sent []answered, papers int, batch []ballot.Content) error {
	kept, entered := map[int]int{}, map[string]bool{}
	for _, content := range batch {
		if paper, ok := content.Answers["paper"]; ok {
			entered[paper] = true
			papers--
			continue
		}
		var who, change int
		if _, err := fmt.Sscan(content.Answers["who"]+" "+content.Answers["change"], &who, &change); err != nil {
			return err
		}
		if kept[who] != 0 {
			return fmt.Errorf("person %d is in it twice", who)
		}
		kept[who] = change
	}
	if papers != 0 || len(entered) != 2 {
		return fmt.Errorf("%d papers are missing, %d are there", papers, len(entered))
	}
	for who, a := range sent {
		least, most := a.accepted, a.attempted
		if a.withdrawn { // nothing is left if that came through, and what was there before if not
			least, most = 0, 2
		}
		if a.accepted == withdrawal {
			most = 0
		}
		if change := kept[who]; change < least || change > most || a.withdrawn && change == 1 {
			return fmt.Errorf("person %d counts with change %d, and sent %+v", who, change, a)
		}
		delete(kept, who)
	}
	if len(kept) > 0 {
		return fmt.Errorf("nobody sent %v", kept)
	}
	return nil
}

// The control of TestKilledAtEachPlace: it does find out what is lost, doubled, made up or not taken back.
func TestWhatIsLostOrDoubledIsCaught(t *testing.T) {
	of := func(who, change int) ballot.Content {
		return ballot.Content{Answers: map[string]string{"who": fmt.Sprint(who), "change": fmt.Sprint(change)}}
	}
	paper := func(n string) ballot.Content { return ballot.Content{Answers: map[string]string{"paper": n}} }
	sent := []answered{{attempted: 2, accepted: 1}, {attempted: 3, accepted: 3, withdrawn: true}, {attempted: 1}}
	for _, sound := range [][]ballot.Content{
		{of(0, 1), paper("0"), paper("1")}, {paper("1"), of(0, 2), paper("0"), of(2, 1)},
	} {
		require.NoError(t, fits(sent, 2, sound))
	}
	for name, batch := range map[string][]ballot.Content{
		"lost":           {paper("0"), paper("1")},
		"doubled":        {of(0, 1), of(0, 2), paper("0"), paper("1")},
		"made up":        {of(0, 1), of(3, 1), paper("0"), paper("1")},
		"never sent":     {of(0, 3), paper("0"), paper("1")},
		"not taken back": {of(0, 1), of(1, 2), paper("0"), paper("1")},
		"lost paper":     {of(0, 1), paper("0")},
		"doubled paper":  {of(0, 1), paper("0"), paper("1"), paper("1")},
	} {
		require.Error(t, fits(sent, 2, batch), name)
	}
}

// nothingLeft looks for files of a round that is closed.
func (l *life) nothingLeft(pattern string, most int) {
	l.t.Helper()
	left, err := filepath.Glob(filepath.Join(l.w.dir, pattern))
	require.NoError(l.t, err)
	require.LessOrEqual(l.t, len(left), most, left)
}
