package ballotbox_test

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// schoolUnit is the one unit of a month.
const schoolUnit = "school"

func (w *world) monthFrame(staff int) ballotbox.Frame {
	frame := w.frame(map[string]int{schoolUnit: staff})
	frame.Kind, frame.TokensEach, frame.VisibleToAllOn = ballotbox.Month, 3, ""
	return frame
}

// hashed is how an envelope is named on the bulletin.
func hashed(envelope []byte) string {
	sum := sha256.Sum256(envelope)
	return hex.EncodeToString(sum[:])
}

// month is an open one.
func (w *world) month(staff int) round {
	w.t.Helper()
	m := w.announceFrame(w.monthFrame(staff))
	w.command(m, "open")
	return m
}

func told(text string) map[string]string {
	return map[string]string{"direction": "strain", "text": text}
}

// experiences fetches a closed month's batch as intake does and opens every envelope.
func (w *world) experiences(m round) (raw []byte, all []ballot.Content) {
	w.t.Helper()
	raw, answers := w.handedOver(m, "intake", "experiences")
	return raw, answers[schoolUnit]
}

// reply answers an experience as intake does and returns why that was refused, "" for none.
func (w *world) reply(m round, to ballot.Content, text string) failure.Code {
	w.t.Helper()
	return failure.CodeOf(w.replyAs("intake", m, to.Answers["reply_id"], w.sealReply(m, to, text)))
}

func (w *world) replyAs(service string, m round, name string, sealed []byte) error {
	return w.peer(service).Call(w.t.Context(), http.MethodPut, "/v1/rounds/"+m.id+"/replies/"+name,
		map[string]string{"sealed": ballot.Encode64(sealed)}, nil)
}

// sealReply is intake's side of a reply, written down here once more from the API's words.
func (w *world) sealReply(m round, to ballot.Content, text string) []byte {
	w.t.Helper()
	raw, err := ballot.Decode64(to.Answers["reply_key"], 32)
	require.NoError(w.t, err)
	public, err := ecdh.X25519().NewPublicKey(raw)
	require.NoError(w.t, err)
	recipient, err := hpke.NewDHKEMPublicKey(public)
	require.NoError(w.t, err)
	encapsulated, sender, err := hpke.NewSender(recipient, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("guldkorn reply v1"))
	require.NoError(w.t, err)
	sealed, err := sender.Seal([]byte(m.id+"\n"+to.Answers["reply_id"]), fmt.Appendf(nil, "%-4096s", text))
	require.NoError(w.t, err)
	return append(encapsulated, sealed...)
}

func TestThreeTokensAMonthAndNotFour(t *testing.T) {
	w := newWorld(t)
	m := w.month(5)
	var mine []*voter.Voter
	for range 3 {
		mine = append(mine, w.voter(m, schoolUnit, "anna"))
	}
	fourth := func() failure.Code {
		return failure.CodeOf(voter.New(w.base, w.client).Fetch(t.Context(), w.ticket(m, schoolUnit, "anna")))
	}
	require.Equal(t, failure.BallotTokenIssued, fourth())
	require.NoError(t, mine[1].Fetch(t.Context(), w.ticket(m, schoolUnit, "anna")), "the same request again is none")
	require.Equal(t, failure.BallotTokenIssued, fourth())
	w.restart()
	require.Equal(t, failure.BallotTokenIssued, fourth())

	ticket := w.ticket(m, schoolUnit, "bo")
	var issued, refused atomic.Int64
	crowd(32, func(int) {
		switch code := failure.CodeOf(voter.New(w.base, w.client).Fetch(t.Context(), ticket)); code {
		case "":
			issued.Add(1)
		case failure.BallotTokenIssued:
			refused.Add(1)
		default:
			t.Errorf("refused with %s", code)
		}
	})
	require.EqualValues(t, 3, issued.Load(), "all at once get no more than one after another")
	require.EqualValues(t, 29, refused.Load())

	// Five people have fifteen tokens together, whatever tickets there are.
	issued.Store(0)
	crowd(20, func(i int) {
		switch code := failure.CodeOf(voter.New(w.base, w.client).Fetch(t.Context(), w.ticket(m, schoolUnit, fmt.Sprint("stuffed ", i)))); code {
		case "":
			issued.Add(1)
		case failure.BallotUnitExhausted:
		default:
			t.Errorf("refused with %s", code)
		}
	})
	require.EqualValues(t, 9, issued.Load())
}

