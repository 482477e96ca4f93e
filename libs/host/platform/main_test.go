package platform

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/host"
)

// A start that cannot succeed says everything that is in its way at once: settings and ports.
func TestOneMessageNamesAllMistakes(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	t.Setenv("LISTEN", taken.Addr().String())
	t.Setenv("METRICS_LISTEN", "127.0.0.1:0")
	t.Setenv("NATS_REPLICAS", "9")
	t.Setenv("ACCESS_BUNDLE_URL", "policies.example")
	t.Setenv("PEERS", "nobody=http://127.0.0.1:1")

	own := func(values map[string]string) error {
		return host.Settings(values, &struct {
			Host string `env:"SMTP_HOST,required"`
		}{})
	}
	err = run(t.Context(), "tenancy", nil, own)
	var config *host.ConfigError
	require.ErrorAs(t, err, &config)
	for _, name := range []string{"NATS_URL", "MONGODB_URI", "KEY_DIRECTORY", "SIGNING_KEY_FILE", "TRUSTED_KEYS", "NATS_REPLICAS", "PEERS", "LISTEN", "SMTP_HOST",
		"ACCESS_BUNDLE_URL", "ACCESS_BUNDLE_KEY", "ACCESS_BUNDLE_DIRECTORY"} {
		require.ErrorContains(t, err, name)
	}
	require.Equal(t, host.ExitConfig, host.ExitCode(err))
}
