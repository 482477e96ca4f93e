package main

import (
	"context"
	"encoding/base64"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/host"
)

func TestAllMistakesAtOnce(t *testing.T) {
	t.Setenv("TICKET_KEY", "short")
	t.Setenv("TRUSTED_KEYS", "intake=short")
	t.Setenv("ORIGIN", "stemmeboks")
	t.Setenv("SPARE_KEYS", "0")
	var config *host.ConfigError
	err := run(t.Context())
	require.ErrorAs(t, err, &config)
	require.Equal(t, host.ExitConfig, host.ExitCode(err))
	for _, name := range []string{"TICKET_KEY", "TRUSTED_KEYS", "ORIGIN", "SPARE_KEYS", "DATA_DIRECTORY"} {
		require.ErrorContains(t, err, name)
	}
}

func TestAnOccupiedPort(t *testing.T) {
	configure(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	t.Setenv("LISTEN", taken.Addr().String())
	require.Equal(t, host.ExitConfig, host.ExitCode(run(t.Context())))
}

func TestItStartsAndStops(t *testing.T) {
	dir := configure(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	require.Eventually(t, func() bool { // it is at work when it makes keys
		made, err := filepath.Glob(filepath.Join(dir, "keys", "unit-*"))
		return err == nil && len(made) == 1
	}, 20*time.Second, 10*time.Millisecond)
	cancel()
	require.NoError(t, <-ended)
}

func configure(t *testing.T) string {
	t.Helper()
	dir, key := filepath.Join(t.TempDir(), "box"), base64.StdEncoding.EncodeToString(make([]byte, 32))
	for name, value := range map[string]string{
		"DATA_DIRECTORY": dir, "TICKET_KEY": key, "TRUSTED_KEYS": "intake=" + key + ",reporting=" + key,
		"ORIGIN": "https://stemmeboks.example", "LISTEN": "127.0.0.1:0", "METRICS_LISTEN": "127.0.0.1:0", "SPARE_KEYS": "1",
	} {
		t.Setenv(name, value)
	}
	return dir
}