func TestEachTokenOfAMonthTellsOneExperience(t *testing.T) {
	w := newWorld(t)
	m, foreign := w.month(5), w.month(5)
	var mine []*voter.Voter
	for i := range 3 {
		v := w.voter(m, schoolUnit, "anna")
		v.Through(w.client)
		require.NoError(t, v.Tell(t.Context(), told(fmt.Sprint("oplevelse ", i))))
		mine = append(mine, v)
	}
	require.NoError(t, mine[0].Tell(t.Context(), told("rettet")))
	require.NoError(t, mine[1].Withdraw(t.Context()))

	replayed, err := mine[2].Sign(1, "")
	require.NoError(t, err)
	require.Equal(t, failure.BallotVersionOld, w.put(mine[2].Path(), encode(t, replayed)))
	forged := replayed
	forged.Version, forged.Token = 2, ballot.Encode64(make([]byte, ballot.TokenSize))
	require.Equal(t, failure.BallotTokenInvalid, w.put(mine[2].Path(), encode(t, forged)))
	elsewhere, err := w.voter(foreign, schoolUnit, "anna").Sign(2, "")
	require.NoError(t, err)
	require.Equal(t, failure.BallotKeyUnlisted, w.put(mine[2].Path(), encode(t, elsewhere)), "a token of another month")

	require.Equal(t, 2, w.command(m, "close").Units[0].Answers)
	require.Equal(t, failure.BallotRoundClosed, failure.CodeOf(mine[2].Tell(t.Context(), told("for sent"))))
	_, all := w.experiences(m)
	var texts []string
	for _, one := range all {
		texts = append(texts, one.Answers["text"])
	}
	require.ElementsMatch(t, []string{"rettet", "oplevelse 2"}, texts)
}

func TestMonthsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	for field, change := range map[string]func(*ballotbox.Frame){
		"kind":              func(f *ballotbox.Frame) { f.Kind = "year" },
		"tokens_each":       func(f *ballotbox.Frame) { f.TokensEach = 11 },
		"units":             func(f *ballotbox.Frame) { f.Units = append(f.Units, ballotbox.Unit{UnitID: "b", Voters: 9}) },
		"units.0.voters":    func(f *ballotbox.Frame) { f.Units[0].Voters = 4 },
		"visible_to_all_on": func(f *ballotbox.Frame) { f.VisibleToAllOn = "2026-12-07" },
	} {
		frame := w.monthFrame(5)
		change(&frame)
		err := w.peer("intake").Call(t.Context(), http.MethodPut, "/v1/rounds/"+uuid.NewString(), frame, nil)
		require.Equal(t, failure.RequestInvalid, failure.CodeOf(err), field)
		require.Equal(t, field, failure.From(err).Field)
	}
	two := w.frame(map[string]int{"unit-a": 5})
	two.TokensEach = 2
	err := w.peer("intake").Call(t.Context(), http.MethodPut, "/v1/rounds/"+uuid.NewString(), two, nil)
	require.Equal(t, "tokens_each", failure.From(err).Field, "in a round nobody has two")
}

// Nobody but the readers learns how many there were: what is public is the same for none and for two.
func TestTheBulletinOfAMonthSaysNoNumber(t *testing.T) {
	w := newWorld(t)
	quiet, loud := w.month(5), w.month(5)
	for range 2 {
		require.NoError(t, w.voter(loud, schoolUnit, "anna").Tell(t.Context(), told("to")))
	}
	for _, m := range []round{quiet, loud} {
		w.command(m, "close")
		published, refused := w.bulletin(m)
		require.Empty(t, refused)
		require.Len(t, published.Hashes, 15)
		require.NoError(t, published.Verify(w.box.SigningKey()))
	}
	raw, _ := w.experiences(loud)
	published, _ := w.bulletin(loud)
	for _, envelope := range w.envelopes(raw) {
		require.Contains(t, published.Hashes, hashed(envelope), "each sender finds their own")
	}
}

// A month whose list nobody has countersigned is made known and not opened: it takes nothing, and leaves nothing when it is
// refused.
func TestAMonthThatIsNotOpenedTakesNothing(t *testing.T) {
	w := newWorld(t)
	m := w.announceFrame(w.monthFrame(5))
	anna := w.voter(m, schoolUnit, "anna")
	require.Equal(t, failure.BallotRoundNotOpen, failure.CodeOf(anna.Tell(t.Context(), told("for tidligt"))))
	w.command(m, "close")
	require.Equal(t, failure.BallotRoundClosed, failure.CodeOf(anna.Tell(t.Context(), told("for sent"))))
	_, all := w.experiences(m)
	require.Empty(t, all)
	err := w.peer("intake").Call(t.Context(), http.MethodPost, "/v1/rounds/"+m.id+"/open", nil, nil)
	require.Equal(t, failure.BallotRoundClosed, failure.CodeOf(err), "its keys are gone")
}

func TestABatchGoesToWhomItIsFor(t *testing.T) {
	w := newWorld(t)
	m, r := w.month(5), w.opened(map[string]int{"unit-a": 5})
	w.command(m, "close")
	w.command(r, "close")
	ask := func(service, path string) failure.Code {
		return failure.CodeOf(w.peer(service).Call(t.Context(), http.MethodGet, "/v1/rounds/"+path, nil, nil))
	}
	require.Empty(t, ask("intake", m.id+"/experiences"))
	require.Empty(t, ask("reporting", r.id+"/batch"))
	require.Equal(t, failure.BallotRoundUnknown, ask("reporting", m.id+"/batch"))
	require.Equal(t, failure.BallotRoundUnknown, ask("intake", r.id+"/experiences"), "intake cannot fetch a round's answers")
	for _, service := range []string{"reporting", "portal", "dialogue"} {
		require.Equal(t, failure.AccessDenied, ask(service, m.id+"/experiences"), service)
	}
}

