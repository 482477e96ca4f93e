package ballotbox_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// world is a ballot box with the others around it: intake's keys, reporting's key, a clock and a log.
type world struct {
	t        *testing.T
	dir      string
	now      time.Time
	box      *ballotbox.Box
	base     string // address of the box
	client   *http.Client
	log      *lockedBuffer
	registry *prometheus.Registry
	stop     func()
	away     atomic.Bool // the network does not reach the box
	hasty    bool        // a process that spawn starts acknowledges before it writes

	mu      sync.Mutex
	sealing map[string][]byte // keys of rounds to which requests are sealed

	ticketKey  ed25519.PrivateKey
	serviceKey map[string]ed25519.PrivateKey
	release    *ecdh.PrivateKey
}

// newWorld starts a box on an empty directory.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "box"), now: time.Now(), log: &lockedBuffer{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(w.log.String())
		}
	})
	w.makeKeys()
	w.start()
	return w
}

func (w *world) makeKeys() {
	var err error
	_, w.ticketKey, err = ed25519.GenerateKey(nil)
	require.NoError(w.t, err)
	w.serviceKey, w.sealing = map[string]ed25519.PrivateKey{}, map[string][]byte{}
	for _, name := range []string{"intake", "reporting", "portal", "dialogue"} {
		_, w.serviceKey[name], err = ed25519.GenerateKey(nil)
		require.NoError(w.t, err)
	}
	w.release, err = ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(w.t, err)
}

// trusted are the public halves of the services' keys.
func (w *world) trusted() map[string]ed25519.PublicKey {
	keys := map[string]ed25519.PublicKey{}
	for name, key := range w.serviceKey {
		keys[name] = key.Public().(ed25519.PublicKey)
	}
	return keys
}

// start runs a box on the world's directory, as a process does after its predecessor has ended.
func (w *world) start() {
	w.t.Helper()
	w.registry = prometheus.NewRegistry()
	now := func() time.Time { return w.now }
	box, err := ballotbox.New(w.t.Context(), ballotbox.Options{
		DataDir: w.dir, Logger: slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Registerer: w.registry, Now: now, PoolSize: 1,
		Verify:    access.NewVerifier(w.trusted(), ballotbox.Service, now).Verify,
		TicketKey: w.ticketKey.Public().(ed25519.PublicKey),
	})
	require.NoError(w.t, err)
	w.box = box
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.away.Load() {
			panic(http.ErrAbortHandler)
		}
		box.Handler().ServeHTTP(rw, r)
	}))
	w.base, w.client = server.URL, server.Client()
	require.NoError(w.t, box.SetOrigin(w.base))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- box.Run(ctx) }()
	var once sync.Once
	w.stop = func() {
		once.Do(func() {
			server.Close()
			cancel()
			require.NoError(w.t, <-ended)
		})
	}
	w.t.Cleanup(w.stop)
}

func (w *world) restart() { w.stop(); w.start() }

// peer speaks to the box as a service.
func (w *world) peer(service string) *host.Peer {
	signer := access.NewSigner(w.serviceKey[service], service, func() time.Time { return w.now })
	return &host.Peer{Service: ballotbox.Service, Base: w.base, Client: w.client,
		Token: func(_ context.Context, audience string) (string, error) {
			return signer.Token(audience, access.Service(service))
		}}
}

// round is what the tests know of a round.
type round struct {
	id      string
	keyList string
	keys    []ballot.Key
}

func (w *world) frame(units map[string]int) ballotbox.Frame {
	frame := ballotbox.Frame{
		TenantID: "abcdefghij23", Title: ballotbox.Text{Da: "Aula i hverdagen", En: "Aula in daily work"},
		Instrument: json.RawMessage(instrument), TechnologyName: "Aula",
		ReleaseKey: ballot.Encode64(w.release.PublicKey().Bytes()),
		Thresholds: ballotbox.Thresholds{Means: 5, Distributions: 10},
		Contract: &ballotbox.Contract{
			BallotBox: ballotbox.Host{Name: "Fagforeningen", Trust: "split"}, Breakdowns: []string{"unit"},
			Agreed:      &ballotbox.Agreed{ForumID: "med", ForumName: "MED-udvalget", On: "2026-11-10"},
			TextReaders: []string{"tr", "amr"}, Hash: strings.Repeat("a", 64),
		},
		OpensOn: "2026-11-24", ClosesOn: "2026-12-04", VisibleToAllOn: "2026-12-07", PortalURL: "http://127.0.0.1:1/",
	}
	for id, voters := range units {
		frame.Units = append(frame.Units, ballotbox.Unit{UnitID: id, Voters: voters})
	}
	return frame
}

type announcedRound struct {
	State       string       `json:"state"`
	Keys        []ballot.Key `json:"keys"`
	KeyListHash string       `json:"key_list_hash"`
}

// announce makes a round and waits for its keys.
func (w *world) announce(units map[string]int) round {
	w.t.Helper()
	return w.announceFrame(w.frame(units))
}

