package intake

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	ballotboxapi "github.com/guldkorn/guldkorn/libs/api/ballotbox"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/platform"
)

// neighbours stand for the ballot box and reporting. They hold callers to the contract: intake's own token, the
// described form, and the same content whenever a command is repeated.
type neighbours struct {
	t         *testing.T
	clock     *clock
	ballotBox *httptest.Server
	reporting *httptest.Server
	tenancy   *httptest.Server
	api       map[string]*apitest.API

	mu        sync.Mutex
	away      bool                                                // both answer 503
	signs     string                                              // whose key the ballot box signs with
	forge     func(*signedKeys)                                   // what becomes of its list on the way
	listed    func([]ballotboxapi.UnitKey) []ballotboxapi.UnitKey // what it lists and signs
	preparing int                                                 // so many more announcements are answered 202
	frames    map[string]map[string]any
	state     map[string]string
	days      map[string]map[string]any // as extended
	stricter  map[string]map[string]any // contracts as tightened
	onPaper   map[string]map[string]any // how many of which unit
	cameIn    int                       // so many answers of a closed round came on paper
	calls     map[string]int
	told      map[string][]string // sealed experiences by month
	replies   map[string]string   // sealed replies by their names
}

func newNeighbours(t *testing.T, clock *clock) *neighbours {
	t.Helper()
	n := &neighbours{
		t: t, clock: clock, signs: "ballotbox", frames: map[string]map[string]any{}, state: map[string]string{}, days: map[string]map[string]any{}, stricter: map[string]map[string]any{}, onPaper: map[string]map[string]any{}, calls: map[string]int{}, told: map[string][]string{}, replies: map[string]string{},
		api: map[string]*apitest.API{"ballotbox": apitest.Load(t, "ballotbox"), "reporting": apitest.Load(t, "reporting"), "tenancy": apitest.Load(t, "tenancy")},
	}
	box := http.NewServeMux()
	box.HandleFunc("PUT /v1/rounds/{id}", n.announce)
	box.HandleFunc("POST /v1/rounds/{id}/open", n.open)
	box.HandleFunc("PUT /v1/rounds/{id}/contract", n.tighten)
	box.HandleFunc("PUT /v1/rounds/{id}/closing-day", n.closingDay)
	box.HandleFunc("PUT /v1/rounds/{id}/paper", n.paper)
	box.HandleFunc("POST /v1/rounds/{id}/close", n.close)
	box.HandleFunc("GET /v1/rounds/{id}/experiences", n.experiences)
	box.HandleFunc("PUT /v1/rounds/{id}/replies/{reply}", n.reply)
	n.ballotBox = httptest.NewServer(n.guard("ballotbox", box))
	reports := http.NewServeMux()
	reports.HandleFunc("PUT /v1/tenants/{tenant}/rounds/{id}/release-key", n.releaseKey)
	n.reporting = httptest.NewServer(n.guard("reporting", reports))
	people := http.NewServeMux()
	people.HandleFunc("GET /v1/snapshots/{kind}", func(w http.ResponseWriter, _ *http.Request) { // all is told by events
		answer(w, http.StatusOK, map[string]any{"items": []any{}})
	})
	people.HandleFunc("POST /v1/tenants/{tenant}/persons/lookup", n.lookUp)
	n.tenancy = httptest.NewServer(n.guard("tenancy", people))
	t.Cleanup(func() { n.ballotBox.Close(); n.reporting.Close(); n.tenancy.Close() })
	return n
}

// addresses lead to the neighbours, past the description of their contracts.
func (n *neighbours) addresses() map[string]platform.Address {
	return map[string]platform.Address{
		"ballotbox": {Base: n.ballotBox.URL, Client: n.api["ballotbox"].Client(n.ballotBox.Client())},
		"reporting": {Base: n.reporting.URL, Client: n.api["reporting"].Client(n.reporting.Client())},
		"tenancy":   {Base: n.tenancy.URL, Client: n.api["tenancy"].Client(n.tenancy.Client())},
	}
}

// set changes how the neighbours behave.
func (n *neighbours) set(change func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change()
}