func TestAReplyReachesTheCodeAlone(t *testing.T) {
	w := newWorld(t)
	m := w.month(5)
	anna, bo := w.voter(m, schoolUnit, "anna"), w.voter(m, schoolUnit, "bo")
	require.NoError(t, anna.Tell(t.Context(), told("fra anna")))
	require.NoError(t, bo.Tell(t.Context(), told("fra bo")))
	_, err := anna.Reply(t.Context())
	require.Equal(t, failure.BallotRoundNotClosed, failure.CodeOf(err))
	w.command(m, "close")
	_, err = anna.Reply(t.Context())
	require.Equal(t, failure.BallotReplyUnknown, failure.CodeOf(err))

	_, all := w.experiences(m)
	i := slices.IndexFunc(all, func(c ballot.Content) bool { return c.Answers["text"] == "fra anna" })
	to, other := all[i], all[1-i]
	sealed := w.sealReply(m, to, "Tak, vi tager det op.")
	name := to.Answers["reply_id"]
	require.NoError(t, w.replyAs("intake", m, name, sealed))
	require.NoError(t, w.replyAs("intake", m, name, sealed), "the identical one again")
	require.Equal(t, failure.BallotReplyTaken, w.reply(m, to, "noget andet"))
	require.Equal(t, failure.AccessDenied, failure.CodeOf(w.replyAs("reporting", m, other.Answers["reply_id"], sealed)))
	require.Equal(t, failure.RequestInvalid, failure.CodeOf(w.replyAs("intake", m, name, sealed[1:])))
	require.Equal(t, failure.BallotReplyUnknown, failure.CodeOf(w.replyAs("intake", m, strings.Repeat("Z", 64), sealed)))

	text, err := anna.Reply(t.Context())
	require.NoError(t, err)
	require.Equal(t, "Tak, vi tager det op.", text)
	_, err = bo.Reply(t.Context())
	require.Equal(t, failure.BallotReplyUnknown, failure.CodeOf(err), "the other sender learns nothing")
}

func TestRepliesGoWhenTheirDaysAreOver(t *testing.T) {
	w := newWorld(t)
	m := w.month(5)
	anna := w.voter(m, schoolUnit, "anna")
	require.NoError(t, anna.Tell(t.Context(), told("fra anna")))
	w.command(m, "close")
	_, all := w.experiences(m)
	require.Empty(t, w.reply(m, all[0], "Tak."))
	text, err := anna.Reply(t.Context())
	require.NoError(t, err)
	require.Equal(t, "Tak.", text)
	name := "/v1/rounds/" + m.id + "/replies/" + all[0].Answers["reply_id"]

	get := func() failure.Code {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+name, nil)
		require.NoError(t, err)
		return w.send(request)
	}
	w.restart()
	require.Empty(t, get())
	w.stop()
	w.now = w.now.AddDate(0, 0, 91)
	w.start()
	require.Eventually(t, func() bool { return get() == failure.BallotReplyUnknown }, 10*time.Second, 10*time.Millisecond)
}

// The auditor's first and fourth attack on a month: everything that is left on the disk, and the order of the batch.
func TestNothingTellsWhoseExperienceIsWhose(t *testing.T) {
	const people = 60
	w := newWorld(t)
	m := w.month(people)
	var tellers []*voter.Voter
	before := w.visible(m)
	for i := range people {
		for range 3 {
			tellers = append(tellers, w.voter(m, schoolUnit, pseudonym(i)))
		}
	}
	for i, v := range tellers {
		require.NoError(t, v.Tell(t.Context(), told(strconv.Itoa(i))))
		require.Equal(t, before, w.visible(m), "what the public sees does not move with what is told")
	}
	w.command(m, "close")
	_, all := w.experiences(m)
	w.stop()

	var order []float64
	for _, one := range all {
		n, err := strconv.Atoi(one.Answers["text"])
		require.NoError(t, err)
		order = append(order, float64(n))
		require.Equal(t, []string{"direction", "reply_id", "reply_key", "text"}, slices.Sorted(maps.Keys(one.Answers)))
	}
	require.Len(t, order, 3*people)
	require.InDelta(t, 1, correlation(slices.Sorted(slices.Values(order))), 1e-9, "an unmixed box would be caught")
	require.Less(t, math.Abs(correlation(order)), 4/math.Sqrt(3*people-1), "4 sigma")

	scan := func() (found []string) {
		require.NoError(t, filepath.WalkDir(w.dir, func(path string, entry fs.DirEntry, err error) error {
			require.NoError(t, err)
			if entry.IsDir() {
				return nil
			}
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			found = append(found, w.traces(content, tellers)...)
			return nil
		}))
		return found
	}
	require.Empty(t, scan())
	require.Empty(t, w.log.String())
	planted, err := tellers[7].Sign(1, "")
	require.NoError(t, err)
	raw, err := json.Marshal(planted)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "batches", "left-over"), raw, 0o600))
	require.Contains(t, scan(), "token", "a planted author is found")
}
