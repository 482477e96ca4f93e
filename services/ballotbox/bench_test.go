package ballotbox

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// crowd is how many answers are on their way at the same time.
const crowd = 64

// load is requests in the order in which each of the crowd sends them.
type load struct {
	handler  http.Handler
	requests [crowd][]sent
}

type sent struct {
	path string
	body []byte // sealed
	open []byte // the answer inside, which is what the floor gets
}

// run sends everything, the whole crowd at once, and returns the processor time that a request took.
func (l *load) run(b testing.TB) time.Duration {
	before, n := cpu(b), 0
	var working sync.WaitGroup
	for i := range l.requests {
		n += len(l.requests[i])
		working.Go(func() {
			for _, r := range l.requests[i] {
				request := httptest.NewRequest(http.MethodPut, r.path, bytes.NewReader(r.body))
				request.Header.Set("Content-Type", "application/octet-stream")
				recorder := httptest.NewRecorder()
				l.handler.ServeHTTP(recorder, request)
				if recorder.Code != http.StatusNoContent {
					b.Errorf("answered %d: %s", recorder.Code, recorder.Body)
					return
				}
			}
		})
	}
	working.Wait()
	return (cpu(b) - before) / time.Duration(n)
}

func cpu(b testing.TB) time.Duration {
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// answering is a box with an open round, and on their way to it the answers of so many people, each of whom answers so
// many times. All cryptography is real, and everything is sealed beforehand.
func answering(b testing.TB, people, times int) (*Box, *load) {
	box, err := New(b.Context(), Options{
		DataDir: b.TempDir(), Logger: slog.New(slog.DiscardHandler), Now: time.Now, Origin: "http://example.com",
	})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, box.Close()) })
	require.NoError(b, box.keys.makeOne(b.Context()))
	release := make([]byte, ballot.ReleaseKeySize)
	id := uuid.NewString()
	_, _, err = box.announce(b.Context(), id, Frame{
		TenantID: "abcdefghij23", Title: Text{"T", "T"}, Instrument: []byte(`{"id":"i","version":1,"themes":[{}]}`),
		Units: []Unit{{"unit", people}}, ReleaseKey: ballot.Encode64(release), Thresholds: Thresholds{5, 10},
		OpensOn: "2026-11-24", ClosesOn: "2026-11-24", VisibleToAllOn: "2026-11-24", PortalURL: "http://example.com",
	})
	require.NoError(b, err)
	_, err = box.open(b.Context(), id)
	require.NoError(b, err)
	r, err := box.round(b.Context(), id)
	require.NoError(b, err)
	signer, err := r.signer(b.Context(), 0, box.keys)
	require.NoError(b, err)

	l := &load{handler: box.Handler()}
	var preparing errgroup.Group
	for sender := range crowd {
		preparing.Go(func() error {
			for person := sender; person < people; person += crowd {
				answers, err := r.answersOf(signer, times)
				if err != nil {
					return err
				}
				l.requests[sender] = append(l.requests[sender], answers...)
			}
			return nil
		})
	}
	require.NoError(b, preparing.Wait())
	return box, l
}

// answersOf is what a new person of the round's first unit sends: an answer and changes of it.
func (r *round) answersOf(signer *ballot.Signer, times int) (answers []sent, err error) {
	now := r.now()
	unit, err := now.Keys[0].RSA()
	if err != nil {
		return nil, err
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	request, err := ballot.NewRequest(unit, public)
	if err != nil {
		return nil, err
	}
	signature, err := signer.Sign(request.Blinded)
	if err != nil {
		return nil, err
	}
	token, err := request.Finalize(signature)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, ballot.EnvelopeSize)
	_, _ = rand.Read(raw)
	envelope := ballot.Encode64(raw)
	for version := 1; version <= times; version++ {
		body, err := ballot.Answer{
			KeyID: now.Keys[0].KeyID, PublicKey: ballot.Encode64(public), Message: ballot.Encode64(request.Message),
			Token: ballot.Encode64(token), Version: version, Envelope: envelope,
			Signature: ballot.Encode64(ed25519.Sign(private, ballot.Statement(now.RoundID, version, envelope))),
		}.Encode()
		if err != nil {
			return nil, err
		}
		sealed, err := ballot.SealOuter(r.seal.PublicKey().Bytes(), now.RoundID, body)
		if err != nil {
			return nil, err
		}
		answers = append(answers, sent{"/v1/rounds/" + now.RoundID + "/answers", sealed, body})
	}
	return answers, nil
}

// floor is the least that any service does with such a request: gin, JSON, and a durable group commit in SQLite.
func floor(b testing.TB, requests [crowd][]sent) *load {
	v, err := openVotes(filepath.Join(b.TempDir(), "floor"), &health{logger: slog.New(slog.DiscardHandler)})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, v.close()) })
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.PUT("/v1/rounds/:round_id/answers", func(c *gin.Context) {
		var a ballot.Answer
		if err := json.NewDecoder(c.Request.Body).Decode(&a); err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		vote := ballot.Vote{Version: a.Version, Envelope: []byte(a.Envelope)}
		copy(vote.Nullifier[:], a.PublicKey)
		if err := v.put(0, vote); err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		c.Status(http.StatusNoContent)
	})
	l := &load{handler: engine}
	for sender, all := range requests {
		for _, one := range all {
			l.requests[sender] = append(l.requests[sender], sent{path: one.path, body: one.open})
		}
	}
	return l
}

// BenchmarkAnswer is a durable anonymous answer in the handler, all cryptography included, against the floor.
func BenchmarkAnswer(b *testing.B) {
	_, l := answering(b, b.N, 1)
	least := floor(b, l.requests).run(b)
	b.ResetTimer()
	took := l.run(b)
	b.ReportMetric(float64(took.Microseconds()), "cpu-µs/answer")
	b.ReportMetric(float64(least.Microseconds()), "cpu-µs/floor")
	b.ReportMetric(float64(took)/float64(least), "x-floor")
}

// BenchmarkFloor is the floor alone.
func BenchmarkFloor(b *testing.B) {
	_, answers := answering(b, b.N, 1)
	l := floor(b, answers.requests)
	b.ResetTimer()
	took := l.run(b)
	b.ReportMetric(float64(took.Microseconds()), "cpu-µs/floor")
}

// BenchmarkOuterEnvelope is what opening the seal around a request adds to an answer.
func BenchmarkOuterEnvelope(b *testing.B) {
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(b, err)
	sealed, err := ballot.SealOuter(key.PublicKey().Bytes(), "round", make([]byte, ballot.AnswerSize))
	require.NoError(b, err)
	for b.Loop() {
		_, err := ballot.OpenOuter(key, "round", sealed)
		require.NoError(b, err)
	}
}