func (w *world) announceFrame(frame ballotbox.Frame) round {
	w.t.Helper()
	r := round{id: uuid.NewString()}
	var answer announcedRound
	require.Eventually(w.t, func() bool {
		require.NoError(w.t, w.peer("intake").Call(w.t.Context(), http.MethodPut, "/v1/rounds/"+r.id, frame, &answer))
		return answer.State != "preparing"
	}, time.Minute, 20*time.Millisecond)
	r.keys, r.keyList = answer.Keys, answer.KeyListHash
	return r
}

func (w *world) command(r round, verb string) ballotbox.Result {
	w.t.Helper()
	var result ballotbox.Result
	require.NoError(w.t, w.peer("intake").Call(w.t.Context(), http.MethodPost, "/v1/rounds/"+r.id+"/"+verb, nil, &result))
	return result
}

func (w *world) opened(units map[string]int) round {
	w.t.Helper()
	r := w.announce(units)
	w.command(r, "open")
	return r
}

// ticket is what intake gives a person.
func (w *world) ticket(r round, unit, pseudonym string, change ...func(jwt.MapClaims)) string {
	w.t.Helper()
	claims := jwt.MapClaims{
		"iss": "intake", "aud": "ballotbox", "round": r.id, "unit": unit, "pseudonym": pseudonym, "key_list": r.keyList, "box": w.identity(),
		"exp": w.now.Add(15 * time.Minute).Unix(),
	}
	for _, c := range change {
		c(claims)
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims).SignedString(w.ticketKey)
	require.NoError(w.t, err)
	return signed
}

// identity is the fingerprint of the box's own key.
func (w *world) identity() string {
	w.t.Helper()
	ring, err := keyring.Open(filepath.Join(w.dir, "keys"))
	require.NoError(w.t, err)
	key, err := ballotbox.Identity(ring)
	require.NoError(w.t, err)
	return ballot.Fingerprint(key.Public().(ed25519.PublicKey))
}

// voter returns a person with a token.
func (w *world) voter(r round, unit, pseudonym string) *voter.Voter {
	w.t.Helper()
	v := voter.New(w.base, w.client)
	require.NoError(w.t, v.Fetch(w.t.Context(), w.ticket(r, unit, pseudonym)))
	return v
}

// batch fetches a closed round's batch as reporting does and opens every envelope.
func (w *world) batch(r round) (raw []byte, answers map[string][]ballot.Content) {
	w.t.Helper()
	return w.handedOver(r, "reporting", "batch")
}

func (w *world) handedOver(r round, to, what string) (raw []byte, answers map[string][]ballot.Content) {
	w.t.Helper()
	require.NoError(w.t, w.peer(to).Call(w.t.Context(), http.MethodGet, "/v1/rounds/"+r.id+"/"+what, nil, &raw))
	var batch struct {
		RoundID string `json:"round_id"`
		Units   []struct {
			UnitID  string   `json:"unit_id"`
			Answers []string `json:"answers"`
		} `json:"units"`
	}
	require.NoError(w.t, json.Unmarshal(raw, &batch))
	require.Equal(w.t, r.id, batch.RoundID)
	answers = map[string][]ballot.Content{}
	for _, u := range batch.Units {
		for _, envelope := range u.Answers {
			answers[u.UnitID] = append(answers[u.UnitID], w.openEnvelope(r, envelope))
		}
	}
	return raw, answers
}

// openEnvelope reads what is in an envelope.
func (w *world) openEnvelope(r round, envelope string) ballot.Content {
	w.t.Helper()
	var content ballot.Content
	require.NoError(w.t, json.Unmarshal(w.unseal(r, envelope), &content))
	return content
}

// unseal is reporting's side of the seal, written down here once more from RFC 9180 and the API's words.
func (w *world) unseal(r round, envelope string) []byte {
	w.t.Helper()
	raw, err := ballot.Decode64(envelope, ballot.EnvelopeSize)
	require.NoError(w.t, err)
	private, err := hpke.NewDHKEMPrivateKey(w.release)
	require.NoError(w.t, err)
	recipient, err := hpke.NewRecipient(raw[:32], private, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("guldkorn answer v1"))
	require.NoError(w.t, err)
	plaintext, err := recipient.Open([]byte(r.id), raw[32:])
	require.NoError(w.t, err)
	require.Len(w.t, plaintext, 4096)
	return plaintext
}

// put seals an answer as it is and sends it to the round in path; it returns the code of the refusal, "" for none.
func (w *world) put(path string, answer []byte, change ...func(*http.Request)) failure.Code {
	w.t.Helper()
	return w.putRaw(path, "application/octet-stream", w.sealed(path, answer), change...)
}

// sealed is the outer envelope of an answer for the round in path.
func (w *world) sealed(path string, answer []byte) []byte {
	w.t.Helper()
	id := strings.Split(path, "/")[3]
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sealing[id] == nil {
		var form struct {
			SealingKey string `json:"sealing_key"`
		}
		require.NoError(w.t, json.Unmarshal([]byte(w.form(round{id: id})), &form))
		key, err := ballot.Decode64(form.SealingKey, 32)
		if err != nil { // no such round, or none any more
			key = w.release.PublicKey().Bytes()
		}
		w.sealing[id] = key
	}
	sealed, err := ballot.SealOuter(w.sealing[id], id, answer)
	require.NoError(w.t, err)
	return sealed
}