// count is how often an operation was called.
func (n *neighbours) count(operation string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.calls[operation]
}

// contract is what the ballot box shows of a contract that was tightened.
func (n *neighbours) contract(id string) map[string]any {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.stricter[id]
}

// day is the last day that the ballot box shows of a round that was extended.
func (n *neighbours) day(id string) any {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.days[id]["closes_on"]
}

// frame is what the ballot box knows of a round.
func (n *neighbours) frame(id string) map[string]any {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.frames[id]
}

func (n *neighbours) guard(service string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.calls[service]++
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		caller, err := access.NewVerifier(trusted(), service, n.clock.now).Verify(token)
		switch {
		case err != nil:
			failure.Write(w, err, "en")
		case caller.Service != "intake":
			failure.Write(w, failure.New(failure.AccessDenied), "en")
		case n.away:
			failure.Write(w, failure.New(failure.Unavailable), "en")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (n *neighbours) releaseKey(w http.ResponseWriter, r *http.Request) {
	n.calls["release-key"]++
	sum := sha256.Sum256([]byte(r.PathValue("id")))
	answer(w, http.StatusOK, map[string]any{"public_key": base64.RawURLEncoding.EncodeToString(sum[:])})
}

// lookUp calls everybody Aase and their id.
func (n *neighbours) lookUp(w http.ResponseWriter, r *http.Request) {
	n.calls["names"]++
	var asked struct {
		PersonIDs []string `json:"person_ids"`
	}
	require.NoError(n.t, json.NewDecoder(r.Body).Decode(&asked))
	items := []any{}
	for _, id := range asked.PersonIDs {
		items = append(items, map[string]any{"person_id": id, "name": "Aase " + id, "language": "da"})
	}
	answer(w, http.StatusOK, map[string]any{"items": items})
}

func (n *neighbours) announce(w http.ResponseWriter, r *http.Request) {
	n.calls["announce"]++
	id := r.PathValue("id")
	raw, err := io.ReadAll(r.Body)
	require.NoError(n.t, err)
	var frame map[string]any
	require.NoError(n.t, json.Unmarshal(raw, &frame))
	if known, ok := n.frames[id]; ok && !reflect.DeepEqual(known, frame) {
		failure.Write(w, failure.New(failure.BallotRoundDiffers), "en")
		return
	}
	n.frames[id] = frame
	units := frame["units"].([]any)
	if n.preparing > 0 {
		n.preparing--
		answer(w, http.StatusAccepted, map[string]any{"round_id": id, "state": "preparing", "ready": 0, "wanted": len(units)})
		return
	}
	keys := []ballotboxapi.UnitKey{}
	for _, unit := range units {
		keys = append(keys, ballotboxapi.UnitKey{UnitID: unit.(map[string]any)["unit_id"].(string), KeyID: "k", PublicKey: "p"})
	}
	status := http.StatusOK
	if n.state[id] == "" {
		n.state[id], status = "announced", http.StatusCreated
	}
	if n.listed != nil {
		keys = n.listed(keys)
	}
	list := signedKeys{Keys: keys, SealingKey: strings.Repeat("A", 43), FrameHash: hexOf("frame")}
	list.KeyListHash, err = list.hash(id)
	require.NoError(n.t, err)
	limits := frame["thresholds"].(map[string]any)
	list.Signature = base64.RawURLEncoding.EncodeToString(ed25519.Sign(key(n.signs), fmt.Appendf(nil, "guldkorn-round-v1\n%s\n%s\n%s\n%s\n%s\n%v\n%v\n%s",
		id, list.KeyListHash, list.SealingKey, frame["release_key"], frame["roster_hash"], limits["means"], limits["distributions"], list.FrameHash)))
	if n.forge != nil {
		n.forge(&list)
	}
	answer(w, status, map[string]any{"round_id": id, "state": n.state[id], "keys": list.Keys, "key_list_hash": list.KeyListHash,
		"sealing_key": list.SealingKey, "frame_hash": list.FrameHash, "signature": list.Signature})
}

func (n *neighbours) open(w http.ResponseWriter, r *http.Request) {
	n.calls["open"]++
	id := r.PathValue("id")
	if n.state[id] == "" || n.state[id] == "closed" {
		failure.Write(w, failure.New(failure.BallotRoundClosed), "en")
		return
	}
	n.state[id] = "open"
	answer(w, http.StatusOK, map[string]any{"round_id": id, "state": "open"})
}

func (n *neighbours) tighten(w http.ResponseWriter, r *http.Request) {
	n.calls["contract"]++
	id := r.PathValue("id")
	var contract map[string]any
	require.NoError(n.t, json.NewDecoder(r.Body).Decode(&contract))
	if !reflect.DeepEqual(n.stricter[id], contract) && n.state[id] != "announced" {
		failure.Write(w, failure.New(failure.BallotRoundDiffers), "en")
		return
	}
	n.stricter[id] = contract
	answer(w, http.StatusOK, map[string]any{"round_id": id, "state": n.state[id]})
}

func (n *neighbours) closingDay(w http.ResponseWriter, r *http.Request) {
	n.calls["closing-day"]++
	id := r.PathValue("id")
	var days map[string]any
	require.NoError(n.t, json.NewDecoder(r.Body).Decode(&days))
	known, extended := n.days[id]
	switch {
	case extended && !reflect.DeepEqual(known, days):
		failure.Write(w, failure.New(failure.BallotRoundDiffers), "en")
	case !extended && n.state[id] != "open":
		failure.Write(w, failure.New(failure.BallotRoundClosed), "en")
	default:
		n.days[id] = days
		answer(w, http.StatusOK, map[string]any{"round_id": id, "state": n.state[id]})
	}
}

func (n *neighbours) paper(w http.ResponseWriter, r *http.Request) {
	n.calls["paper"]++
	id := r.PathValue("id")
	var numbers map[string]any
	require.NoError(n.t, json.NewDecoder(r.Body).Decode(&numbers))
	if known, frozen := n.onPaper[id]; frozen && !reflect.DeepEqual(known, numbers) || n.state[id] == "closed" {
		failure.Write(w, failure.New(failure.BallotRoundDiffers), "en")
		return
	}
	n.onPaper[id] = numbers
	answer(w, http.StatusOK, map[string]any{"round_id": id, "state": n.state[id]})
}

// papers are how many of a round's units answer on paper, as the ballot box knows it.
func (n *neighbours) papers(id string) any {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.onPaper[id]["units"]
}

func (n *neighbours) close(w http.ResponseWriter, r *http.Request) {
	n.calls["close"]++
	id := r.PathValue("id")
	if n.state[id] == "" {
		failure.Write(w, failure.New(failure.BallotRoundNotReady), "en")
		return
	}
	n.state[id] = "closed"
	hash := hexOf(id + " batch")
	if n.frames[id]["kind"] == "month" {
		hash = hexOf(n.batch(id))
	}
	answer(w, http.StatusOK, map[string]any{"batch_hash": hash, "units": []any{}, "paper": n.cameIn})
}

// batch is what the ballot box hands over of a month.
func (n *neighbours) batch(id string) string {
	answers := append([]string{}, n.told[id]...)
	raw, err := json.Marshal(map[string]any{"round_id": id, "units": []any{map[string]any{"unit_id": monthUnit, "answers": answers}}})
	require.NoError(n.t, err)
	return string(raw)
}

func (n *neighbours) experiences(w http.ResponseWriter, r *http.Request) {
	n.calls["experiences"]++
	id := r.PathValue("id")
	if n.state[id] != "closed" {
		failure.Write(w, failure.New(failure.BallotRoundNotClosed), "en")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, n.batch(id))
}

func (n *neighbours) reply(w http.ResponseWriter, r *http.Request) {
	n.calls["reply"]++
	var reply ballotboxapi.SealedReply
	require.NoError(n.t, json.NewDecoder(r.Body).Decode(&reply))
	if known, replied := n.replies[r.PathValue("reply")]; replied && known != reply.Sealed {
		failure.Write(w, failure.New(failure.BallotReplyTaken), "en")
		return
	}
	n.replies[r.PathValue("reply")] = reply.Sealed
	w.WriteHeader(http.StatusNoContent)
}

func hexOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
