package platform_test

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/host/platform"
)

// A service asks for its authorizer and does nothing more; bundles are asked for while its background runs.
func TestBackgroundAsksForBundles(t *testing.T) {
	public, _, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	raw, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { cancel() }))
	defer server.Close()
	backend, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	require.NoError(t, err)
	defer backend.Close()
	d := &platform.Deps{
		Service: "intake", Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(), Now: time.Now,
		Store: document.NewStore(backend, "intake", time.Now), Bus: bustest.Connect(t, bustest.Start(t), "intake", nil),
		Bundles: access.Bundles{
			URL: server.URL, Key: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: raw})),
			Directory: t.TempDir(), Client: server.Client(), Every: time.Minute,
		},
	}
	_, err = d.Authorizer(ctx, "intake", `package guldkorn.intake
permissions := {"round.read": {"leader"}}`)
	require.NoError(t, err)
	require.NoError(t, d.Background(ctx), "ends once the server was asked")
	require.NoError(t, t.Context().Err())
}
