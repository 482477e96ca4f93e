package main

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/hosttest"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// The binary alone, as somebody independent hosts it (HOSTING.md): it prints its key, starts with nothing but its settings,
// takes a round from intake, a ballot and an answer from a voter, closes, and ends when asked to.
func TestTheBinaryByItself(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "ballotbox")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	public, intake, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	listen, operations := hosttest.FreeAddress(t), hosttest.FreeAddress(t)
	origin := "http://" + strings.Replace(listen, "127.0.0.1", "localhost", 1)
	encoded := base64.StdEncoding.EncodeToString(public)
	environment := []string{
		"DATA_DIRECTORY=" + filepath.Join(t.TempDir(), "store"), "KEY_DIRECTORY=" + filepath.Join(t.TempDir(), "keys"), "ORIGIN=" + origin,
		"TICKET_KEY=" + encoded, "TRUSTED_KEYS=intake=" + encoded, "LISTEN=" + listen, "METRICS_LISTEN=" + operations, "SPARE_KEYS=1",
	}

	telling := exec.Command(binary, "identity")
	telling.Env = environment
	printed, err := telling.Output()
	require.NoError(t, err)
	line, comment, _ := strings.Cut(string(printed), "\n")
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(line, "BALLOTBOX_SIGNING_KEY="))
	require.NoError(t, err)
	require.Contains(t, comment, ballot.Fingerprint(key))

	var log bytes.Buffer
	process := exec.Command(binary)
	process.Env, process.Stderr = environment, &log
	require.NoError(t, process.Start())
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	t.Cleanup(func() { _ = process.Process.Kill() })
	require.Eventually(t, func() bool {
		response, err := http.Get("http://" + operations + "/readyz")
		return err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK
	}, 30*time.Second, 20*time.Millisecond)

	var about struct {
		Fingerprint string `json:"fingerprint"`
		Program     string `json:"program"`
	}
	get(t, origin+ballotbox.IdentityPath, &about)
	require.Equal(t, ballot.Fingerprint(key), about.Fingerprint)
	require.Len(t, about.Program, 64)

	round := uuid.NewString()
	commands := &host.Peer{Service: ballotbox.Service, Base: origin, Client: http.DefaultClient, Token: func(_ context.Context, audience string) (string, error) {
		return access.NewSigner(intake, "intake", time.Now).Token(audience, access.Service("intake"))
	}}
	release, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	frame := ballotbox.Frame{
		TenantID: "abcdefghij23", Title: ballotbox.Text{Da: "Prøve", En: "Trial"}, Instrument: []byte(`{"id":"trial","version":1,"themes":[{}]}`),
		Units: []ballotbox.Unit{{UnitID: "unit", Voters: 1}}, ReleaseKey: ballot.Encode64(release.PublicKey().Bytes()),
		Thresholds: ballotbox.Thresholds{Means: 5, Distributions: 10}, OpensOn: "2026-11-24", ClosesOn: "2026-12-04", VisibleToAllOn: "2026-12-07",
		PortalURL: "https://guldkorn.example",
	}
	var announced struct {
		State       ballotbox.State `json:"state"`
		KeyListHash string          `json:"key_list_hash"`
	}
	require.Eventually(t, func() bool {
		require.NoError(t, commands.Call(t.Context(), http.MethodPut, "/v1/rounds/"+round, frame, &announced))
		return announced.State == ballotbox.Announced
	}, time.Minute, 20*time.Millisecond)
	require.NoError(t, commands.Call(t.Context(), http.MethodPost, "/v1/rounds/"+round+"/open", nil, nil))
	ticket, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"iss": "intake", "aud": ballotbox.Service, "round": round, "unit": "unit", "pseudonym": "somebody", "key_list": announced.KeyListHash,
		"box": about.Fingerprint, "exp": time.Now().Add(time.Minute).Unix(),
	}).SignedString(intake)
	require.NoError(t, err)
	v := voter.New(origin, http.DefaultClient)
	require.NoError(t, v.Fetch(t.Context(), ticket))
	require.NoError(t, v.Answer(t.Context(), map[string]string{"a": "75"}))
	require.NoError(t, commands.Call(t.Context(), http.MethodPost, "/v1/rounds/"+round+"/close", nil, nil))
	var bulletin ballotbox.Bulletin
	get(t, origin+"/v1/rounds/"+round+"/bulletin", &bulletin)
	require.Len(t, bulletin.Hashes, 1)
	require.NoError(t, bulletin.Verify(key))

	require.NoError(t, process.Process.Signal(syscall.SIGTERM))
	require.NoError(t, <-ended)
	require.NotContains(t, log.String(), "somebody")
}

func get(t *testing.T, address string, into any) {
	t.Helper()
	response, err := http.Get(address)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", raw)
	require.NoError(t, json.Unmarshal(raw, into))
}
