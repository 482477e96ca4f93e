package portal

import (
	"fmt"
	"net"
	"net/url"

	"github.com/guldkorn/guldkorn/libs/host"
)

// settings are the portal's own, by their names in the environment.
type settings struct {
	PublicURL    string `env:"PORTAL_PUBLIC_URL,required"`    // where browsers reach the portal
	BallotBoxURL string `env:"BALLOTBOX_PUBLIC_URL,required"` // where browsers reach the ballot box
	// BallotBoxHost is the independent party that runs the ballot box, and counts when the trust is split.
	BallotBoxHost  string `env:"BALLOTBOX_HOST_NAME"`
	BallotBoxTrust string `env:"BALLOTBOX_TRUST" envDefault:"single"`

	Issuer       string `env:"OIDC_ISSUER"`                                      // an identity provider for all tenants; they can have their own, too
	Provider     string `env:"OIDC_PROVIDER"`                                    // what tenancy knows the provider by; OIDC_ISSUER unless given
	ClientID     string `env:"OIDC_CLIENT_ID"`                                   //
	ClientSecret string `env:"OIDC_CLIENT_SECRET"`                               // empty for a public client
	LoginClaim   string `env:"OIDC_LOGIN_CLAIM" envDefault:"preferred_username"` // what a person is matched by
	Demo         bool   `env:"DEMO"`                                             // shows the ribbon

	origin, ballotBox *url.URL
}

// CheckSettings names every mistake in the service's own settings.
func CheckSettings(values map[string]string) error { return host.Settings(values, &settings{}) }

// Mistakes implements host.Validator.
func (s *settings) Mistakes() []string {
	var mistakes []string
	read := func(name, value string) *url.URL {
		u, err := url.Parse(value)
		switch {
		case value == "": // named already
		case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
			mistakes = append(mistakes, fmt.Sprintf("%s: %q is not a web address", name, value))
		case u.Scheme == "http" && !isLoopback(u):
			mistakes = append(mistakes, fmt.Sprintf("%s: %q is neither https nor on this machine", name, value))
		}
		return u
	}
	s.origin = read("PORTAL_PUBLIC_URL", s.PublicURL)
	s.ballotBox = read("BALLOTBOX_PUBLIC_URL", s.BallotBoxURL)
	if s.BallotBoxTrust != "single" && s.BallotBoxTrust != "split" || s.BallotBoxTrust == "split" && s.BallotBoxHost == "" {
		mistakes = append(mistakes, "BALLOTBOX_TRUST: single, or split with BALLOTBOX_HOST_NAME")
	}
	read("OIDC_ISSUER", s.Issuer)
	if (s.Issuer == "") != (s.ClientID == "") {
		mistakes = append(mistakes, "OIDC_ISSUER, OIDC_CLIENT_ID: either both or none")
	}
	if s.Provider == "" {
		s.Provider = s.Issuer
	}
	if s.origin != nil && s.ballotBox != nil && s.origin.Host != "" && s.origin.Hostname() == s.ballotBox.Hostname() {
		mistakes = append(mistakes, "BALLOTBOX_PUBLIC_URL: the ballot box needs a host name of its own; cookies of the portal would reach it")
	}
	return mistakes
}

// independentHost is who else runs the ballot box, "" when it is the operator.
func (s *settings) independentHost() string {
	if s.BallotBoxTrust == "split" {
		return s.BallotBoxHost
	}
	return ""
}

func isLoopback(u *url.URL) bool {
	return u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
}
