package allinone

import (
	"os"
	"path/filepath"

	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
)

// settings are those of the process as a whole; services read their own.
type settings struct {
	host.TelemetrySettings
	platform.BundleSettings
}

// policiesDir is where in the data directory the last signed policies are kept, unless the operator wants them elsewhere.
const policiesDir = "policies"

// keepPolicies makes that directory where signed policies are wanted.
func keepPolicies(dataDir string, values map[string]string) error {
	const directory = "ACCESS_BUNDLE_DIRECTORY"
	if values["ACCESS_BUNDLE_URL"] == "" || values[directory] != "" {
		return nil
	}
	values[directory] = filepath.Join(dataDir, policiesDir)
	return os.MkdirAll(values[directory], 0o700)
}
