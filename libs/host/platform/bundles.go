package platform

import (
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
)

// BundleSettings say where signed policies come from that replace those that services were built with.
type BundleSettings struct {
	BundleURL       string        `env:"ACCESS_BUNDLE_URL"`       // of signed policies; none unless given
	BundleKey       string        `env:"ACCESS_BUNDLE_KEY"`       // file with the public key, PEM, Ed25519 or P-256
	BundleDirectory string        `env:"ACCESS_BUNDLE_DIRECTORY"` // where the last good bundle is kept
	BundleEvery     time.Duration `env:"ACCESS_BUNDLE_EVERY" envDefault:"1m"`

	key string
}

// Bundles is what the settings say; the zero value where they say nothing.
func (s *BundleSettings) Bundles() access.Bundles {
	if s.BundleURL == "" {
		return access.Bundles{}
	}
	return access.Bundles{
		URL: s.BundleURL, Key: s.key, Directory: s.BundleDirectory, Every: s.BundleEvery, Client: &http.Client{Timeout: 30 * time.Second},
	}
}

// Mistakes implements host.Validator, and reads the key. Half a configuration is a mistake: whoever means to replace policies
// should not find out later that nothing does.
func (s *BundleSettings) Mistakes() []string {
	if s.BundleURL == "" && s.BundleKey == "" && s.BundleDirectory == "" {
		return nil
	}
	var mistakes []string
	if u, err := url.Parse(s.BundleURL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		mistakes = append(mistakes, "ACCESS_BUNDLE_URL: want a http or https URL")
	}
	key, err := os.ReadFile(s.BundleKey)
	if s.key = string(key); err == nil {
		_, err = access.Bundles{Key: s.key}.Algorithm()
	}
	if err != nil {
		mistakes = append(mistakes, "ACCESS_BUNDLE_KEY: "+err.Error())
	}
	if info, err := os.Stat(s.BundleDirectory); err != nil || !info.IsDir() {
		mistakes = append(mistakes, "ACCESS_BUNDLE_DIRECTORY: want a directory")
	}
	if s.BundleEvery < time.Second {
		mistakes = append(mistakes, "ACCESS_BUNDLE_EVERY: want 1s or more")
	}
	return mistakes
}
