package ballotbox_test

import (
	"crypto/ed25519"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// A box is the same after a restart, and says in public who it is.
func TestABoxKeepsItsIdentity(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 2})
	known := w.box.SigningKey()
	form := w.form(r)
	w.restart()
	require.Equal(t, known, w.box.SigningKey())
	require.Equal(t, form, w.form(r), "the signature is the same as well")
	response, err := w.client.Get(w.base + ballotbox.IdentityPath)
	require.NoError(t, err)
	defer response.Body.Close()
	var said struct {
		SigningKey  string `json:"signing_key"`
		Fingerprint string `json:"fingerprint"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&said))
	require.Equal(t, ballot.Encode64(known), said.SigningKey)
	require.Equal(t, ballot.Fingerprint(known), said.Fingerprint)
	require.Equal(t, w.identity(), said.Fingerprint)
}

func (w *world) form(r round) string {
	w.t.Helper()
	response, err := w.client.Get(w.base + "/v1/rounds/" + r.id + "/form")
	require.NoError(w.t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	return string(raw)
}

// A voter takes no round that the ballot box of the ticket has not signed as it is: another key, another release key,
// lower thresholds, another roster. The control is the form as it is.
func TestAVoterTakesNoRoundThatTheBoxHasNotSigned(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 9})
	_, foreign, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	for name, change := range map[string]func(form map[string]any){
		"control":             func(map[string]any) {},
		"another signer":      func(f map[string]any) { f["signing_key"] = ballot.Encode64(foreign.Public().(ed25519.PublicKey)) },
		"another signature":   func(f map[string]any) { f["signature"] = ballot.Encode64(ed25519.Sign(foreign, []byte("x"))) },
		"another release key": func(f map[string]any) { f["release_key"] = ballot.Encode64(make([]byte, 32)) },
		"another sealing key": func(f map[string]any) { f["sealing_key"] = ballot.Encode64(make([]byte, 32)) },
		"lower thresholds":    func(f map[string]any) { f["thresholds"] = map[string]any{"means": 2, "distributions": 3} },
		"another roster":      func(f map[string]any) { f["roster_hash"] = strings.Repeat("0", 64) },
		"a swapped key":       func(f map[string]any) { f["keys"].([]any)[0].(map[string]any)["public_key"] = "AAAA" },
	} {
		t.Run(name, func(t *testing.T) {
			v := voter.New(w.base, w.client)
			v.Through(&http.Client{Transport: rewriter{w.client.Transport, change}})
			err := v.Fetch(t.Context(), w.ticket(r, "unit-a", name))
			if name == "control" {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
		})
	}
	require.NoError(t, voter.New(w.base, w.client).Fetch(t.Context(), w.ticket(r, "unit-a", "another signer")), "nobody's token was touched")
}

// rewriter changes the form on its way.
type rewriter struct {
	through http.RoundTripper
	change  func(form map[string]any)
}

func (r rewriter) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.through.RoundTrip(request)
	if err != nil || !strings.HasSuffix(request.URL.Path, "/form") {
		return response, err
	}
	defer response.Body.Close()
	var form map[string]any
	if err := json.NewDecoder(response.Body).Decode(&form); err != nil {
		return nil, err
	}
	r.change(form)
	raw, err := json.Marshal(form)
	response.Body = io.NopCloser(strings.NewReader(string(raw)))
	return response, err
}