// putRaw sends a body as it is.
func (w *world) putRaw(path, kind string, body []byte, change ...func(*http.Request)) failure.Code {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPut, w.base+path, bytes.NewReader(body))
	require.NoError(w.t, err)
	request.Header.Set("Content-Type", kind)
	for _, c := range change {
		c(request)
	}
	return w.send(request)
}

func (w *world) send(request *http.Request) failure.Code {
	w.t.Helper()
	response, err := w.client.Do(request)
	require.NoError(w.t, err)
	defer response.Body.Close()
	if response.StatusCode < http.StatusBadRequest {
		_, err := io.Copy(io.Discard, response.Body)
		require.NoError(w.t, err)
		return ""
	}
	return failure.CodeOf(failure.Read(response))
}

func encode(t *testing.T, a ballot.Answer) []byte {
	t.Helper()
	raw, err := a.Encode()
	require.NoError(t, err)
	return raw
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// instrument is a small one in the form that intake serves.
const instrument = `{
 "id": "pulse-core-task", "version": 1, "kind": "pulse",
 "title": {"da": "Kort runde: Kerneopgaven", "en": "Pulse: Core task"},
 "intro": {"da": "Tænk på de seneste fire uger.", "en": "Think of the past four weeks."},
 "scale": [
  {"value": "0", "da": "Passer slet ikke", "en": "Not true for me at all"},
  {"value": "25", "da": "Passer kun lidt", "en": "Only a little true"},
  {"value": "50", "da": "Passer til dels", "en": "Partly true"},
  {"value": "75", "da": "Passer godt", "en": "Mostly true"},
  {"value": "100", "da": "Passer helt", "en": "Completely true"}],
 "fit_scale": [
  {"value": "0", "da": "Alt for små", "en": "Far too small"},
  {"value": "50", "da": "Passende", "en": "About right"},
  {"value": "100", "da": "Alt for store", "en": "Far too big"}],
 "missing": [
  {"value": "not_relevant", "da": "Ikke relevant for mig", "en": "Not relevant to me"},
  {"value": "do_not_know", "da": "Ved ikke", "en": "Do not know"}],
 "themes": [{"id": "core_task", "title": {"da": "Kerneopgaven", "en": "Core task"},
  "about": {"da": "Det, I er her for.", "en": "What you are here for."},
  "cells": [
   {"quality": "meaning", "title": {"da": "Mening i arbejdet", "en": "Meaning"}, "about": {"da": "Om mening.", "en": "On meaning."},
    "evidence": "described", "direction": "both",
    "gain": {"id": "core_task.meaning.gain", "da": "Jeg kan lettere gøre en forskel.", "en": "I can more easily make a difference."},
    "strain": {"id": "core_task.meaning.strain", "da": "Det, jeg er her for, glider i baggrunden.", "en": "What I am here for slips into the background."}},
   {"quality": "demands", "title": {"da": "Krav i arbejdet", "en": "Demands"}, "about": {"da": "Om krav.", "en": "On demands."},
    "evidence": "open", "direction": "unspecified",
    "gain": {"id": "core_task.demands.gain", "da": "Det letter mit arbejde.", "en": "It lightens my work."},
    "strain": {"id": "core_task.demands.strain", "da": "Det tager tid fra opgaven.", "en": "It takes time from the task."},
    "fit": {"id": "core_task.demands.fit", "da": "Kravene til mig er ...", "en": "The demands on me are ..."}}]}]}`

// blindSign sends a request for a token and returns the signature.
func (w *world) blindSign(r round, body string) string {
	w.t.Helper()
	response, err := w.client.Post(w.base+"/v1/rounds/"+r.id+"/blind-signatures", "application/json", bytes.NewReader([]byte(body)))
	require.NoError(w.t, err)
	defer response.Body.Close()
	require.Equal(w.t, http.StatusOK, response.StatusCode)
	var answer struct {
		Signature string `json:"signature"`
	}
	require.NoError(w.t, json.NewDecoder(response.Body).Decode(&answer))
	return answer.Signature
}

// refusedSignature sends a request for a token and returns why it is refused.
func (w *world) refusedSignature(r round, body string) failure.Code {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost,
		w.base+"/v1/rounds/"+r.id+"/blind-signatures", bytes.NewReader([]byte(body)))
	require.NoError(w.t, err)
	request.Header.Set("Content-Type", "application/json")
	return w.send(request)
}

// commandToken is a token with which a service commands the box.
func (w *world) commandToken(service string) string {
	w.t.Helper()
	token, err := w.peer(service).Token(w.t.Context(), ballotbox.Service)
	require.NoError(w.t, err)
	return token
}

func quietLogger() *slog.Logger { return slog.New(slog.DiscardHandler) }
