package ballotbox_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// Many people fetch tokens and answer in a known order. Afterwards an auditor has everything: every byte on the disk,
// the log, the metrics and what the public could see meanwhile.
func TestNothingTellsWhoseAnswerIsWhose(t *testing.T) {
	const people = 240
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": people})
	began := w.now

	var voters []*voter.Voter
	before := w.visible(r)
	for i := range people {
		voters = append(voters, w.voter(r, "unit-a", pseudonym(i)))
	}
	first := time.Now()
	for i, v := range voters {
		require.NoError(t, v.Answer(t.Context(), map[string]string{"order": strconv.Itoa(i)}))
		require.Equal(t, before, w.visible(r), "what the public sees does not move with the answers")
	}
	last := time.Now()
	w.command(r, "close")
	raw, answers := w.batch(r)
	published, _ := w.bulletin(r)
	w.stop()

	t.Run("order", func(t *testing.T) {
		var order []float64
		for _, content := range answers["unit-a"] {
			n, err := strconv.Atoi(content.Answers["order"])
			require.NoError(t, err)
			order = append(order, float64(n))
		}
		require.Len(t, order, people)
		require.InDelta(t, 1, correlation(slices.Sorted(slices.Values(order))), 1e-9, "an unmixed box would be caught")
		require.Less(t, math.Abs(correlation(order)), 4/math.Sqrt(people-1), "4 sigma")
		require.Less(t, adjacent(order), 12, "neighbours in time are not neighbours in the batch") // Poisson, mean 2
	})

	t.Run("bulletin", func(t *testing.T) {
		place := map[string]float64{} // of each answer on the bulletin
		for i, hash := range published.Hashes {
			place[hash] = float64(i)
		}
		order := make([]float64, people)
		for n, envelope := range w.envelopes(raw) {
			i, err := strconv.Atoi(answers["unit-a"][n].Answers["order"])
			require.NoError(t, err)
			sum := sha256.Sum256(envelope)
			order[i] = place[hex.EncodeToString(sum[:])]
		}
		require.InDelta(t, 1, correlation(slices.Sorted(slices.Values(order))), 1e-9, "every answer has a place of its own")
		require.Less(t, math.Abs(correlation(order)), 4/math.Sqrt(people-1), "4 sigma")
	})

	t.Run("times of files", func(t *testing.T) {
		require.NoError(t, filepath.WalkDir(w.dir, func(path string, entry fs.DirEntry, err error) error {
			require.NoError(t, err)
			if strings.HasPrefix(entry.Name(), "unit-") || entry.Name() == "keys" {
				return nil // the pool of spare keys follows rounds
			}
			info, err := entry.Info()
			require.NoError(t, err)
			during := info.ModTime().After(first) && info.ModTime().Before(last)
			require.False(t, during, "%s was last changed while people answered", path)
			return nil
		}))
	})

	t.Run("files", func(t *testing.T) {
		allowed := regexp.MustCompile(`^(rounds\.db|rounds|batches|batches/` + r.id + `(\.bulletin)?\.json|keys|keys/identity|keys/unit-[0-9a-f]{32})$`)
		require.NoError(t, filepath.WalkDir(w.dir, func(path string, entry fs.DirEntry, err error) error {
			require.NoError(t, err)
			name, err := filepath.Rel(w.dir, path)
			require.NoError(t, err)
			if name == "." {
				return nil
			}
			require.Regexp(t, allowed, name)
			if entry.IsDir() {
				return nil
			}
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Empty(t, w.traces(content, voters), name)
			return nil
		}))
	})

	t.Run("times", func(t *testing.T) {
		rounds, err := os.ReadFile(filepath.Join(w.dir, "rounds.db"))
		require.NoError(t, err)
		for name, content := range map[string][]byte{"rounds.db": rounds, "batch": raw} {
			require.NotRegexp(t, `\d\d:\d\d(:\d\d|Z)`, string(content), name)
			require.NotRegexp(t, `20\d\d-\d\d-\d\dT`, string(content), name)
		}
		for at := 0; at+6 <= len(rounds); at++ { // as SQLite would keep a number: big-endian
			seconds := int64(binary.BigEndian.Uint32(rounds[at:]))
			require.False(t, near(time.Unix(seconds, 0), began), "a time in seconds at byte %d", at)
			millis := int64(binary.BigEndian.Uint16(rounds[at:]))<<32 | int64(binary.BigEndian.Uint32(rounds[at+2:]))
			require.False(t, near(time.UnixMilli(millis), began), "a time in milliseconds at byte %d", at)
		}
		var batch map[string]any
		require.NoError(t, json.Unmarshal(raw, &batch))
		require.Len(t, batch, 2)
	})

	t.Run("log", func(t *testing.T) {
		require.Empty(t, w.log.String(), "nothing went wrong, so there was nothing to say")
	})
}

// envelopes are the sealed answers of unit-a in a batch.
func (w *world) envelopes(raw []byte) (all [][]byte) {
	w.t.Helper()
	var batch struct {
		Units []struct {
			Answers []string `json:"answers"`
		} `json:"units"`
	}
	require.NoError(w.t, json.Unmarshal(raw, &batch))
	for _, envelope := range batch.Units[0].Answers {
		sealed, err := ballot.Decode64(envelope, ballot.EnvelopeSize)
		require.NoError(w.t, err)
		all = append(all, sealed)
	}
	return all
}

func pseudonym(i int) string { return fmt.Sprintf("pseudonym-%04d", i) }

// visible is everything that the public and the operator can see of a round at work.
func (w *world) visible(r round) string {
	w.t.Helper()
	var all bytes.Buffer
	for _, path := range []string{"/r/" + r.id, "/v1/rounds/" + r.id + "/form"} {
		response, err := w.client.Get(w.base + path)
		require.NoError(w.t, err)
		response.Header.Del("Date")
		require.NoError(w.t, response.Header.Write(&all))
		_, err = all.ReadFrom(response.Body)
		require.NoError(w.t, err)
		require.NoError(w.t, response.Body.Close())
	}
	families, err := w.registry.Gather()
	require.NoError(w.t, err)
	for _, family := range families {
		if family.GetName() == "guldkorn_ballotbox_spare_keys" {
			continue // follows rounds, not voters
		}
		all.WriteString(family.String())
	}
	return all.String()
}

// traces returns what of the voters a file holds that must not be in it.
func (w *world) traces(content []byte, voters []*voter.Voter) (found []string) {
	w.t.Helper()
	look := func(what string, trace []byte) {
		if bytes.Contains(content, trace) {
			found = append(found, what)
		}
	}
	look("pseudonym", []byte("pseudonym"))
	look("address", []byte("127.0.0.1:"+w.base[strings.LastIndex(w.base, ":")+1:]))
	look("browser", []byte("Go-http-client"))
	for _, v := range voters {
		signed, err := v.Sign(1, "")
		require.NoError(w.t, err)
		public, err := ballot.Decode64(signed.PublicKey, ed25519.PublicKeySize)
		require.NoError(w.t, err)
		nullifier := ballot.Nullifier(public)
		binaryNullifier, err := hex.DecodeString(nullifier)
		require.NoError(w.t, err)
		look("nullifier", []byte(nullifier))
		look("nullifier", binaryNullifier)
		for _, field := range []string{signed.PublicKey, signed.Token} {
			look("token", []byte(field[:40]))
			raw, err := ballot.Decode64(field, len(field)*3/4)
			require.NoError(w.t, err)
			look("token", raw[:24])
		}
	}
	return found
}

// correlation is Pearson's between the values and their places; of ranks, so Spearman's.
func correlation(values []float64) float64 {
	n := float64(len(values))
	var sx, sy, sxx, syy, sxy float64
	for i, y := range values {
		x := float64(i)
		sx, sy, sxx, syy, sxy = sx+x, sy+y, sxx+x*x, syy+y*y, sxy+x*y
	}
	return (n*sxy - sx*sy) / math.Sqrt((n*sxx-sx*sx)*(n*syy-sy*sy))
}

// adjacent counts neighbours whose values are neighbours too.
func adjacent(values []float64) int {
	count := 0
	for i := 1; i < len(values); i++ {
		if math.Abs(values[i]-values[i-1]) == 1 {
			count++
		}
	}
	return count
}

func near(a, b time.Time) bool { return a.Sub(b).Abs() < time.Minute }

// While the round is open its file does hold tokens and answers, but nothing finer than that.
func TestTheOpenFileHoldsNoTime(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 9})
	require.NoError(t, w.voter(r, "unit-a", "pseudonym-a").Answer(t.Context(), map[string]string{"a": "b"}))
	w.stop()
	content, err := os.ReadFile(filepath.Join(w.dir, "rounds", r.id, "votes.db"))
	require.NoError(t, err)
	require.NotContains(t, string(content), "pseudonym-a")
	require.NotContains(t, strings.ToLower(string(content)), "rowid integer")
	for _, table := range regexp.MustCompile(`CREATE TABLE [^;]*?WITHOUT ROWID`).FindAllString(string(content), -1) {
		require.NotRegexp(t, `(?i)time|date|created|sequence|autoincrement`, table)
	}
	require.Equal(t, 7, strings.Count(string(content), "WITHOUT ROWID"))
	require.Empty(t, w.log.String())
}
